"""A fitted linear system as the structural tools see it: figures, coefficients, and their law."""

from __future__ import annotations

from dataclasses import dataclass
from functools import singledispatch

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.errors import ModelError
from tradeshock.models.algebra.least_squares import regressors, split_coefficients
from tradeshock.models.algebra.minnesota import Posterior, draw
from tradeshock.models.systems.bvar import TAILS, BayesianVAR
from tradeshock.models.systems.calendar_regressors import calendar_regressors
from tradeshock.models.systems.var import VAR

__all__ = ["Estimate", "Parameters", "estimate_of"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Parameters:
    """Parameters of a system, of one estimate or of many draws.

    Parameters
    ----------
    exog_coefs : ndarray, shape (D, m, n)
        Coefficients of the deterministic columns.
    coefs : ndarray, shape (D, p, n, n)
        ``coefs[d, l]`` multiplies values ``l + 1`` months ago.
    covariance : ndarray, shape (D, n, n)
        Of a month's innovations.
    """

    exog_coefs: Floats
    coefs: Floats
    covariance: Floats

    def __getitem__(self, chosen: npt.NDArray[np.intp] | slice) -> Parameters:
        return Parameters(self.exog_coefs[chosen], self.coefs[chosen], self.covariance[chosen])


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


@singledispatch
def estimate_of(model: object) -> Estimate:
    """Return a fitted system as an estimate with the law of its parameters.

    Parameters
    ----------
    model : VAR or BayesianVAR
        Fitted. The law of a `VAR` is the one that least squares has under a flat prior: an
        inverse Wishart covariance and normal coefficients (Sims and Zha 1999); that of a
        `BayesianVAR` is its posterior.

    Raises
    ------
    ModelError
        If it is neither, or not fitted.
    """
    raise ModelError(
        f"got {type(model).__name__}, expected a fitted VAR or BayesianVAR, such as "
        "VAR().fit(panel)"
    )


@estimate_of.register
def _of_var(model: VAR) -> Estimate:
    model._check_fitted()
    rows = model.design.rows(model.levels_.growth)
    first = len(model.levels_.growth) - len(model.levels_.growth[rows])
    months = model.levels_.complete_months[1:][first:]
    values = model.levels_.growth[rows]
    exog = calendar_regressors(months, model.panel_.calendar if model.calendar else None)
    exog_coefs = np.vstack([model.intercept_, model.calendar_coefs_])
    x = regressors(values, exog, model.lags_)
    lagged = model.coefs_.transpose(0, 2, 1).reshape(-1, values.shape[1])
    dof = len(x) - x.shape[1]
    law = Posterior(
        mean=np.vstack([exog_coefs, lagged]),
        precision=x.T @ x,
        scale=model.covariance_ * dof,
        dof=float(dof),
        log_evidence=np.nan,
    )
    return Estimate(
        name=type(model).__name__,
        series=model.series_,
        logs=model.levels_.logs,
        targets=len(model.target_),
        months=months,
        values=values,
        exog=exog,
        point=Parameters(exog_coefs[None], model.coefs_[None], model.covariance_[None]),
        law=law,
        spread=1.0,
        scales=np.ones((len(x), 1)),
        growth=True,
        start=model.levels_.complete[first],
    )


@estimate_of.register
def _of_bayesian_var(model: BayesianVAR) -> Estimate:
    model._check_fitted()
    months = model.levels_.complete_months
    scales = model.volatility_.reindex(months[model.lags :]).fillna(1.0)
    constant = model.posterior_.mean[:1]
    return Estimate(
        name=type(model).__name__,
        series=model.series_,
        logs=model.levels_.logs,
        targets=len(model.target_),
        months=months,
        values=model.levels_.complete - model.centre_,
        exog=np.ones((len(months), 1)),
        point=Parameters(constant[None], model.coefs_[None], model.covariance_[None]),
        law=model.posterior_,
        spread=TAILS / (TAILS - 2.0),
        scales=np.asarray(scales, dtype=np.float64)[:, None],
        growth=False,
        start=model.centre_,
    )
