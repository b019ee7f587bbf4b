"""Which sources answer from here, and what to do about those that do not."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

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

COLUMNS = ("source", "publisher", "series", "key", "state", "to", "advice")
STATES: dict[type[SourceError], str] = {
    UnreachableError: "no answer",
    AccessError: "no access",
    QuotaError: "used up",
    AnswerError: "unreadable",
    OverlapError: "refused",
}


def doctor(sources: Iterable[Source], client: Client, known: Panel) -> pd.DataFrame:
    """Ask every source once and store nothing.

    Parameters
    ----------
    sources : iterable of Source
        Such as `all_sources()`.
    client : Client
    known : Panel
        What answers are compared with.

    Returns
    -------
    DataFrame
        One row a source: name, publisher, number of series it brings, "set", "missing" or "not
        needed" for its key, state ("good", "no key", or why not), the last month or day of its
        figures, and a sentence of advice, empty where there is nothing to do.
    """
    rows = []
    for source, outcomes in groupby(gather(sources, client, known), lambda o: o.source):
        rows.append(_row(source, list(outcomes), client))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _row(source: Source, outcomes: list[Outcome], client: Client) -> tuple[object, ...]:
    key = source.needs_key
    has_key = "not needed" if key is None else "set" if key in client.keys else "missing"
    errors = [outcome.error for outcome in outcomes if outcome.error is not None]
    passed = [outcome.passed for outcome in outcomes if outcome.passed is not None]
    newest = max((_newest(p.answer.figures) for p in passed), default="")
    state, advice = "good", ""
    if errors:
        state = "no key" if has_key == "missing" else STATES.get(type(errors[0]), "no answer")
        state = f"in part: {state}" if passed else state
        advice = str(errors[0])
    elif rebased := sorted({name for p in passed for name in p.rebased}):
        advice = f"{', '.join(rebased)} came with a new base and their whole history"
    return source.name, source.publisher, len(source.series), has_key, state, newest, advice


def _newest(figures: pd.DataFrame) -> str:
    if "day" in figures:
        return f"{figures['day'].max():%Y-%m-%d}"
    return str(figures["month"].max())
