"""When models were ahead of a reference: squared errors as they add up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tradeshock.forecast.judging.episodes import EPISODES, Episode, csed
from tradeshock.forecast.plots.judged.selection import known, models_of, one_kind, span, state_words
from tradeshock.forecast.plots.style import (
    axes_or_new,
    cell_inches,
    date_axis,
    dress,
    hushed,
    ink,
    looks,
    shade,
    write_heading,
    write_key,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Curves = dict[str, "pd.Series[float]"]

# A line that falls so many times as far as any other moves would press these into one.
TOO_DEEP = 5.0
# Of an episode's name, set small: height of its row, and width of a letter.
ROW_INCHES = 0.15
LETTER_INCHES = 0.058
# Of the width and height of their part of the figure, what the axes have.
AXES_SHARE = (0.85, 0.65)
# Lines that differ by less than this share of the largest figure cannot be told apart.
VISIBLE = 0.003
# A model that never leaves the reference by more than this, in all months together, is the same.
NOTHING = 0.5


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
        One line a model, and one at 0. Models whose lines could not be told apart share one,
        called "A ≈ B". A line that falls more than five times as far as any
        of the others moves leaves the panel at its lower edge, and the heading says where it
        ends.

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
    curves = _distinct({model: _curve(table, model) for model in chosen})
    cut = _too_deep(curves)
    ax = axes_or_new(ax)
    for name, look in looks(list(curves)).items():
        days = pd.PeriodIndex(curves[name].index).to_timestamp().to_numpy()
        ax.plot(
            days,
            curves[name].to_numpy(),
            look.dashes,
            color=look.colour,
            marker=look.marker,
            markevery=[-1],
            label=name,
        )
    ax.axhline(0.0, color=hushed(), linestyle="--", linewidth=1.2, label=reference)
    dress(ax)
    ax.set_ylabel("(100 log points)²" if quantity == "level" else "(percentage points)²")
    date_axis(ax)
    _set_heights(ax, [curve for name, curve in curves.items() if name not in cut])
    months = pd.PeriodIndex(table["month"])
    _shade(ax, months.min(), months.max(), episodes)
    said = f"Rising is better than {reference}. {span(rows)}; {state_words(rows)}"
    # Written with the minus of the axis.
    ends = [
        f"{name} ends at {curves[name].iloc[-1]:,.0f}".replace(" -", " \N{MINUS SIGN}")
        for name in cut
    ]
    if ends:
        said = f"{said}. Below the panel: {', '.join(ends)}"
    write_heading(ax, f"Squared error saved against {reference}, step {step}", said)
    write_key(ax, below=24)
    return ax


def _curve(table: pd.DataFrame, model: str) -> pd.Series[float]:
    own = table[table["model"] == model]
    return pd.Series(own["csed"].to_numpy(dtype=float), pd.PeriodIndex(own["month"]))


def _distinct(curves: Curves) -> Curves:
    """Curves, those that cannot be told apart once, under all their names."""
    groups: list[tuple[list[str], pd.Series[float]]] = []
    for name, curve in curves.items():
        tolerance = VISIBLE * float(curve.abs().max())
        for names, other in groups:
            if curve.index.equals(other.index) and np.allclose(curve, other, 0.0, tolerance):
                names.append(name)
                break
        else:
            groups.append(([name], curve))
    return {" \N{ALMOST EQUAL TO} ".join(names): curve for names, curve in groups}


def _too_deep(curves: Curves) -> list[str]:
    """Models whose fall would press the lines of the others into one."""
    reach = 0.0
    for curve in sorted(curves.values(), key=lambda c: float(c.abs().max())):
        if reach > NOTHING and float(curve.min()) < -TOO_DEEP * reach:
            # All that follow reach as far at least; those that rise stay.
            return [n for n, c in curves.items() if float(c.min()) <= float(curve.min())]
        reach = max(reach, float(curve.abs().max()))
    return []


def _set_heights(ax: Axes, curves: Sequence[pd.Series[float]]) -> None:
    """Let the panel hold these curves and the reference."""
    ends = [
        -NOTHING,
        NOTHING,
        *(float(end) for curve in curves for end in (curve.min(), curve.max())),
    ]
    low, high = min(ends), max(ends)
    margin = 0.05 * (high - low)
    ax.set_ylim(low - margin, high + margin)


def _shade(ax: Axes, first: pd.Period, last: pd.Period, episodes: Sequence[Episode]) -> None:
    """Shade the episodes and write their names over the lines, in as many rows as they need."""
    from matplotlib.dates import date2num
    from matplotlib.ticker import MaxNLocator

    inside = [e for e in episodes if e.end is None or pd.Period(e.end, "M") >= first]
    inside = [e for e in inside if pd.Period(e.start, "M") <= last]
    edges = []
    for episode in inside:
        start = max(pd.Period(episode.start, "M"), first)
        end = last if episode.end is None else min(pd.Period(episode.end, "M"), last)
        days = [date2num(start.start_time), date2num(end.end_time)]  # type: ignore[no-untyped-call]
        ax.axvspan(*days, color=shade(), linewidth=0, zorder=0)
        edges.append((float(days[0]), float(days[1])))
    width, height = (s * inches for s, inches in zip(AXES_SHARE, cell_inches(ax), strict=True))
    places, rows = _placed([e.name for e in inside], edges, ax.get_xlim(), width)
    low, high = ax.get_ylim()
    ax.yaxis.set_major_locator(MaxNLocator(6))
    ax.set_yticks([tick for tick in ax.get_yticks() if low <= tick <= high])
    strip = min(ROW_INCHES * (max(rows, default=-1) + 1) / height, 0.5)
    ax.set_ylim(low, high + (high - low) * strip / (1.0 - strip))
    for episode, place, row in zip(inside, places, rows, strict=True):
        ax.annotate(
            episode.name,
            (place, 1),
            xycoords=("data", "axes fraction"),
            xytext=(0, -72.0 * ROW_INCHES * row),
            textcoords="offset points",
            ha="center",
            va="top",
            fontsize="x-small",
            color=ink(),
            in_layout=False,
        )


def _placed(
    names: Sequence[str],
    edges: Sequence[tuple[float, float]],
    limits: tuple[float, float],
    inches: float,
) -> tuple[list[float], list[int]]:
    """Middle of each name, in days, and the first row where it does not touch another."""
    days_an_inch = (limits[1] - limits[0]) / inches
    taken: list[float] = []
    places, rows = [], []
    for name, (start, end) in zip(names, edges, strict=True):
        half = 0.5 * days_an_inch * LETTER_INCHES * (len(name) + 1)
        middle = float(np.clip((start + end) / 2, limits[0] + half, limits[1] - half))
        row = next((i for i, until in enumerate(taken) if until <= middle - half), len(taken))
        taken[row : row + 1] = [middle + half]
        places.append(middle)
        rows.append(row)
    return places, rows
