"""Shocks told apart by an order of the series."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from tradeshock.features.errors import ModelError
from tradeshock.models.algebra.identification import recursive_impacts
from tradeshock.models.structure.arguments import IDS, demand, demand_draws
from tradeshock.models.structure.estimate import Estimate
from tradeshock.models.structure.learned import estimate_of
from tradeshock.models.structure.structural_shocks import StructuralShocks
from tradeshock.models.systems.system import LinearSystem

__all__ = ["order_of", "recursive_shocks", "shocks_of"]


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
    demand_draws(n_draws, random_state)
    estimate = estimate_of(model)
    parameters = estimate.draws(int(n_draws), np.random.default_rng(random_state))
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
    demand(order, "order", IDS)
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
