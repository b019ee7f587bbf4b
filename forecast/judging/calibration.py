"""Tests of whether intervals and densities promise what they keep."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special, stats

from tradeshock.features.errors import ScoreError
from tradeshock.forecast.judging.alignment import by_month
from tradeshock.forecast.judging.arguments import share, vector
from tradeshock.forecast.judging.comparison import diebold_mariano, loss_difference
from tradeshock.forecast.judging.intervals import covered
from tradeshock.forecast.judging.scorable import INTERVALS, month_number, scorable
from tradeshock.forecast.judging.significance import (
    SMALLEST_SAMPLE,
    Array,
    SignificanceTest,
    detectable,
    is_constant,
    long_run_covariance,
    smoothed_variance,
)

# A sample of 1,000 draws cannot tell a PIT of 0 from one of half a thousandth.
_PIT_EDGE = 5e-4


def coverage_binomial(hits: npt.ArrayLike, level: float) -> SignificanceTest:
    """Exact binomial test of an interval's coverage (two-sided).

    Use it at step 1. Do not use it at longer steps: forecasts overlap, misses come in runs, and
    it rejects far too often (`coverage_hac`).

    Parameters
    ----------
    hits
        Whether the outcome was in the interval, shape ``(months,)``; NaN is left out.
    level
        Nominal coverage, such as 0.9.
    """
    share(level, "level")
    known = vector(*by_month(hits))
    inside = known[np.isfinite(known)] > 0
    n = len(inside)
    if n < SMALLEST_SAMPLE:
        raise ScoreError(f"{n} months are too few to test coverage; at least 8 are needed.")
    test = stats.binomtest(int(inside.sum()), n, level)
    return SignificanceTest(
        statistic=float(inside.sum()),
        p_value=float(test.pvalue),
        n=n,
        method="exact binomial",
        difference=float(inside.mean() - level),
        smallest_detectable_difference=detectable(float(np.sqrt(level * (1 - level) / n))),
    )


def coverage_hac(hits: npt.ArrayLike, level: float, step: int = 1) -> SignificanceTest:
    """Test of an interval's coverage that allows for overlapping forecasts (two-sided).

    The mean of ``hit - level`` over its standard error: at step 1 by the plain variance, against
    t(n - 1); beyond, by the fixed smoothing of `diebold_mariano` with ``m = floor(n**(1/3))``
    ordinates, against t(2 m), where the variance is at least ``level (1 - level)``, that of
    months without overlap, since overlap makes neighbouring months more alike and never less.

    Of 800 series of calibrated forecasts it rejects at 5 % those of 50, 80 and 95 % intervals in
    6, 7 and 0 % (n = 60, step 6), 11, 13 and 0 % (n = 60, step 12), 6, 6 and 6 % (n = 135, step
    6), 6, 11 and 9 % (n = 135, step 12): take p-values of long steps in short samples as a rough
    guide. It cannot be had where every outcome was inside.

    Parameters
    ----------
    hits
        1 where the outcome was in the interval, 0 where not, NaN in months without a forecast;
        shape ``(months,)``.
    level
        Nominal coverage, such as 0.9.
    step
        Months ahead.

    Raises
    ------
    ScoreError
        If every outcome was inside, or outside, or there are fewer than ``max(8, step + 1)``.
    """
    share(level, "level")
    inside = vector(*by_month(hits))
    if np.isfinite(inside).any() and is_constant(inside):
        raise ScoreError(
            f"The outcome was always {'inside' if np.nanmax(inside) else 'outside'} the interval: "
            "no variance to test with; use coverage_binomial."
        )
    nominal = np.full(len(inside), level)
    if step == 1:
        return diebold_mariano(inside, nominal)
    gap = loss_difference(inside, nominal, step)
    mean = float(np.nanmean(gap))
    error, ordinates = _coverage_error(gap, level)
    return SignificanceTest(
        statistic=mean / error,
        p_value=float(2.0 * special.stdtr(2 * ordinates, -abs(mean / error))),
        n=int(np.isfinite(gap).sum()),
        method=f"mean of hits, fixed smoothing, Daniell kernel of {ordinates} ordinates, variance "
        f"at least that of independent months, t({2 * ordinates})",
        difference=mean,
        smallest_detectable_difference=detectable(error, 2 * ordinates),
    )


def _coverage_error(hits: Array, level: float) -> tuple[float, int]:
    """Standard error of the share of hits beyond step 1, and the ordinates behind it."""
    variance, ordinates = smoothed_variance(hits)
    n = np.isfinite(hits).sum()
    return float(np.sqrt(max(variance, level * (1.0 - level)) / n)), ordinates


def berkowitz(pit: npt.ArrayLike) -> SignificanceTest:
    """Likelihood-ratio test of PITs being independent and uniform.

    Normal scores of the PITs should be N(0, 1) without autocorrelation: against an AR(1) of any
    mean and variance, conditional on the first, chi-squared(3) (Berkowitz 2001, Journal of
    Business and Economic Statistics 19, eqs. 6 to 9). Use it at step 1 only: overlapping
    forecasts are autocorrelated even if calibrated (`pit_moments`).

    Parameters
    ----------
    pit
        Probability integral transforms in time order, shape ``(months,)``, without gaps.
    """
    values = _checked_pit(pit)
    if is_constant(values):
        raise ScoreError(f"All {len(values)} PITs are the same: no variance to test with.")
    z = special.ndtri(values)
    y, x = z[1:], np.column_stack([np.ones(len(z) - 1), z[:-1]])
    residual = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
    n = len(y)
    ratio = float(y @ y - n * np.log(residual @ residual / n) - n)
    return SignificanceTest(
        statistic=ratio,
        p_value=float(special.chdtrc(3, ratio)),
        n=len(z),
        method="Berkowitz, likelihood ratio against an AR(1), chi2(3)",
    )


def pit_moments(pit: npt.ArrayLike, step: int = 1) -> SignificanceTest:
    """Test of PITs being uniform by their first four moments, overlap allowed for.

    With ``y = sqrt(12) (pit - 1/2)`` and ``D_r = mean(y**r) - E[y**r]``, the expectations being
    0, 1, 0 and 9/5: ``n (D_odd' V_odd^-1 D_odd + D_even' V_even^-1 D_even)`` against
    chi-squared(4), odd and even moments being uncorrelated under the null (Knüppel 2015, Journal
    of Business and Economic Statistics 33, the statistic alpha-0 of moments 1 to 4). ``V`` are
    long-run covariances of lag ``step - 1``, around zero: around the means it would reject up to
    a quarter of calibrated forecasts at long steps. The price is power, which is low where n is
    below some 20 steps. Use it at any step; a Kolmogorov-Smirnov test has no valid critical
    values beyond the first.

    Parameters
    ----------
    pit
        Probability integral transforms in time order, shape ``(months,)``, without gaps.
    step
        Months ahead.
    """
    y = np.sqrt(12.0) * (_checked_pit(pit) - 0.5)
    gaps = np.column_stack([y, y**2 - 1.0, y**3, y**4 - 1.8])
    statistic = 0.0
    for moments in (gaps[:, 0::2], gaps[:, 1::2]):
        covariance, _ = long_run_covariance(moments, step - 1)
        mean = moments.mean(axis=0)
        statistic += float(len(y) * mean @ np.linalg.solve(covariance, mean))
    return SignificanceTest(
        statistic=statistic,
        p_value=float(special.chdtrc(4, statistic)),
        n=len(y),
        method=f"Knueppel alpha-0, moments 1 to 4, lag {step - 1}, chi2(4)",
    )


def coverage_table(frame: pd.DataFrame) -> pd.DataFrame:
    """Coverage of the four central intervals of every model, with both tests.

    Parameters
    ----------
    frame
        Tidy frame of a backtest.

    Returns
    -------
    One row for each target, quantity, model, state, step and interval: ``level``, ``n``,
    ``coverage``, ``binomial_p``, ``hac_p`` and ``note``, which says why a p-value is missing.
    """
    rows = scorable(frame)
    keys = ["target", "quantity", "model", "state", "step"]
    table = []
    for names, group in rows.groupby(keys, observed=True):
        for level, hits in _hits_by_level(group):
            tests = _coverage_tests(hits, level, int(group["step"].iloc[0]))
            table.append({**dict(zip(keys, names, strict=True)), "level": level, **tests})
    return pd.DataFrame(table)


def coverage_intervals(frame: pd.DataFrame) -> pd.DataFrame:
    """Coverage of the four central intervals of every model, with 95 % confidence bounds.

    Exact binomial bounds (Clopper and Pearson 1934) at step 1 and where every outcome was inside
    or outside; beyond step 1, where forecasts overlap, the coverage plus and minus the standard
    error of `coverage_hac` times the quantile of its Student's t, cut to 0..1.

    Parameters
    ----------
    frame
        Tidy frame of a backtest.

    Returns
    -------
    One row for each target, quantity, model, state, step and interval: ``level``, ``n``,
    ``coverage``, ``lower`` and ``upper``.
    """
    rows = scorable(frame)
    keys = ["target", "quantity", "model", "state", "step"]
    table = []
    for names, group in rows.groupby(keys, observed=True):
        found = dict(zip(keys, names, strict=True))
        for level, hits in _hits_by_level(group):
            table.append(
                {**found, "level": level, **_bounds(hits, level, int(group["step"].iloc[0]))}
            )
    return pd.DataFrame(table)


def _hits_by_level(group: pd.DataFrame) -> Iterator[tuple[float, Array]]:
    """Nominal coverage and hits by calendar month, NaN in months without a forecast."""
    month = month_number(group["month"])
    for level, (lower, upper) in INTERVALS.items():
        hits = np.full(int(np.ptp(month)) + 1, np.nan)
        hits[month - month.min()] = covered(group["actual"], group[lower], group[upper])
        yield level, hits


def _bounds(hits: Array, level: float, step: int) -> dict[str, float]:
    observed = hits[np.isfinite(hits)]
    n, share = len(observed), float(observed.mean())
    exact = stats.binomtest(int(observed.sum()), n).proportion_ci(0.95)
    lower, upper = float(exact.low), float(exact.high)
    if step > 1 and 0.0 < share < 1.0 and n >= max(SMALLEST_SAMPLE, step + 1):
        error, ordinates = _coverage_error(hits, level)
        half = error * float(special.stdtrit(2 * ordinates, 0.975))
        lower, upper = max(share - half, 0.0), min(share + half, 1.0)
    return {"n": n, "coverage": share, "lower": lower, "upper": upper}


def _coverage_tests(hits: Array, level: float, step: int) -> dict[str, object]:
    observed = hits[np.isfinite(hits)]
    found: dict[str, object] = {"n": len(observed), "coverage": observed.mean()}
    note = ""
    try:
        found["binomial_p"] = coverage_binomial(observed, level).p_value
        found["hac_p"] = coverage_hac(hits, level, step).p_value
    except ScoreError as error:
        note = str(error)
    return {"binomial_p": np.nan, "hac_p": np.nan, **found, "note": note}


def _checked_pit(pit: npt.ArrayLike) -> Array:
    values = vector(*by_month(pit))
    outside = int((~((values >= 0) & (values <= 1))).sum())
    if len(values) < SMALLEST_SAMPLE or outside:
        raise ScoreError(
            f"Got {len(values)} PITs, {outside} of them missing or no probability; at least "
            f"{SMALLEST_SAMPLE} months in a row are needed, all within 0..1."
        )
    return np.asarray(np.clip(values, _PIT_EDGE, 1.0 - _PIT_EDGE))
