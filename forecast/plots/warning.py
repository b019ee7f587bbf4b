"""Early warning: the chance of a fall month by month, and the threshold of a warning."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tradeshock.features.errors import ScoreError
from tradeshock.forecast.plots.style import (
    ALARM,
    COLOURS,
    PAPER,
    axes_or_new,
    dress,
    hushed,
    ink,
    make_hangul_legible,
    write_heading,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Lights are also told apart by hatching: on paper, and by those who do not see colours.
LIGHTS = {"green": (COLOURS[2], ""), "amber": (COLOURS[4], "//"), "red": (ALARM, "xx")}


def plot_warning(
    table: pd.DataFrame,
    threshold: float,
    ax: Axes | None = None,
    title: str = "Chance of negative growth on a year before",
    subtitle: str = "",
) -> Axes:
    """Draw the chance of a fall of each month ahead, by its light.

    Parameters
    ----------
    table : DataFrame
        By month, with the columns chance (0 to 1) and light ("green", "amber", "red"), such as
        `tradeshock.forecast.warning.EarlyWarning.table`.
    threshold : float
        Of a warning, 0 to 1.
    ax : Axes, optional
        Default: new ones.
    title, subtitle : str

    Returns
    -------
    Axes
        One bar a month, in per cent, and a line at the threshold.

    Raises
    ------
    ScoreError
        If the table has no such columns or no rows.
    """
    if lacking := [name for name in ("chance", "light") if name not in table.columns]:
        raise ScoreError(f"the table has no column {lacking[0]!r}; give that of an early warning")
    if table.empty:
        raise ScoreError("the table has no month to draw")
    ax = axes_or_new(ax)
    place = np.arange(len(table))
    chances = 100.0 * table["chance"].to_numpy(dtype=float)
    for x, chance, light in zip(place, chances, table["light"], strict=True):
        colour, hatch = LIGHTS[str(light)]
        ax.bar(x, chance, 0.7, color=colour, hatch=hatch, edgecolor=PAPER, linewidth=0.0)
        ax.annotate(
            f"{chance:.0f}",
            (x, chance),
            xytext=(0, 2),
            textcoords="offset points",
            ha="center",
            va="bottom",
            color=ink(),
        )
    ax.axhline(100.0 * threshold, color=hushed(), linestyle="--", linewidth=1.2)
    # Beside the bars: on them it would cover the chances near it.
    ax.annotate(
        f"warning\nfrom {100.0 * threshold:g} %",
        (1.0, 100.0 * threshold),
        xycoords=ax.get_yaxis_transform(),
        xytext=(4, 0),
        textcoords="offset points",
        va="center",
        fontsize="small",
        color=hushed(),
    )
    months = pd.PeriodIndex(table.index)
    labels = [_label(month, first=k == 0) for k, month in enumerate(months)]
    ax.set_xticks(place, labels, fontsize="small")
    ax.set_ylim(0.0, 108.0)
    ax.set_ylabel("%")
    dress(ax)
    write_heading(ax, title, subtitle)
    make_hangul_legible(ax)
    return ax


def _label(month: pd.Period, first: bool) -> str:
    """Name of a month, with its year where that is new."""
    name: str = month.strftime("%b")
    return f"{name}\n{month.year}" if first or month.month == 1 else name
