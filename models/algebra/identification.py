"""Structural shocks of a vector autoregression: impacts and responses.

Shapes: ``n`` series, ``p`` lags, ``k`` shocks, ``H`` steps; ``...`` are leading axes of parameter
draws.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tradeshock.models.algebra.recursion import simulate

__all__ = [
    "generalised_impacts",
    "recursive_impacts",
    "responses",
    "standardised",
]

Array = npt.NDArray[np.float64]


def recursive_impacts(covariance: Array, order: npt.NDArray[np.intp]) -> Array:
    """Impacts of one standard deviation of shocks that are lower triangular in an order.

    Parameters
    ----------
    covariance : ndarray, shape (..., n, n)
        Of the innovations.
    order : ndarray of int, shape (n,)
        Places of the series; the first answers to its own shock alone within the month.

    Returns
    -------
    ndarray, shape (..., n, n)
        Series in their own order by shocks in the given one.
    """
    ordered = covariance[..., order[:, None], order]
    impacts = np.empty_like(ordered)
    impacts[..., order, :] = np.linalg.cholesky(ordered)
    return impacts


def generalised_impacts(covariance: Array) -> Array:
    """Expected innovations where one is a standard deviation (Pesaran and Shin 1998, eq. 10).

    Parameters
    ----------
    covariance : ndarray, shape (..., n, n)

    Returns
    -------
    ndarray, shape (..., n, n)
        Column ``j`` is ``S e_j / sqrt(s_jj)``.
    """
    spread = np.sqrt(np.diagonal(covariance, axis1=-2, axis2=-1))
    impacts: Array = covariance / spread[..., None, :]
    return impacts


def responses(coefs: Array, impacts: Array, steps: int) -> Array:
    """Responses of all series to shocks, one after the other.

    Parameters
    ----------
    coefs : ndarray, shape (..., p, n, n)
    impacts : ndarray, shape (..., n, k)
    steps : int
        Last step ``H``; step 0 is the month of the shock.

    Returns
    -------
    ndarray, shape (..., k, H + 1, n)
    """
    *lead, order, n, _ = coefs.shape
    shocks = np.zeros((*lead, impacts.shape[-1], steps + 1, n))
    shocks[..., 0, :] = impacts.swapaxes(-1, -2)
    return simulate(coefs, np.zeros((*lead, order, n)), np.zeros((*lead, steps + 1, n)), shocks)


def standardised(innovations: Array, covariance: Array, impacts: Array) -> Array:
    """Structural shocks in standard deviations, from innovations.

    Orthogonal shocks have ``impacts = root @ Q`` with ``Q'Q = I``, so ``Q' root^-1 e`` is
    ``impacts' S^-1 e``, also where there are fewer shocks than series.

    Parameters
    ----------
    innovations : ndarray, shape (..., T, n)
    covariance : ndarray, shape (..., n, n)
    impacts : ndarray, shape (..., n, k)

    Returns
    -------
    ndarray, shape (..., T, k)
    """
    shocks: Array = innovations @ np.linalg.solve(covariance, impacts)
    return shocks
