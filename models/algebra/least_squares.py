"""Least squares for vector autoregressions with exogenous columns.

The system ``z_t = C x_t + A_1 z_{t-1} + ... + A_p z_{t-p} + e_t`` has the same regressors in every
equation, so least squares equation by equation is efficient. All solutions come from orthogonal
factorisations, never from cross-products, which lose half of the digits on raw levels.

Shapes: ``T`` months, ``n`` series, ``p`` lags, ``m`` exogenous columns (the constant is one).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.linalg import solve_triangular

from tradeshock.features.errors import ModelError, ShortHistoryError

__all__ = [
    "CRITERIA",
    "VarEstimate",
    "companion",
    "criteria",
    "estimate_var",
    "lag_criteria",
    "largest_root",
    "refuse_constant",
    "regressors",
    "split_coefficients",
    "surely_stationary",
]

Array = npt.NDArray[np.float64]

CRITERIA = ("aic", "bic", "hq")
# Regressors (scaled to unit length) are called collinear when a pivot falls below this part of 1.
_COLLINEAR = 1e-10
# Movements that are what rounding leaves of a constant.
_ROUNDING = 1e-13


@dataclass(frozen=True)
class VarEstimate:
    """Least-squares estimate of a vector autoregression.

    Parameters
    ----------
    exog_coefs : ndarray, shape (m, n)
        Coefficients of the exogenous columns, in their order.
    coefs : ndarray, shape (p, n, n)
        ``coefs[l]`` multiplies the value ``l + 1`` months ago.
    sigma_u : ndarray, shape (n, n)
        Residual covariance with degrees of freedom taken off, ``E'E / (rows - m - n p)``.
    residuals : ndarray, shape (rows, n)
        Residuals of months ``p`` to ``T - 1``.
    """

    exog_coefs: Array
    coefs: Array
    sigma_u: Array
    residuals: Array


def regressors(endog: Array, exog: Array, lags: int, skip: int | None = None) -> Array:
    """Rows ``(x_t, z_{t-1}, ..., z_{t-p})`` of the regression.

    Parameters
    ----------
    endog : ndarray, shape (T, n)
        Values of the system, consecutive months.
    exog : ndarray, shape (T, m)
        Exogenous columns of the same months.
    lags : int
        Number of lags ``p``.
    skip : int, optional
        First month that is a row; `lags` by default. Later ones put several lag orders on the
        same sample.

    Returns
    -------
    ndarray, shape (T - skip, m + n * p)
    """
    start = lags if skip is None else skip
    past = [endog[start - lag : len(endog) - lag] for lag in range(1, lags + 1)]
    return np.hstack([exog[start:], *past])


def split_coefficients(coefficients: Array, m: int, lags: int) -> tuple[Array, Array]:
    """Split stacked coefficients into exogenous ones and lag matrices.

    Parameters
    ----------
    coefficients : ndarray, shape (..., m + n * p, n)
        In the order of `regressors`.
    m : int
        Number of exogenous columns.
    lags : int
        Number of lags ``p``.

    Returns
    -------
    exog_coefs : ndarray, shape (..., m, n)
    coefs : ndarray, shape (..., p, n, n)
    """
    n = coefficients.shape[-1]
    lagged = coefficients[..., m:, :].reshape(*coefficients.shape[:-2], lags, n, n)
    return coefficients[..., :m, :], np.swapaxes(lagged, -1, -2)


def estimate_var(endog: Array, exog: Array, lags: int) -> VarEstimate:
    """Estimate a vector autoregression by least squares.

    Parameters
    ----------
    endog : ndarray, shape (T, n)
        Values of the system, consecutive months without NaN.
    exog : ndarray, shape (T, m)
        Exogenous columns; put a column of ones first for a constant.
    lags : int
        Number of lags ``p``.

    Returns
    -------
    VarEstimate

    Raises
    ------
    ShortHistoryError
        If there are fewer rows than regressors plus series.
    """
    rows, columns = _shape(endog, exog, lags, lags)
    X, Y = regressors(endog, exog, lags), endog[lags:]
    coefficients = _solve(X, Y)
    residuals = Y - X @ coefficients
    exog_coefs, coefs = split_coefficients(coefficients, exog.shape[1], lags)
    return VarEstimate(exog_coefs, coefs, residuals.T @ residuals / (rows - columns), residuals)


def lag_criteria(endog: Array, exog: Array, max_lags: int) -> dict[str, Array]:
    """Information criteria of all lag orders on the sample that the largest one leaves.

    One factorisation serves all orders: their regressors are nested, so the residual
    cross-product of an order is that of the largest plus what its missing columns explain.

    Parameters
    ----------
    endog : ndarray, shape (T, n)
        Values of the system, consecutive months without NaN.
    exog : ndarray, shape (T, m)
        Exogenous columns.
    max_lags : int
        Largest lag order.

    Returns
    -------
    dict of str to ndarray, shape (max_lags,)
        ``"aic"``, ``"bic"`` and ``"hq"`` of orders 1 to `max_lags`: ``log det S + c k n / rows``
        with ``S`` the residual covariance without correction for degrees of freedom, ``k`` the
        regressors of an equation and ``c`` 2, ``log rows`` and ``2 log log rows``
        (Lütkepohl 2005, section 4.3).

    Raises
    ------
    ShortHistoryError
        If there are fewer rows than regressors plus series.
    """
    rows, _ = _shape(endog, exog, max_lags, max_lags)
    X, Y = regressors(endog, exog, max_lags), endog[max_lags:]
    m, n = exog.shape[1], endog.shape[1]
    sizes = m + n * np.arange(1, max_lags + 1)
    Q, R = np.linalg.qr(X / _scale(X))
    if np.abs(np.diag(R)).min() < _COLLINEAR:
        crossed = [_cross_product(X[:, :size], Y) for size in sizes]
    else:
        explained = Q.T @ Y
        left_over = Y - Q @ explained
        tails = [explained[size:] for size in sizes]
        crossed = [left_over.T @ left_over + tail.T @ tail for tail in tails]
    return criteria(np.array(crossed), rows, sizes)


def criteria(
    cross_products: Array, rows: int | npt.NDArray[np.intp], sizes: npt.NDArray[np.intp]
) -> dict[str, Array]:
    """Information criteria from residual cross-products.

    Parameters
    ----------
    cross_products : ndarray, shape (..., n, n)
        Residual cross-products ``E'E``.
    rows, sizes : int or ndarray
        Number of rows and of regressors an equation, broadcast against the leading axes.

    Returns
    -------
    dict of str to ndarray
    """
    count = np.asarray(rows, dtype=np.float64)
    n = cross_products.shape[-1]
    _, logdet = np.linalg.slogdet(cross_products / count[..., None, None])
    free = sizes * n / count
    return {
        "aic": logdet + 2.0 * free,
        "bic": logdet + np.log(count) * free,
        "hq": logdet + 2.0 * np.log(np.log(count)) * free,
    }


def companion(coefs: Array) -> Array:
    """Companion matrix of a vector autoregression.

    Parameters
    ----------
    coefs : ndarray, shape (p, n, n)

    Returns
    -------
    ndarray, shape (n * p, n * p)
    """
    lags, n, _ = coefs.shape
    matrix = np.eye(n * lags, k=-n)
    matrix[:n] = coefs.transpose(1, 0, 2).reshape(n, n * lags)
    return matrix


def largest_root(coefs: Array) -> float:
    """Largest modulus among the eigenvalues of the companion matrix; below 1 is stationary."""
    return float(np.abs(np.linalg.eigvals(companion(coefs))).max())


def surely_stationary(coefs: Array) -> npt.NDArray[np.bool_]:
    """Whether many autoregressions are stationary beyond doubt, without their eigenvalues.

    A power of the companion matrix with a norm below 1 proves it. Where none up to the 128th has
    one well below it, `largest_root` has to tell. Half of the digits are enough for that.

    Parameters
    ----------
    coefs : ndarray, shape (O, p, n, n)

    Returns
    -------
    ndarray of bool, shape (O,)
    """
    origins, lags, n, _ = coefs.shape
    power = np.empty((origins, n * lags, n * lags), dtype=np.float32)
    power[:] = np.eye(n * lags, k=-n)
    power[:, :n] = coefs.swapaxes(1, 2).reshape(origins, n, n * lags)
    left = np.arange(origins)
    proven = np.zeros(origins, dtype=bool)
    for squared in range(8):
        # Low powers have norms above 1 as a rule, and looking at them costs as much as squaring.
        if squared > 2:
            below = np.abs(power).sum(axis=2).max(axis=1) < 0.5
            proven[left[below]] = True
            left, power = left[~below], power[~below]
            if not len(left):
                break
        with np.errstate(over="ignore", invalid="ignore"):
            power = power @ power
    return proven


def refuse_constant(columns: Mapping[str, Array], where: str) -> None:
    """Refuse series that never move in a window.

    Parameters
    ----------
    columns : mapping of str to ndarray
        Values of each series in the window.
    where : str
        Which window, for the message.

    Raises
    ------
    ModelError
        Naming the first series that is constant.
    """
    for name, values in columns.items():
        if np.ptp(values) <= _ROUNDING:
            raise ModelError(
                f"got {name} constant {where}, which leaves nothing to regress on; leave the "
                "series out or start where it moves"
            )


def _shape(endog: Array, exog: Array, lags: int, skip: int) -> tuple[int, int]:
    rows = len(endog) - skip
    columns = exog.shape[1] + endog.shape[1] * lags
    # Fewer would leave a residual covariance without full rank.
    if rows < columns + endog.shape[1]:
        raise ShortHistoryError(
            f"got {len(endog)} months, which leave {max(rows, 0)} rows for {columns} regressors an "
            f"equation and {endog.shape[1]} series; needed are "
            f"{columns + endog.shape[1] + skip} months: use fewer lags or series, or a longer "
            "history"
        )
    return rows, columns


def _scale(X: Array) -> Array:
    length: Array = np.linalg.norm(X, axis=0)
    length[length == 0.0] = 1.0
    return length


def _solve(X: Array, Y: Array) -> Array:
    """Least squares by QR, by singular values where columns are collinear."""
    scale = _scale(X)
    Q, R = np.linalg.qr(X / scale)
    if np.abs(np.diag(R)).min() < _COLLINEAR:
        solution = np.linalg.lstsq(X / scale, Y, rcond=_COLLINEAR)[0]
    else:
        solution = solve_triangular(R, Q.T @ Y)
    coefficients: Array = solution / scale[:, None]
    return coefficients


def _cross_product(X: Array, Y: Array) -> Array:
    residuals = Y - X @ _solve(X, Y)
    crossed: Array = residuals.T @ residuals
    return crossed
