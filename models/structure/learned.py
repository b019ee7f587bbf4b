"""What a fitted model has learned, as an estimate with the law of its parameters."""

from __future__ import annotations

from functools import singledispatch

import numpy as np

from tradeshock.features.errors import ModelError
from tradeshock.models.algebra.least_squares import regressors
from tradeshock.models.algebra.minnesota import Posterior
from tradeshock.models.structure.draws import Parameters
from tradeshock.models.structure.estimate import Estimate
from tradeshock.models.systems.bvar import TAILS, BayesianVAR
from tradeshock.models.systems.calendar_regressors import calendar_regressors
from tradeshock.models.systems.var import VAR

__all__ = ["estimate_of"]


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
