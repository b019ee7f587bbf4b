"""Random rotations of shocks, held against the signs that they should have."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["Checked", "checked", "random_columns"]

Array = npt.NDArray[np.float64]


def random_columns(size: tuple[int, ...], n: int, k: int, rng: np.random.Generator) -> Array:
    """First columns of uniformly drawn rotations, up to their signs.

    By the factorisation of normal matrices (Rubio-Ramirez, Waggoner and Zha 2010, theorem 9). The
    sign of a column is left open: sign restrictions choose it.

    Returns
    -------
    ndarray, shape (*size, n, k)
    """
    return np.linalg.qr(rng.standard_normal((*size, n, k)))[0]


class Checked(NamedTuple):
    """Rotations held against restrictions.

    Parameters
    ----------
    met : ndarray of bool, shape (...)
        Whether all restrictions hold.
    direction : ndarray, shape (..., k)
        1 or -1: the direction of each shock that meets more of its signs.
    failed : ndarray of int, shape (restrictions,)
        How many rotations fail each, in that direction.
    alone : ndarray of int, shape (k,)
        How many meet all signs of each shock, whatever the others do.
    """

    met: npt.NDArray[np.bool_]
    direction: Array
    failed: npt.NDArray[np.intp]
    alone: npt.NDArray[np.intp]


def checked(values: Array, shock: npt.NDArray[np.intp], wanted: Array) -> Checked:
    """Hold responses against signs.

    Parameters
    ----------
    values : ndarray, shape (..., restrictions)
        Response of each restriction.
    shock : ndarray of int, shape (restrictions,)
        Its shock.
    wanted : ndarray, shape (restrictions,)
        Its direction, 1 or -1.
    """
    right = values * wanted > 0.0
    belongs = (shock[:, None] == np.arange(int(shock.max()) + 1)).astype(float)
    share = right @ belongs / belongs.sum(axis=0)
    direction = np.where(share >= 0.5, 1.0, -1.0)
    right = right ^ (direction[..., shock] < 0.0)
    axes = tuple(range(values.ndim - 1))
    met = (right @ belongs == belongs.sum(axis=0)).reshape(*right.shape[:-1], -1)
    return Checked(met.all(axis=-1), direction, (~right).sum(axis=axes), met.sum(axis=axes))
