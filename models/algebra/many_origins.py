"""Vector autoregressions of many origins at once: lag orders, estimates, and laws of targets.

The array side of `tradeshock.models.systems.var.VAR.replay`. Estimates come from the blocked update
(`tradeshock.models.algebra.expanding`), and the recursion, the ragged edge and what of both
reaches the targets are solved for all origins together.

Shapes: ``O`` origins, ``T`` months ahead, ``n`` series, ``p`` lags, ``k`` published cells, ``q``
cells that are wanted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tradeshock.features.errors import ModelError
from tradeshock.models.algebra.expanding import (
    VarReplay,
    forecast_means,
    replay_criteria,
    replay_var,
)
from tradeshock.models.algebra.least_squares import VarEstimate, regressors
from tradeshock.models.algebra.rolling import replay_rolling

__all__ = [
    "Sample",
    "Start",
    "WantedLevels",
    "choose_orders",
    "coefficients_by_order",
    "estimate_together",
    "laws_together",
    "level_responses",
    "meet_edge",
]

Array = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

# Smallest eigenvalue of the correlation of published cells, given the past: below it some of them
# nearly repeat each other, and only singular values tell how to weigh them.
_LEAST_EIGENVALUE = 1e-6


class Sample(NamedTuple):
    """What an origin learns from: series, their growth and exogenous columns, month by month."""

    series: tuple[str, ...]
    endog: Array
    exog: Array

    def begins(self, longer: Sample) -> bool:
        """Whether these are the first months of a longer sample, to the last bit."""
        months = len(self.endog)
        return (
            self.series == longer.series
            and np.array_equal(self.endog, longer.endog[:months])
            and np.array_equal(self.exog, longer.exog[:months])
        )


def estimate_together(
    samples: Sequence[Sample],
    lags: int | None,
    window: int | None,
    criterion: str,
    highest_order: Callable[[int, int, int], int],
) -> dict[int, tuple[int, VarEstimate]]:
    """Lag orders and estimates of many origins, in one pass for those whose samples begin alike.

    Parameters
    ----------
    samples : sequence of Sample
    lags : int, optional
        Number of lags; chosen by `criterion` if None.
    window : int, optional
        Last months that are learned from; all if None.
    criterion : {"aic", "bic", "hq"}
    highest_order : callable
        Largest order to try, given the numbers of months, series and exogenous columns.

    Returns
    -------
    dict of int to (int, VarEstimate)
        By place of the sample. Those that are missing have to be estimated by themselves: their
        regressors are (nearly) collinear, a series is constant when the others begin, a window is
        not full yet, or lags are to be chosen in each window.
    """
    found: dict[int, tuple[int, VarEstimate]] = {}
    if window is not None and lags is None:
        return found
    full = [i for i, sample in enumerate(samples) if len(sample.endog) >= (window or 0)]
    for group in _alike(samples, full):
        longest = samples[group[-1]]
        seen = np.array([len(samples[i].endog) for i in group])
        sizes = (longest.endog.shape[1], longest.exog.shape[1])
        try:
            if lags is None:
                highest = np.array([highest_order(months, *sizes) for months in seen.tolist()])
                orders = choose_orders(longest, seen, highest, criterion)
            else:
                orders = np.full(len(group), lags)
            estimates = _estimate_origins(longest, seen, orders, window)
        except ModelError:
            continue
        found |= zip(group, zip(orders.tolist(), estimates, strict=True), strict=True)
    return found


def _alike(samples: Sequence[Sample], places: Sequence[int]) -> list[list[int]]:
    """Places of samples that begin alike, in groups; the longest of a group is its last."""
    left = sorted(places, key=lambda i: len(samples[i].endog))
    groups = []
    while left:
        group = [i for i in left if samples[i].begins(samples[left[-1]])]
        groups.append(group)
        left = [i for i in left if i not in group]
    return groups


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


def _estimate_origins(
    longest: Sample, seen: Counts, orders: Counts, window: int | None
) -> list[VarEstimate]:
    """Estimate at each origin, as `tradeshock.models.algebra.least_squares.estimate_var` would.

    Parameters
    ----------
    longest, seen
        As in `choose_orders`.
    orders : ndarray of int, shape (O,)
        Lag order of each origin.
    window : int, optional
        Last months that are learned from; all if None.
    """
    estimates: dict[int, VarEstimate] = {}
    n = longest.endog.shape[1]
    for lags, at, found in coefficients_by_order(longest, seen, orders, window):
        X, Y = regressors(longest.endog, longest.exog, lags), longest.endog[lags:]
        for place, i in enumerate(at.tolist()):
            rows = slice(0 if window is None else int(seen[i]) - window, int(seen[i]) - lags)
            outer, coefs = found.exog_coefs[place], found.coefs[place]
            stacked = np.vstack([outer, coefs.transpose(0, 2, 1).reshape(-1, n)])
            residuals = Y[rows] - X[rows] @ stacked
            estimates[i] = VarEstimate(outer, coefs, found.sigma_u[place], residuals)
    return [estimates[i] for i in range(len(seen))]


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


class Start(NamedTuple):
    """What a forecast starts from.

    Parameters
    ----------
    coefs : ndarray, shape (p, n, n)
    covariance : ndarray, shape (n, n)
        Of the innovations.
    past : ndarray, shape (p, n)
        Growth of the last months that all series have, oldest first.
    drift : ndarray, shape (T, n)
        Deterministic part of growth.
    published : ndarray, shape (T, n)
        (Log) levels less those of the last month that all series have, NaN where not published.
    wanted : tuple of int
        First and last (excluded) of the ``T`` months, and number of first series.
    """

    coefs: Array
    covariance: Array
    past: Array
    drift: Array
    published: Array
    wanted: tuple[int, int, int]

    @property
    def kind(self) -> tuple[object, ...]:
        """What forecasts that are made together have in common."""
        edge = np.isnan(self.published)
        return (*self.coefs.shape, *edge.shape, edge.tobytes(), self.wanted)


@dataclass(frozen=True)
class WantedLevels:
    """Levels of some cells as linear functions of innovations, the ragged edge met.

    Parameters
    ----------
    constant : ndarray, shape (q,)
    weights : ndarray, shape (q, T * n)
        Of the innovations, month by month.
    trusted : bool
        False where published cells nearly repeat each other: condition that origin by itself.
    """

    constant: Array
    weights: Array
    trusted: bool


def laws_together(starts: Sequence[Start]) -> list[WantedLevels]:
    """Laws of the wanted cells of many origins, those of one kind in one pass."""
    groups: dict[tuple[object, ...], list[int]] = {}
    for i, start in enumerate(starts):
        groups.setdefault(start.kind, []).append(i)
    laws: dict[int, WantedLevels] = {}
    for group in groups.values():
        laws |= zip(group, _wanted_levels([starts[i] for i in group]), strict=True)
    return [laws[i] for i in range(len(starts))]


def _wanted_levels(starts: Sequence[Start]) -> list[WantedLevels]:
    """Laws of origins of one kind, cells month by month."""
    coefs, covariance, past, drift, published = map(np.stack, list(zip(*starts, strict=True))[:5])
    mean = np.cumsum(forecast_means(coefs, past, drift), axis=1)
    responses = level_responses(coefs, drift.shape[1])
    law = meet_edge(mean, responses, covariance, published, starts[0].wanted)
    return [WantedLevels(*one) for one in zip(law[0], law[1], law[2].tolist(), strict=True)]


def meet_edge(
    mean: Array, responses: Array, covariance: Array, published: Array, wanted: tuple[int, int, int]
) -> tuple[Array, Array, npt.NDArray[np.bool_]]:
    """Levels of the wanted cells, less those of the last common month, of origins of one kind.

    With ``z = m + G e`` the levels ahead, ``H`` the rows of ``G`` and ``r`` the values of published
    cells, ``S`` the covariance of all innovations and ``L`` the rows of wanted cells, "simulate and
    correct" (Durbin and Koopman 2002) gives ``l = L m + K (r - H m) + (L - K H) e`` with
    ``K = L S H' (H S H')^-1`` (rows of ``G`` and ``m`` written alike).

    Parameters
    ----------
    mean : ndarray, shape (O, T, n)
        Levels without regard to what is published.
    responses : ndarray, shape (O, T, n, T * n)
        See `level_responses`.
    covariance : ndarray, shape (O, n, n)
    published : ndarray, shape (O, T, n)
    wanted : tuple of int
        Both as in `Start`.

    Returns
    -------
    constant : ndarray, shape (O, q)
    weights : ndarray, shape (O, q, T * n)
    trusted : ndarray of bool, shape (O,)
        See `WantedLevels`.
    """
    first, last, columns = wanted
    origins, steps, n = mean.shape
    weights = responses[:, first:last, :columns].reshape(origins, -1, steps * n)
    constant = mean[:, first:last, :columns].reshape(origins, -1)
    trusted = np.ones(origins, dtype=bool)
    cells = ~np.isnan(published[0])
    if cells.any():
        rows = responses[:, cells]
        gain, trusted = _gain(weights, rows, covariance)
        surprise = published[:, cells] - mean[:, cells]
        constant = constant + (gain @ surprise[:, :, None])[:, :, 0]
        weights = weights - gain @ rows
    return constant, weights, trusted


def _gain(wanted: Array, rows: Array, covariance: Array) -> tuple[Array, npt.NDArray[np.bool_]]:
    """Change of wanted cells for a surprise in published ones, and where it can be trusted."""
    origins, n = len(rows), covariance.shape[-1]
    spread = (rows.reshape(origins, -1, n) @ covariance).reshape(rows.shape).transpose(0, 2, 1)
    among = rows @ spread
    scale = np.sqrt(np.diagonal(among, axis1=1, axis2=2))
    correlation = among / (scale[:, :, None] * scale[:, None, :])
    trusted = np.linalg.eigvalsh(correlation)[:, 0] > _LEAST_EIGENVALUE
    correlation[~trusted] = np.eye(correlation.shape[1])
    across = wanted @ spread / scale[:, None, :]
    gain = np.linalg.solve(correlation, across.transpose(0, 2, 1)).transpose(0, 2, 1)
    return gain / scale[:, None, :], trusted


def level_responses(coefs: Array, steps: int) -> Array:
    """Responses of levels to the innovations of every month.

    Parameters
    ----------
    coefs : ndarray, shape (O, p, n, n)
        Of growth.
    steps : int

    Returns
    -------
    ndarray, shape (O, steps, n, steps * n)
        Growth responses are ``Psi_0 = I``, ``Psi_h = sum_l A_l Psi_{h-l}`` (Lütkepohl 2005,
        eq. 2.1.22); levels cumulate them.
    """
    origins, lags, n, _ = coefs.shape
    stacked = coefs.transpose(0, 2, 1, 3).reshape(origins, n, lags * n)
    growth = np.zeros((origins, steps + lags, n, n))
    growth[:, lags] = np.eye(n)
    for step in range(1, steps):
        newest_first = growth[:, step : step + lags][:, ::-1].reshape(origins, lags * n, n)
        growth[:, lags + step] = stacked @ newest_first
    level = np.cumsum(growth[:, lags:], axis=1)
    responses = np.zeros((origins, steps, n, steps, n))
    for month in range(steps):
        responses[:, month:, :, month] = level[:, : steps - month]
    return responses.reshape(origins, steps, n, steps * n)
