"""Vector autoregressions of many origins at once: their lag orders and estimates.

The array side of `tradeshock.models.systems.var_replay`. Estimates come from the blocked update
(`tradeshock.models.algebra.expanding`) or from rolling windows.

Shapes: ``O`` origins.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tradeshock.models.algebra.expanding import VarReplay, replay_criteria, replay_var
from tradeshock.models.algebra.rolling import replay_rolling

__all__ = ["Sample", "choose_orders", "coefficients_by_order"]

Array = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]


class Sample(NamedTuple):
    """What an origin learns from: series, their growth and exogenous columns, month by month."""

    series: tuple[str, ...]
    endog: Array
    exog: Array


def choose_orders(longest: Sample, seen: Counts, highest: Counts, criterion: str) -> Counts:
    """Lag order that an information criterion chooses at each origin.

    Parameters
    ----------
    longest : Sample
    seen : ndarray of int, shape (O,)
        Months of it that each origin sees, from the first on.
    highest : ndarray of int, shape (O,)
        Largest order tried at each; all orders are compared on the rows that it leaves.
    criterion : {"aic", "bic", "hq"}

    Returns
    -------
    ndarray of int, shape (O,)
    """
    orders = np.ones(len(seen), dtype=np.int64)
    for largest in np.unique(highest[highest > 1]).tolist():
        at = np.flatnonzero(highest == largest)
        first, last = int(seen[at].min()), int(seen[at].max())
        found = replay_criteria(
            longest.endog[:last], longest.exog[:last], largest, first, longest.series
        )
        orders[at] = found[criterion][seen[at] - first].argmin(axis=1) + 1
    return orders


def coefficients_by_order(
    longest: Sample, seen: Counts, orders: Counts, window: int | None
) -> Iterator[tuple[int, npt.NDArray[np.intp], VarReplay]]:
    """Estimates of the origins that have the same lag order, one order after the other.

    Parameters
    ----------
    longest, seen
        As in `choose_orders`.
    orders : ndarray of int, shape (O,)
        Lag order of each origin.
    window : int, optional
        Last months that are learned from, not more than any origin sees; all if None.

    Yields
    ------
    lags : int
    at : ndarray of int
        Places of the origins.
    found : VarReplay
        Their estimates.
    """
    for lags in np.unique(orders).tolist():
        at = np.flatnonzero(orders == lags)
        first, last = int(seen[at].min()), int(seen[at].max())
        months = slice(0 if window is None else first - window, last)
        endog, exog = longest.endog[months], longest.exog[months]
        if window is None:
            every = replay_var(endog, exog, lags, first, longest.series)
        else:
            every = replay_rolling(endog, exog, lags, window, longest.series)
        yield lags, at, every.at(seen[at] - first)
