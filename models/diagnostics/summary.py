"""A fitted vector autoregression as statsmodels shows it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from tradeshock.features.errors import ModelError
from tradeshock.models.structure.estimate import Estimate
from tradeshock.models.structure.learned import estimate_of
from tradeshock.models.systems.var import VAR

__all__ = ["statsmodels_fit", "var_summary"]

# Coefficients that differ by more were not learned from the figures at hand.
_SAME = 1e-6


def var_summary(model: VAR) -> Any:
    """Summary of a `VAR` as users of statsmodels know it.

    Parameters
    ----------
    model : VAR
        Fitted.

    Returns
    -------
    statsmodels.tsa.vector_ar.output.VARSummary
        Shows itself as text: criteria, then coefficients with standard errors by equation, then
        correlations of residuals. Equations are of monthly growth; ``exog`` are calendar effects
        in the order of ``model.calendar_coefs_``.

    Raises
    ------
    ModelError
        If it is no fitted `VAR`, or was updated without learning again.
    """
    return statsmodels_fit(model).summary()


def statsmodels_fit(model: VAR) -> Any:
    """Fit the same regression by statsmodels.

    Raises
    ------
    ModelError
    """
    from statsmodels.tsa.api import VAR as StatsmodelsVAR

    if not isinstance(model, VAR):
        raise ModelError(
            f"got {type(model).__name__}, expected a fitted VAR: these tests are of least squares"
        )
    estimate = estimate_of(model)
    calendar = estimate.exog[:, 1:] if estimate.exog.shape[1] > 1 else None
    frame = pd.DataFrame(estimate.values, estimate.months, list(estimate.series))
    fitted = StatsmodelsVAR(frame, exog=calendar).fit(estimate.lags, trend="c")
    _refuse_held(fitted, estimate)
    return fitted


def _refuse_held(fitted: Any, estimate: Estimate) -> None:
    away = np.abs(fitted.coefs - estimate.point.coefs[0]).max()
    if away > _SAME * max(1.0, float(np.abs(fitted.coefs).max())):
        raise ModelError(
            f"{estimate.name} was updated with figures that its coefficients were not learned "
            "from; fit it again before testing it"
        )
