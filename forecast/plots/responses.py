"""Structural shocks: responses, shares of variance, and what they have contributed so far."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.errors import ModelError
from tradeshock.forecast.plots.style import (
    COLOURS,
    LETTERS_PER_INCH,
    PLAIN,
    axes_or_new,
    date_axis,
    dress,
    hushed,
    ink,
    tint,
    write_heading,
    write_key,
)
from tradeshock.models.structure.arguments import IDS, MONTH, demand, demand_member

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from tradeshock.models.structure.history import HistoricalDecomposition
    from tradeshock.models.structure.responses import ImpulseResponses
    from tradeshock.models.structure.variance import VarianceDecomposition

CELL_INCHES = (2.6, 1.9)
# Components beyond the colours take them again, paler.
PALE = 0.45


def plot_responses(
    responses: ImpulseResponses,
    series: Sequence[str] | None = None,
    shocks: Sequence[str] | None = None,
    *,
    ax: Axes | npt.NDArray[np.object_] | None = None,
) -> npt.NDArray[np.object_]:
    """Draw responses of series to shocks of one standard deviation, with their bands.

    Parameters
    ----------
    responses : ImpulseResponses
        From `impulse_responses` or `local_projections`.
    series, shocks : sequence of str, optional
        Default: all.
    ax : Axes or array of them, optional
        One for each series and shock, series by series. Default: those of a new figure, where a
        row shares its scale.

    Returns
    -------
    ndarray of Axes, shape (series, shocks)
        Series in logs are in 100 log points.

    Raises
    ------
    ModelError
        If a series or shock is not among the responses, or there are more or fewer axes than
        pictures.
    """
    rows = _chosen(series, responses.series, "series")
    columns = _chosen(shocks, responses.shocks, "shock")
    grid = _grid(len(rows), len(columns), ax)
    figure = grid[0, 0].figure
    steps = np.arange(responses.values.shape[1])
    for i, id in enumerate(rows):
        place = responses.series.index(id)
        unit = 100.0 if responses.logs[place] else 1.0
        for cell, shock in zip(grid[i], columns, strict=True):
            at = responses.shocks.index(shock), slice(None), place
            cell.axhline(0.0, color=hushed(), linewidth=1.0)
            cell.fill_between(
                steps,
                unit * responses.low[at],
                unit * responses.high[at],
                color=PLAIN,
                alpha=tint(0.2),
                linewidth=0.0,
            )
            cell.plot(steps, unit * responses.values[at], color=PLAIN)
            dress(cell)
        words = "100 log points" if responses.logs[place] else "own unit"
        grid[i, 0].set_ylabel(f"{id}\n{words}", fontsize="small")
    for cell, shock in zip(grid[0], columns, strict=True):
        cell.set_title(f"Shock: {shock}", loc="left", fontsize="small", fontweight="bold")
    caption = (
        f"Months after a shock of one standard deviation; {100 * responses.coverage:g} % bands; "
        f"{responses.scheme}"
    )
    caption = textwrap.fill(caption, int(LETTERS_PER_INCH * figure.get_size_inches()[0]))
    figure.supxlabel(caption, fontsize="small", color=hushed())
    return grid


def _grid(
    rows: int, columns: int, ax: Axes | npt.NDArray[np.object_] | None
) -> npt.NDArray[np.object_]:
    """Axes that were given, or new ones, one for each series and shock."""
    if ax is not None:
        given = np.atleast_1d(np.asarray(ax, dtype=object))
        if given.size != rows * columns:
            raise ModelError(
                f"got {given.size} axes for {rows} series and {columns} shocks; "
                f"give {rows * columns}, or choose series and shocks"
            )
        return given.reshape(rows, columns)
    import matplotlib.pyplot as plt

    return plt.subplots(
        rows,
        columns,
        figsize=(CELL_INCHES[0] * columns + 0.6, CELL_INCHES[1] * rows + 0.8),
        sharex=True,
        sharey="row",
        squeeze=False,
        layout="constrained",
    )[1]


def plot_variance_decomposition(
    decomposition: VarianceDecomposition, series: str, *, ax: Axes | None = None
) -> Axes:
    """Draw the shares of shocks in the variance of a series' forecast errors, by step.

    Parameters
    ----------
    decomposition : VarianceDecomposition
        From `variance_decomposition`.
    series : str
        Id of a series.
    ax : Axes, optional
        Default: new ones.

    Returns
    -------
    Axes
        Shares in per cent, stacked in the order of the shocks. Generalised shares need not reach
        100.

    Raises
    ------
    ModelError
        If the series is not in the decomposition.
    """
    demand_member(series, "series", decomposition.series)
    place = decomposition.series.index(series)
    ax = axes_or_new(ax)
    shares = 100.0 * decomposition.shares[:, :, place]
    steps = np.arange(1, shares.shape[1] + 1)
    under = np.zeros(len(steps))
    for name, own, style in zip(decomposition.shocks, shares, _styles(len(shares)), strict=True):
        ax.bar(steps, own, 0.9, under, label=name, **style)
        under = under + own
    ax.set_xlabel("months ahead", loc="right")
    ax.set_ylabel("per cent")
    dress(ax)
    write_heading(ax, f"What makes forecasts of {series} go wrong", decomposition.scheme)
    write_key(ax)
    return ax


def plot_historical_decomposition(
    history: HistoricalDecomposition,
    series: str,
    *,
    change: int = 12,
    first: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw what shocks have contributed to the changes of a series.

    Parameters
    ----------
    history : HistoricalDecomposition
        From `historical_decomposition`.
    series : str
        Id of a series.
    change : int
        Of the change over so many months; 12 is on a year before.
    first : str, optional
        First month drawn, such as "2018-01". Default: the first there is.
    ax : Axes, optional
        Default: new ones.

    Returns
    -------
    Axes
        Stacked bars of shocks, initial condition and deterministic part as one, and a line, their
        sum. Log points times 100, own units of series that are not in logs.

    Raises
    ------
    ModelError
        If the series is not in the decomposition, or nothing is left to draw.
    """
    from matplotlib.dates import date2num

    table = history.table(series, change=change)
    table.insert(0, "without shocks", table.pop("initial condition") + table.pop("deterministic"))
    if first is not None:
        demand(first, "first", MONTH)
        table = table[table.index >= pd.Period(first, "M")]
    if table.empty:
        raise ModelError(f"got first={first!r}, but months end in {history.months[-1]}")
    logs = bool(history.logs[history.series.index(series)])
    values = table.mul(100.0 if logs else 1.0)
    ax = axes_or_new(ax)
    # As numbers: a width in days is no width among time stamps.
    stamps = pd.PeriodIndex(table.index).to_timestamp().to_numpy()
    days = date2num(stamps)  # type: ignore[no-untyped-call]
    total = values.pop("total")
    # What pushes up is stacked on zero, what pulls down hangs under it.
    above, below = np.zeros(len(days)), np.zeros(len(days))
    for name, style in zip(values, _styles(values.shape[1]), strict=True):
        own = values[name].to_numpy()
        ax.bar(days, own, 27, np.where(own > 0.0, above, below), label=str(name), **style)
        above, below = above + own.clip(min=0.0), below + own.clip(max=0.0)
    ax.plot(days, total.to_numpy(), color=ink(), linewidth=1.4, label="sum")
    ax.set_ylabel("100 log points" if logs else "own unit")
    ax.xaxis_date()
    dress(ax)
    date_axis(ax)
    write_heading(ax, f"{series}: change over {change} months by shock", history.scheme)
    write_key(ax, below=24)
    return ax


def _chosen(asked: Sequence[str] | None, there: tuple[str, ...], noun: str) -> tuple[str, ...]:
    """What is asked for, or all.

    Raises
    ------
    ModelError
    """
    if asked is None:
        return there
    demand(asked, f"names of {noun}", IDS)
    for name in asked:
        demand_member(name, noun, there)
    return tuple(asked)


def _styles(count: int) -> list[dict[str, Any]]:
    n = len(COLOURS)
    return [{"color": COLOURS[i % n], "alpha": PALE ** (i // n)} for i in range(count)]
