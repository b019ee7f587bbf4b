"""What callers of scores and tests hand in, checked in one place."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.errors import ScoreError

Array = npt.NDArray[np.float64]


def floats(values: npt.ArrayLike) -> Array:
    """Figures as an array of floats.

    Raises
    ------
    ScoreError
        If they are no figures.
    """
    try:
        if np.iscomplexobj(values):
            raise TypeError
        return np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        raise ScoreError(
            f"{_shown(values)} holds what is no figure; hand in numbers, NaN where there is none."
        ) from None


def vector(values: Array) -> Array:
    """The same figures, if they are one a month.

    Raises
    ------
    ScoreError
        If they are a table or a single number.
    """
    if values.ndim != 1:
        raise ScoreError(f"Got figures of shape {values.shape}; hand in one for each month.")
    return values


def share(value: Any, what: str) -> float:
    """A number between 0 and 1, both excluded.

    Raises
    ------
    ScoreError
        If it is none.
    """
    if not isinstance(value, float | int | np.floating) or not 0.0 < value < 1.0:
        raise ScoreError(f"{what} is {value!r}; give a number between 0 and 1, such as 0.9.")
    return float(value)


def whole(value: Any, what: str, least: int = 1) -> int:
    """A whole number, at least as large as another.

    Raises
    ------
    ScoreError
        If it is none.
    """
    is_number = isinstance(value, int | np.integer) and not isinstance(value, bool)
    if not is_number or value < least:
        raise ScoreError(f"{what} is {value!r}; give a whole number, at least {least}.")
    return int(value)


def frame(value: Any, what: str) -> pd.DataFrame:
    """A DataFrame.

    Raises
    ------
    ScoreError
        If it is none.
    """
    if not isinstance(value, pd.DataFrame):
        raise ScoreError(f"{what} is of type {type(value).__name__}; hand in a DataFrame.")
    return value


def _shown(values: object) -> str:
    text = repr(values)
    return text if len(text) <= 60 else f"{text[:57]}..."
