"""What a forecast had to do without, or did, in one sentence and one warning."""

from __future__ import annotations

import warnings
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import pandas as pd

from tradeshock.features.errors import StaleSeriesWarning
from tradeshock.features.panel.panel import Panel
from tradeshock.models.base import Model


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


def unread_notes(panel: Panel, target: str, model: Model) -> tuple[str, ...]:
    """Say which own columns a forecast does not use, and whether they move its origin.

    Own columns are those of which the catalog knows no publisher: those of a file or table. The
    origin of such a panel is the day on which its last figure was out, of whichever column.

    Parameters
    ----------
    panel : Panel
        Figures as they stood at the origin.
    target : str
        Nothing is said of one that has a publisher: the package's own panel has many series.
    model : Model
        Fitted on the panel.
    """
    read = {*model.inputs_, *panel.catalog.flash(target).values()}
    ids = [str(id) for id in panel.values.columns]
    unread = [id for id in ids if id not in read and not panel.catalog[id].publisher]
    if panel.catalog[target].publisher or not unread:
        return ()
    listed = ", ".join(unread[:3]) + (f" and {len(unread) - 3} more" if len(unread) > 3 else "")
    moved = ""
    needed = _last_release(panel, [id for id in ids if id not in unread])
    if needed is not None and needed < panel.origin == _last_release(panel, unread):
        moved = f", whose figures move the origin from {needed.date()} to {panel.origin.date()}"
    return (
        f"not read by the model: {listed}{moved}; leave out what is not needed (`--column`, "
        "`columns=`), or name it in a model of your own, such as VAR(series=[...])",
    )


def _last_release(panel: Panel, ids: list[str]) -> pd.Timestamp | None:
    """Day on which the newest figure of these series was out; None where they have none yet."""
    there = panel.values.notna().to_numpy() & panel.values.columns.isin(ids)
    days = panel.release_dates[there]
    return pd.Timestamp(days.max()) if len(days) else None
