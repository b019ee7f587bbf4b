"""What was said and what came: forecasts as they were issued, over the published figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.errors import ScoreError
from tradeshock.forecast.plots.display_unit import DisplayUnit
from tradeshock.forecast.plots.style import (
    HUSHED,
    INK,
    PLAIN,
    axes_or_new,
    date_axis,
    dress,
    write_heading,
    write_key,
)
from tradeshock.models.paths import ForecastPaths

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Floats = npt.NDArray[np.float64]
QUANTILES = (0.1, 0.5, 0.9)
# More fans than these hide each other.
MOST = 24
MONTHS_BEFORE = 12


def plot_issued(
    forecasts: Sequence[ForecastPaths],
    published: pd.Series,
    ax: Axes | None = None,
    unit: str = "",
    title: str | None = None,
) -> Axes:
    """Draw medians and 80 % intervals of forecasts, one thin fan an origin, over what came.

    Parameters
    ----------
    forecasts : sequence of ForecastPaths
        Of the same first series. Of those whose step 1 is the same month the last origin's is
        drawn, and of these the newest 24.
    published : Series
        The series by month, in its own unit.
    ax : Axes, optional
        Default: new ones.
    unit : str
        Large figures in "mn USD" are drawn in bn USD.
    title : str, optional
        What the series is called. Default: its id.

    Returns
    -------
    Axes
        One line of published months, from a year before the first fan; one line and one band a
        forecast, each from the last month that was published then. The newest is in colour.

    Raises
    ------
    ScoreError
        If there is no forecast, or they are of several series.
    """
    if len(names := sorted({paths.series[0] for paths in forecasts})) != 1:
        raise ScoreError(f"got forecasts of {names}; give one or more, all of the same series")
    drawn = _newest(forecasts)
    ax = axes_or_new(ax)
    scale = DisplayUnit.choose(unit, float(published.iloc[-1]))
    for paths in drawn[:-1]:
        _fan(ax, paths, scale, newest=False, named=paths is drawn[0])
    _fan(ax, drawn[-1], scale, newest=True, named=True)
    came = published[published.index >= drawn[0].index[0] - MONTHS_BEFORE]
    ax.plot(
        _days(pd.PeriodIndex(came.index)),
        came.to_numpy() / scale.divisor,
        color=INK,
        linewidth=1.8,
        label="Published",
        zorder=4,
    )
    _dress(ax, scale)
    first, last = (paths.origin.date().isoformat() for paths in (drawn[0], drawn[-1]))
    days = first if len(drawn) == 1 else f"{len(drawn)} forecasts, {first} to {last}"
    write_heading(
        ax,
        f"{title or names[0]}: what was said and what came",
        f"{days}: medians and 80 % intervals, each from the last month published then",
    )
    write_key(ax, below=24)
    return ax


def _newest(forecasts: Sequence[ForecastPaths]) -> list[ForecastPaths]:
    """Return the last forecast of each first month, as many as can be told apart."""
    by_day = sorted(forecasts, key=lambda paths: paths.origin)
    last = {paths.index[0]: paths for paths in by_day}
    return [last[month] for month in sorted(last)][-MOST:]


def _fan(ax: Axes, paths: ForecastPaths, scale: DisplayUnit, *, newest: bool, named: bool) -> None:
    past = paths.history[paths.series[0]].dropna()
    months = _days(pd.PeriodIndex([past.index[-1], *paths.index], freq="M"))
    ahead = np.quantile(paths.draws(), QUANTILES, axis=0)
    start = np.full((len(QUANTILES), 1), float(past.iloc[-1]))
    low, median, high = np.hstack([start, ahead]) / scale.divisor
    colour, width, tint = (PLAIN, 1.6, 0.22) if newest else (HUSHED, 0.9, 0.1)
    line, band = ("Latest forecast", "Its 80 % interval") if newest else ("Earlier ones", None)
    ax.fill_between(
        months, low, high, color=colour, alpha=tint, linewidth=0, label=band if named else None
    )
    ax.plot(months, median, color=colour, linewidth=width, label=line if named else None)


def _days(months: pd.PeriodIndex) -> npt.NDArray[np.datetime64]:
    return months.to_timestamp().to_numpy().astype("datetime64[D]")


def _dress(ax: Axes, scale: DisplayUnit) -> None:
    from matplotlib.ticker import StrMethodFormatter

    dress(ax)
    date_axis(ax)
    ax.yaxis.set_major_formatter(StrMethodFormatter("{x:,g}"))
    ax.set_ylabel(scale.name)
