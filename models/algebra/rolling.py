"""Vector autoregressions on rolling windows, by differences of cumulated cross-products.

Cross-products lose half of the digits: with data centred and scaled by the first window,
coefficients agree with those of an orthogonal factorisation to about 1e-13 (relative) on growth
rates, to 1e-10 on levels that wander far from the first window. Where that is not enough, estimate
each window by itself (`tradeshock.models.algebra.least_squares.estimate_var`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
from scipy.linalg.lapack import dpotrs

from tradeshock.features.errors import ModelError, ShortHistoryError
from tradeshock.models.algebra.expanding import WORST_CONDITION, VarReplay
from tradeshock.models.algebra.least_squares import regressors, split_coefficients
from tradeshock.models.algebra.scaling import Scaling

__all__ = ["replay_rolling"]

Array = npt.NDArray[np.float64]

AT_ONCE = 48


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
    scaled = Scaling.fit(endog, exog, window, series)
    X, Y = regressors(scaled.endog, scaled.exog, lags), scaled.endog[lags:]
    k = X.shape[1]
    if rows <= k or window > len(endog):
        raise ShortHistoryError(
            f"got windows of {window} out of {len(endog)} months, which leave {rows} rows for {k} "
            "regressors; use longer windows or fewer lags"
        )
    views = _windows(X, rows), _windows(Y, rows)
    solved = np.empty((len(views[0]), k, Y.shape[1]))
    sigma = np.empty((len(solved), Y.shape[1], Y.shape[1]))
    for at, crossed in _cross_products(X, np.hstack([X, Y]), rows):
        # Transposed, a factor lies in memory as LAPACK wants it.
        factors = _factors(crossed[:, :, :k]).transpose(0, 2, 1)
        pairs = zip(factors, crossed[:, :, k:], strict=True)
        solved[at] = [dpotrs(factor, right, lower=0)[0] for factor, right in pairs]
        errors = views[1][at] - views[0][at] @ solved[at]
        sigma[at] = errors.transpose(0, 2, 1) @ errors / (rows - k)
    left, right = scaled.spreads(lags)
    sigma *= right[:, None] * right
    solved *= right / left[:, None]
    return VarReplay(*scaled.moved_back(*split_coefficients(solved, m, lags)), sigma)


def _cross_products(X: Array, joint: Array, rows: int) -> Iterator[tuple[slice, Array]]:
    """``X' (X, Y)`` of every window of so many rows, few enough at a time to stay in the cache."""
    windows, start = len(X) - rows + 1, X[:rows].T @ joint[:rows]
    for first in range(0, windows, AT_ONCE):
        at = slice(first, min(first + AT_ONCE, windows))
        # One window more, for the next ones to go on from.
        leaving = slice(first, min(at.stop, windows - 1))
        entering = slice(leaving.start + rows, leaving.stop + rows)
        crossed = np.empty((1 + leaving.stop - first, *start.shape))
        crossed[0] = start
        change = np.stack([X[entering], -X[leaving]], axis=2)
        np.matmul(change, np.stack([joint[entering], joint[leaving]], axis=1), out=crossed[1:])
        np.cumsum(crossed, axis=0, out=crossed)
        start = crossed[-1]
        yield at, crossed[: at.stop - first]


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
