"""Figures that came out since a day, and how they compare with the year before."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from tradeshock.features.days.reading import Day, as_day
from tradeshock.features.panel.panel import Panel

COLUMNS = ("title", "unit", "month", "released", "value", "relative", "yoy", "yoy_before", "moved")


def released_since(panel: Panel, day: Day) -> pd.DataFrame:
    """Return the newest figure of each series that came out after a day.

    Parameters
    ----------
    panel : Panel
        Figures as they stood at its origin.
    day : day
        What was out by its end is left out.

    Returns
    -------
    DataFrame
        Index series, those first whose growth changed most for what is usual; columns title,
        unit, month, released (day), value; relative, whether growth is in per cent rather than in
        the series' unit; yoy, growth on the same month a year before, and yoy_before, that of the
        month before; moved, the change between the two over its median absolute size in the
        series' history. NaN where there is no figure to compare with.
    """
    start = np.datetime64(as_day(day), "D")
    rows = {}
    for place, id in enumerate(map(str, panel.values.columns)):
        figures = panel.values[id]
        fresh = figures.notna().to_numpy() & (panel.release_dates[:, place] > start)
        if fresh.any():
            row = int(np.flatnonzero(fresh)[-1])
            rows[id] = _described(panel, id, row, panel.release_dates[row, place])
    table = pd.DataFrame.from_dict(rows, orient="index", columns=list(COLUMNS))
    return table.rename_axis("series").sort_values("moved", ascending=False, kind="stable")


def _described(panel: Panel, id: str, row: int, released: np.datetime64) -> dict[str, Any]:
    entry, figures = panel.catalog[id], panel.values[id]
    level = figures.to_numpy(dtype=float)
    before = np.concatenate([np.full(12, np.nan), level[:-12]])[: len(level)]
    relative = entry.transform == "log"
    yoy = 100.0 * (level / before - 1.0) if relative else level - before
    changes = np.abs(np.diff(yoy[: row + 1]))
    usual = float(np.median(known)) if len(known := changes[np.isfinite(changes)]) else np.nan
    yoy_before = float(yoy[row - 1]) if row else np.nan
    return {
        "title": entry.title or id,
        "unit": entry.unit,
        "month": figures.index[row],
        "released": pd.Timestamp(released),
        "value": float(level[row]),
        "relative": relative,
        "yoy": float(yoy[row]),
        "yoy_before": yoy_before,
        "moved": abs(float(yoy[row]) - yoy_before) / usual if usual > 0 else np.nan,
    }
