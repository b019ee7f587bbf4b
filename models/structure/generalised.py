"""Shocks of series as they have moved together."""

from __future__ import annotations

import numpy as np

from tradeshock.models.algebra.identification import generalised_impacts
from tradeshock.models.structure.arguments import demand_draws
from tradeshock.models.structure.learned import estimate_of
from tradeshock.models.structure.structural_shocks import StructuralShocks
from tradeshock.models.systems.system import LinearSystem

__all__ = ["generalised_shocks"]


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
    demand_draws(n_draws, random_state)
    estimate = estimate_of(model)
    parameters = estimate.draws(int(n_draws), np.random.default_rng(random_state))
    return StructuralShocks(
        estimate,
        estimate.series,
        "generalised",
        parameters,
        generalised_impacts(parameters.covariance),
        generalised_impacts(estimate.point.covariance),
        orthogonal=False,
    )
