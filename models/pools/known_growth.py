"""How series had grown as it was known on past days."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.indicators.origin_rows import STALE_AFTER
from tradeshock.features.panel.panel import Panel

Floats = npt.NDArray[np.float64]


def growth_as_known(
    panel: Panel, series: Sequence[str], days: Sequence[pd.Timestamp], months: int
) -> Floats:
    """Log growth over some months up to the last figure that was out on each day.

    Parameters
    ----------
    panel : Panel
        Figures of later days do not count.
    series : sequence of str
        Ids; those that the panel lacks are unknown.
    days : sequence of Timestamp
    months : int

    Returns
    -------
    ndarray, days by series
        Log points; NaN where too little was out, where the last figure was more than three months
        older than the release rule allows, or where it is not positive.
    """
    growth = np.full((len(days), len(series)), np.nan)
    for column, id in enumerate(series):
        if id not in panel or not len(days):
            continue
        figures = panel.values[id].to_numpy(dtype=float)
        logs = np.full(len(figures), np.nan)
        np.log(figures, out=logs, where=figures > 0.0)
        last = panel.last_known([id], days)[:, 0]
        # A rule that is met by less than three months is not.
        fresh = ~panel.stale_at([id], days, (last + STALE_AFTER)[:, None])[:, 0]
        usable = fresh & (last >= months)
        growth[usable, column] = 100.0 * (logs[last[usable]] - logs[last[usable] - months])
    return growth
