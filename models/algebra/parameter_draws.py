"""Soft conditions on a system whose parameters are uncertain: each draw by its own law.

Given its coefficients, covariance and the scales of its months a draw ``d`` is normal,
``z_d = m_d + G_d u_d``, so a noisy observation ``y = R z + v`` moves it by its own gain. What is
observed also speaks for some draws of the parameters and against others: they are resampled by
``N(y; R m_d, R V_d R' + diag(sd**2))``, after which the conditional law is exact up to the number
of draws. One gain of an average law would pull too little: it knows neither heavy tails nor the
uncertainty of the parameters.

Shapes: ``D`` draws, ``n`` series, ``p`` lags, ``T`` months, ``k`` conditions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tradeshock.models.algebra.conditioning import GaussianFuture, innovations_of_many
from tradeshock.models.algebra.linear_conditions import LinearConditions
from tradeshock.models.algebra.recursion import loadings, simulate

__all__ = ["Correction", "ParameterDraws", "soft_shift"]

Array = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class ParameterDraws:
    """Draws of a system's parameters, each with innovations of its own.

    Parameters
    ----------
    coefs : ndarray, shape (D, p, n, n)
    drift : ndarray, shape (D, T, n)
    roots : ndarray, shape (D, n, n)
        ``root @ root.T`` is the covariance of the innovations of a month of scale 1.
    scales : ndarray, shape (D, T, 1)
        Size of each month's innovations.
    past : ndarray, shape (p, n)
        Last observed values, oldest first.
    normal : ndarray, shape (D, T, n)
        Standard normal innovations.
    """

    coefs: Array
    drift: Array
    roots: Array
    scales: Array
    past: Array
    normal: Array

    @cached_property
    def paths(self) -> Array:
        """Future of each draw, shape (D, T, n)."""
        return self._run(self.past, self.drift, self.normal)

    @cached_property
    def means(self) -> Array:
        """Expected future of each draw given its parameters, shape (D, T, n)."""
        return simulate(self.coefs, self.past, self.drift)[:, 0]

    def with_parameters_of(self, places: Places) -> ParameterDraws:
        """The same innovations under the parameters of other draws."""
        return replace(
            self,
            coefs=self.coefs[places],
            drift=self.drift[places],
            roots=self.roots[places],
            scales=self.scales[places],
        )

    def seen(self, weights: Array) -> Array:
        """Weighted sums of the future as sums of standard normal innovations.

        Parameters
        ----------
        weights : ndarray, shape (k, T, n)

        Returns
        -------
        ndarray, shape (D, k, T * n)
        """
        own = loadings(self.coefs, weights) @ self.roots[:, None] * self.scales[:, None]
        return own.reshape(len(own), len(weights), -1)

    def responses(self, normal: Array) -> Array:
        """Change of each path when its standard normal innovations change so much."""
        return self._run(np.zeros_like(self.past), np.zeros_like(self.drift), normal)

    def _run(self, past: Array, drift: Array, normal: Array) -> Array:
        shocks = (self.scales * normal) @ self.roots.transpose(0, 2, 1)
        return simulate(self.coefs, past, drift, shocks[:, None])[:, 0]


class Correction(NamedTuple):
    """Hard conditions met by one gain for all draws, ``z + K (r - R z)``.

    Parameters
    ----------
    gain : ndarray, shape (T * n, k)
    rows : ndarray, shape (k, T * n)
    values : ndarray, shape (1 or D, k)
    """

    gain: Array
    rows: Array
    values: Array

    @classmethod
    def of(cls, future: GaussianFuture, conditions: LinearConditions) -> Correction:
        """Correction by the gain of a law."""
        return cls(future.gain(conditions), conditions.rows, conditions.values)

    def applied(self, paths: Array, values: Array | float | None = None) -> Array:
        """Corrected paths, shape (D, T, n); `values` of 0 corrects deviations."""
        flat = paths.reshape(len(paths), -1)
        asked = self.values if values is None else values
        corrected: Array = flat + (asked - flat @ self.rows.T) @ self.gain.T
        return corrected.reshape(paths.shape)


def soft_shift(
    draws: ParameterDraws,
    corrections: Sequence[Correction],
    soft: LinearConditions,
    paths: Array,
    rng: np.random.Generator,
) -> Array:
    """What soft conditions add to paths, each of which has its own law.

    Parameters
    ----------
    draws : ParameterDraws
        Parameters and innovations that the paths come from.
    corrections : sequence of Correction
        Hard conditions that the paths have met, in this order.
    soft : LinearConditions
        Noisy observations. If they or the corrections have values draw by draw, parameters are
        not resampled: a draw keeps its values.
    paths : ndarray, shape (D, T, n)
        Corrected paths; some series may be another model's.
    rng : numpy.random.Generator
        Source of the noise.

    Returns
    -------
    ndarray, shape (D, T, n)
    """
    flat = soft.rows
    weights, certain = _before(corrections, flat)
    seen = draws.seen(weights.reshape(soft.weights.shape))
    surprise = soft.values - certain - draws.means.reshape(len(paths), -1) @ weights.T
    kept = np.arange(len(paths))
    if all(len(values) == 1 for values in (soft.values, *(c.values for c in corrections))):
        kept = resampled(log_likelihood(surprise, seen, soft.noise))
    chosen, moved = draws, np.zeros_like(paths)
    if (kept != np.arange(len(paths))).any():
        chosen = draws.with_parameters_of(kept)
        moved = _corrected(chosen.paths, corrections) - _corrected(draws.paths, corrections)
    gap = soft.values - (paths + moved).reshape(len(paths), -1) @ flat.T
    gap = gap - soft.noise * rng.standard_normal(gap.shape)
    answers = innovations_of_many(seen, soft.noise)[0][kept]
    change = chosen.responses((answers @ gap[:, :, None]).reshape(draws.normal.shape))
    for correction in corrections:
        change = correction.applied(change, 0.0)
    return moved + change


def _before(corrections: Sequence[Correction], rows: Array) -> tuple[Array, Array | float]:
    """Rows on corrected paths as rows on uncorrected ones, and the part that is certain."""
    certain: Array | float = 0.0
    for correction in reversed(corrections):
        through = rows @ correction.gain
        certain = certain + correction.values @ through.T
        rows = rows - through @ correction.rows
    return rows, certain


def _corrected(paths: Array, corrections: Sequence[Correction]) -> Array:
    for correction in corrections:
        paths = correction.applied(paths)
    return paths


def log_likelihood(surprise: Array, seen: Array, noise: Array) -> Array:
    """Log density of observations under the law of each draw, but for a constant.

    Parameters
    ----------
    surprise : ndarray, shape (D, k)
    seen : ndarray, shape (D, k, q)
    noise : ndarray, shape (k,)

    Returns
    -------
    ndarray, shape (D,)
    """
    factor = np.linalg.cholesky(seen @ seen.swapaxes(1, 2) + np.diag(noise**2))
    white = np.linalg.solve(factor, surprise[:, :, None])[:, :, 0]
    size = np.log(np.diagonal(factor, axis1=1, axis2=2)).sum(axis=1)
    likelihood: Array = -0.5 * (white**2).sum(axis=1) - size
    return likelihood


def resampled(log_weights: Array) -> Places:
    """Places of draws, each as often as its weight asks for, in order (Kitagawa 1996).

    Systematic and without chance: equal weights keep every draw where it is.
    """
    weights = np.exp(log_weights - log_weights.max())
    cumulated = np.cumsum(weights / weights.sum())
    middles = (np.arange(len(weights)) + 0.5) / len(weights)
    return np.minimum(np.searchsorted(cumulated, middles), len(weights) - 1)
