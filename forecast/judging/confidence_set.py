"""Tests over many models at once, through the bootstrap of the `arch` library."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType

import numpy as np
import pandas as pd

from tradeshock.features.errors import ScoreError, TradeshockError
from tradeshock.forecast.judging.significance import SMALLEST_SAMPLE


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
    noisy model stays in.

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
        If there are gaps, one model twice, fewer than two models or fewer than eight months.
    """
    _check(losses)
    block = _block(len(losses), step)
    labelled = losses.set_axis([str(name) for name in losses.columns], axis=1)
    test = _arch_bootstrap().MCS(labelled, size, reps=reps, block_size=block, seed=seed)
    test.compute()
    p_values = test.pvalues["Pvalue"].sort_values(ascending=False, kind="stable")
    return ConfidenceSet(
        included=tuple(name for name in p_values.index if name in set(test.included)),
        excluded=tuple(name for name in p_values.index if name not in set(test.included)),
        p_values={str(name): float(value) for name, value in p_values.items()},
        n=len(losses),
        method=f"Hansen-Lunde-Nason T_R, stationary bootstrap, blocks of {block}, {reps} samples",
    )


def superior_predictive_ability(
    losses: pd.DataFrame, benchmark: str, step: int = 1, reps: int = 1000, seed: int = 0
) -> SuperiorAbility:
    """Test of whether any of many models beats a benchmark, the search being allowed for.

    Use it after trying many specifications: the best of twenty beats the random walk by luck.
    Do not use it to say *which* models beat it.

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
        If there are gaps, one model twice, fewer than two models, fewer than eight months or no
        benchmark.
    """
    _check(losses)
    if benchmark not in losses.columns:
        raise ScoreError(f"No losses of {benchmark!r}; there are {list(losses.columns)}.")
    rivals = losses.drop(columns=benchmark)
    block = _block(len(losses), step)
    test = _arch_bootstrap().SPA(losses[benchmark], rivals, block_size=block, reps=reps, seed=seed)
    test.compute()
    mean = rivals.mean()
    return SuperiorAbility(
        p_value=float(test.pvalues["consistent"]),
        lower=float(test.pvalues["lower"]),
        upper=float(test.pvalues["upper"]),
        best=str(mean.idxmin()),
        gain=float(losses[benchmark].mean() - mean.min()),
        n=len(losses),
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


def _check(losses: pd.DataFrame) -> None:
    months, models = losses.shape
    if models < 2 or months < SMALLEST_SAMPLE:
        raise ScoreError(
            f"{months} months of {models} models are too few; at least {SMALLEST_SAMPLE} months "
            "of two models are needed."
        )
    copies = losses.columns[losses.T.duplicated().to_numpy()]
    if len(copies):
        raise ScoreError(f"{list(copies)} have the losses of another model; keep one of each.")
    gaps = losses.columns[~np.isfinite(losses.to_numpy(dtype=float)).all(axis=0)]
    if len(gaps):
        raise ScoreError(f"Losses of {list(gaps)} have gaps; keep the months that all have.")


def _block(n: int, step: int) -> int:
    return max(step, round(float(np.cbrt(n))))
