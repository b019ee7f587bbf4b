"""Whether forecast distributions keep what they promise: PIT histogram and coverage."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import stats

from tradeshock.features.errors import ScoreError
from tradeshock.forecast.judging.calibration import coverage_intervals, pit_moments
from tradeshock.forecast.plots.fan import BANDS
from tradeshock.forecast.plots.judged.selection import known, models_of, one_kind, span, spoken
from tradeshock.forecast.plots.style import (
    COLOURS,
    MARKERS,
    axes_or_new,
    dress,
    ink,
    write_heading,
    write_key,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BINS = 10
USUAL_STEPS = (1, 6, 12)
# The central 95 % of what chance would do.
TAILS = (0.025, 0.975)


def plot_pit(
    frame: pd.DataFrame,
    model: str,
    step: int = 1,
    *,
    quantity: str = "level",
    ax: Axes | None = None,
) -> Axes:
    """Draw the histogram of where outcomes fell in a model's forecast distributions.

    Flat bars are calibrated; a hump in the middle means intervals that are too wide, horns at
    the ends too narrow, a slope a bias. Between the broken lines are 95 % of the bars of
    calibrated forecasts if they do not overlap: beyond step 1 chance does more than that.

    Parameters
    ----------
    frame : DataFrame
        Tidy frame of a backtest, of one target and state.
    model : str
        One of its models.
    step : int
        Months ahead.
    quantity : {"level", "yoy"}
        What is forecast.
    ax : Axes, optional
        Default: new ones.

    Returns
    -------
    Axes
        Ten bars, a line at 10 % and two around it.

    Raises
    ------
    ScoreError
        If the frame has no such forecasts, or several targets or states.
    """
    rows = _of_model(frame, model, quantity)
    known([step], rows, "step")
    rows = rows[(rows["step"] == step) & rows["pit"].notna()].sort_values("month")
    pit = rows["pit"].to_numpy(dtype=float)
    n = len(pit)
    from matplotlib.ticker import MaxNLocator

    shares = 100.0 * np.histogram(pit, bins=BINS, range=(0.0, 1.0))[0] / max(n, 1)
    low, high = 100.0 * stats.binom.ppf(TAILS, n, 1.0 / BINS) / max(n, 1)
    ax = axes_or_new(ax, (5.0, 4.0))
    left = np.arange(BINS) / BINS
    ax.bar(left, shares, width=0.94 / BINS, align="edge", color=BANDS[0.50], label="Outcomes")
    ax.axhline(100.0 / BINS, color=ink(), linewidth=1.4, label="Calibrated")
    for bound, label in ((low, "95 % of chance"), (high, None)):
        ax.axhline(bound, color=ink(), linestyle="--", linewidth=1.0, label=label)
    ax.set(xlim=(0, 1), xlabel="Place in the forecast distribution", ylabel="Share of months, %")
    ax.set_xticks([0.0, 0.25, 0.5, 0.75, 1.0])
    ax.set_xticklabels(["0", "0.25", "0.5", "0.75", "1"])
    ax.yaxis.set_major_locator(MaxNLocator(6, integer=True))
    dress(ax)
    write_heading(ax, f"PIT at step {step}", f"{model}, n = {n}; {_uniform(pit, step)}")
    write_key(ax)
    return ax


def _uniform(pit: np.ndarray, step: int) -> str:
    try:
        p_value = pit_moments(pit, step).p_value
    except (ScoreError, np.linalg.LinAlgError):
        return "too few or too alike for a test"
    return f"uniform: p {'< 0.001' if p_value < 0.001 else f'= {p_value:.3f}'}"


def plot_coverage(
    frame: pd.DataFrame,
    model: str,
    steps: Sequence[int] | None = None,
    *,
    quantity: str = "level",
    ax: Axes | None = None,
) -> Axes:
    """Draw how many outcomes a model's central intervals held, against what they promised.

    Bounds are 95 % confidence intervals of the coverage: exact binomial at step 1, allowing for
    overlap beyond (see `tradeshock.forecast.judging.calibration.coverage_intervals`). An interval
    whose bounds miss the promise is miscalibrated by more than luck.

    Parameters
    ----------
    frame : DataFrame
        Tidy frame of a backtest, of one target and state.
    model : str
        One of its models.
    steps : sequence of int, optional
        Months ahead. Default: 1, 6 and 12, or those of them that the frame has; its first and last
        where it has none of them.
    quantity : {"level", "yoy"}
        What is forecast.
    ax : Axes, optional
        Default: new ones.

    Returns
    -------
    Axes
        Four promises; a marker with its bounds for each of them and each step.

    Raises
    ------
    ScoreError
        If the frame has no such forecasts, or several targets or states.
    """
    rows = _of_model(frame, model, quantity)
    there = sorted({int(str(step)) for step in known(None, rows, "step")})
    if steps is None:
        steps = [step for step in USUAL_STEPS if step in there] or sorted({there[0], there[-1]})
    chosen = [int(str(step)) for step in known(steps, rows, "step")]
    table = coverage_intervals(rows[rows["step"].isin(chosen)])
    levels = sorted(set(table["level"]))
    ax = axes_or_new(ax, (5.0, 4.0))
    for place, level in enumerate(levels):
        label = None if place else "Promised"
        ax.plot(
            [place - 0.4, place + 0.4], [100 * level] * 2, color=ink(), linewidth=1.6, label=label
        )
    for number, step in enumerate(chosen):
        own = table[table["step"] == step].sort_values("level")
        share = 100.0 * own["coverage"].to_numpy()
        bounds = 100.0 * own[["lower", "upper"]].to_numpy().T
        ax.errorbar(
            np.arange(len(levels)) + 0.5 * ((number + 0.5) / len(chosen) - 0.5),
            share,
            yerr=np.abs(bounds - share),
            fmt=MARKERS[number % len(MARKERS)],
            color=COLOURS[number % len(COLOURS)],
            markersize=6,
            elinewidth=1.4,
            capsize=3,
            label=f"Step {step}",
        )
    ax.set_xticks(range(len(levels)), [f"{100 * level:.0f} %" for level in levels])
    ax.set(xlabel="Central interval", ylabel="Outcomes inside, %")
    ax.set_ylim(top=100.8)
    dress(ax)
    title = f"Coverage at step{'s' * (len(chosen) > 1)} {spoken(chosen)}"
    write_heading(ax, title, f"{model}, with 95 % bounds; {span(rows)}")
    write_key(ax, longest=12)
    return ax


def _of_model(frame: pd.DataFrame, model: str, quantity: str) -> pd.DataFrame:
    kind = one_kind(frame, quantity)
    models_of([model], kind)
    return kind[kind["model"] == model]
