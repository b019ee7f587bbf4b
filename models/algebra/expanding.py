"""Least squares at many consecutive origins at once: the blocked update.

Origin ``o`` sees the first ``first + o`` rows of one regression. With ``R0``, ``B0`` the
triangular factor and whitened coefficients of the first window and ``W`` the later regressors,

    W~ = W R0^-1,   I + W~ W~' = L L',   U = L^-1 (Y - W~ B0),   V = L^-1 W~,

the whitened coefficients of every origin are ``B0`` plus cumulated ``V_r' U_r`` and the residual
cross-products those of the first window plus cumulated ``U_r' U_r``: leading blocks of a Cholesky
factor are the factors of the leading blocks. The triangle is renewed every 80 rows, by a QR of
itself on top of the new rows, so no cross-product of the data is ever formed. Data are centred and
scaled by the first window alone, so no origin sees a later one.

Shapes: ``N`` rows, ``k`` regressors, ``n`` series, ``p`` lags, ``m`` exogenous columns, ``O``
origins, ``O = N - first + 1``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.linalg import qr
from scipy.linalg.lapack import dtrcon, dtrtrs

from tradeshock.features.errors import ModelError, ShortHistoryError
from tradeshock.models.algebra.least_squares import (
    criteria,
    estimate_var,
    regressors,
    split_coefficients,
)
from tradeshock.models.algebra.scaling import Scaling

__all__ = [
    "WORST_CONDITION",
    "VarReplay",
    "replay_criteria",
    "replay_regression",
    "replay_var",
]

Array = npt.NDArray[np.float64]

BLOCK = 80
# Growth and levels of live series stay below 1e3 (1-norm, first triangle). Far beyond it the update
# loses the digits that a factorisation an origin keeps; with an exact identity it gave 1e151.
WORST_CONDITION = 1e4


class _Block(NamedTuple):
    """One stretch of rows: triangle before it and whitened updates inside."""

    triangle: Array
    whitened: Array
    crossed: Array
    V: Array
    U: Array


def replay_regression(
    X: Array,
    Y: Array,
    first: int,
    block: int = BLOCK,
    spreads: tuple[Array, Array] | None = None,
) -> tuple[Array, Array]:
    """Regression coefficients of every expanding window.

    Parameters
    ----------
    X : ndarray, shape (N, k)
        Regressors, in comparable units.
    Y : ndarray, shape (N, n)
        Regressands.
    first : int
        Rows of the first window, at least ``k + n``.
    block : int
        Rows between two renewals of the triangle.
    spreads : tuple of ndarray, shapes (k,) and (n,), optional
        What the columns were divided by; results are those of the undivided ones.

    Returns
    -------
    coefficients : ndarray, shape (O, k, n)
    cross_products : ndarray, shape (O, n, n)
        Residual cross-products ``E'E``.

    Raises
    ------
    ShortHistoryError
        If the first window is too short.
    ModelError
        If its regressors are too close to collinear for an update.
    """
    k, n = X.shape[1], Y.shape[1]
    coefficients = np.empty((len(X) - first + 1, k, n))
    crossed = np.empty((len(X) - first + 1, n, n))
    left, right = (np.ones(k), np.ones(n)) if spreads is None else spreads
    at = 0
    for part in _blocks(X, Y, first, block):
        # Solve for the updates before they are cumulated: one column a row, not n of them.
        solved = _divided(part.triangle, np.hstack([part.whitened, part.V.T])) / left[:, None]
        U = part.U * right
        path = coefficients[at : at + len(U) + 1]
        path[0] = solved[:, :n] * right
        np.multiply(solved[:, n:].T[:, :, None], U[:, None, :], out=path[1:])
        np.cumsum(path, axis=0, out=path)
        _cumulate(part.crossed * right[:, None] * right, U, crossed[at : at + len(path)])
        at += len(U)
    return coefficients, crossed


def _cumulate(start: Array, U: Array, out: Array) -> None:
    """Cross-products of every origin of a block, from the first one's and the updates."""
    out[0] = start
    np.multiply(U[:, :, None], U[:, None, :], out=out[1:])
    np.cumsum(out, axis=0, out=out)


def _divided(triangle: Array, right: Array, trans: int = 0) -> Array:
    """Solve an upper triangular system, or its transpose."""
    solved: Array = dtrtrs(triangle, right, lower=0, trans=trans)[0]
    return solved


def _blocks(X: Array, Y: Array, first: int, block: int) -> Iterator[_Block]:
    k, n = X.shape[1], Y.shape[1]
    if first < k + n or first > len(X):
        raise ShortHistoryError(
            f"got a first window of {first} rows out of {len(X)} for {k} regressors and {n} "
            f"series; expected between {k + n} and {len(X)}"
        )
    table = np.hstack([X, Y])
    corner = _triangle(table[:first])
    if dtrcon(corner[:k, :k])[0] * WORST_CONDITION < 1.0:
        raise ModelError(
            "got regressors of the first window that are (nearly) collinear; drop a column or "
            "fit each origin by itself"
        )
    # An empty block still yields the first window itself.
    for start in range(first, max(len(X), first + 1), block):
        rows = slice(start, min(start + block, len(X)))
        triangle, whitened = corner[:k, :k], corner[:k, k:]
        crossed = corner[k:, k:].T @ corner[k:, k:]
        W = _divided(triangle, X[rows].T, trans=1).T
        V, U = _whiten(W, Y[rows] - W @ whitened)
        yield _Block(triangle, whitened, crossed, V, U)
        if rows.stop < len(X):
            corner = _triangle(np.vstack([corner, table[rows]]))


