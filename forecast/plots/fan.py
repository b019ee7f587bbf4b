"""The fan chart: published months, the median ahead, and how far paths spread around it."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.errors import ModelError
from tradeshock.forecast.plots.display_unit import DisplayUnit
from tradeshock.forecast.plots.style import (
    axes_or_new,
    dress,
    hushed,
    ink,
    is_dark,
    label_dates,
    make_hangul_legible,
    number_marks,
)
from tradeshock.models.paths import ForecastPaths

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

HISTORY_MONTHS = 36
# Width of the key in one row.
KEY_INCHES = 4.0
# Tints of one blue: told apart by lightness, so by colour-blind eyes and on grey paper too.
BANDS = {0.95: "#dbe9f5", 0.80: "#a9cce6", 0.50: "#64a3d1"}
MEDIAN, MEDIAN_ON_DARK = "#08406f", BANDS[0.80]
STATE_WORDS = {
    "after_total": "nothing of {month} out yet",
    "after_10d": "first 10 days of {month} out",
    "after_20d": "first 20 days of {month} out",
}


def plot_fan(
    paths: ForecastPaths,
    ax: Axes | None = None,
    series: str | None = None,
    unit: str | None = None,
    title: str | None = None,
) -> Axes:
    """Draw the last 36 published months, and median, 50, 80 and 95 % bands of the months ahead.

    Parameters
    ----------
    paths : ForecastPaths
        What to draw.
    ax : matplotlib Axes, optional
        Where. Default: a new figure.
    series : str, optional
        Default: the first.
    unit : str, optional
        Unit of the series; large figures in "mn USD" are drawn in bn USD. Default: figures as
        they are, without a unit.
    title : str, optional
        What the series is called. Default: its id.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    ModelError
        If it is given no paths, or no axes to draw on.
    """
    refuse_other_than_paths(paths)
    ax = axes_or_new(ax)
    series = series or paths.series[0]
    past = paths.history[series].dropna()
    past = past[past.index < paths.index[0]].iloc[-HISTORY_MONTHS:]
    scale = DisplayUnit.choose(unit or "", float(past.iloc[-1]))
    _draw(ax, paths, series, past, scale)
    _dress(ax, scale)
    _write(ax, paths, title or series)
    make_hangul_legible(ax)
    return ax


def refuse_other_than_paths(paths: object) -> None:
    """Refuse what is drawn by a method of its own, or not at all.

    Raises
    ------
    ModelError
    """
    if not isinstance(paths, ForecastPaths):
        raise ModelError(
            f"got a {type(paths).__name__}; give the paths of a forecast: `forecast.paths`"
        )


def _draw(ax: Axes, paths: ForecastPaths, series: str, past: pd.Series, scale: DisplayUnit) -> None:
    """Draw bands, median and published months; the fan opens from the last of these."""
    last = float(past.iloc[-1])
    months = _days(pd.PeriodIndex([*past.index[-1:], *paths.index], freq="M"))

    def opened(quantile: float) -> npt.NDArray[np.float64]:
        ahead = paths.quantile([quantile], series).iloc[:, 0].to_numpy()
        return np.concatenate([[last], ahead]) / scale.divisor

    for coverage, colour in BANDS.items():
        low, high = opened(0.5 - coverage / 2), opened(0.5 + coverage / 2)
        ax.fill_between(
            months, low, high, color=colour, linewidth=0, label=f"{100 * coverage:.0f} %"
        )
    median = opened(0.5)
    ax.plot(months, median, color=MEDIAN, linewidth=2.0, label="Median")
    ax.plot(
        _days(pd.PeriodIndex(past.index)),
        past.to_numpy() / scale.divisor,
        color=ink(),
        linewidth=1.6,
        label="Published",
    )
    ax.plot(months[:1], median[:1], "o", color=ink(), markersize=4.5)
    ax.annotate(
        scale.text(median[-1] * scale.divisor),
        (months[-1], median[-1]),
        xytext=(6, 0),
        textcoords="offset points",
        va="center",
        # beside the bands, on the background alone
        color=MEDIAN_ON_DARK if is_dark() else MEDIAN,
        fontweight="bold",
        annotation_clip=False,
    )


def _days(months: pd.PeriodIndex) -> npt.NDArray[np.datetime64]:
    return months.to_timestamp().to_numpy().astype("datetime64[D]")


def _dress(ax: Axes, scale: DisplayUnit) -> None:
    """Set axes and grid."""
    dress(ax)
    label_dates(ax)
    number_marks(ax)
    ax.set_ylabel(scale.name)
    ax.margins(x=0.0)


def _write(ax: Axes, paths: ForecastPaths, title: str) -> None:
    """Write title, origin, key and notes, all of them outside the plotting area.

    Only the heights of title and notes are reserved, so that long texts do not squeeze the chart
    where a layout engine arranges several.
    """
    origin = f"{paths.origin.day} {paths.origin:%B %Y}"
    state = STATE_WORDS.get(paths.state, paths.state).format(month=paths.index[0].strftime("%B %Y"))
    inches = ax.get_position().width * _figure(ax).get_size_inches()[0]
    letters, bold_letters = int(15 * inches), int(10 * inches)
    headline = textwrap.fill(f"{title}: forecast of {origin}", bold_letters)
    ax.set_title(headline, loc="left", fontweight="bold", pad=24)
    both = f"{paths.model}; {state}"
    ax.annotate(
        both if len(both) <= letters else state,
        (0, 1),
        xycoords="axes fraction",
        xytext=(0, 8),
        textcoords="offset points",
        color=hushed(),
        in_layout=False,
    )
    rows = 1 if inches > KEY_INCHES else 2
    _key(ax, rows)
    wrapped = [line for note in paths.notes for line in textwrap.wrap(note, letters)]
    notes = "\n".join(wrapped) or " "
    ax.set_xlabel(notes, loc="left", labelpad=12 + 14 * rows, color=hushed(), fontsize="small")
    ax.xaxis.label.set_linespacing(1.3)


def _figure(ax: Axes) -> Figure:
    return ax.figure.figure


def _key(ax: Axes, rows: int) -> None:
    """Name line and bands under the months, from the line in the middle outwards."""
    from matplotlib.transforms import offset_copy

    handles, names = ax.get_legend_handles_labels()
    names[0] += " of paths"
    under = offset_copy(ax.transAxes, _figure(ax), x=-4, y=-24, units="points")
    key = ax.legend(
        handles[::-1],
        names[::-1],
        loc="upper left",
        bbox_to_anchor=(0, 0),
        bbox_transform=under,
        borderaxespad=0.0,
        ncols=-(-len(names) // rows),
        frameon=False,
        fontsize="small",
        handlelength=1.4,
        columnspacing=1.4,
    )
    key.set_in_layout(False)
