"""A fitted linear system as the structural tools see it: figures, coefficients, and their law."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.errors import ModelError
from tradeshock.models.algebra.least_squares import split_coefficients
from tradeshock.models.algebra.minnesota import Posterior, draw
from tradeshock.models.structure.draws import Parameters

__all__ = ["Estimate"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Estimate:
    """A fitted system: ``z_t = C x_t + A_1 z_{t-1} + ... + A_p z_{t-p} + e_t``.

    Parameters
    ----------
    name : str
        Class of the model.
    series : tuple of str
        Ids of the ``n`` series.
    logs : ndarray of bool, shape (n,)
        Which are in logs: their levels are log points, the others' own units.
    targets : int
        How many of the first series are targets.
    months : PeriodIndex
        The ``T`` months of the values.
    values : ndarray, shape (T, n)
        Growth, or (log) levels less `start`.
    exog : ndarray, shape (T, m)
        Deterministic columns, the constant first.
    point : Parameters
        As estimated (posterior mean), one draw.
    law : Posterior
        Joint law of coefficients and covariance.
    spread : float
        Covariance of a month's innovations as a multiple of the law's.
    scales : ndarray, shape (T - p, 1)
        Size of each month's innovations; 1 is a month of middling size.
    growth : bool
        Whether values are growth.
    start : ndarray, shape (n,)
        (Log) level before the first month of growth; centre of levels.
    """

    name: str
    series: tuple[str, ...]
    logs: npt.NDArray[np.bool_]
    targets: int
    months: pd.PeriodIndex
    values: Floats
    exog: Floats
    point: Parameters
    law: Posterior
    spread: float
    scales: Floats
    growth: bool
    start: Floats

    @property
    def lags(self) -> int:
        """Number of lags."""
        return int(self.point.coefs.shape[1])

    @property
    def levels(self) -> Floats:
        """(Log) levels that the values stand for, shape (T, n)."""
        values = np.cumsum(self.values, axis=0) if self.growth else self.values
        levels: Floats = self.start + values
        return levels

    def draws(self, count: int, rng: np.random.Generator) -> Parameters:
        """Draw parameters from their law.

        Raises
        ------
        ModelError
            If regressors are collinear, so that their coefficients have no law.
        """
        try:
            stacked, roots = draw(self.law, count, rng)
        except np.linalg.LinAlgError as error:
            raise ModelError(
                f"regressors of {self.name} are collinear, so its coefficients cannot be drawn; "
                "use fewer series or lags, or a longer history"
            ) from error
        exog_coefs, coefs = split_coefficients(stacked, self.exog.shape[1], self.lags)
        return Parameters(exog_coefs, coefs, self.spread * roots @ roots.swapaxes(-1, -2))

    def innovations(self, parameters: Parameters) -> Floats:
        """What the system did not expect of each month from the ``p``-th on, (D, T - p, n)."""
        fitted = parameters.exog_coefs.swapaxes(-1, -2) @ self.exog[self.lags :].T
        for lag in range(1, self.lags + 1):
            past = self.values[self.lags - lag : len(self.values) - lag]
            fitted = fitted + parameters.coefs[:, lag - 1] @ past.T
        unexpected: Floats = self.values[self.lags :] - fitted.swapaxes(-1, -2)
        return unexpected
