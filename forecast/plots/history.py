"""Forecasts as they were made, over what came."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tradeshock.features.errors import ScoreError
from tradeshock.forecast.judging.efficiency import hedgehog
from tradeshock.forecast.plots.display_unit import DisplayUnit
from tradeshock.forecast.plots.fan import refuse_other_than_paths
from tradeshock.forecast.plots.judged.selection import models_of, one_kind, state_words
from tradeshock.forecast.plots.style import (
    PLAIN,
    axes_or_new,
    date_axis,
    dress,
    hushed,
    ink,
    number_marks,
    tint,
    write_heading,
    write_key,
)
from tradeshock.models.paths import ForecastPaths

if TYPE_CHECKING:
    from matplotlib.axes import Axes

YEARS = 8
INTERVAL = (0.1, 0.5, 0.9)
# More fans than these hide each other.
MOST = 24
MONTHS_BEFORE = 12


def plot_history(
    frame: pd.DataFrame,
    model: str,
    *,
    quantity: str = "level",
    every: int = 3,
    years: int = YEARS,
    unit: str = "",
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw a model's median forecasts from past origins over what came: the hedgehog.

    Spines that keep to one side of the line are a bias; spines that keep pointing back to where
    the line came from are a forecaster who was slow.

    Parameters
    ----------
    frame : DataFrame
        Tidy frame of a backtest, of one target and state.
    model : str
        One of its models.
    quantity : {"level", "yoy"}
        Levels in `unit`, or growth over a year in per cent.
    every : int
        Draw every third origin, or whatever this is.
    years : int
        Years of origins, back from the last.
    unit : str
        Of the target; large figures in "mn USD" are drawn in bn USD.
    title : str, optional
        What the target is called. Default: its id.
    ax : Axes, optional
        Default: new ones.

    Returns
    -------
    Axes
        One line of outcomes, then one line an origin, each from the last figure that was out.

    Raises
    ------
    ScoreError
        If the frame has no such forecasts, or several targets or states.
    """
    kind = one_kind(frame, quantity)
    models_of([model], kind)
    rows = hedgehog(kind[kind["model"] == model])
    rows = rows[rows["origin"] > rows["origin"].max() - pd.DateOffset(years=years)]
    actual = rows.drop_duplicates("month").set_index("month")["actual"].dropna()
    scale = _scale(quantity, unit, float(actual.iloc[-1]))
    ax = axes_or_new(ax)
    label = "Published" if quantity == "level" else "Growth as published"
    _line(ax, actual / scale.divisor, color=ink(), linewidth=1.8, label=label, zorder=3)
    origins = sorted(set(rows["origin"]))[:: -max(every, 1)]
    for place, origin in enumerate(reversed(origins)):
        path = rows[rows["origin"] == origin].set_index("month")["forecast"].sort_index()
        before = path.index[0] - 1
        start = actual[actual.index == before]
        whole = pd.concat([start, path]) / scale.divisor
        name = None if place else f"Forecasts of {model}"
        _line(ax, whole, color=PLAIN, linewidth=1.1, alpha=0.75, label=name)
    _dress(ax, scale, quantity)
    said = f"{model}: medians from every {_ordinal(every)} origin; {state_words(kind)}"
    write_heading(ax, f"{title or kind['target'].iloc[0]}: forecasts and what came", said)
    write_key(ax, below=24)
    return ax


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
    ModelError
        If one is no `ForecastPaths`.
    """
    for paths in forecasts:
        refuse_other_than_paths(paths)
    if len(names := sorted({paths.series[0] for paths in forecasts})) != 1:
        raise ScoreError(f"got forecasts of {names}; give one or more, all of the same series")
    drawn = _newest(forecasts)
    ax = axes_or_new(ax)
    scale = DisplayUnit.choose(unit, float(published.iloc[-1]))
    for paths in drawn[:-1]:
        _fan(ax, paths, scale, newest=False, named=paths is drawn[0])
    _fan(ax, drawn[-1], scale, newest=True, named=True)
    came = published[published.index >= drawn[0].index[0] - MONTHS_BEFORE]
    _line(ax, came / scale.divisor, color=ink(), linewidth=1.8, label="Published", zorder=4)
    _dress(ax, scale, "level")
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
    months = pd.PeriodIndex([past.index[-1], *paths.index], freq="M")
    ahead = np.quantile(paths.draws(), INTERVAL, axis=0)
    start = np.full((len(INTERVAL), 1), float(past.iloc[-1]))
    low, median, high = np.hstack([start, ahead]) / scale.divisor
    colour, width, share = (PLAIN, 1.6, 0.22) if newest else (hushed(), 0.9, 0.1)
    line: str | None
    line, band = ("Latest forecast", "80 % interval") if newest else ("Earlier forecasts", None)
    if not named:
        line, band = None, None
    days = months.to_timestamp().to_numpy()
    ax.fill_between(days, low, high, color=colour, alpha=tint(share), linewidth=0, label=band)
    _line(ax, pd.Series(median, months), color=colour, linewidth=width, label=line)


def _scale(quantity: str, unit: str, level: float) -> DisplayUnit:
    if quantity == "level":
        return DisplayUnit.choose(unit, level)
    return DisplayUnit("Growth over a year, %", 1.0, 0)


def _line(ax: Axes, values: pd.Series, **look: Any) -> None:
    months = pd.PeriodIndex(values.index).to_timestamp()
    ax.plot(months.to_numpy(), values.to_numpy(), **look)


def _dress(ax: Axes, scale: DisplayUnit, quantity: str) -> None:

    dress(ax)
    date_axis(ax)
    number_marks(ax)
    ax.set_ylabel(scale.name)
    if quantity == "yoy":
        ax.axhline(0.0, color=ink(), linewidth=0.8)


def _ordinal(number: int) -> str:
    ends = {1: "st", 2: "nd", 3: "rd"}
    end = "th" if 10 < number % 100 < 14 else ends.get(number % 10, "th")
    return "single" if number == 1 else f"{number}{end}"
