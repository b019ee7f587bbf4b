"""Floats laid out so that they compress: byte by byte of all, not float by float.

Signs and exponents of neighbours are alike and their last digits are noise. Side by side the former
shrink to nearly nothing; between the latter they do not. No bit changes.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]
FLOAT = np.dtype("<f8")


def to_planes(numbers: npt.NDArray[Any]) -> Bytes:
    """Bytes of floats, 8 by number of floats: all first bytes, all second ones and so on."""
    ordered = np.ascontiguousarray(numbers, dtype=FLOAT)
    return np.ascontiguousarray(ordered.view(np.uint8).reshape(-1, FLOAT.itemsize).T)


def from_planes(stored: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Floats that `to_planes` took apart, bit for bit; any other array as it is."""
    if stored.dtype != np.uint8:
        return stored
    return np.ascontiguousarray(stored.T).view(FLOAT).reshape(-1)
