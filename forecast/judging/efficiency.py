"""Whether forecasts use what was known: bias, slope, and how they were revised."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from tradeshock.features.errors import ScoreError
from tradeshock.forecast.judging.significance import (
    SMALLEST_SAMPLE,
    SignificanceTest,
    long_run_covariance,
)


@dataclass(frozen=True)
class MincerZarnowitz:
    """Outcome of `mincer_zarnowitz`.

    Attributes
    ----------
    intercept, slope
        Of outcomes on forecasts: 0 and 1 for an efficient forecast. A slope below 1 says that
        the forecasts swing too much.
    intercept_error, slope_error
        HAC standard errors.
    test
        Joint test of intercept 0 and slope 1.
    """

    intercept: float
    slope: float
    intercept_error: float
    slope_error: float
    test: SignificanceTest


def mincer_zarnowitz(
    actual: npt.ArrayLike, forecast: npt.ArrayLike, step: int = 1
) -> MincerZarnowitz:
    """Regression of outcomes on forecasts: ``actual = a + b forecast + error``.

    Use it on growth rates or other stationary figures. Do not use it on levels: exports trend,
    so the slope is 1 whatever the forecast is worth. Needs some 40 months beyond step 3.

    Ordinary least squares; covariance ``(X'X)^-1 n V (X'X)^-1`` with ``V`` the long-run
    covariance of ``x_t e_t``, lag ``step - 1``; ``W / 2`` against F(2, n - 2) (Mincer and
    Zarnowitz 1969; covariance of Hansen and Hodrick 1980, Journal of Political Economy 88).

    Parameters
    ----------
    actual, forecast
        Outcomes and point forecasts, shape ``(months,)``; NaN in months without a forecast.
    step
        Months ahead.

    Raises
    ------
    ScoreError
        If fewer than ``max(8, step + 2)`` months have both, or the forecast never changes.
    """
    y, f = np.asarray(actual, dtype=float), np.asarray(forecast, dtype=float)
    both = np.isfinite(y) & np.isfinite(f)
    n = int(both.sum())
    if n < max(SMALLEST_SAMPLE, step + 2) or np.ptp(f[both]) == 0:
        raise ScoreError(
            f"{n} months of forecasts cannot be regressed at step {step}: at least "
            f"{max(SMALLEST_SAMPLE, step + 2)} are needed, and they must vary."
        )
    x = np.column_stack([np.ones(len(f)), f])
    bread = np.linalg.inv(x[both].T @ x[both])
    beta = bread @ x[both].T @ y[both]
    meat, kernel = long_run_covariance(x * (y - x @ beta)[:, None], step - 1)
    covariance = n * bread @ meat @ bread
    gap = beta - np.array([0.0, 1.0])
    statistic = float(gap @ np.linalg.solve(covariance, gap)) / 2.0
    errors = np.sqrt(np.diag(covariance))
    test = SignificanceTest(
        statistic=statistic,
        p_value=float(special.fdtrc(2, n - 2, statistic)),
        n=n,
        method=f"Mincer-Zarnowitz, {kernel} kernel of lag {step - 1}, F(2, {n - 2})",
    )
    return MincerZarnowitz(float(beta[0]), float(beta[1]), float(errors[0]), float(errors[1]), test)


def hedgehog(frame: pd.DataFrame) -> pd.DataFrame:
    """Forecasts of the same month from successive origins, and how each revised the one before.

    Revisions of an efficient forecast cannot be foretold: if a fall is followed by falls, the
    forecaster was slow (Nordhaus 1987, Review of Economics and Statistics 69).

    Parameters
    ----------
    frame
        Tidy frame of a backtest, months without an outcome included.

    Returns
    -------
    Frame sorted by model, target, quantity, month and origin, with ``state``, ``step``,
    ``forecast`` (median), ``actual`` and ``revision``: growth rates in percentage points, levels
    in ``100 * log``. The first forecast of a month has no revision (NaN).
    """
    keys = ["model", "target", "quantity", "month"]
    columns = [*keys, "origin", "state", "step", "q50", "actual"]
    rows = frame[columns].sort_values([*keys, "origin"]).rename(columns={"q50": "forecast"})
    forecast = rows["forecast"].to_numpy(dtype=float)
    level = rows["quantity"].eq("level").to_numpy()
    scale = forecast.copy()
    scale[level] = 100.0 * np.log(forecast[level])
    revised = pd.Series(scale, index=rows.index)
    rows["revision"] = revised.groupby([rows[key] for key in keys], observed=True).diff()
    return rows.reset_index(drop=True)
