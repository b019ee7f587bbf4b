"""Many small robust regressions at once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tradeshock.models.adjustment import HUBER, ROUNDS, SCALE_OF_NORMAL

Floats = npt.NDArray[np.float64]


def huber_regressions(x: Floats, y: Floats, weights: Floats, count: npt.NDArray[np.intp]) -> Floats:
    """Coefficients of many Huber M-regressions, each as `huber_regression` gives them.

    Parameters
    ----------
    x : ndarray, regressions by observations by columns
    y, weights : ndarray, regressions by observations
    count : ndarray of int, regressions
        How many of the first observations are there; the rest is padding of weight zero.

    Returns
    -------
    ndarray, regressions by columns
        Minimum-norm where columns are collinear.
    """
    padding = np.arange(x.shape[1]) >= count[:, None]
    w = weights
    for _ in range(ROUNDS):
        xw = (x * w[:, :, None]).transpose(0, 2, 1)
        coefs = _solved(xw @ x, (xw @ y[:, :, None])[:, :, 0])
        residuals = y - (x @ coefs[:, :, None])[:, :, 0]
        gap = np.abs(residuals - _medians(residuals, padding, count)[:, None])
        cut = (HUBER / SCALE_OF_NORMAL * _medians(gap, padding, count))[:, None]
        # A fit that meets more than half of its observations exactly is taken as it is.
        least = np.minimum(1.0, cut / np.maximum(np.abs(residuals), np.where(cut > 0, cut, 1.0)))
        w = np.where(cut > 0, weights * least, w)
    return np.asarray(coefs, dtype=np.float64)


def _solved(normal: Floats, crossed: Floats) -> Floats:
    try:
        return np.asarray(np.linalg.solve(normal, crossed[:, :, None])[:, :, 0], dtype=np.float64)
    except np.linalg.LinAlgError:
        inverse = np.linalg.pinv(normal, rcond=1e-10, hermitian=True)
        return np.asarray((inverse @ crossed[:, :, None])[:, :, 0])


def _medians(values: Floats, padding: npt.NDArray[np.bool_], count: npt.NDArray[np.intp]) -> Floats:
    """Median of each row without its padding."""
    ordered = np.sort(np.where(padding, np.inf, values), axis=1)
    rows = np.arange(len(values))
    middle: Floats = 0.5 * (ordered[rows, (count - 1) // 2] + ordered[rows, count // 2])
    return middle
