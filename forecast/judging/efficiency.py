"""Whether forecasts use what was known: bias, slope, and how they were revised."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from tradeshock.features.errors import ScoreError
from tradeshock.forecast.judging.alignment import by_month
from tradeshock.forecast.judging.arguments import whole
from tradeshock.forecast.judging.significance import (
    SMALLEST_SAMPLE,
    SignificanceTest,
    is_constant,
    long_run_covariance,
    without_rounding,
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
        If fewer than ``max(8, step + 2)`` months have both, the forecast never changes, or it
        explains the outcomes without error but for rounding; or shapes or labels differ.
    """
    y, f = by_month(actual, forecast)
    if y.shape != f.shape or y.ndim != 1:
        raise ScoreError(
            f"Outcomes of shape {y.shape} and forecasts of shape {f.shape} cannot be compared; "
            "hand in two vectors with one entry for each month."
        )
    whole(step, "step")
    both = np.isfinite(y) & np.isfinite(f)
    n = int(both.sum())
    if n < max(SMALLEST_SAMPLE, step + 2) or is_constant(f[both]):
        raise ScoreError(
            f"{n} months of forecasts cannot be regressed at step {step}: at least "
            f"{max(SMALLEST_SAMPLE, step + 2)} are needed, and they must vary."
        )
    # Around its mean, so that a small swing around a large figure is regressed as well.
    mean = f[both].mean()
    x = np.column_stack([np.ones(len(f)), f - mean])
    beta = np.linalg.lstsq(x[both], y[both], rcond=None)[0]
    residual = without_rounding(y - x @ beta, y, f)
    if not np.nan_to_num(residual).any():
        raise ScoreError(
            f"The forecasts of all {n} months explain the outcomes without error (intercept "
            f"{beta[0] - beta[1] * mean:g}, slope {beta[1]:g}): no variance to test with."
        )
    bread = np.diag(1.0 / (x[both] ** 2).sum(axis=0))
    meat, kernel = long_run_covariance(x * residual[:, None], step - 1)
    # Back to the intercept at a forecast of zero.
    back = np.array([[1.0, -mean], [0.0, 1.0]])
    beta = back @ beta
    covariance = n * back @ bread @ meat @ bread @ back.T
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
