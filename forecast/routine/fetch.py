"""Newer figures fetched, and those that agree with what is known kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tradeshock.features.errors import SourceError
from tradeshock.features.fetching.client import Client
from tradeshock.features.fetching.source import Source
from tradeshock.features.panel.panel import Panel
from tradeshock.features.sources.gather import gather
from tradeshock.features.vintages.newest import Change
from tradeshock.features.vintages.store import Store


class Fetched(NamedTuple):
    """What became of one answer of a source.

    Parameters
    ----------
    source : Source
    change : Change or None
        How many figures were new, revised and withdrawn; None where nothing was kept.
    error : SourceError or None
        Why nothing was.
    """

    source: Source
    change: Change | None
    error: SourceError | None


def fetch_into(
    store: Store, sources: Iterable[Source], client: Client, known: Panel
) -> Iterator[Fetched]:
    """Ask sources, and keep each answer that passes before the next one is asked.

    Parameters
    ----------
    store : Store
    sources : iterable of Source
    client : Client
    known : Panel
        What was known before the first answer, so that no answer vouches for another.

    Raises
    ------
    StoredFileError
        If the store cannot be written.
    """
    for outcome in gather(sources, client, known):
        change = None if outcome.passed is None else store.append(outcome.passed.answer)
        yield Fetched(outcome.source, change, outcome.error)
