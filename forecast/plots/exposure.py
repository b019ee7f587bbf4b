"""What a total is made of, and which parts made it grow: bars by part."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tradeshock.forecast.plots.style import (
    ALARM,
    HUSHED,
    INK,
    PLAIN,
    axes_or_new,
    cell_inches,
    dress,
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
        color=INK,
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
    ax.axvline(0.0, color=HUSHED, linewidth=0.8)
    dress(ax, grid="x")
    ax.tick_params(axis="y", length=0)
    share = 1.0 - LETTER_INCHES * max(len(name) for name in names) / cell_inches(ax)[0]
    said = (
        f"{exposure.headline}; grown by {total['growth']:+.1f} % over the same months a year before"
    )
    write_heading(ax, f"{exposure.titles[exposure.parts.target]} by part", said, share)
    write_key(ax, share=share)
    return ax
