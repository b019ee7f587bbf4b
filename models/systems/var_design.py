"""How a vector autoregression learns: lags, their choice, window, and the months that they need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from tradeshock.features.errors import ModelError
from tradeshock.models.algebra.least_squares import lag_criteria

__all__ = ["VarDesign"]

Floats = npt.NDArray[np.float64]

# Fewer rows a regressor, and the criteria reward lag orders for exhausting the sample.
_ROWS_A_REGRESSOR = 1.5


@dataclass(frozen=True)
class VarDesign:
    """Parameters of `tradeshock.models.systems.var.VAR` that say how it learns.

    Parameters
    ----------
    lags : int, optional
        Number of lags; chosen by `criterion` if None.
    criterion : {"aic", "bic", "hq"}
    max_lags : int
        Largest order tried.
    window : int, optional
        Last months of growth that are learned from; all if None.
    """

    lags: int | None
    criterion: Literal["aic", "bic", "hq"]
    max_lags: int
    window: int | None

    def rows(self, endog: Floats) -> slice:
        """Rows that are learned from."""
        return slice(max(len(endog) - (self.window or len(endog)), 0), None)

    def fewest(self, columns: int, n: int) -> int:
        """Months that all of `n` series must have, with so many exogenous columns."""
        lags = self.lags or 1
        # One month more for the first difference; rows for a covariance of full rank.
        return columns + n * lags + n + lags + 1

    def too_short(self, fewest: int) -> bool:
        """Whether the window is, where so many months are needed, the first one for growth."""
        return self.window is not None and self.window < fewest - 1

    def refuse_short_window(self, fewest: int, n: int) -> None:
        """Demand a window that leaves enough months for `n` series.

        Raises
        ------
        ModelError
        """
        if self.too_short(fewest):
            raise ModelError(
                f"got window={self.window}, but {n} series with {self.lags or 1} "
                f"lags need {fewest - 1} months; use a longer window, fewer series or lags"
            )

    def order(self, endog: Floats, exog: Floats) -> int:
        """Lag order that is given, or that the criterion chooses."""
        if self.lags is not None:
            return self.lags
        highest = self.highest_order(len(endog), endog.shape[1], exog.shape[1])
        if highest == 1:
            return 1
        return int(lag_criteria(endog, exog, highest)[self.criterion].argmin()) + 1

    def highest_order(self, months: int, n: int, columns: int) -> int:
        """Largest order tried: fewer where less than 1.5 months a regressor would be left."""
        orders = np.arange(1, self.max_lags + 1)
        enough = months - orders >= _ROWS_A_REGRESSOR * (columns + n * orders)
        return max(int(enough.sum()), 1)
