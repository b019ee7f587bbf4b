"""Ask sources in turn, and keep what passes the gate."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pandas as pd

from tradeshock.features.errors import AnswerError, OverlapError, SourceError, TradeshockError
from tradeshock.features.fetching.client import Client
from tradeshock.features.fetching.source import Source
from tradeshock.features.panel.panel import Panel
from tradeshock.features.sources.overlap import Passed, check
from tradeshock.features.vintages.answer import Answer

LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Outcome:
    """What became of one answer of a source, or of asking for it.

    Parameters
    ----------
    source : Source
    passed : Passed or None
        What may be kept.
    error : SourceError or None
        Why there is nothing, as one of its kinds.
    """

    source: Source
    passed: Passed | None = None
    error: SourceError | None = None


def gather(
    sources: Iterable[Source], client: Client, known: Panel, since: pd.Period | None = None
) -> Iterator[Outcome]:
    """Ask each source; one that fails does not stop the next.

    Parameters
    ----------
    sources : iterable of Source
    client : Client
    known : Panel
        Newest figures of before: what every answer is compared with.
    since : Period, optional
        First month that is wanted. Default: for each source the month after the last one that is
        known of all its series.

    Yields
    ------
    Outcome
        For each answer, in the order of the sources; nothing is stored here.
    """
    for source in sources:
        if source.needs_key is not None and source.needs_key not in client.keys:
            yield Outcome(source, error=_no_key(source, client))
            continue
        first = since if since is not None else first_missing(source, known)
        LOG.info("asking %s for figures from %s on", source.name, first)
        outcomes = _ask(source, client, known, first)
        yield from _first_that_passes(outcomes) if source.alternatives else outcomes


def first_missing(source: Source, known: Panel) -> pd.Period:
    """Month after the last one known of all series of a source."""
    columns = [known.values[name].dropna() for name in source.series if name in known.values]
    ends: list[pd.Period] = [column.index[-1] for column in columns if len(column)]
    return min(ends, default=known.values.index[0]) + 1


def _ask(source: Source, client: Client, known: Panel, since: pd.Period) -> Iterator[Outcome]:
    answers = iter(source.fetch(client, since))
    while True:
        try:
            answer = next(answers, None)
        except SourceError as error:
            yield Outcome(source, error=_scrubbed(error, client))
            return
        except TradeshockError as error:
            # What cannot even be an answer, such as a sum beyond all numbers.
            yield Outcome(source, error=_scrubbed(AnswerError(str(error)), client))
            return
        if answer is None:
            return
        yield _judged(source, answer, client, known)


def _first_that_passes(outcomes: Iterator[Outcome]) -> Iterator[Outcome]:
    """One outcome of alternatives: the first that passes, or why the last one did not."""
    last = None
    for last in outcomes:
        if last.passed is not None:
            break
    if last is not None:
        yield last


def _judged(source: Source, answer: Answer, client: Client, known: Panel) -> Outcome:
    try:
        return Outcome(source, passed=check(answer, known))
    except OverlapError as error:
        LOG.info("an answer of %s contradicts what is known", source.name)
        return Outcome(source, error=_scrubbed(error, client))


def _no_key(source: Source, client: Client) -> SourceError:
    try:
        client.keys.get(str(source.needs_key))
    except SourceError as error:
        return error
    raise AssertionError(source.name)


def _scrubbed(error: SourceError, client: Client) -> SourceError:
    """Error without a key, should a publisher repeat one in its words."""
    return type(error)(client.keys.scrub(str(error)))
