"""Structural shocks of a fitted system: by an order of the series, or generalised."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tradeshock.features.errors import ModelError
from tradeshock.models.algebra.identification import (
    generalised_impacts,
    recursive_impacts,
    responses,
)
from tradeshock.models.parameters import ids
from tradeshock.models.structure.arguments import N_DRAWS, RANDOM_STATE, demand
from tradeshock.models.structure.estimate import Estimate, Parameters, estimate_of
from tradeshock.models.systems.system import LinearSystem

__all__ = [
    "StructuralShocks",
    "generalised_shocks",
    "order_of",
    "recursive_shocks",
    "shocks_of",
]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class StructuralShocks:
    """Shocks that a system's innovations are made of, with draws of its parameters.

    They are for understanding, in standard deviations of a month's shock. As drivers of scenarios
    they mislead: one shock alone has to explain a whole path and explodes.

    Parameters
    ----------
    estimate : Estimate
        The system.
    names : tuple of str
        Names of the ``k`` shocks.
    scheme : str
        How they are told apart, in words.
    parameters : Parameters
        ``D`` draws of the system's parameters.
    impacts : ndarray, shape (D, n, k)
        What one standard deviation of each shock does to each series in its own month, in the
        values that the system models.
    point_impacts : ndarray, shape (1, n, k), optional
        The same of the estimate itself; none where shocks are known as a set.
    orthogonal : bool
        Whether shocks are uncorrelated.
    """

    estimate: Estimate
    names: tuple[str, ...]
    scheme: str
    parameters: Parameters
    impacts: Floats
    point_impacts: Floats | None
    orthogonal: bool = True

    def __repr__(self) -> str:
        return (
            f"{len(self.names)} shocks of {self.estimate.name}, {self.scheme}: "
            f"{', '.join(self.names)}; {len(self.impacts):,} draws"
        )

    @property
    def complete(self) -> bool:
        """Whether there are as many shocks as series, so that nothing is left over."""
        return len(self.names) == len(self.estimate.series)

    def responses(self, steps: int, growth: bool = False) -> Floats:
        """Responses of each draw, shape (D, k, steps + 1, n).

        Parameters
        ----------
        steps : int
            Months after the month of the shock, which is step 0.
        growth : bool
            Of monthly growth rather than of (log) levels.
        """
        return self.in_levels(responses(self.parameters.coefs, self.impacts, steps), growth)

    def point_responses(self, steps: int, growth: bool = False) -> Floats | None:
        """Responses of the estimate itself, shape (k, steps + 1, n); None of a set."""
        if self.point_impacts is None:
            return None
        made = responses(self.estimate.point.coefs, self.point_impacts, steps)
        point: Floats = self.in_levels(made, growth)[0]
        return point

    def in_levels(self, values: Floats, growth: bool = False) -> Floats:
        """Responses of (log) levels, or of growth, from those of the values; steps second last."""
        if growth and not self.estimate.growth:
            return np.diff(values, axis=-2, prepend=0.0)
        if self.estimate.growth and not growth:
            return np.cumsum(values, axis=-2)
        return values


def recursive_shocks(
    model: LinearSystem,
    order: Sequence[str] | None = None,
    *,
    n_draws: int = 500,
    random_state: int = 0,
) -> StructuralShocks:
    """Tell shocks apart by an order of the series (Cholesky factor of the covariance).

    A series answers within the month to its own shock and to those of the series before it.

    Parameters
    ----------
    model : VAR or BayesianVAR
        Fitted.
    order : sequence of str, optional
        All series of the system. Default: as they stand in ``model.series_``, but targets last:
        exports answer to the world within the month, and not the other way round.
    n_draws : int
        Draws of parameters.
    random_state : int
        Seed.

    Returns
    -------
    StructuralShocks
        Named after the series, in the order.

    Raises
    ------
    ModelError
        If the model is no fitted linear system, or the order leaves out or repeats a series.
    """
    estimate, parameters = _drawn(model, n_draws, random_state)
    names = order_of(estimate, order)
    places = np.array([estimate.series.index(id) for id in names])
    return StructuralShocks(
        estimate,
        names,
        "recursive",
        parameters,
        recursive_impacts(parameters.covariance, places),
        recursive_impacts(estimate.point.covariance, places),
    )


def generalised_shocks(
    model: LinearSystem, *, n_draws: int = 500, random_state: int = 0
) -> StructuralShocks:
    """Shock each series as it has moved together with the others (Pesaran and Shin 1998).

    No order is needed, but shocks are correlated: their shares of variance do not add up to one,
    and history cannot be split into them.

    Parameters
    ----------
    model, n_draws, random_state
        As of `recursive_shocks`.

    Returns
    -------
    StructuralShocks
        Named after the series.

    Raises
    ------
    ModelError
        If the model is no fitted linear system.
    """
    estimate, parameters = _drawn(model, n_draws, random_state)
    return StructuralShocks(
        estimate,
        estimate.series,
        "generalised",
        parameters,
        generalised_impacts(parameters.covariance),
        generalised_impacts(estimate.point.covariance),
        orthogonal=False,
    )


def shocks_of(shocks: StructuralShocks | LinearSystem) -> StructuralShocks:
    """Shocks as they are; those of a fitted system in the default order."""
    return shocks if isinstance(shocks, StructuralShocks) else recursive_shocks(shocks)


def order_of(estimate: Estimate, order: Sequence[str] | None) -> tuple[str, ...]:
    """Order of all series as given, or targets last.

    Raises
    ------
    ModelError
        If a series is left out, repeated or not there.
    """
    if order is None:
        return estimate.series[estimate.targets :] + estimate.series[: estimate.targets]
    demand(order, "order", ids())
    counted = Counter(order)
    wrong = {
        "lacks": [id for id in estimate.series if id not in counted],
        "repeats": [id for id, count in counted.items() if count > 1],
        "has the unknown": [id for id in counted if id not in estimate.series],
    }
    faults = [f"{fault} {', '.join(found)}" for fault, found in wrong.items() if found]
    if faults:
        raise ModelError(
            f"the order {' and '.join(faults)}; name each of {', '.join(estimate.series)} once"
        )
    return tuple(order)


def _drawn(model: object, n_draws: int, random_state: int) -> tuple[Estimate, Parameters]:
    demand(n_draws, "n_draws", N_DRAWS)
    demand(random_state, "random_state", RANDOM_STATE)
    estimate = estimate_of(model)
    return estimate, estimate.draws(int(n_draws), np.random.default_rng(random_state))
