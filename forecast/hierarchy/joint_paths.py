"""Joint paths of a total and its parts that add up in every draw."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.errors import ModelError
from tradeshock.forecast.hierarchy.copula import coupled
from tradeshock.forecast.hierarchy.reconciliation import reconciled, shrunk_covariance
from tradeshock.models.paths import ForecastPaths

Floats = npt.NDArray[np.float64]
# Fewer vectors of past errors say nothing of how series err together.
FEWEST_ERRORS = 8


def coherent(
    nodes: Sequence[ForecastPaths],
    errors: npt.ArrayLike,
    groups: Sequence[Sequence[str]] | None = None,
    keep_total: bool = True,
) -> ForecastPaths:
    """Couple separate forecasts of a total and its parts, and make them add up.

    Draws are put in the joint order of past errors (`tradeshock.forecast.hierarchy.copula`), and
    each draw of each step is reconciled by MinT-shrink in logs, with the covariance of the past
    errors of that step (`tradeshock.forecast.hierarchy.reconciliation`). No part is below zero.

    Parameters
    ----------
    nodes : sequence of ForecastPaths
        The total first, then the parts, the remainder among them: the first series of each, as
        many draws each. The result has the months that all of them have.
    errors : array_like, origins by steps by nodes
        Logs of outcomes less logs of median forecasts, steps counted from the first month that
        all nodes have (`past_errors`). Origins with a NaN are not used.
    groups : sequence of sequences of str, optional
        Parts that add up to the total, such as items and destinations. Default: all of them.
    keep_total : bool
        Whether the total's own draws stay and the parts alone move (an immutable node, Zhang,
        Kang, Panagiotelis and Li 2023): its accuracy and intervals are those of its own forecast.
        False moves it too, as its past errors and those of the parts say.

    Returns
    -------
    ForecastPaths
        Of all nodes, in their order. It adds up to the rounding of a float. A part that is out
        later than the total lacks the month between, so its total of that year is not given.

    Raises
    ------
    ModelError
        If the nodes do not fit together, groups name what is not there, or too few past errors
        are complete.
    """
    nodes = list(nodes) if isinstance(nodes, Iterable) else []
    months = _shared_months(nodes)
    draws = np.stack([_draws(node, months) for node in nodes], axis=2)
    ids = [node.series[0] for node in nodes]
    if lacking := [id for node, id in zip(nodes, ids, strict=True) if id not in node.history]:
        raise ModelError(
            f"the paths of {', '.join(lacking)} lack its history; give paths of a model"
        )
    columns = _columns(ids, groups)
    past = _complete(errors, len(months), len(nodes))
    first = nodes[0]
    rng = np.random.default_rng([first.seed, len(nodes)])
    values = _adding_up(coupled(draws, past, rng), past, columns, bool(keep_total))
    kept = pd.concat([node.history[id] for node, id in zip(nodes, ids, strict=True)], axis=1)
    notes = tuple(dict.fromkeys(note for node in nodes for note in node.notes))
    said = f"{len(ids) - 1} parts reconciled with their total; {len(past)} past origins couple them"
    return replace(
        first,
        values=values,
        index=months,
        series=tuple(ids),
        history=kept,
        model=f"Hierarchy({first.model})",
        notes=(*notes, said),
        drivers=(),
    )


def _adding_up(draws: Floats, past: Floats, groups: list[list[int]], keep_total: bool) -> Floats:
    """Reconcile step by step; draws by steps by nodes."""
    constraints = np.zeros((len(groups), draws.shape[2]))
    constraints[:, 0] = 1.0
    for row, columns in zip(constraints, groups, strict=True):
        row[columns] = -1.0
    values = np.empty_like(draws)
    for step in range(draws.shape[1]):
        covariance = shrunk_covariance(past[:, step])
        if keep_total:
            # What has no error is not moved.
            covariance[0], covariance[:, 0] = 0.0, 0.0
        values[:, step] = reconciled(draws[:, step], covariance, constraints)
    return values


def _shared_months(nodes: list[ForecastPaths]) -> pd.PeriodIndex:
    if len(nodes) < 2 or not all(isinstance(node, ForecastPaths) for node in nodes):
        raise ModelError("give ForecastPaths of the total first, then of at least one part")
    ids = [node.series[0] for node in nodes]
    if len({*ids}) < len(ids):
        raise ModelError(f"a series is forecast twice among {ids}; give each node once")
    if len(counts := sorted({len(node.values) for node in nodes})) > 1:
        raise ModelError(f"nodes have {counts} draws; forecast all with the same n_draws")
    first = max(node.index[0] for node in nodes)
    last = min(node.index[-1] for node in nodes)
    if last < first:
        raise ModelError(f"no month is forecast for all of {ids}; forecast more steps")
    return pd.period_range(first, last, freq="M", name=nodes[0].index.name)


def _draws(node: ForecastPaths, months: pd.PeriodIndex) -> Floats:
    draws: Floats = node.draws()[:, node.index.get_indexer(months)]
    if not (draws > 0.0).all():
        raise ModelError(
            f"paths of {node.series[0]} are not all above zero; hierarchies are for amounts"
        )
    return draws


def _columns(ids: list[str], groups: Sequence[Sequence[str]] | None) -> list[list[int]]:
    """Columns of the parts of each group."""
    try:
        wanted = [ids[1:]] if groups is None else [list(group) for group in groups]
    except TypeError:
        wanted = []
    named = [str(id) for group in wanted for id in group]
    if sorted(named) != sorted(ids[1:]) or not all(wanted):
        raise ModelError(f"groups {groups!r} must hold each of {ids[1:]} once, and none be empty")
    return [[ids.index(id) for id in group] for group in wanted]


def _complete(errors: npt.ArrayLike, steps: int, n: int) -> Floats:
    """Origins whose errors are all there, as many steps as are forecast."""
    try:
        past: Floats = np.asarray(errors, dtype=float)
    except (TypeError, ValueError):
        raise ModelError("past errors are no array of numbers, origins by steps by nodes") from None
    if past.ndim != 3 or past.shape[1] < steps or past.shape[2] != n:
        raise ModelError(
            f"got past errors of shape {past.shape}, expected origins by at least {steps} steps "
            f"by {n} nodes"
        )
    past = past[:, :steps]
    past = past[np.isfinite(past).all(axis=(1, 2))].astype(np.float64)
    if len(past) < FEWEST_ERRORS:
        raise ModelError(
            f"only {len(past)} past origins have errors of all nodes and steps; at least "
            f"{FEWEST_ERRORS} are needed: give more origins or fewer steps"
        )
    return past
