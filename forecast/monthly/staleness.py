"""What a forecast had to do without, in one sentence and one warning."""

from __future__ import annotations

import warnings
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import pandas as pd

from tradeshock.features.errors import StaleSeriesWarning
from tradeshock.features.panel.panel import Panel


@contextmanager
def stale_series() -> Iterator[list[str]]:
    """Collect the series that are left out for being stale; other warnings pass.

    A forecast of three members fits each of them and their carriers, and each of these warns.
    """
    left_out: list[str] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", StaleSeriesWarning)
        yield left_out
    for warning in caught:
        if isinstance(warning.message, StaleSeriesWarning):
            left_out.extend(warning.message.every)
        else:
            warnings.warn_explicit(
                warning.message, warning.category, warning.filename, warning.lineno
            )


def stale_notes(panel: Panel, target: str, left_out: Iterable[str]) -> tuple[str, ...]:
    """Say once what a forecast does without; nothing where all is there.

    Parameters
    ----------
    panel : Panel
        Figures as they stood at the origin.
    target : str
    left_out : iterable of str
        Series that the model would have read, were they not stale, now or at an earlier origin.
    """
    notes = []
    if panel.is_stale(target):
        notes.append(
            f"{target} ends in {panel.last_month(target)}; its figure of "
            f"{panel.expected_month(target)} should be out by {panel.origin.date()}"
        )
    if ahead := _counted_ahead(panel, target):
        notes.append(
            f"the early count of {ahead} is not used: the total of {panel.last_month(target) + 1} "
            "has to be there first"
        )
    by_month = defaultdict(list)
    for id in dict.fromkeys(left_out):
        # Bridges look back at origins where other series were late.
        if id in panel and panel.is_stale(id):
            by_month[panel.last_month(id)].append(id)
    if by_month:
        listed = "; ".join(f"{', '.join(ids)} (to {month})" for month, ids in by_month.items())
        notes.append(
            f"without {listed}, too old for the origin: the published accuracy does not apply to "
            "this set of series"
        )
    return tuple(notes)


def _counted_ahead(panel: Panel, target: str) -> pd.Period | None:
    """Newest month after the running one of which an early count is out."""
    counts = [id for id in panel.catalog.flash(target).values() if id in panel]
    out = panel.values[counts].dropna(how="all").index
    newest = out[-1] if len(out) else None
    return newest if newest is not None and newest > panel.last_month(target) + 1 else None
