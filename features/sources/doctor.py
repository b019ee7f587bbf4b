"""Which sources answer from here, and what to do about those that do not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

import pandas as pd

from tradeshock.features.errors import (
    AccessError,
    AnswerError,
    OverlapError,
    QuotaError,
    SourceError,
    UnreachableError,
)
from tradeshock.features.fetching.client import Client
from tradeshock.features.fetching.source import Source
from tradeshock.features.panel.panel import Panel
from tradeshock.features.sources.gather import Outcome, gather

NO_KEY = "no key"
STATES: dict[type[SourceError], str] = {
    UnreachableError: "no answer",
    AccessError: "no access",
    QuotaError: "used up",
    AnswerError: "unreadable",
    OverlapError: "refused",
}


class Finding(NamedTuple):
    """What became of asking one source.

    Parameters
    ----------
    source, publisher : str
    series : int
        How many it brings.
    key : str
        "set", "missing" or "not needed".
    state : str
        "good", "no key", or why not.
    to : str
        Last month or day of its figures; empty where none came.
    advice : str
        A sentence; empty where there is nothing to do.
    """

    source: str
    publisher: str
    series: int
    key: str
    state: str
    to: str
    advice: str


COLUMNS = Finding._fields


def diagnose(sources: Iterable[Source], client: Client, known: Panel) -> Iterator[Finding]:
    """Ask every source once, store nothing, and say of each what became of it.

    Parameters
    ----------
    sources : iterable of Source
        Such as `all_sources()`.
    client : Client
    known : Panel
        What answers are compared with.
    """
    for source, outcomes in groupby(gather(sources, client, known), lambda o: o.source):
        yield _finding(source, list(outcomes), client)


def doctor(sources: Iterable[Source], client: Client, known: Panel) -> pd.DataFrame:
    """Table of what `diagnose` finds, one row a source, with the fields of `Finding`."""
    return pd.DataFrame(list(diagnose(sources, client, known)), columns=list(COLUMNS))


def _finding(source: Source, outcomes: list[Outcome], client: Client) -> Finding:
    key = source.needs_key
    has_key = "not needed" if key is None else "set" if key in client.keys else "missing"
    errors = [outcome.error for outcome in outcomes if outcome.error is not None]
    passed = [outcome.passed for outcome in outcomes if outcome.passed is not None]
    newest = max((newest_of(p.answer.figures) for p in passed), default="")
    state, advice = "good", ""
    if errors:
        state = NO_KEY if has_key == "missing" else STATES.get(type(errors[0]), "no answer")
        state = f"in part: {state}" if passed else state
        advice = str(errors[0])
    elif rebased := sorted({name for p in passed for name in p.rebased}):
        advice = f"{', '.join(rebased)} came with a new base and their whole history"
    return Finding(
        source.name, source.publisher, len(source.series), has_key, state, newest, advice
    )


def newest_of(figures: pd.DataFrame) -> str:
    """Last day of quotes, or last month of figures, as ISO text."""
    if "day" in figures:
        return f"{figures['day'].max():%Y-%m-%d}"
    return str(figures["month"].max())
