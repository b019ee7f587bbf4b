"""A vector autoregression run forward: paths, responses, and what a sum of values is made of.

One recursion serves them all. It takes leading axes: of origins, each with its own coefficients
and past, or of coefficient draws.

Shapes: ``n`` series, ``p`` lags, ``T`` months, ``k`` weighted sums; ``...`` are leading axes.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["loadings", "moving_average", "simulate"]

Array = npt.NDArray[np.float64]


def simulate(coefs: Array, past: Array, drift: Array, shocks: Array | None = None) -> Array:
    """Run the recursion of the autoregression forward under given innovations.

    Parameters
    ----------
    coefs : ndarray, shape (..., p, n, n)
        ``coefs[l]`` multiplies the value ``l + 1`` months ago.
    past : ndarray, shape (..., p, n)
        Last observed values, oldest first.
    drift : ndarray, shape (..., T, n)
        Deterministic part of each step: constant and calendar regressors times coefficients.
    shocks : ndarray, shape (..., draws, T, n), optional
        Innovations; none give the mean path, as one draw.

    Returns
    -------
    ndarray, shape (..., draws, T, n)
    """
    *lead, order, n, _ = coefs.shape
    steps = drift.shape[-2]
    draws = 1 if shocks is None else shocks.shape[-3]
    # Newest month first: the lags of a step lie side by side, and one product serves all draws.
    stacked = coefs.swapaxes(-1, -2).reshape(*lead, order * n, n)
    path = np.empty((*lead, draws, steps + order, n))
    path[..., steps:, :] = past[..., None, ::-1, :]
    for step in range(steps):
        at = steps - step
        window = path[..., at : at + order, :].reshape(*lead, draws, order * n)
        value = window @ stacked
        value += drift[..., None, step, :]
        if shocks is not None:
            value += shocks[..., step, :]
        path[..., at - 1, :] = value
    return path[..., :steps, :][..., ::-1, :]


def loadings(coefs: Array, weights: Array) -> Array:
    """Weighted sums of future values as weighted sums of their innovations.

    With ``z`` the path and ``e`` the innovations, ``sum(weights * z)`` is ``sum(loadings * e)``
    plus what is certain: ``g_t = w_t + A_1' g_{t+1} + ... + A_p' g_{t+p}``, the same recursion
    with transposed coefficients, from the last month to the first.

    Parameters
    ----------
    coefs : ndarray, shape (..., p, n, n)
    weights : ndarray, shape (..., k, T, n)
        Broadcast against the leading axes of the coefficients.

    Returns
    -------
    ndarray, shape (..., k, T, n)
    """
    *lead, order, n, _ = coefs.shape
    weights = np.broadcast_to(weights, (*lead, *weights.shape[-3:]))
    still = np.zeros((*lead, order, n)), np.zeros((*lead, weights.shape[-2], n))
    return simulate(coefs.swapaxes(-1, -2), *still, weights[..., ::-1, :])[..., ::-1, :]


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
