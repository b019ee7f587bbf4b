"""Bands over draws, and arrays by shock, step and series as tidy frames."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["banded", "tidy"]

Floats = npt.NDArray[np.float64]


def banded(draws: Floats, point: Floats | None, coverage: float) -> tuple[Floats, Floats, Floats]:
    """Estimate, or median where there is none, and the ends of the band over draws."""
    tail = (1.0 - coverage) / 2.0
    low, middle, high = np.quantile(draws, [tail, 0.5, 1.0 - tail], axis=0)
    return (middle if point is None else point), low, high


def tidy(
    shocks: tuple[str, ...],
    steps: range,
    series: tuple[str, ...],
    columns: dict[str, Floats],
) -> pd.DataFrame:
    """Tidy frame of arrays of shape (shocks, steps, series), sorted by shock, series and step."""
    index = pd.MultiIndex.from_product([shocks, series, steps], names=["shock", "series", "step"])
    frame = pd.DataFrame(
        {name: values.transpose(0, 2, 1).ravel() for name, values in columns.items()}, index
    )
    return frame.reset_index()
