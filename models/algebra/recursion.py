"""A vector autoregression run forward: responses and paths."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["moving_average", "simulate"]

Array = npt.NDArray[np.float64]


def moving_average(coefs: Array, steps: int) -> Array:
    """Responses of a vector autoregression to a unit innovation.

    Parameters
    ----------
    coefs : ndarray, shape (p, n, n)
        ``coefs[l]`` multiplies the value ``l + 1`` months ago.
    steps : int
        Number of responses wanted, the first being the identity.

    Returns
    -------
    ndarray, shape (steps, n, n)
        ``Psi_0 = I``, ``Psi_h = sum_l A_l Psi_{h-l}`` (Lütkepohl 2005, eq. 2.1.22).
    """
    lags, n, _ = coefs.shape
    responses = np.zeros((steps, n, n))
    responses[0] = np.eye(n)
    for step in range(1, steps):
        reach = min(lags, step)
        past = responses[step - reach : step][::-1]
        responses[step] = np.einsum("lij,ljk->ik", coefs[:reach], past)
    return responses


def simulate(coefs: Array, lags: Array, drift: Array, shocks: Array) -> Array:
    """Run the recursion of the autoregression forward under given innovations.

    Parameters
    ----------
    coefs : ndarray, shape (p, n, n)
        ``coefs[l]`` multiplies the value ``l + 1`` months ago.
    lags : ndarray, shape (p, n)
        Last observed values, oldest first.
    drift : ndarray, shape (T, n)
        Deterministic part of each step: constant and calendar regressors times coefficients.
    shocks : ndarray, shape (draws, T, n)
        Innovations; zeros give the mean path.

    Returns
    -------
    ndarray, shape (draws, T, n)
    """
    order, n, _ = coefs.shape
    draws, steps, _ = shocks.shape
    # Newest lag first, flattened, so that one matrix product does a step of every draw.
    stacked = coefs.transpose(0, 2, 1).reshape(order * n, n)
    path = np.empty((draws, order + steps, n))
    path[:, :order] = lags
    for step in range(steps):
        window = path[:, step : step + order][:, ::-1].reshape(draws, order * n)
        path[:, order + step] = window @ stacked + drift[step] + shocks[:, step]
    return path[:, order:]
