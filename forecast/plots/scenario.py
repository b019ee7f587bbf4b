"""Pictures of scenarios: paths under shocks beside the baseline."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import cycle
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.forecast.plots.display_unit import DisplayUnit
from tradeshock.forecast.plots.style import (
    ALARM,
    COLOURS,
    axes_or_new,
    dress,
    hushed,
    ink,
    label_dates,
    tint,
    write_heading,
    write_key,
)
from tradeshock.models.paths import ForecastPaths

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HISTORY_MONTHS = 24
INTERVAL = (0.1, 0.9)
BAND = "80 % interval of the difference"
READING = "medians; the band is of the difference, not of the level"
Floats = npt.NDArray[np.float64]


def plot_scenario(
    baseline: ForecastPaths,
    scenario: ForecastPaths,
    ax: Axes | None = None,
    unit: str = "",
    title: str = "",
) -> Axes:
    """Draw medians with and without a shock, and the 80 % interval of the difference.

    Parameters
    ----------
    baseline, scenario : ForecastPaths
        Of the same draws.
    ax : Axes, optional
        Default: new ones.
    unit : str
        Unit of the series.
    title : str
        What is drawn.

    Returns
    -------
    Axes
        The band is the baseline's median plus the interval of the difference draw by draw; it is
        narrower than the interval of the forecast.
    """
    ax = axes_or_new(ax)
    scale = _published(ax, baseline, unit)
    gap = np.quantile(scenario.draws() - baseline.draws(), INTERVAL, axis=0)
    middle = baseline.median().to_numpy()
    days = _days(scenario.index)
    low, high = (middle + end for end in gap)
    ax.fill_between(
        days,
        low / scale.divisor,
        high / scale.divisor,
        color=ALARM,
        alpha=tint(0.18),
        linewidth=0,
        label=BAND,
    )
    _line(ax, baseline, scale, hushed(), "--", "Baseline")
    _line(ax, scenario, scale, ALARM, "-", "Scenario")
    return _dressed(ax, baseline, scale, title or scenario.series[0], READING)


def plot_comparison(
    baseline: ForecastPaths,
    scenarios: Mapping[str, ForecastPaths],
    ax: Axes | None = None,
    unit: str = "",
    title: str = "",
) -> Axes:
    """Draw medians of several scenarios and of the baseline.

    Parameters
    ----------
    baseline : ForecastPaths
    scenarios : mapping of str to ForecastPaths
        By what they are called.
    ax, unit, title
        As for `plot_scenario`.
    """
    ax = axes_or_new(ax)
    scale = _published(ax, baseline, unit)
    _line(ax, baseline, scale, hushed(), "--", "Baseline")
    for (name, paths), colour in zip(scenarios.items(), cycle(COLOURS), strict=False):
        _line(ax, paths, scale, colour, "-", name)
    return _dressed(ax, baseline, scale, title or baseline.series[0], "medians")


def _published(ax: Axes, baseline: ForecastPaths, unit: str) -> DisplayUnit:
    past = baseline.history[baseline.series[0]].dropna()
    past = past[past.index < baseline.index[0]].iloc[-HISTORY_MONTHS:]
    scale = DisplayUnit.choose(unit, float(past.iloc[-1]))
    days = _days(pd.PeriodIndex(past.index))
    ax.plot(days, past.to_numpy() / scale.divisor, color=ink(), linewidth=1.6, label="Published")
    return scale


def _line(
    ax: Axes, paths: ForecastPaths, scale: DisplayUnit, colour: str, dashes: str, name: str
) -> None:
    """Draw a median from the last published figure on."""
    past = paths.history[paths.series[0]].dropna()
    last = past[past.index < paths.index[0]].iloc[-1:]
    months = pd.PeriodIndex([*last.index, *paths.index], freq="M")
    values: Floats = np.concatenate([last.to_numpy(), paths.median().to_numpy()])
    ax.plot(_days(months), values / scale.divisor, color=colour, linestyle=dashes, label=name)


def _dressed(
    ax: Axes, baseline: ForecastPaths, scale: DisplayUnit, title: str, reading: str
) -> Axes:
    day = baseline.origin
    ax.set_ylabel(scale.name)
    ax.ticklabel_format(axis="y", style="plain", useOffset=False)
    dress(ax)
    # Three years of months, whatever the width.
    label_dates(ax)
    ax.margins(x=0.01)
    write_heading(ax, title, f"{baseline.model}, figures of {day.day} {day:%B %Y}; {reading}")
    write_key(ax)
    return ax


def _days(months: pd.PeriodIndex) -> npt.NDArray[np.datetime64]:
    return months.to_timestamp().to_numpy().astype("datetime64[D]")
