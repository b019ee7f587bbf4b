"""What residuals of a system still hold."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.models.diagnostics.summary import statsmodels_fit
from tradeshock.models.parameters import whole
from tradeshock.models.structure.arguments import demand
from tradeshock.models.structure.learned import estimate_of
from tradeshock.models.systems.system import LinearSystem
from tradeshock.models.systems.var import VAR

__all__ = ["residual_tests"]

Floats = npt.NDArray[np.float64]
Row = tuple[str, str, float, float, float]

SYSTEM = "system"


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


def _of_system(model: VAR, lags: int) -> list[Row]:
    fitted = statsmodels_fit(model)
    white = fitted.test_whiteness(lags, adjusted=True)
    normal = fitted.test_normality()
    return [
        ("portmanteau", SYSTEM, white.test_statistic, float(white.df), white.pvalue),
        ("normality", SYSTEM, normal.test_statistic, float(normal.df), normal.pvalue),
    ]


def _of_series(id: str, residuals: Floats, lags: int) -> list[Row]:
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
