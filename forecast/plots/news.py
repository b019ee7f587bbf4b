"""Why a forecast changed: the way from the older forecast to the newer one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tradeshock.features.errors import ScoreError
from tradeshock.forecast.plots.display_unit import DisplayUnit
from tradeshock.forecast.plots.style import (
    ALARM,
    FIGURE_SIZE,
    PAPER,
    PLAIN,
    axes_or_new,
    dress,
    hushed,
    ink,
    make_hangul_legible,
    write_heading,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Less than this share of the way is not drawn on its own.
SMALL = 0.01
OTHERS = "all others"
ROW_INCHES = 0.32


def plot_news(
    amounts: pd.Series,
    before: float,
    after: float,
    days: tuple[str, str],
    ax: Axes | None = None,
    unit: str = "",
    title: str = "Why the forecast changed",
    subtitle: str = "",
) -> Axes:
    """Draw the way from one forecast to another as a waterfall.

    Parameters
    ----------
    amounts : Series
        What each cause has moved, in the target's unit, top to bottom; their sum is
        ``after - before``. Small ones are put together.
    before, after : float
        The two forecasts.
    days : tuple of str
        The two days, as they are to be read.
    ax : Axes, optional
        Default: new ones.
    unit : str
        Unit of the target.
    title, subtitle : str

    Returns
    -------
    Axes
        Bars to the right have raised the forecast, bars to the left have lowered it; the axis
        does not begin at zero.

    Raises
    ------
    ScoreError
        If the amounts do not lead from one forecast to the other.
    """
    if not np.isclose(amounts.sum(), after - before, rtol=0.0, atol=1e-6 * abs(before)):
        raise ScoreError(
            f"the amounts add up to {amounts.sum():g}, but the forecast changed by "
            f"{after - before:g}; give all of them"
        )
    drawn = _told_apart(amounts)
    if ax is None:
        height = max(FIGURE_SIZE[1], 1.6 + ROW_INCHES * (len(drawn) + 2))
        ax = axes_or_new(None, (FIGURE_SIZE[0], height))
    scale = DisplayUnit.choose(unit, before)
    # A digit more than levels have elsewhere: of those the change is often the last.
    scale = replace(scale, decimals=scale.decimals + 1)
    way = (before + np.cumsum([0.0, *drawn.to_numpy(dtype=float)])) / scale.divisor
    starts, ends = way[:-1], way[1:]
    for row, (start, end) in enumerate(zip(starts, ends, strict=True), start=1):
        rises = end >= start
        colour, hatch = (PLAIN, "") if rises else (ALARM, "//")
        ax.barh(row, end - start, 0.62, start, color=colour, hatch=hatch, edgecolor=PAPER, lw=0)
        below = row + (1.0 if row == len(drawn) else 1.31)
        ax.plot([end, end], [row - 0.31, below], color=hushed(), linewidth=0.8)
        amount = scale.text((end - start) * scale.divisor, sign=True)
        _write(ax, amount, max(start, end), row)
    ax.plot([way[0]] * 2, [0.0, 1.31], color=hushed(), linewidth=0.8)
    last = len(drawn) + 1
    for row, value in ((0, before), (last, after)):
        ax.plot(value / scale.divisor, row, "D", color=ink(), markersize=7)
        _write(ax, scale.text(value), value / scale.divisor, row, weight="bold")
    names = [f"Forecast of {days[0]}", *map(str, drawn.index), f"Forecast of {days[1]}"]
    ax.set_yticks(range(len(names)), names, color=ink())
    ax.set_ylim(last + 0.6, -0.6)
    low, high = way.min(), way.max()
    room = (high - low) or abs(high) * 0.01
    # Figures stand to the right of their bars.
    ax.set_xlim(low - 0.06 * room, high + 0.2 * room)
    ax.ticklabel_format(axis="x", style="plain", useOffset=False)
    ax.set_xlabel(f"{scale.name}; the axis does not begin at zero", color=ink())
    dress(ax, "x")
    write_heading(ax, title, subtitle, share=0.6)
    make_hangul_legible(ax)
    return ax


def _told_apart(amounts: pd.Series) -> pd.Series:
    """Amounts that can be seen, and one for all others."""
    size = amounts.abs()
    seen: pd.Series = amounts.loc[size > SMALL * size.sum()]
    others = float(amounts.sum() - seen.sum())
    unseen = {OTHERS: others} if abs(others) > 1e-9 * size.sum() else {}
    told_apart: pd.Series = pd.concat([seen, pd.Series(unseen, dtype=float)])
    return told_apart


def _write(ax: Axes, text: str, x: float, row: float, weight: str = "normal") -> None:
    ax.annotate(
        text,
        (x, row),
        xytext=(7, 0),
        textcoords="offset points",
        va="center",
        color=ink(),
        fontsize="small",
        fontweight=weight,
    )
