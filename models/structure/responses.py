"""Impulse responses: what one standard deviation of a shock does, with bands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.models.structure.arguments import COVERAGE, GROWTH, STEPS, demand
from tradeshock.models.structure.bands import banded, tidy
from tradeshock.models.structure.recursive import shocks_of
from tradeshock.models.structure.structural_shocks import StructuralShocks
from tradeshock.models.systems.system import LinearSystem

__all__ = ["ImpulseResponses", "impulse_responses"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ImpulseResponses:
    """Responses of series to shocks of one standard deviation.

    Parameters
    ----------
    shocks, series : tuple of str
        Names of ``k`` shocks and ``n`` series.
    logs : ndarray of bool, shape (n,)
        Series whose responses are log points (0.01 is about 1 per cent); the others' are in their
        own units.
    values, low, high : ndarray, shape (k, steps + 1, n)
        Responses, and the ends of their bands; step 0 is the month of the shock.
    coverage : float
        Share of draws, or of the normal law, that lies inside the band of a step.
    growth : bool
        Whether they are responses of monthly growth rather than of levels.
    scheme : str
        How shocks are told apart, and what was estimated, in words.
    """

    shocks: tuple[str, ...]
    series: tuple[str, ...]
    logs: npt.NDArray[np.bool_]
    values: Floats
    low: Floats
    high: Floats
    coverage: float
    growth: bool
    scheme: str

    def __repr__(self) -> str:
        return (
            f"Responses of {len(self.series)} series to {', '.join(self.shocks)} up to step "
            f"{self.values.shape[1] - 1} ({self.scheme})"
        )

    def table(self) -> pd.DataFrame:
        """Tidy frame: shock, series, step, response, low, high."""
        steps = range(self.values.shape[1])
        columns = {"response": self.values, "low": self.low, "high": self.high}
        return tidy(self.shocks, steps, self.series, columns)


def impulse_responses(
    shocks: StructuralShocks | LinearSystem,
    steps: int = 24,
    *,
    coverage: float = 0.68,
    growth: bool = False,
) -> ImpulseResponses:
    """Responses of (log) levels to one standard deviation of each shock.

    Parameters
    ----------
    shocks : StructuralShocks, VAR or BayesianVAR
        From `recursive_shocks`, `generalised_shocks` or `sign_restricted_shocks`; a fitted
        system stands for its recursive shocks, targets last.
    steps : int
        Months after the month of the shock.
    coverage : float
        Share of draws inside the bands, at each step by itself.
    growth : bool
        Responses of monthly growth rather than of levels.

    Returns
    -------
    ImpulseResponses
        Those of the estimate itself, with bands from draws of the parameters; for sign
        restrictions the median over all accepted rotations, which need not be of one model.

    Raises
    ------
    ModelError
        If an argument makes no sense.
    """
    demand(steps, "steps", STEPS)
    demand(coverage, "coverage", COVERAGE)
    demand(growth, "growth", GROWTH)
    shocks = shocks_of(shocks)
    values, low, high = banded(
        shocks.responses(steps, growth), shocks.point_responses(steps, growth), coverage
    )
    estimate = shocks.estimate
    scheme = f"{shocks.scheme}, {estimate.name}"
    return ImpulseResponses(
        shocks.names, estimate.series, estimate.logs, values, low, high, coverage, growth, scheme
    )
