"""Data of a replay centred and scaled by what its first origin sees, and the way back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tradeshock.models.algebra.least_squares import refuse_constant

__all__ = ["Scaling"]

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Scaling:
    """Data centred and scaled by the first window, and the way back."""

    endog: Array
    exog: Array
    centre: Array
    spread: Array
    exog_centre: Array
    exog_spread: Array

    @classmethod
    def fit(cls, endog: Array, exog: Array, first: int, series: Sequence[str]) -> Scaling:
        """Centre and scale by the first months.

        Raises
        ------
        ModelError
            If a series is constant in them.
        """
        seen = dict(zip(series, endog[:first].T, strict=True))
        refuse_constant(seen, f"in the first window of {first} months")
        centre, spread = endog[:first].mean(axis=0), endog[:first].std(axis=0)
        exog_centre, exog_spread = exog[:first].mean(axis=0), exog[:first].std(axis=0)
        # The first column is the constant, which centring must not remove.
        exog_centre[0], exog_spread[0] = 0.0, 1.0
        exog_spread[exog_spread == 0.0] = 1.0
        return cls(
            (endog - centre) / spread,
            (exog - exog_centre) / exog_spread,
            centre,
            spread,
            exog_centre,
            exog_spread,
        )

    def spreads(self, lags: int) -> tuple[Array, Array]:
        """What the regressors of so many lags and the series were divided by."""
        return np.concatenate([self.exog_spread, np.tile(self.spread, lags)]), self.spread

    def moved_back(self, exog_coefs: Array, coefs: Array) -> tuple[Array, Array]:
        """Coefficients of data that are not centred: the arrays given, changed in place."""
        shift = self.exog_centre @ exog_coefs
        carried = coefs.sum(axis=1) @ self.centre
        exog_coefs[:, 0] += self.centre - shift - carried
        return exog_coefs, coefs
