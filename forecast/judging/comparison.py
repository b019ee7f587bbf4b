"""Tests of whether one model forecasts better than another.

All take one number for each calendar month in order, with NaN in months that were not forecast,
so that lags are months even where an episode or a season was cut out; Series are matched by their
labels (`tradeshock.forecast.judging.alignment.by_month`). Differences that are rounding beside the
losses count as zero, and where nothing but rounding varies there is no test: `ScoreError` says so.
Losses that are rounding in every month, those of perfect forecasts, cannot be told from others
here: take errors from `tradeshock.forecast.judging.scorable.scorable`, which sees the figures.
A negative difference is in favour of the first model.
"""

from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import special

from tradeshock.features.errors import ScoreError
from tradeshock.forecast.judging.alignment import by_month
from tradeshock.forecast.judging.arguments import whole
from tradeshock.forecast.judging.significance import (
    SMALLEST_SAMPLE,
    Array,
    SignificanceTest,
    detectable,
    is_constant,
    long_run_covariance,
    smoothed_variance,
    without_rounding,
)


def loss_difference(loss_a: npt.ArrayLike, loss_b: npt.ArrayLike, step: int = 1) -> Array:
    """First loss minus second, after a look at whether the two can be compared.

    Raises
    ------
    ScoreError
        If shapes or labels differ, fewer than ``max(8, step + 1)`` months have both losses, or
        the difference is the same in every month but for rounding.
    """
    a, b = by_month(loss_a, loss_b)
    if a.shape != b.shape or a.ndim != 1:
        raise ScoreError(
            f"Losses of shapes {a.shape} and {b.shape} cannot be compared; hand in two vectors "
            "with one entry for each month."
        )
    whole(step, "step")
    difference = without_rounding(a - b, a, b)
    observed = difference[np.isfinite(difference)]
    if len(observed) < max(SMALLEST_SAMPLE, step + 1):
        raise ScoreError(
            f"{len(observed)} months are too few for a test at step {step}; "
            f"at least {max(SMALLEST_SAMPLE, step + 1)} are needed."
        )
    if is_constant(observed, a, b):
        raise ScoreError(
            "The two losses differ by the same amount in every month; is it one model twice?"
        )
    return difference


def diebold_mariano(
    loss_a: npt.ArrayLike,
    loss_b: npt.ArrayLike,
    step: int = 1,
    method: Literal["hln", "fixed_smoothing"] = "hln",
) -> SignificanceTest:
    """Test of equal expected loss of two forecasts (two-sided).

    Use it for forecasts as they were made, of whatever loss: squared errors, CRPS. Do not use
    it where one model is the other plus parameters that are zero under the null (`clark_west`),
    nor to choose among many models (`model_confidence_set`); and one short extreme episode can
    take all its power, so report it with and without (Iacone, Rossi and others 2024).

    ``DM = mean(d) / sqrt(V / n)`` with ``d = loss_a - loss_b`` and long-run variance ``V``
    (Diebold and Mariano 1995, Journal of Business and Economic Statistics 13). Then either

    - "hln": ``V`` by the rectangular kernel of lag ``step - 1`` (Bartlett where that is not
      positive), ``DM * sqrt((n + 1 - 2 h + h (h - 1) / n) / n)`` against Student's t(n - 1)
      (Harvey, Leybourne and Newbold 1997, International Journal of Forecasting 13, eq. 9); or
    - "fixed_smoothing": ``V`` the mean of the first ``m = floor(n**(1/3))`` ordinates of
      ``|sum_t d_t exp(-i 2 pi j t / n)|**2 / n``, against Student's t(2 m) (Coroneo and Iacone
      2020, Journal of Applied Econometrics 35, the Daniell kernel). For n below about 60, and
      whenever losses may be correlated beyond ``step - 1``. Needs months without gaps.

    Never both corrections: each brings its own small-sample distribution. Neither rescues long
    steps in short samples. Of 1,000 pairs of equally good forecasts whose loss differences are
    moving averages of order ``step - 1``, a test at 5 % rejects (hln, then fixed smoothing)
    5 and 5 % with n = 40 at step 1, 11 and 8 % at step 6, 21 and 20 % at step 12; 8 and 6 % with
    n = 200 at step 12.

    Parameters
    ----------
    loss_a, loss_b
        Losses, shape ``(months,)``.
    step
        Months ahead.
    method
        Small-sample correction.

    Raises
    ------
    ScoreError
        If the losses cannot be compared (see `loss_difference`).
    """
    difference = loss_difference(loss_a, loss_b, step)
    observed = difference[np.isfinite(difference)]
    n, mean = len(observed), float(observed.mean())
    error, dof, words = _STANDARD_ERRORS[method](difference, step)
    statistic = mean / error
    return SignificanceTest(
        statistic=statistic,
        p_value=float(2.0 * special.stdtr(dof, -abs(statistic))),
        n=n,
        method=f"Diebold-Mariano, {words}, t({dof})",
        difference=mean,
        smallest_detectable_difference=detectable(error, dof),
    )


def _harvey_leybourne_newbold(difference: Array, step: int) -> tuple[float, int, str]:
    n = int(np.isfinite(difference).sum())
    variance, kernel = long_run_covariance(difference - np.nanmean(difference), step - 1)
    shrink = (n + 1 - 2 * step + step * (step - 1) / n) / n
    return (
        float(np.sqrt(variance[0, 0] / n / shrink)),
        n - 1,
        f"Harvey-Leybourne-Newbold, {kernel} kernel of lag {step - 1}",
    )


