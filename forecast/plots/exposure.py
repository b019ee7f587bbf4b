"""What a total is made of, and what a forecast is made of: bars by part."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tradeshock.features.errors import ModelError
from tradeshock.forecast.plots.style import (
    ALARM,
    COLOURS,
    PLAIN,
    axes_or_new,
    cell_inches,
    dress,
    hushed,
    ink,
    write_heading,
    write_key,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from tradeshock.forecast.exposure.result import Exposure

# Width of a letter of the parts' names on the axis.
LETTER_INCHES = 0.09


def figure_size(exposure: Exposure) -> tuple[float, float]:
    """Inches of a figure with room for all parts."""
    return 8.0, 1.9 + 0.42 * len(exposure.parts.amounts)


def plot_exposure(exposure: Exposure, *, ax: Axes | None = None) -> Axes:
    """Draw each part's share of a total and its contribution to the total's growth.

    Parameters
    ----------
    exposure : Exposure
        Of `tradeshock.forecast.exposure.exposure`.
    ax : Axes, optional
        Default: new ones.

    Returns
    -------
    Axes
        Two bars a part, largest share first and the remainder last: share in per cent, a mark at
        the share a year before, and contribution in percentage points.
    """
    table = exposure.table()
    total = table.loc["total"]
    table = table.drop("total")
    names = [exposure.titles[part] for part in table.index]
    ax = axes_or_new(ax, figure_size(exposure))
    place = np.arange(len(table), dtype=float)
    ax.barh(place - 0.2, table["share"], 0.36, color=PLAIN, label="share, %")
    ax.plot(
        table["share_before"],
        place - 0.2,
        linestyle="none",
        marker="|",
        markersize=9,
        markeredgewidth=2,
        color=ink(),
        label="share a year before, %",
    )
    ax.barh(
        place + 0.2,
        table["contribution"],
        0.36,
        color=ALARM,
        label="contribution to growth, points",
    )
    ax.set_yticks(place, names)
    ax.invert_yaxis()
    ax.axvline(0.0, color=hushed(), linewidth=0.8)
    dress(ax, grid="x")
    ax.tick_params(axis="y", length=0)
    share = 1.0 - LETTER_INCHES * max(len(name) for name in names) / cell_inches(ax)[0]
    said = (
        f"{exposure.headline}; grown by {total['growth']:+.1f} % over the same months a year before"
    )
    write_heading(ax, f"{exposure.titles[exposure.parts.target]} by part", said, share)
    write_key(ax, share=share)
    return ax


def plot_contributions(
    contributions: pd.DataFrame,
    *,
    ax: Axes | None = None,
    steps: Sequence[int] = (1, 3, 12),
    beside: pd.DataFrame | None = None,
    title: str = "",
    subtitle: str = "",
) -> Axes:
    """Draw what groups of indicators add to one member's forecast, or to a whole, in some months.

    Parameters
    ----------
    contributions : DataFrame
        Of `tradeshock.forecast.interpretation.Explanation`: index (member, group, column), columns
        month, 100 log points. Its first member is drawn.
    ax : Axes, optional
        Default: new ones.
    steps : sequence of int
        Months ahead, those that the forecast reaches; at most three are told apart well.
    beside : DataFrame, optional
        What makes the forecast beside these contributions, which are at the member's weight then:
        index name, columns month, 100 log points. Default: the member alone is drawn.
    title, subtitle : str
        Default: which member it is, and the unit.

    Returns
    -------
    Axes
        A bar a group and month, groups with the largest first; below them what is beside; and the
        sum last.

    Raises
    ------
    ModelError
        If no member has contributions.
    """
    if contributions.empty:
        raise ModelError(
            "no member of this forecast starts from a regression, so there are no contributions to "
            "draw; the default forecast has them"
        )
    member = contributions.index.get_level_values("member")[0]
    ahead = pd.PeriodIndex(contributions.columns)
    months = [ahead[step - 1] for step in steps if step <= len(ahead)]
    table = contributions.loc[member, months].groupby("group", sort=False).sum()
    table = table.loc[table.abs().max(axis=1).sort_values(ascending=False, kind="stable").index]
    ends = [len(table)]
    if beside is not None:
        table = pd.concat([table, beside[months]])
        ends.append(len(table))
    table.loc["sum"] = table.sum()
    names = [str(group) for group in table.index]
    ax = axes_or_new(ax, (8.0, 1.9 + 0.42 * len(names)))
    place, thick = np.arange(len(names), dtype=float), 0.8 / len(months)
    for count, month in enumerate(months):
        shift = (count - (len(months) - 1) / 2) * thick
        label = month.strftime("%B %Y")
        ax.barh(place + shift, table[month], 0.9 * thick, color=COLOURS[count], label=label)
    for end in ends:
        ax.axhline(end - 0.5, color=hushed(), linewidth=0.8)
    ax.axvline(0.0, color=hushed(), linewidth=0.8)
    ax.set_yticks(place, names)
    ax.invert_yaxis()
    dress(ax, grid="x")
    ax.tick_params(axis="y", length=0)
    share = 1.0 - LETTER_INCHES * max(map(len, names)) / cell_inches(ax)[0]
    said = (
        subtitle or "Growth from the last published month by group, 100 log points (about per cent)"
    )
    write_heading(ax, title or f"What moves {member}", said, share)
    write_key(ax, share=share)
    return ax
