"""Innovations of an estimated vector autoregression: its residuals again, or normal draws."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["innovations", "rescaled"]

Floats = npt.NDArray[np.float64]


def rescaled(residuals: Floats, spent: int) -> Floats:
    """Residuals with the variance of the innovations: least squares shrinks them.

    Parameters
    ----------
    residuals : ndarray, shape (rows, n)
    spent : int
        Regressors of an equation.
    """
    rows = len(residuals)
    return residuals * float(np.sqrt(rows / (rows - spent)))


def innovations(
    residuals: Floats,
    covariance: Floats | None,
    months: int,
    n_draws: int,
    rng: np.random.Generator,
) -> Floats:
    """Draw innovations, month by month, so that a longer forecast starts as a shorter one does.

    Parameters
    ----------
    residuals : ndarray, shape (rows, n)
        Whole months of them are drawn with replacement where there is no covariance.
    covariance : ndarray, shape (n, n), optional
        Of normal draws.
    months, n_draws : int
    rng : numpy.random.Generator

    Returns
    -------
    ndarray, shape (n_draws, months, n)
    """
    if covariance is None:
        picked = rng.integers(len(residuals), size=(months, n_draws))
        # Row by row of the transpose, so that a draw's months lie side by side in memory.
        return residuals.take(np.ascontiguousarray(picked.T), axis=0)
    normal = rng.standard_normal((months, n_draws, len(covariance)))
    drawn: Floats = (normal @ np.linalg.cholesky(covariance).T).transpose(1, 0, 2)
    return drawn
