"""Tests of an estimated system: who leads whom, and what its residuals still hold."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.errors import ModelError
from tradeshock.models.parameters import whole
from tradeshock.models.structure.arguments import demand
from tradeshock.models.structure.estimate import Estimate, estimate_of
from tradeshock.models.systems.system import LinearSystem
from tradeshock.models.systems.var import VAR

__all__ = ["granger_causality", "residual_tests", "var_summary"]

Floats = npt.NDArray[np.float64]

SYSTEM = "system"
# Coefficients that differ by more were not learned from the figures at hand.
_SAME = 1e-6


def granger_causality(model: VAR) -> pd.DataFrame:
    """Test whether the lags of one series help to predict another (Granger 1969).

    Parameters
    ----------
    model : VAR
        Fitted.

    Returns
    -------
    DataFrame
        A row for each ordered pair, and one with all others as causing: caused, causing,
        statistic (F), df_num, df_denom, p_value of no causality.

    Raises
    ------
    ModelError
        If it is no fitted `VAR`, or was updated without learning again.
    """
    fitted, series = _statsmodels_fit(model), model.series_
    rows = []
    for caused in series:
        others = [id for id in series if id != caused]
        groups = [(id, [id]) for id in others]
        if len(others) > 1:
            groups.append(("all others", others))
        for name, causing in groups:
            test = fitted.test_causality(caused, causing, kind="f")
            rows.append((caused, name, test.test_statistic, *test.df, test.pvalue))
    columns = ["caused", "causing", "statistic", "df_num", "df_denom", "p_value"]
    return pd.DataFrame(rows, columns=columns)


def residual_tests(model: LinearSystem, lags: int = 12) -> pd.DataFrame:
    """Test residuals for what a system should have left in none of them.

    Parameters
    ----------
    model : VAR or BayesianVAR
        Fitted. Residuals of a `BayesianVAR` are those of its posterior mean, divided by the
        month's volatility.
    lags : int
        Lags of the tests of autocorrelation and of conditional heteroskedasticity.

    Returns
    -------
    DataFrame
        Columns test, series, statistic, df, p_value. Of each series: ``autocorrelation`` (Ljung
        and Box), ``arch`` (Engle) and ``normality`` (Jarque and Bera); of a `VAR` also those of
        all series together, ``portmanteau`` (adjusted, Lütkepohl 2005, eq. 4.4.23) and
        ``normality`` (eq. 4.5.13), where series is "system". All by statsmodels.

    Raises
    ------
    ModelError
        If it is no fitted `VAR` or `BayesianVAR`, or lags leave too few months or no degrees of
        freedom.
    """
    estimate = estimate_of(model)
    residuals = estimate.innovations(estimate.point)[0] / estimate.scales
    demand(lags, "lags", whole(estimate.lags + 1, max(len(residuals) // 4, estimate.lags + 1)))
    rows = _of_system(model, int(lags)) if isinstance(model, VAR) else []
    for id, own in zip(estimate.series, residuals.T, strict=True):
        rows += _of_series(id, own, int(lags))
    return pd.DataFrame(rows, columns=["test", "series", "statistic", "df", "p_value"])


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
    return _statsmodels_fit(model).summary()


def _statsmodels_fit(model: VAR) -> Any:
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


def _of_system(model: VAR, lags: int) -> list[tuple[str, str, float, float, float]]:
    fitted = _statsmodels_fit(model)
    white = fitted.test_whiteness(lags, adjusted=True)
    normal = fitted.test_normality()
    return [
        ("portmanteau", SYSTEM, white.test_statistic, float(white.df), white.pvalue),
        ("normality", SYSTEM, normal.test_statistic, float(normal.df), normal.pvalue),
    ]


def _of_series(id: str, residuals: Floats, lags: int) -> list[tuple[str, str, float, float, float]]:
    from statsmodels.stats.diagnostic import acorr_ljungbox, het_arch
    from statsmodels.stats.stattools import jarque_bera

    box = acorr_ljungbox(residuals, [lags]).iloc[0]
    arch = het_arch(residuals, nlags=lags, result_object=False)
    bera = jarque_bera(residuals)
    return [
        ("autocorrelation", id, float(box["lb_stat"]), float(lags), float(box["lb_pvalue"])),
        ("arch", id, float(arch[0]), float(lags), float(arch[1])),
        ("normality", id, float(bera[0]), 2.0, float(bera[1])),
    ]
