"""What direct models of any shape look at: split gains, permutations, partial effects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from threadpoolctl import threadpool_limits

from tradeshock.features.errors import ModelError
from tradeshock.forecast.interpretation.columns import column_table
from tradeshock.forecast.interpretation.regression import direct_model
from tradeshock.models.base import Model
from tradeshock.models.direct.base import DirectModel, Lesson
from tradeshock.models.direct.boosting import BoostedTrees

Floats = npt.NDArray[np.float64]
By = Literal["column", "group"]
GRID = np.linspace(0.05, 0.95, 10)


def importances(model: Model, steps: int = 12) -> pd.DataFrame:
    """Return how much of what the trees gained came from splits on each column.

    In sample: gains are those of the trees' own fit, on residuals of the ridge regression where
    the trees start from one. Of a column without a split it is 0.

    Parameters
    ----------
    model : GradientBoosting, LightGBMBoosting, or FlashBridge on either
        Fitted.
    steps : int

    Returns
    -------
    DataFrame
        Index (group, column), largest mean first; columns step: per cent of the step's gains, by
        group with ``.groupby("group").sum()``. 0 throughout where no split was worth it.
    """
    direct = direct_model(model, steps)
    if not isinstance(direct, BoostedTrees):
        raise ModelError(f"{direct.name} has no trees; coefficients says what it has learned")
    names, gains = direct.split_gains(steps)
    total = gains.sum(axis=1, keepdims=True)
    share = 100.0 * gains / np.where(total > 0.0, total, 1.0)
    groups = column_table(names, direct.panel_.catalog)["group"]
    index = pd.MultiIndex.from_arrays([groups, list(names)], names=["group", "column"])
    table = pd.DataFrame(share.T, index, pd.RangeIndex(1, steps + 1, name="step"))
    # The constant, which no tree can split, is the first column.
    return _largest_first(table.iloc[1:])


def permutation_importances(
    model: Model, steps: int = 12, years: int = 10, repeats: int = 5, by: By = "column"
) -> pd.DataFrame:
    """Return how much larger past errors would have been without what a column says.

    Out of sample: the forecasts of each of the last calendar years come from a fit on what was
    known at its January's origin, as the model's own past errors do. A column's figures are
    shuffled over all these origins, those of a group together.

    Parameters
    ----------
    model : DirectModel, or FlashBridge on one
        Fitted. Nothing is fitted again for a shuffle: ten years cost ten fits.
    steps : int
    years : int
        Last calendar years that are forecast, the running one included.
    repeats : int
        Shuffles, of which the mean is taken.
    by : {"column", "group"}

    Returns
    -------
    DataFrame
        Index (group, column), or group; largest mean first; columns step: rise of the root mean
        squared error, 100 log points. Below 0 where forecasts were better without. Columns that no
        fit used have 0.

    Raises
    ------
    ModelError
        If no outcome of the last step is out.
    """
    if by not in ("column", "group"):
        raise ModelError(f'got by={by!r}; give "column" or "group"')
    if not all(isinstance(n, int) and n >= 1 for n in (years, repeats)):
        raise ModelError(f"got years={years!r}, repeats={repeats!r}; give whole numbers from 1 on")
    direct = direct_model(model, steps)
    lessons = _lessons(direct, steps, years)
    names = direct.rows_.names
    groups = column_table(names, direct.panel_.catalog)["group"].to_numpy()
    if by == "group":
        labels = pd.Index(dict.fromkeys(groups), name="group")
        shuffled = [np.flatnonzero(groups == label) for label in labels]
    else:
        labels = pd.MultiIndex.from_arrays([groups, list(names)], names=["group", "column"])
        shuffled = [np.array([place]) for place in range(len(names))]
    rises = _rises(direct, lessons, shuffled, steps, repeats)
    return _largest_first(
        pd.DataFrame(100.0 * rises, labels, pd.RangeIndex(1, steps + 1, name="step"))
    )


def partial_effect(
    model: Model, column: str, grid: Sequence[float] | None = None, steps: int = 12
) -> pd.DataFrame:
    """Return the mean forecast of the rows that a model learned from, as one column moves.

    Friedman's (2001) partial dependence: in every row the column takes the value of the grid, all
    others stay. Of a ridge regression a line, flat beyond 1.5 standard deviations from the mean,
    where columns are cut.

    Parameters
    ----------
    model : DirectModel, or FlashBridge on one
        Fitted.
    column : str
        One of `indicators`.
    grid : sequence of float, optional
        Values in the column's own unit. Default: ten quantiles of its past, from 5 to 95 %.
    steps : int

    Returns
    -------
    DataFrame
        Index the column's value, columns step: growth from the last published month, adjusted, 100
        log points.

    Raises
    ------
    ModelError
        If the model has no such column.
    """
    direct = direct_model(model, steps)
    names = direct.rows_.names
    if column not in names:
        near = [name for name in names if str(column) in name] or list(names)
        raise ModelError(f"there is no column {column!r}; the model has {', '.join(near[:8])}")
    place = names.index(column)
    past = direct.rows_.X[:-1]
    seen = past[~np.isnan(past[:, place]), place]
    values = np.quantile(seen, GRID) if grid is None else np.asarray(grid, dtype=float)
    new = np.tile(past, (len(values), 1))
    new[:, place] = np.repeat(values, len(past))
    with threadpool_limits(limits=1):
        growth = direct.predict(direct.rows_, new, steps)
    mean = 100.0 * growth.reshape(len(values), len(past), steps).mean(axis=1)
    return pd.DataFrame(
        mean, pd.Index(values, name=column), pd.RangeIndex(1, steps + 1, name="step")
    )


def _lessons(direct: DirectModel, steps: int, years: int) -> list[Lesson]:
    """What was known each January, and what the years' rows came to."""
    last = direct.learned_from_[0]
    first = (last + 1).year - years + 1
    januaries = [pd.Period(f"{year}-01", "M") for year in range(first, (last + 1).year + 1)]
    found = [direct.past_.lesson(january, direct.state_, steps) for january in januaries]
    known = [each for each in found if each is not None]
    if not any(np.isfinite(each.outcomes[:, -1]).any() for each in known):
        raise ModelError(
            f"{direct.name} has no forecast of step {steps} from the last {years} years whose "
            f"outcome is out: give fewer steps, more years, or more months of {direct.target_[0]}"
        )
    return known


