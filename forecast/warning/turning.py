"""Turning points of the level net of calendar and season, by a stated rule, from whole paths."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.panel.panel import Panel
from tradeshock.forecast.backtesting.functionals import Functional
from tradeshock.forecast.monthly.views import adjusted_levels
from tradeshock.models.adjustment import CalendarAdjustment
from tradeshock.models.paths import ForecastPaths

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

# Months on each side over which a turning point is the extreme: Harding and Pagan's for months.
REACH = 5
SMOOTHED = 3
# Last months for which past chances are kept, in steps: 0 is the last published month.
HORIZONS = (0, 3, 6)


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
    smooth = _smoothed(_recent_levels(paths, panel))
    peaks, troughs = _extremes(smooth), _extremes(-smooth)
    end, periods = paths.index[-1] - REACH, peaks.shape[1]
    return pd.DataFrame(
        {
            "peak": peaks.mean(axis=0),
            "trough": troughs.mean(axis=0),
            "peak_by": np.logical_or.accumulate(peaks, axis=1).mean(axis=0),
            "trough_by": np.logical_or.accumulate(troughs, axis=1).mean(axis=0),
        },
        index=pd.period_range(end=end, periods=periods, freq="M", name="month"),
    )


def turning_by(panel: Panel, turn: Literal["peak", "trough"]) -> Functional:
    """Return a functional: chance of a turning point that cannot be dated yet, up to a month.

    Parameters
    ----------
    panel : Panel
        Whose working days count, as they were known at each origin.
    turn : {"peak", "trough"}

    Returns
    -------
    function
        Of a forecast; gives a Series labelled "by step 0" (up to the last published month), "by
        step 3", "by step 6", as far as the paths reach five months beyond: ``peak_by`` or
        ``trough_by`` of `turning_points`.
    """
    sign = 1.0 if turn == "peak" else -1.0

    def chances(paths: ForecastPaths) -> pd.Series[float]:
        turned = _extremes(sign * _smoothed(_recent_levels(paths, panel)))
        # The last column is the month five before the last step.
        upto = {k: turned.shape[1] - (len(paths.index) - REACH - k) for k in HORIZONS}
        return pd.Series(
            {
                f"by step {k}": turned[:, :n].any(axis=1).mean()
                for k, n in upto.items()
                if 0 < n <= turned.shape[1]
            },
            dtype=float,
        )

    return chances


def dated_turning_points(panel: Panel, target: str) -> pd.Series[str]:
    """Peaks and troughs of what is published, by the rule of `turning_points`.

    Returns
    -------
    Series
        By month, "peak" or "trough"; none of the last five months, which cannot be dated yet.
    """
    level = CalendarAdjustment.of_series(panel, target).adjusted_
    smooth = _smoothed(level.to_numpy(dtype=float)[None, :])
    months = pd.PeriodIndex(level.index)[SMOOTHED - 1 + REACH : len(level) - REACH]
    words = np.where(_extremes(smooth)[0], "peak", np.where(_extremes(-smooth)[0], "trough", ""))
    turns = pd.Series(words, months.rename("month"), dtype=str)
    return turns[turns != ""]


def _recent_levels(paths: ForecastPaths, panel: Panel) -> Floats:
    """Adjusted levels of the forecast and of the months that its open windows reach, by draws.

    Windows that lie in the past as a whole are no question of chance.
    """
    past, ahead = adjusted_levels(paths, panel)
    recent = past.to_numpy(dtype=float)[-(2 * REACH + SMOOTHED - 1) :]
    return np.hstack([np.broadcast_to(recent, (len(ahead), len(recent))), ahead])


def _smoothed(level: Floats) -> Floats:
    """Means of three months that end in each, draws by months less two."""
    return (level[:, :-2] + level[:, 1:-1] + level[:, 2:]) / SMOOTHED


def _extremes(level: Floats) -> Bools:
    """Whether each month with whole windows is above all others of its window, draws by months."""
    inside = max(0, level.shape[1] - 2 * REACH)
    middle = level[:, REACH : REACH + inside]
    above = np.ones(middle.shape, dtype=bool)
    for shift in (*range(REACH), *range(REACH + 1, 2 * REACH + 1)):
        above &= middle > level[:, shift : shift + inside]
    return above
