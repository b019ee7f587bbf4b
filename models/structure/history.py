"""Historical decomposition: what each shock has contributed to a series so far."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.errors import ModelError
from tradeshock.models.algebra.identification import standardised
from tradeshock.models.algebra.recursion import simulate
from tradeshock.models.parameters import optional, whole
from tradeshock.models.structure.arguments import demand, demand_member
from tradeshock.models.structure.draws import Parameters
from tradeshock.models.structure.recursive import shocks_of
from tradeshock.models.structure.structural_shocks import StructuralShocks
from tradeshock.models.structure.variance import OTHER
from tradeshock.models.systems.system import LinearSystem

__all__ = ["HistoricalDecomposition", "historical_decomposition"]

Floats = npt.NDArray[np.float64]

# Draws of a set that are run together: more of them would fill the memory.
_TOGETHER = 50
_CHANGE = optional(whole(1))


@dataclass(frozen=True, eq=False)
class HistoricalDecomposition:
    """(Log) levels of each month as the sum of what they are made of.

    Parameters
    ----------
    components : tuple of str
        "initial condition", "deterministic" (constant and calendar), then the shocks.
    series : tuple of str
        Ids of the ``n`` series.
    logs : ndarray of bool, shape (n,)
        Which are in logs.
    months : PeriodIndex
        The ``T`` months after the first ``p``, which are the initial condition.
    contributions : ndarray, shape (components, T, n)
        Log points for series in logs, else own units.
    levels : ndarray, shape (T, n)
        What they add up to: (log) levels as the system models them, net of calendar and month
        effects where it takes them out beforehand.
    innovations : ndarray, shape (T, k)
        The shocks themselves, in standard deviations.
    scheme : str
        How shocks are told apart, and what was estimated, in words.
    """

    components: tuple[str, ...]
    series: tuple[str, ...]
    logs: npt.NDArray[np.bool_]
    months: pd.PeriodIndex
    contributions: Floats
    levels: Floats
    innovations: Floats
    scheme: str

    def __repr__(self) -> str:
        return (
            f"History of {len(self.series)} series, {self.months[0]} to {self.months[-1]}, from "
            f"{', '.join(self.components)} ({self.scheme})"
        )

    @property
    def shocks(self) -> pd.DataFrame:
        """The shocks of each month, in standard deviations: months by named shocks."""
        names = [name for name in self.components[2:] if name != OTHER]
        return pd.DataFrame(self.innovations, self.months, names)

    def table(self, series: str, change: int | None = None) -> pd.DataFrame:
        """What one series is made of, month by month.

        Parameters
        ----------
        series : str
            Its id.
        change : int, optional
            Of the change over so many months (12: on a year before) rather than of the level.

        Returns
        -------
        DataFrame
            Index month; a column for each component, and last ``total``, their sum.

        Raises
        ------
        ModelError
            If the series is not in the system, or there are too few months.
        """
        demand_member(series, "series", self.series)
        demand(change, "change", _CHANGE)
        place = self.series.index(series)
        frame = pd.DataFrame(
            self.contributions[:, :, place].T, self.months.rename("month"), list(self.components)
        )
        frame["total"] = self.levels[:, place]
        if change is None:
            return frame
        if change >= len(frame):
            raise ModelError(
                f"got change={change}, but there are {len(frame)} months; ask for less"
            )
        return frame.diff(change).iloc[change:]


def historical_decomposition(shocks: StructuralShocks | LinearSystem) -> HistoricalDecomposition:
    """Split the history of (log) levels into initial condition, deterministic part and shocks.

    Parameters
    ----------
    shocks : StructuralShocks, VAR or BayesianVAR
        As of `impulse_responses`, orthogonal.

    Returns
    -------
    HistoricalDecomposition
        Of the estimate itself; for sign restrictions the mean over all accepted rotations.
        Components add up to the levels to rounding. What named shocks leave over is "other
        shocks".

    Raises
    ------
    ModelError
        If shocks are generalised: they overlap, so history cannot be split into them.
    """
    shocks = shocks_of(shocks)
    if not shocks.orthogonal:
        raise ModelError(
            "generalised shocks overlap, so history does not add up; use recursive_shocks or "
            "sign_restricted_shocks"
        )
    estimate = shocks.estimate
    if shocks.point_impacts is None:
        parameters, impacts = shocks.parameters, shocks.impacts
    else:
        parameters, impacts = estimate.point, shocks.point_impacts
    starts = range(0, len(impacts), _TOGETHER)
    parts = [slice(start, start + _TOGETHER) for start in starts]
    made = [_contributions(shocks, parameters[part], impacts[part]) for part in parts]
    contributions = sum(found.sum(axis=0) for found, _ in made) / len(impacts)
    innovations = sum(found.sum(axis=0) for _, found in made) / len(impacts)
    rest = () if shocks.complete else (OTHER,)
    return HistoricalDecomposition(
        ("initial condition", "deterministic", *shocks.names, *rest),
        estimate.series,
        estimate.logs,
        estimate.months[estimate.lags :],
        np.asarray(contributions),
        estimate.levels[estimate.lags :],
        np.asarray(innovations),
        f"{shocks.scheme}, {estimate.name}",
    )


def _contributions(
    shocks: StructuralShocks, parameters: Parameters, impacts: Floats
) -> tuple[Floats, Floats]:
    """Contributions, shape (D, components, T, n), and shocks, shape (D, T, k), of each draw."""
    estimate = shocks.estimate
    lags, coefs = estimate.lags, parameters.coefs
    unexpected = estimate.innovations(parameters)
    innovations = standardised(unexpected, parameters.covariance, impacts)
    # Each shock's own part of the innovations, and what they leave over.
    parts = innovations.swapaxes(-1, -2)[..., None] * impacts.swapaxes(-1, -2)[:, :, None, :]
    if not shocks.complete:
        left_over = unexpected[:, None] - parts.sum(axis=1, keepdims=True)
        parts = np.concatenate([parts, left_over], axis=1)
    past = np.broadcast_to(estimate.values[:lags], (len(coefs), *estimate.values[:lags].shape))
    still, nothing = np.zeros_like(past), np.zeros_like(unexpected)
    drift = estimate.exog[lags:] @ parameters.exog_coefs
    values = [
        simulate(coefs, past, nothing),
        simulate(coefs, still, drift),
        simulate(coefs, still, nothing, parts),
    ]
    contributions = shocks.in_levels(np.concatenate(values, axis=1))
    contributions[:, 0] += estimate.levels[lags - 1] if estimate.growth else estimate.start
    return contributions, innovations / estimate.scales
