"""Error by step: how far off, and whether better than the random walk by more than luck."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from tradeshock.forecast.judging.scores import scores
from tradeshock.forecast.plots.selection import ERROR_UNITS, models_of, one_kind, span, state_words
from tradeshock.forecast.plots.style import (
    HUSHED,
    PAPER,
    axes_or_new,
    dress,
    looks,
    write_heading,
    write_key,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SIGNIFICANT = 0.05


def plot_errors(
    frame: pd.DataFrame,
    models: Sequence[str] | None = None,
    *,
    relative: bool = False,
    quantity: str = "level",
    reference: str = "RandomWalk",
    ax: Axes | None = None,
) -> Axes:
    """Draw the root mean squared error of each model by step.

    Parameters
    ----------
    frame : DataFrame
        Tidy frame of a backtest, of one target and state.
    models : sequence of str, optional
        Default: all.
    relative : bool
        Divide by the reference's error over the same months. Markers are then filled where
        Diebold and Mariano's test finds a difference at 5 %.
    quantity : {"level", "yoy"}
        Errors of levels in 100 log points, of growth rates in percentage points.
    reference : str
        Model to compare with.
    ax : Axes, optional
        Default: new ones.

    Returns
    -------
    Axes
        One line a model; if relative, none for the reference but its level at 1.

    Raises
    ------
    ScoreError
        If the frame has no such forecasts, or several targets or states.
    """
    rows = one_kind(frame, quantity)
    chosen = models_of(models, rows)
    table = scores(rows, by=("model", "step"), reference=reference if relative else None)
    ax = axes_or_new(ax)
    drawn = [model for model in chosen if not (relative and model == reference)]
    for model, look in looks(drawn, reference).items():
        own = table[table["model"] == model]
        height = own["rmse_ratio" if relative else "rmse"].to_numpy()
        steps = own["step"].to_numpy()
        style: dict[str, Any] = {"color": look.colour, "marker": look.marker, "markersize": 6.0}
        ax.plot(steps, height, linestyle=look.dashes, linewidth=1.8, label=model, **style)
        if relative:
            doubtful = ~(own["dm_p"].to_numpy() < SIGNIFICANT)
            ax.plot(
                steps[doubtful],
                height[doubtful],
                linestyle="none",
                markerfacecolor=PAPER,
                **style,
            )
    _dress(ax, table, relative, quantity, reference)
    _write(ax, rows, table[table["model"].isin(chosen)], reference if relative else None)
    return ax


def _dress(ax: Axes, table: pd.DataFrame, relative: bool, quantity: str, reference: str) -> None:
    dress(ax)
    steps = sorted(set(table["step"]))
    ax.set_xticks(steps if len(steps) <= 12 else steps[:: len(steps) // 12 + 1])
    ax.set_xlabel("Step, months ahead")
    if relative:
        ax.axhline(1.0, color=HUSHED, linestyle="--", linewidth=1.2, label=reference)
        ax.set_ylabel(f"RMSE over that of {reference}")
    else:
        ax.set_ylabel(f"RMSE, {ERROR_UNITS[quantity]}")
        ax.set_ylim(bottom=0.0)
    write_key(ax)


def _write(ax: Axes, rows: pd.DataFrame, table: pd.DataFrame, reference: str | None) -> None:
    fewest, most = table["n"].min(), table["n"].max()
    months = f"n = {most}" if fewest == most else f"n = {fewest} to {most}"
    said = f"{span(rows)}, {months}; {state_words(rows)}"
    if reference is not None:
        said = f"Below 1 is better. Filled: p < 0.05 (Diebold-Mariano). {said}"
        title = f"Error by step against {reference}"
    else:
        title = "Error by step"
    write_heading(ax, title, said)
