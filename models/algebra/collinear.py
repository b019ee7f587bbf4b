"""Series that repeat each other: found, named, or done without."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.linalg import solve_triangular

from tradeshock.features.errors import ModelError

__all__ = ["refuse_repeated", "squared_distances", "surely_regular"]

Array = npt.NDArray[np.float64]

# A series repeats others when this part of its movements, or less, is its own: rounding of figures
# leaves much more, rounding of floating point much less.
_OWN = 1e-9
# Covariances lose half of the digits of what they are made of.
_OWN_VARIANCE = 1e-10
# Weights, in standard deviations, that are what rounding leaves of zero.
_WEIGHT = 1e-6


def refuse_repeated(
    residuals: Array, growth: Array, series: Sequence[str], instead: str = ""
) -> None:
    """Refuse a series of which nothing is left once the others are known.

    Parameters
    ----------
    residuals : ndarray, shape (rows, n)
        Of a vector autoregression, or growth around its mean.
    growth : ndarray, shape (T, n)
        What it was estimated from.
    series : sequence of str
        The ``n`` names.
    instead : str
        What else could be done, for the message.

    Raises
    ------
    ModelError
        Naming the first series that repeats others, and them.
    """
    scaled = residuals / (_spread(growth) * np.sqrt(len(residuals)))
    triangle: Array = np.linalg.qr(scaled)[1]
    repeated = np.flatnonzero(np.abs(np.diag(triangle)) < _OWN)
    if not len(repeated):
        return
    at = int(repeated[0])
    weights = solve_triangular(triangle[:at, :at], triangle[:at, at])
    others = [id for id, w in zip(series[:at], weights, strict=True) if abs(w) > _WEIGHT]
    source = " and ".join(others) if others else "earlier months of the system"
    raise ModelError(
        f"got {series[at]}, which repeats {source}: its growth follows from theirs without an "
        "error, and least squares cannot tell them apart; leave one of them out"
        f"{instead and ', or '}{instead}"
    )


def surely_regular(covariances: Array, growth: Array) -> npt.NDArray[np.bool_]:
    """Whether many covariances of residuals are regular beyond doubt.

    Parameters
    ----------
    covariances : ndarray, shape (O, n, n)
    growth : ndarray, shape (T, n)
        What they were estimated from.

    Returns
    -------
    ndarray of bool, shape (O,)
        Where not, `refuse_repeated` has to look at the residuals.
    """
    spread = _spread(growth)
    least = np.linalg.eigvalsh(covariances / (spread[:, None] * spread))[:, 0]
    regular: npt.NDArray[np.bool_] = least > _OWN_VARIANCE
    return regular


def squared_distances(residuals: Array, covariance: Array) -> tuple[Array, int]:
    """Squared Mahalanobis distances, in the directions in which residuals move at all.

    Parameters
    ----------
    residuals : ndarray, shape (rows, n)
    covariance : ndarray, shape (n, n)

    Returns
    -------
    distances : ndarray, shape (rows,)
    directions : int
        How many there are; ``n`` unless series repeat each other.
    """
    sd = np.sqrt(np.diag(covariance))
    values, vectors = np.linalg.eigh(covariance / (sd[:, None] * sd))
    moving = values > _OWN_VARIANCE
    if moving.all():
        solved = np.linalg.solve(covariance, residuals.T).T
        return np.einsum("ti,ti->t", residuals, solved), len(sd)
    along = (residuals / sd) @ vectors[:, moving]
    return (along**2 / values[moving]).sum(axis=1), int(moving.sum())


def _spread(growth: Array) -> Array:
    spread: Array = growth.std(axis=0)
    spread[spread == 0.0] = 1.0
    return spread
