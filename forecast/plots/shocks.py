"""When models were right and wrong: bars by episode, and squared errors as they add up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tradeshock.forecast.judging.episodes import CALM, EPISODES, Episode, csed
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
    HUSHED,
    INK,
    SHADE,
    axes_or_new,
    date_axis,
    dress,
    looks,
    write_heading,
    write_key,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Height of the longest episode's name, upright.
NAME_INCHES = 1.0
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
    share = 1.0 - taken / float(ax.figure.figure.get_size_inches()[0])
    write_heading(ax, f"Error by episode, step {step}", said, share)
    write_key(ax, share=share)
    return ax


def plot_csed(
    frame: pd.DataFrame,
    models: Sequence[str] | None = None,
    step: int = 1,
    *,
    quantity: str = "level",
    episodes: Sequence[Episode] = EPISODES,
    reference: str = "RandomWalk",
    ax: Axes | None = None,
) -> Axes:
    """Draw the squared error that each model has saved against a reference so far.

    A line that rises is a model that is getting ahead; one jump in one shaded episode is luck or
    a model for that shock, not a better model.

    Parameters
    ----------
    frame : DataFrame
        Tidy frame of a backtest, of one target and state.
    models : sequence of str, optional
        Default: all but the reference.
    step : int
        Months ahead.
    quantity : {"level", "yoy"}
        Squared 100 log points, or squared percentage points.
    episodes : sequence of Episode
        Trade shocks, shaded.
    reference : str
        Model to compare with.
    ax : Axes, optional
        Default: new ones.

    Returns
    -------
    Axes
        One line a model, and one at 0.

    Raises
    ------
    ScoreError
        If the frame has no such forecasts, or several targets or states.
    """
    rows = one_kind(frame, quantity)
    chosen = [model for model in models_of(models, rows) if model != reference]
    known([step], rows, "step")
    rows = rows[rows["step"] == step]
    table = csed(rows, reference)
    ax = axes_or_new(ax)
    for model, look in looks(chosen).items():
        own = table[table["model"] == model]
        days = pd.PeriodIndex(own["month"]).to_timestamp().to_numpy()
        ax.plot(
            days,
            own["csed"].to_numpy(),
            look.dashes,
            color=look.colour,
            marker=look.marker,
            markevery=[-1],
            label=model,
        )
    ax.axhline(0.0, color=HUSHED, linestyle="--", linewidth=1.2, label=reference)
    dress(ax)
    months = pd.PeriodIndex(table["month"])
    _shade(ax, months.min(), months.max(), episodes)
    unit = "(100 log points)²" if quantity == "level" else "(percentage points)²"
    ax.set_ylabel(unit)
    date_axis(ax)
    said = f"Rising is better than {reference}. {span(rows)}; {state_words(rows)}"
    write_heading(ax, f"Squared error saved against {reference}, step {step}", said)
    write_key(ax, below=24)
    return ax


def _shade(ax: Axes, first: pd.Period, last: pd.Period, episodes: Sequence[Episode]) -> None:
    """Shade the episodes and write their names upright, in a strip under the lines."""
    from matplotlib.dates import date2num
    from matplotlib.ticker import MaxNLocator

    ax.yaxis.set_major_locator(MaxNLocator(6))
    low, high = ax.get_ylim()
    strip = NAME_INCHES / (0.6 * ax.figure.figure.get_size_inches()[1])
    ax.set_yticks([tick for tick in ax.get_yticks() if low <= tick <= high])
    ax.set_ylim(low - (high - low) * strip / (1.0 - strip), high)
    for episode in episodes:
        start = max(pd.Period(episode.start, "M"), first)
        end = last if episode.end is None else min(pd.Period(episode.end, "M"), last)
        if start > end:
            continue
        edges = [date2num(start.start_time), date2num(end.end_time)]  # type: ignore[no-untyped-call]
        ax.axvspan(*edges, color=SHADE, linewidth=0, zorder=0)
        ax.annotate(
            episode.name,
            (sum(edges) / 2, 0),
            xycoords=("data", "axes fraction"),
            xytext=(0, 4),
            textcoords="offset points",
            rotation=90,
            ha="center",
            va="bottom",
            fontsize="x-small",
            color=INK,
            in_layout=False,
        )