def _rises(
    direct: DirectModel,
    lessons: Sequence[Lesson],
    shuffled: Sequence[npt.NDArray[np.intp]],
    steps: int,
    repeats: int,
) -> Floats:
    """Rise of the root mean squared error by what is shuffled and by step."""
    rng = np.random.default_rng(direct.random_state)
    rows = np.vstack([lesson.new for lesson in lessons])
    orders = [rng.permutation(len(rows)) for _ in range(repeats)]
    variants = [rows]
    for order in orders:
        for places in shuffled:
            variant = rows.copy()
            variant[:, places] = rows[np.ix_(order, places)]
            variants.append(variant)
    errors, start = [], 0
    with threadpool_limits(limits=1):
        for lesson in lessons:
            end = start + len(lesson.new)
            new = np.vstack([variant[start:end] for variant in variants])
            growth = direct.predict(lesson.rows, new, steps)
            errors.append(growth.reshape(len(variants), -1, steps) - lesson.outcomes)
            start = end
    root = np.sqrt(np.nanmean(np.concatenate(errors, axis=1) ** 2, axis=1))
    rises = root[1:].reshape(repeats, len(shuffled), steps) - root[0]
    return np.asarray(rises.mean(axis=0))


def _largest_first(table: pd.DataFrame) -> pd.DataFrame:
    order = np.argsort(-table.to_numpy().mean(axis=1), kind="stable")
    return table.iloc[order]