def _triangle(table: Array) -> Array:
    triangle: Array = qr(table, mode="r", check_finite=False)[0][: table.shape[1]]
    return triangle


def _whiten(W: Array, E: Array) -> tuple[Array, Array]:
    if len(W) == 0:
        return W, E
    factor = np.linalg.cholesky(np.eye(len(W)) + W @ W.T)
    both = dtrtrs(factor, np.hstack([W, E]), lower=1)[0]
    return both[:, : W.shape[1]], both[:, W.shape[1] :]


def replay_criteria(
    endog: Array, exog: Array, max_lags: int, first: int, series: Sequence[str]
) -> dict[str, Array]:
    """Information criteria of all lag orders at every origin.

    The triangle of the largest order holds those of all smaller ones as leading blocks.

    Parameters
    ----------
    endog : ndarray, shape (T, n)
        Values of the system.
    exog : ndarray, shape (T, m)
        Exogenous columns, a column of ones first.
    max_lags : int
        Largest lag order.
    first : int
        Months that the first origin sees; the others see one more each.
    series : sequence of str
        Names, for error messages.

    Returns
    -------
    dict of str to ndarray, shape (O, max_lags)
        As `tradeshock.models.algebra.least_squares.lag_criteria` at each origin.
    """
    m, n = exog.shape[1], endog.shape[1]
    scaled = Scaling.fit(endog, exog, first, series)
    X = regressors(scaled.endog, scaled.exog, max_lags)
    Y = scaled.endog[max_lags:]
    sizes = m + n * np.arange(1, max_lags + 1)
    origins = len(endog) - first + 1
    crossed = np.empty((max_lags, origins, n, n))
    at = 0
    for part in _blocks(X, Y, first - max_lags, BLOCK):
        # Undo the whitening by the largest order: the leading columns are those of a smaller one.
        rows = slice(first - max_lags + at, first - max_lags + at + len(part.U))
        W = _divided(part.triangle, X[rows].T, trans=1).T
        until, K, E = 0, np.eye(len(W)), Y[rows]
        for order, size in enumerate(sizes.tolist()):
            added = np.ascontiguousarray(W[:, until:size])
            K += added @ added.T
            E = E - added @ part.whitened[until:size]
            U = dtrtrs(np.linalg.cholesky(K), E, lower=1)[0] if len(W) else E
            tail = part.whitened[size:]
            nested = part.crossed + tail.T @ tail
            _cumulate(nested, U, crossed[order, at : at + len(U) + 1])
            until = size
        at += len(part.U)
    # Scaling moves the log determinant of every order alike, back to the series' own units here.
    crossed *= scaled.spread[:, None] * scaled.spread[None, :]
    rows_seen = np.arange(first, len(endog) + 1) - max_lags
    return criteria(crossed.transpose(1, 0, 2, 3), rows_seen[:, None], sizes)


@dataclass(frozen=True)
class VarReplay:
    """Vector autoregressions of all origins.

    Parameters
    ----------
    exog_coefs : ndarray, shape (O, m, n)
    coefs : ndarray, shape (O, p, n, n)
    sigma_u : ndarray, shape (O, n, n)
        Residual covariance with degrees of freedom taken off.
    """

    exog_coefs: Array
    coefs: Array
    sigma_u: Array

    def at(self, places: npt.NDArray[np.intp]) -> VarReplay:
        """Those of some origins, at least one; views of these arrays where they are consecutive."""
        first, size = int(places[0]), len(places)
        in_a_row = np.array_equal(places, np.arange(first, first + size))
        rows = slice(first, first + size) if in_a_row else places
        return VarReplay(self.exog_coefs[rows], self.coefs[rows], self.sigma_u[rows])


def replay_var(
    endog: Array, exog: Array, lags: int, first: int, series: Sequence[str]
) -> VarReplay:
    """Estimate a vector autoregression at every origin.

    Parameters
    ----------
    endog : ndarray, shape (T, n)
        Values of the system, consecutive months without NaN.
    exog : ndarray, shape (T, m)
        Exogenous columns, a column of ones first.
    lags : int
        Number of lags.
    first : int
        Months that the first origin sees; the others see one more each.
    series : sequence of str
        Names, for error messages.

    Returns
    -------
    VarReplay
        Origin by origin what `tradeshock.models.algebra.least_squares.estimate_var` gives. Where
        the regressors of the first window are collinear it is called for each origin instead.

    Raises
    ------
    ShortHistoryError
        If the first window has fewer rows than regressors plus series.
    ModelError
        If a series is constant in the first window.
    """
    m = exog.shape[1]
    scaled = Scaling.fit(endog, exog, first, series)
    X = regressors(scaled.endog, scaled.exog, lags)
    try:
        solved, crossed = replay_regression(
            X, scaled.endog[lags:], first - lags, spreads=scaled.spreads(lags)
        )
    except ShortHistoryError:
        raise
    except ModelError:
        fits = [estimate_var(endog[:seen], exog[:seen], lags) for seen in _seen(endog, first)]
        return VarReplay(
            np.array([fit.exog_coefs for fit in fits]),
            np.array([fit.coefs for fit in fits]),
            np.array([fit.sigma_u for fit in fits]),
        )
    exog_coefs, coefs = scaled.moved_back(*split_coefficients(solved, m, lags))
    freedom = np.array(_seen(endog, first)) - lags - X.shape[1]
    return VarReplay(exog_coefs, coefs, crossed / freedom[:, None, None])


def _seen(endog: Array, first: int) -> range:
    return range(first, len(endog) + 1)
