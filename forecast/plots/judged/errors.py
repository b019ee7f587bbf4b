"""Errors by step, and whether better than the random walk by more than luck; and by trade shock."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tradeshock.forecast.judging.episodes import CALM, EPISODES, Episode
from tradeshock.forecast.judging.scores import scores
from tradeshock.forecast.plots.judged.selection import (
    ERROR_UNITS,
    known,
    models_of,
    one_kind,
    span,
    state_words,
)
from tradeshock.forecast.plots.style import (
    PAPER,
    axes_or_new,
    cell_inches,
    dress,
    hushed,
    looks,
    write_heading,
    write_key,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SIGNIFICANT = 0.05
# Ratios nearer to 1 than this are drawn as what they are: the same.
ALIKE = 0.01
# Width of a letter of the episodes' names on the axis.
LETTER_INCHES = 0.09


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
        ax.axhline(1.0, color=hushed(), linestyle="--", linewidth=1.2, label=reference)
        ax.set_ylabel(f"RMSE over that of {reference}")
        ax.update_datalim([(steps[0], 1.0 - ALIKE), (steps[0], 1.0 + ALIKE)])
        ax.autoscale_view()
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


def plot_episodes(
    frame: pd.DataFrame,
    models: Sequence[str] | None = None,
    step: int = 1,
    *,
    quantity: str = "level",
    episodes: Sequence[Episode] = EPISODES,
    reference: str | None = "RandomWalk",
    ax: Axes | None = None,
) -> Axes:
    """Draw each model's root mean squared error in each trade shock and in calm months.

    Parameters
    ----------
    frame : DataFrame
        Tidy frame of a backtest, of one target and state.
    models : sequence of str, optional
        Default: all.
    step : int
        Months ahead.
    quantity : {"level", "yoy"}
        Errors of levels in 100 log points, of growth rates in percentage points.
    episodes : sequence of Episode
        Trade shocks.
    reference : str, optional
        Model drawn in grey.
    ax : Axes, optional
        Default: new ones.

    Returns
    -------
    Axes
        One group of bars for each episode with outcomes, in order of time, calm months last, and
        one bar a model in it. The number of months stands beside the name.

    Raises
    ------
    ScoreError
        If the frame has no such forecasts, or several targets or states.
    """
    rows = one_kind(frame, quantity)
    chosen = models_of(models, rows)
    known([step], rows, "step")
    rows = rows[(rows["step"] == step) & rows["model"].isin(chosen)]
    table = scores(rows, by=("model", "episode"), episodes=episodes, reference=None)
    order = [episode.name for episode in episodes] + [CALM]
    names = [name for name in order if name in set(table["episode"])]
    ax = axes_or_new(ax, (8.0, 1.5 + 0.16 * (len(chosen) + 1.2) * len(names)))
    thick = 0.8 / len(chosen)
    for number, (model, look) in enumerate(looks(chosen, reference).items()):
        own = table[table["model"] == model].set_index("episode")["rmse"].reindex(names)
        place = np.arange(len(names)) - 0.4 + thick * (number + 0.5)
        ax.barh(place, own.to_numpy(), 0.88 * thick, color=look.colour, label=model)
    months = table.groupby("episode")["n"].max()
    ax.set_yticks(range(len(names)), [f"{name} ({months[name]})" for name in names])
    ax.invert_yaxis()
    ax.set_xlabel(f"RMSE, {ERROR_UNITS[quantity]}", loc="right")
    dress(ax, grid="x")
    ax.tick_params(axis="y", length=0)
    said = f"{span(rows)}, months in brackets; {state_words(rows)}"
    taken = LETTER_INCHES * max(len(text.get_text()) for text in ax.get_yticklabels())
    share = 1.0 - taken / cell_inches(ax)[0]
    write_heading(ax, f"Error by episode, step {step}", said, share)
    write_key(ax, share=share)
    return ax
