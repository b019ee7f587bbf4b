"""Turning points of the level net of calendar and season, by a stated rule, from whole paths."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.panel.panel import Panel
from tradeshock.forecast.monthly.views import adjusted_levels
from tradeshock.models.paths import ForecastPaths

Floats = npt.NDArray[np.float64]

# Months on each side over which a turning point is the extreme: Harding and Pagan's for months.
REACH = 5
SMOOTHED = 3


def turning_points(paths: ForecastPaths, panel: Panel) -> pd.DataFrame:
    """Chances that a month is a peak or a trough.

    The level is the mean log of three months, the month itself and two before it, net of calendar
    and month effects. A month is a peak if its level is above those of the five months before and
    the five after it, a trough if it is below them (Harding and Pagan 2002, with the window of
    Bry and Boschan 1971 for months; their rules on the lengths of whole cycles are not imposed,
    because paths hold no whole cycle).

    Parameters
    ----------
    paths : ForecastPaths
        Of more than five steps.
    panel : Panel
        Whose working days count.

    Returns
    -------
    DataFrame
        By month whose window reaches into the forecast and ends inside it: peak, trough, chances
        from 0 to 1; peak_by and trough_by, chances of one in this month or an earlier row.
    """
    past, ahead = adjusted_levels(paths, panel)
    recent = past.iloc[-(2 * REACH + SMOOTHED - 1) :]
    level = np.hstack([np.broadcast_to(recent.to_numpy(), (len(ahead), len(recent))), ahead])
    smooth = np.lib.stride_tricks.sliding_window_view(level, SMOOTHED, axis=1).mean(axis=2)
    months = pd.period_range(end=paths.index[-1], periods=smooth.shape[1], freq="M", name="month")
    peaks, troughs = _extremes(smooth), _extremes(-smooth)
    inside = months[REACH : len(months) - REACH]
    # Windows that lie in the past as a whole are no question of chance.
    open_ = np.asarray(inside + REACH >= paths.index[0])
    peaks, troughs = peaks[:, open_], troughs[:, open_]
    return pd.DataFrame(
        {
            "peak": peaks.mean(axis=0),
            "trough": troughs.mean(axis=0),
            "peak_by": np.logical_or.accumulate(peaks, axis=1).mean(axis=0),
            "trough_by": np.logical_or.accumulate(troughs, axis=1).mean(axis=0),
        },
        index=inside[open_],
    )


def _extremes(level: Floats) -> npt.NDArray[np.bool_]:
    """Whether each month with whole windows is above all others of its window, draws by months."""
    windows = np.lib.stride_tricks.sliding_window_view(level, 2 * REACH + 1, axis=1)
    middle = windows[:, :, REACH, None]
    others = np.delete(windows, REACH, axis=2)
    return np.asarray((middle > others).all(axis=2))
