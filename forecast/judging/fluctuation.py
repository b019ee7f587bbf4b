"""Whether the ranking of two models changed along the way."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tradeshock.features.errors import ScoreError
from tradeshock.forecast.judging.comparison import loss_difference
from tradeshock.forecast.judging.significance import (
    Array,
    SignificanceTest,
    detectable,
    long_run_covariance,
)

# Giacomini and Rossi 2010, table 1, two-sided.
_SHARES = np.arange(1, 10) / 10
_CRITICAL_5 = np.array([3.393, 3.179, 3.012, 2.890, 2.779, 2.634, 2.560, 2.433, 2.248])
_CRITICAL_10 = np.array([3.170, 2.948, 2.766, 2.626, 2.500, 2.356, 2.252, 2.130, 1.950])


@dataclass(frozen=True)
class FluctuationTest:
    """Outcome of `giacomini_rossi`.

    Attributes
    ----------
    test
        Largest absolute statistic and its p-value. The p-value is read off the two published
        critical values, ``log p`` being nearly linear in the squared statistic, and is cut to
        0.01..0.20: 0.20 means "0.20 or more".
    path
        Local relative loss, shape ``(n - window + 1,)``: entry ``i`` is of the months
        ``i .. i + window - 1``. Negative where the first model was better.
    critical_5, critical_10
        The path must leave ``+- critical`` to reject at 5 and 10 %.
    window
        Months in a window.
    """

    test: SignificanceTest
    path: Array
    critical_5: float
    critical_10: float
    window: int


def giacomini_rossi(
    loss_a: npt.ArrayLike, loss_b: npt.ArrayLike, step: int = 1, share: float = 0.3
) -> FluctuationTest:
    """Fluctuation test of two models being equally good at every point in time (two-sided).

    Use it where the ranking may have turned over the years, which a test of the average hides.
    Do not use it to find *when*: windows smear a short episode over all the windows that touch
    it. Models should be estimated on rolling windows, or not at all.

    ``F_t = sum of d over the window / (s sqrt(window))`` with ``d = loss_a - loss_b`` and its
    long-run variance ``s**2`` over the whole sample, lag ``step - 1``; ``max |F_t|`` against
    table 1 of Giacomini and Rossi 2010, Journal of Applied Econometrics 25, linear in between.

    Parameters
    ----------
    loss_a, loss_b
        Losses, shape ``(months,)``, without gaps.
    step
        Months ahead.
    share
        Window as a share of the sample, 0.1 to 0.9.

    Raises
    ------
    ScoreError
        If the losses cannot be compared or have gaps, or the share is outside the table.
    """
    difference = loss_difference(loss_a, loss_b, step)
    n = len(difference)
    if not np.isfinite(difference).all():
        raise ScoreError("The fluctuation test needs a loss of both models in every month.")
    if not isinstance(share, float | int) or not 0.1 <= share <= 0.9:
        raise ScoreError(f"Windows are 0.1 to 0.9 of the sample; got share {share}.")
    window = max(round(share * n), 1)
    variance, kernel = long_run_covariance(difference - difference.mean(), step - 1)
    deviation = float(np.sqrt(variance[0, 0]))
    path = np.convolve(difference, np.ones(window), mode="valid") / deviation / np.sqrt(window)
    critical_5 = float(np.interp(share, _SHARES, _CRITICAL_5))
    critical_10 = float(np.interp(share, _SHARES, _CRITICAL_10))
    largest = float(np.abs(path).max())
    return FluctuationTest(
        test=SignificanceTest(
            statistic=largest,
            p_value=_interpolated(largest, critical_5, critical_10),
            n=n,
            method=f"Giacomini-Rossi, windows of {window}, {kernel} kernel of lag {step - 1}",
            difference=float(difference.mean()),
            smallest_detectable_difference=detectable(deviation / np.sqrt(n)),
        ),
        path=np.asarray(path),
        critical_5=critical_5,
        critical_10=critical_10,
        window=window,
    )


def _interpolated(statistic: float, critical_5: float, critical_10: float) -> float:
    slope = np.log(0.5) / (critical_5**2 - critical_10**2)
    log_p = np.log(0.05) + slope * (statistic**2 - critical_5**2)
    return float(np.clip(np.exp(np.minimum(log_p, 0.0)), 0.01, 0.20))
