"""Vector autoregressions on rolling windows, by differences of cumulated cross-products.

Cross-products lose half of the digits: with data centred and scaled by the first window,
coefficients agree with those of an orthogonal factorisation to about 1e-13 (relative) on growth
rates, to 1e-10 on levels that wander far from the first window. Where that is not enough, estimate
each window by itself (`tradeshock.models.least_squares.estimate_var`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.linalg.lapack import dpotrs

from tradeshock.features.errors import ModelError, ShortHistoryError
from tradeshock.models.least_squares import regressors, split_coefficients
from tradeshock.models.replay_least_squares import WORST_CONDITION, VarReplay
from tradeshock.models.replay_scaling import Scaling

__all__ = ["replay_rolling"]

Array = npt.NDArray[np.float64]


def replay_rolling(
    endog: Array, exog: Array, lags: int, window: int, series: Sequence[str]
) -> VarReplay:
    """Estimate a vector autoregression on every window of so many months.

    Parameters
    ----------
    endog : ndarray, shape (T, n)
        Values of the system, consecutive months without NaN.
    exog : ndarray, shape (T, m)
        Exogenous columns, a column of ones first.
    lags : int
    window : int
        Months of a window.
    series : sequence of str
        Names, for error messages.

    Returns
    -------
    VarReplay
        Of the windows that end with month ``window``, ``window + 1``, ..., ``T``.

    Raises
    ------
    ShortHistoryError
        If a window has no more rows than regressors.
    ModelError
        If a series is constant in the first window, or regressors of any are too close to
        collinear for cross-products.
    """
    m, rows = exog.shape[1], window - lags
    scaled = Scaling.of(endog, exog, window, series)
    X, Y = regressors(scaled.endog, scaled.exog, lags), scaled.endog[lags:]
    k = X.shape[1]
    if rows <= k or window > len(endog):
        raise ShortHistoryError(
            f"got windows of {window} out of {len(endog)} months, which leave {rows} rows for {k} "
            "regressors; use longer windows or fewer lags"
        )
    crossed = _cross_products(X, np.hstack([X, Y]), rows)
    factors = _factors(crossed[:, :, :k])
    pairs = zip(factors, crossed[:, :, k:], strict=True)
    solved = np.array([dpotrs(factor, right, lower=1)[0] for factor, right in pairs])
    errors = _windows(Y, rows) - _windows(X, rows) @ solved
    sigma = errors.transpose(0, 2, 1) @ errors / (rows - k)
    sigma *= scaled.spread[:, None] * scaled.spread
    return VarReplay(*scaled.restore(*split_coefficients(solved, m, lags)), sigma)


def _cross_products(X: Array, joint: Array, rows: int) -> Array:
    """``X' (X, Y)`` of every window of so many rows."""
    crossed = np.empty((len(X) - rows + 1, X.shape[1], joint.shape[1]))
    crossed[0] = X[:rows].T @ joint[:rows]
    entering, leaving = slice(rows, None), slice(0, len(X) - rows)
    change = np.stack([X[entering], -X[leaving]], axis=2)
    np.matmul(change, np.stack([joint[entering], joint[leaving]], axis=1), out=crossed[1:])
    np.cumsum(crossed, axis=0, out=crossed)
    return crossed


def _windows(table: Array, rows: int) -> Array:
    return np.lib.stride_tricks.sliding_window_view(table, rows, axis=0).transpose(0, 2, 1)


def _factors(crossed: Array) -> Array:
    """Cholesky factors of the cross-products of every window.

    Raises
    ------
    ModelError
        If those of one are too close to singular.
    """
    try:
        factors = np.asarray(np.linalg.cholesky(crossed), dtype="float64")
        pivots = np.diagonal(factors, axis1=1, axis2=2)
        alike = (pivots.min(axis=1) * WORST_CONDITION < pivots.max(axis=1)).any()
    except np.linalg.LinAlgError:
        alike = np.True_
    if alike:
        raise ModelError(
            "got regressors that are (nearly) collinear in some window; drop a column or fit each "
            "window by itself"
        )
    return factors