def _fixed_smoothing(difference: Array, step: int) -> tuple[float, int, str]:
    months = np.flatnonzero(np.isfinite(difference))
    n = int(months[-1] - months[0]) + 1
    if n > len(months):
        raise ScoreError(
            f"{n - len(months)} of {n} months have no loss; fixed smoothing needs consecutive "
            "months, so use method='hln'."
        )
    variance, ordinates = smoothed_variance(difference)
    return (
        float(np.sqrt(variance / n)),
        2 * ordinates,
        f"fixed smoothing, Daniell kernel of {ordinates} ordinates",
    )


_STANDARD_ERRORS = {"hln": _harvey_leybourne_newbold, "fixed_smoothing": _fixed_smoothing}


def clark_west(
    error_small: npt.ArrayLike, error_large: npt.ArrayLike, step: int = 1
) -> SignificanceTest:
    """Test of whether a larger model that nests a smaller one forecasts better (one-sided).

    Use it for, say, an autoregression against the same with drivers: under the null the larger
    model estimates zeros, which costs it accuracy, and `diebold_mariano` would rarely prefer
    it. Do not use it for models that do not nest, nor to claim that the larger model *has*
    forecast better: it tests the population, and can reject when the larger one did worse. At
    5 % it rejects 1 to 5 % of useless additions, so it errs on the smaller model's side.

    ``f = e_s**2 - (e_l**2 - (e_s - e_l)**2)``; mean of ``f`` over its HAC standard error with
    lag ``step - 1`` against the standard normal, upper tail (Clark and West 2007, Journal of
    Econometrics 138, eqs. 3.1 and 3.2). The difference is the mean of ``f``: positive in favour
    of the larger model.

    Parameters
    ----------
    error_small, error_large
        Forecast errors (not losses) of the smaller and of the larger model, shape ``(months,)``.
    step
        Months ahead.
    """
    small, large = by_month(error_small, error_large)
    if small.shape != large.shape:
        raise ScoreError(f"Errors of shapes {small.shape} and {large.shape} cannot be compared.")
    gain = loss_difference(small**2, large**2 - (small - large) ** 2, step)
    n, mean = int(np.isfinite(gain).sum()), float(np.nanmean(gain))
    variance, kernel = long_run_covariance(gain - mean, step - 1)
    error = float(np.sqrt(variance[0, 0] / n))
    return SignificanceTest(
        statistic=mean / error,
        p_value=float(special.ndtr(-mean / error)),
        n=n,
        method=f"Clark-West, {kernel} kernel of lag {step - 1}, one-sided normal",
        difference=mean,
        smallest_detectable_difference=detectable(error, sides=1),
    )


def giacomini_white(
    loss_a: npt.ArrayLike,
    loss_b: npt.ArrayLike,
    step: int = 1,
    instruments: npt.ArrayLike | None = None,
) -> SignificanceTest:
    """Test of whether what was known at the origin tells which model will do better.

    Use it for models estimated on rolling windows (nested or not), and to learn whether to
    switch between two models. Do not use it for expanding windows, where its asymptotics do
    not hold; and a rejection does not say which model is better, see ``difference`` for that.

    ``n Zbar' V^-1 Zbar`` with ``Z_t = h_t d_t`` against chi-squared of as many degrees as there
    are instruments ``h`` (Giacomini and White 2006, Econometrica 74, theorems 1 and 3); ``V`` is
    the long-run covariance of ``Z`` around zero with lag ``step - 1``.

    Parameters
    ----------
    loss_a, loss_b
        Losses, shape ``(months,)``.
    step
        Months ahead.
    instruments
        What was known at the origin, shape ``(months, q)``, a column of ones included. By
        default a constant and the newest loss difference that was known, that of `step` months
        before.
    """
    if instruments is not None:
        # By the same labels as the losses.
        loss_a, loss_b, instruments = by_month(loss_a, loss_b, instruments)
    difference = loss_difference(loss_a, loss_b, step)
    if instruments is None:
        lagged = np.concatenate([np.full(step, np.nan), difference[:-step]])
        known = np.column_stack([np.ones(len(difference)), lagged])
    else:
        known = np.asarray(instruments)
        if known.ndim != 2:
            raise ScoreError(
                f"Instruments of shape {known.shape} are no table; hand in months by instruments."
            )
    moments = known * difference[:, None]
    used = moments[np.isfinite(moments).all(axis=1)]
    n, degrees = len(used), known.shape[1]
    if n < SMALLEST_SAMPLE:
        raise ScoreError(f"{n} months have losses and instruments; at least 8 are needed.")
    covariance, kernel = long_run_covariance(moments, step - 1)
    statistic = float(n * used.mean(axis=0) @ np.linalg.solve(covariance, used.mean(axis=0)))
    variance, _ = long_run_covariance(difference - np.nanmean(difference), step - 1)
    return SignificanceTest(
        statistic=statistic,
        p_value=float(special.chdtrc(degrees, statistic)),
        n=n,
        method=f"Giacomini-White, {kernel} kernel of lag {step - 1}, chi2({degrees})",
        difference=float(np.nanmean(difference)),
        smallest_detectable_difference=detectable(
            float(np.sqrt(variance[0, 0] / np.isfinite(difference).sum()))
        ),
    )
