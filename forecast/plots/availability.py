"""The ragged edge: which series are in, and until when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.errors import PanelError
from tradeshock.features.panel.panel import Panel
from tradeshock.features.panel.status import data_status
from tradeshock.forecast.plots.style import (
    ALARM,
    GRID,
    PLAIN,
    axes_or_new,
    dress,
    hushed,
    ink,
    letters,
    write_heading,
    write_key,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MONTHS = 18
# Of the figure's width, for the names of the series.
LABEL_SHARE = 0.45
# Kinds of cells: colour, height and words. What is overdue is low, not only red.
KINDS = {
    "in": (PLAIN, 0.78, "Published"),
    "overdue": (ALARM, 0.34, "Overdue by its release rule"),
    "open": (GRID, 0.78, "Not due yet"),
}


def plot_availability(
    panel: Panel,
    series: Sequence[str] | None = None,
    *,
    months: int = MONTHS,
    ax: Axes | None = None,
) -> Axes:
    """Draw which months of which series are published at the panel's origin.

    Parameters
    ----------
    panel : Panel
        Cut at the origin.
    series : sequence of str, optional
        Default: all, but of early counts only those of whole series that are not themselves
        broken down, so that the picture stays readable.
    months : int
        Months back from that of the origin.
    ax : Axes, optional
        Default: new ones.

    Returns
    -------
    Axes
        One row a series, the freshest on top, and one cell a month: published, overdue by the
        release rule, or not due yet.

    Raises
    ------
    PanelError
        If the panel has no such series, or none are named.
    """
    chosen = list(series) if series is not None else _readable(panel)
    if not chosen:
        raise PanelError("got no series to draw; name some, or leave series out for all")
    status = data_status(panel.select(chosen))
    cells = _cells(panel, chosen, months)
    fresh = (cells == "in").to_numpy() * np.arange(1, cells.shape[1] + 1)
    order = np.argsort(-fresh.max(axis=1), kind="stable")
    cells, status = cells.iloc[order], status.iloc[order]
    ax = axes_or_new(ax, (8.0, 1.6 + 0.19 * len(cells)))
    for kind, (colour, height, words) in KINDS.items():
        _add_cells(ax, np.argwhere((cells == kind).to_numpy()), height, colour, words)
    ax.set_xlim(0, cells.shape[1])
    ax.set_ylim(len(cells) - 0.4, -0.6)
    room = letters(ax, LABEL_SHARE)
    names = [
        title if len(title) <= room else f"{title[: room - 1].rstrip()}…"
        for title in (title or str(id) for id, title in status["title"].items())
    ]
    ax.set_yticks(range(len(names)), names, fontsize="small")
    _label_months(ax, pd.PeriodIndex(cells.columns))
    dress(ax, grid="x")
    ax.grid(visible=False)
    ax.tick_params(axis="both", length=0)
    ax.spines["left"].set_visible(False)
    late = int(status["overdue_since"].notna().sum())
    day = f"{panel.origin.day} {panel.origin:%B %Y}"
    said = f"{len(cells)} series, {late} with months overdue" if late else f"{len(cells)} series"
    write_heading(ax, f"What is published on {day}", said, share=0.95 - LABEL_SHARE)
    write_key(ax, below=30, share=0.95 - LABEL_SHARE)
    return ax


def _add_cells(
    ax: Axes, places: npt.NDArray[np.intp], height: float, colour: str, words: str
) -> None:
    """Draw cells at (row, column), as `Axes.barh` does.

    It would look for the limits of every bar, which takes longer than to draw them all; those of
    this picture are known.
    """
    from matplotlib.container import BarContainer
    from matplotlib.patches import Rectangle

    bars = [
        Rectangle((column + 0.05, row - 0.5 * height), 0.9, height, facecolor=colour)
        for row, column in places.tolist()
    ]
    for bar in bars:
        ax.add_artist(bar)
    ax.add_container(BarContainer(bars, orientation="horizontal", label=words))


def _readable(panel: Panel) -> list[str]:
    """All series, and of the early counts those of the total."""
    entries = {str(id): panel.catalog[str(id)] for id in panel.values.columns}
    counted = [entry.flash_of for entry in entries.values() if entry.flash_of]
    whole = counted[0] if counted else None
    if "exports_total" in counted:
        whole = "exports_total"
    return [id for id, entry in entries.items() if entry.flash_of in (None, whole)]


def _cells(panel: Panel, series: Sequence[str], months: int) -> pd.DataFrame:
    """Kind of each cell, series by months."""
    last = pd.Period(panel.origin, "M")
    span = pd.period_range(last - months + 1, last, freq="M")
    today = np.datetime64(panel.origin, "D")
    table = pd.DataFrame("open", index=list(series), columns=span, dtype=object)
    figures = panel.values.reindex(span)
    for id in series:
        due = panel.catalog[id].release.dates(span) <= today
        table.loc[id, due] = "overdue"
        table.loc[id, figures[id].notna().to_numpy()] = "in"
    return table


def _label_months(ax: Axes, months: pd.PeriodIndex) -> None:
    """Write every third month, with the year where it begins."""
    shown = [place for place, month in enumerate(months) if month.month % 3 == 1]
    labels = [
        months[place].strftime("%b")
        + (f"\n{months[place].year}" if months[place].month == 1 else "")
        for place in shown
    ]
    ax.set_xticks([place + 0.5 for place in shown], labels)
    for text in ax.get_xticklabels():
        text.set_color(ink())
    for place in (place for place in shown if months[place].month == 1):
        ax.axvline(place, color=hushed(), linewidth=0.8)
