"""How models did in each trade shock: bars by episode."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tradeshock.forecast.judging.episodes import CALM, EPISODES, Episode
from tradeshock.forecast.judging.scores import scores
from tradeshock.forecast.plots.selection import (
    ERROR_UNITS,
    known,
    models_of,
    one_kind,
    span,
    state_words,
)
from tradeshock.forecast.plots.style import (
    axes_or_new,
    cell_inches,
    dress,
    looks,
    write_heading,
    write_key,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Width of a letter of the episodes' names on the axis.
LETTER_INCHES = 0.09


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
