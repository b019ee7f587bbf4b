"""What every publisher's file offers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from typing import ClassVar

import pandas as pd

from tradeshock.features.errors import AnswerError
from tradeshock.features.fetching.client import Client, Reply
from tradeshock.features.vintages.answer import Answer


class Source(ABC):
    """One service of a publisher.

    Attributes
    ----------
    name : str
        Such as "fed_h10"; answers are kept under it.
    publisher : str
        For messages.
    series : tuple of str
        Ids of the catalog's series that it brings.
    needs_key : str or None
        Name of the key without which it gives nothing.
    better_with : str or None
        Name of the key with which it gives more.
    unofficial : bool
        Whether it is a page for people, which is asked where the user wants it.
    alternatives : bool
        Whether its answers are different readings of the same figures, of which the first that
        agrees with known ones is taken.
    licence : str
        On which terms figures may be kept.
    """

    name: ClassVar[str]
    publisher: ClassVar[str]
    series: ClassVar[tuple[str, ...]]
    needs_key: ClassVar[str | None] = None
    better_with: ClassVar[str | None] = None
    unofficial: ClassVar[bool] = False
    alternatives: ClassVar[bool] = False
    licence: ClassVar[str] = ""

    @abstractmethod
    def fetch(self, client: Client, since: pd.Period) -> Iterable[Answer]:
        """Ask for figures from a month on.

        Parameters
        ----------
        client : Client
            Who asks.
        since : Period
            First month that is wanted. Whole files bring more, so that known history can be
            compared.

        Returns
        -------
        iterable of Answer
            One for each form of figures (months, days); a later one may fail where the first did
            not.

        Raises
        ------
        SourceError
            One of its kinds, with a sentence.
        """

    def answer(self, table: pd.DataFrame, *replies: Reply) -> Answer:
        """Answer of a tidy frame that was read from replies.

        Raises
        ------
        AnswerError
            If there is no figure at all: of series that are known this means that codes have
            changed.
        """
        if table.empty:
            raise AnswerError(
                f"{self.publisher} has no figure under the codes of {_few(self.series)}; codes may "
                "have been replaced"
            )
        return Answer(
            self.name,
            replies[-1].fetched,
            table,
            raw_hash=replies[-1].sha256 if len(replies) == 1 else "",
            note="; ".join(dict.fromkeys(reply.url for reply in replies)),
        )


def windows(
    first: pd.Period, last: pd.Period, months: int
) -> Iterator[tuple[pd.Period, pd.Period]]:
    """Spans of at most so many months from first to last."""
    while first <= last:
        end = min(first + (months - 1), last)
        yield first, end
        first = end + 1


def _few(names: tuple[str, ...]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
