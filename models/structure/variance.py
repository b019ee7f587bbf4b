"""Variance decomposition: which shocks make forecasts of a series go wrong."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.models.algebra.identification import responses
from tradeshock.models.structure.arguments import COVERAGE, GROWTH, STEPS, demand
from tradeshock.models.structure.bands import banded, tidy
from tradeshock.models.structure.draws import Parameters
from tradeshock.models.structure.recursive import shocks_of
from tradeshock.models.structure.structural_shocks import StructuralShocks
from tradeshock.models.systems.system import LinearSystem

__all__ = ["OTHER", "VarianceDecomposition", "variance_decomposition"]

Floats = npt.NDArray[np.float64]

OTHER = "other shocks"


@dataclass(frozen=True, eq=False)
class VarianceDecomposition:
    """Shares of shocks in the variance of forecast errors.

    Parameters
    ----------
    shocks, series : tuple of str
        Names; where fewer shocks than series are told apart, the last is "other shocks".
    shares, low, high : ndarray, shape (k, steps, n)
        Shares between 0 and 1, and the ends of their bands. Those of orthogonal shocks add up to
        1, generalised ones do not.
    coverage : float
        Share of draws inside the band of a step.
    scheme : str
        How shocks are told apart, and what was estimated, in words.
    """

    shocks: tuple[str, ...]
    series: tuple[str, ...]
    shares: Floats
    low: Floats
    high: Floats
    coverage: float
    scheme: str

    def __repr__(self) -> str:
        return (
            f"Shares of {', '.join(self.shocks)} in the errors of {len(self.series)} series up to "
            f"step {self.shares.shape[1]} ({self.scheme})"
        )

    def table(self) -> pd.DataFrame:
        """Tidy frame: shock, series, step (months ahead), share, low, high."""
        steps = range(1, self.shares.shape[1] + 1)
        columns = {"share": self.shares, "low": self.low, "high": self.high}
        return tidy(self.shocks, steps, self.series, columns)


def variance_decomposition(
    shocks: StructuralShocks | LinearSystem,
    steps: int = 24,
    *,
    coverage: float = 0.68,
    growth: bool = False,
) -> VarianceDecomposition:
    """Split the variance of forecast errors of (log) levels into shocks.

    Parameters
    ----------
    shocks : StructuralShocks, VAR or BayesianVAR
        As of `impulse_responses`.
    steps : int
        Most months ahead.
    coverage : float
        Share of draws inside the bands, at each step by itself.
    growth : bool
        Errors of monthly growth rather than of levels.

    Returns
    -------
    VarianceDecomposition
        Of the estimate itself; for sign restrictions the mean over all accepted rotations, so
        that shares still add up. Lütkepohl (2005, eq. 2.3.37); generalised shares as in Pesaran
        and Shin (1998, eq. 12).

    Raises
    ------
    ModelError
        If an argument makes no sense.
    """
    demand(steps, "steps", STEPS)
    demand(coverage, "coverage", COVERAGE)
    demand(growth, "growth", GROWTH)
    shocks = shocks_of(shocks)
    drawn = _shares(shocks, shocks.parameters, shocks.impacts, steps, growth)
    if shocks.point_impacts is None:
        point = drawn.mean(axis=0)
    else:
        point = _shares(shocks, shocks.estimate.point, shocks.point_impacts, steps, growth)[0]
    shares, low, high = banded(drawn, point, coverage)
    names = shocks.names if shocks.complete else (*shocks.names, OTHER)
    scheme = f"{shocks.scheme}, {shocks.estimate.name}"
    return VarianceDecomposition(names, shocks.estimate.series, shares, low, high, coverage, scheme)


def _shares(
    shocks: StructuralShocks, parameters: Parameters, impacts: Floats, steps: int, growth: bool
) -> Floats:
    """Shares of each draw, shape (D, k, steps, n)."""

    def summed(columns: Floats) -> Floats:
        made = shocks.in_levels(responses(parameters.coefs, columns, steps - 1), growth)
        return np.cumsum(made**2, axis=-2)

    roots = np.asarray(np.linalg.cholesky(parameters.covariance), dtype=np.float64)
    shares: Floats = summed(impacts) / summed(roots).sum(axis=1, keepdims=True)
    if shocks.complete:
        return shares
    return np.concatenate([shares, 1.0 - shares.sum(axis=1, keepdims=True)], axis=1)
