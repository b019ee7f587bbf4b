"""Tests over many models at once, through the bootstrap of the `arch` library."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from types import ModuleType

import numpy as np
import pandas as pd

from tradeshock.features.errors import ScoreError, TradeshockError
from tradeshock.forecast.judging.arguments import floats, frame, share, whole
from tradeshock.forecast.judging.significance import (
    SMALLEST_SAMPLE,
    is_constant,
    without_rounding,
)


@dataclass(frozen=True)
class ConfidenceSet:
    """Models among which the best is, with a chance of ``1 - size``.

    Attributes
    ----------
    included, excluded
        Models in and out of the set, by p-value, best first.
    p_values
        Largest size at which a model is still in the set.
    n
        Months that went in.
    method
        The test in words.
    """

    included: tuple[str, ...]
    excluded: tuple[str, ...]
    p_values: Mapping[str, float]
    n: int
    method: str


@dataclass(frozen=True)
class SuperiorAbility:
    """Outcome of `superior_predictive_ability`.

    Attributes
    ----------
    p_value
        Hansen's consistent p-value; `lower` and `upper` bracket it. `upper` is White's (2000)
        reality check.
    best, gain
        Model with the smallest mean loss, and how much smaller than the benchmark's it is.
    n
        Months that went in.
    method
        The test in words.
    """

    p_value: float
    lower: float
    upper: float
    best: str
    gain: float
    n: int
    method: str


def model_confidence_set(
    losses: pd.DataFrame, step: int = 1, size: float = 0.10, reps: int = 1000, seed: int = 0
) -> ConfidenceSet:
    """Set that holds the best of many models with a chance of ``1 - size``.

    Use it to say which of a table of models cannot be told from the best. Do not read it as a
    ranking: with little data the set is large, which is the honest answer, and a poor but
    noisy model stays in. Models whose losses are the same but for rounding are tested once and
    share the p-value.

    Hansen, Lunde and Nason 2011, Econometrica 79, the statistic ``T_R`` with a stationary
    bootstrap of mean block ``max(step, n**(1/3))`` months.

    Parameters
    ----------
    losses
        One row for each month, one column for each model, no gaps.
    step
        Months ahead; blocks are at least so long.
    size
        One minus the confidence level.
    reps, seed
        Bootstrap samples and the seed that makes them the same each time.

    Raises
    ------
    TradeshockError
        If `arch` is not installed.
    ScoreError
        If there are gaps, fewer than two models or fewer than eight months, or two models differ
        by the same amount in every month, so that there is no variance to test with.
    """
    table = _checked(losses)
    share(size, "size")
    whole(reps, "reps")
    first = _first_alike(table)
    distinct = table[list(dict.fromkeys(first.values()))]
    block = _block(len(table), step)
    found = _p_values(distinct, size, block, reps, seed)
    p_values = pd.Series({name: found[first[name]] for name in table.columns}, dtype=float)
    p_values = p_values.sort_values(ascending=False, kind="stable")
    return ConfidenceSet(
        included=tuple(str(name) for name in p_values.index[p_values > size]),
        excluded=tuple(str(name) for name in p_values.index[p_values <= size]),
        p_values={str(name): float(value) for name, value in p_values.items()},
        n=len(losses),
        method=f"Hansen-Lunde-Nason T_R, stationary bootstrap, blocks of {block}, {reps} samples",
    )


def superior_predictive_ability(
    losses: pd.DataFrame, benchmark: str, step: int = 1, reps: int = 1000, seed: int = 0
) -> SuperiorAbility:
    """Test of whether any of many models beats a benchmark, the search being allowed for.

    Use it after trying many specifications: the best of twenty beats the random walk by luck.
    Do not use it to say *which* models beat it. Rivals that equal the benchmark but for rounding,
    or are worse by the same amount in every month, cannot beat it and leave the test as it is; if
    there are no others the p-value is 1.

    Hansen 2005, Journal of Business and Economic Statistics 23, studentised, with a stationary
    bootstrap of mean block ``max(step, n**(1/3))`` months.

    Parameters
    ----------
    losses
        One row for each month, one column for each model (benchmark included), no gaps.
    benchmark
        Column that the others have to beat.
    step
        Months ahead; blocks are at least so long.
    reps, seed
        Bootstrap samples and the seed that makes them the same each time.

    Raises
    ------
    TradeshockError
        If `arch` is not installed.
    ScoreError
        If there are gaps, fewer than two models, fewer than eight months or no benchmark, or a
        rival is better by the same amount in every month, so that there is no variance to test
        with.
    """
    table = _checked(losses)
    whole(reps, "reps")
    if benchmark not in table.columns:
        raise ScoreError(f"No losses of {benchmark!r}; there are {list(table.columns)}.")
    base, rivals = table[benchmark], table.drop(columns=benchmark)
    block = _block(len(table), step)
    beating = _that_could_beat(base, rivals)
    p_values = {"consistent": 1.0, "lower": 1.0, "upper": 1.0}
    arch = _arch_bootstrap()
    if beating:
        test = arch.SPA(base, rivals[beating], block_size=block, reps=reps, seed=seed)
        test.compute()
        p_values = {name: float(test.pvalues[name]) for name in p_values}
    mean = rivals.mean()
    return SuperiorAbility(
        p_value=p_values["consistent"],
        lower=p_values["lower"],
        upper=p_values["upper"],
        best=str(mean.idxmin()),
        gain=float(without_rounding(base.mean() - mean.min(), base)),
        n=len(table),
        method=f"Hansen SPA, stationary bootstrap, blocks of {block}, {reps} samples",
    )


def _arch_bootstrap() -> ModuleType:
    # Optional, and slow to import.
    try:
        from arch import bootstrap
    except ImportError as error:
        raise TradeshockError(
            "Tests over many models need the library arch: pip install 'tradeshock[evaluate]'."
        ) from error
    return bootstrap


def _p_values(
    distinct: pd.DataFrame, size: float, block: int, reps: int, seed: int
) -> "dict[str, float]":
    """P-value of each model, none of which has the losses of another."""
    if distinct.shape[1] == 1:
        return {str(distinct.columns[0]): 1.0}
    for one, other in combinations(distinct.columns, 2):
        a, b = distinct[one], distinct[other]
        if is_constant(a - b, a, b):
            raise ScoreError(
                f"The losses of {one!r} and {other!r} differ by the same amount in every month: "
                "no variance to test with; leave one of the two out."
            )
    test = _arch_bootstrap().MCS(distinct, size, reps=reps, block_size=block, seed=seed)
    test.compute()
    return {str(name): float(value) for name, value in test.pvalues["Pvalue"].items()}


def _first_alike(table: pd.DataFrame) -> dict[str, str]:
    """For each model the first one with the same losses, but for rounding: often itself."""
    found: dict[str, str] = {}
    for name in table.columns:
        alike = (
            other
            for other in dict.fromkeys(found.values())
            if not without_rounding(table[name] - table[other], table[[name, other]]).any()
        )
        found[name] = next(alike, name)
    return found


def _that_could_beat(base: pd.Series, rivals: pd.DataFrame) -> list[str]:
    """Rivals whose losses differ from the benchmark's by an amount that varies."""
    varying = []
    for name, loss in rivals.items():
        gain = without_rounding(base - loss, base, loss)
        if not is_constant(gain, base, loss):
            varying.append(str(name))
        elif gain.mean() > 0:
            raise ScoreError(
                f"{name!r} is better than the benchmark by the same amount in every month: no "
                "variance to test with; leave it out."
            )
    return varying


def _checked(losses: pd.DataFrame) -> pd.DataFrame:
    """Losses in the order of their months, models named by texts."""
    frame(losses, "losses")
    months, models = losses.shape
    if models < 2 or months < SMALLEST_SAMPLE:
        raise ScoreError(
            f"{months} months of {models} models are too few; at least {SMALLEST_SAMPLE} months "
            "of two models are needed."
        )
    if not (names := losses.columns.map(str)).is_unique:
        raise ScoreError(f"{list(names[names.duplicated()])} are there more than once.")
    gaps = losses.columns[np.flatnonzero(~np.isfinite(floats(losses)).all(axis=0))]
    if len(gaps):
        raise ScoreError(f"Losses of {list(gaps)} have gaps; keep the months that all have.")
    ordered = losses.set_axis(names, axis=1)
    if isinstance(losses.index, pd.PeriodIndex | pd.DatetimeIndex):
        ordered = ordered.sort_index()
    return ordered.astype(float)


def _block(n: int, step: int) -> int:
    return max(whole(step, "step"), round(float(np.cbrt(n))))
