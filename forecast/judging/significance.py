"""What tests of forecasts share: their result, and the variance of a mean over time."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from tradeshock.features.errors import ScoreError

Array = npt.NDArray[np.float64]

SMALLEST_SAMPLE = 8
# Doubles carry 16 digits, and logs, squares and means of them lose some three or four.
ROUNDING = 1e-12


@dataclass(frozen=True)
class SignificanceTest:
    """Outcome of a test on forecasts.

    Attributes
    ----------
    statistic, p_value
        As the method defines them.
    n
        Months that went in.
    method
        The test, its variance and its distribution, in words.
    difference
        Mean that is tested against zero, in the unit of what was handed in. None in tests of
        several restrictions at once.
    smallest_detectable_difference
        Minimum detectable difference: the true difference that a test at 5 % of this many
        months, and of this much noise, finds with a power of 80 %. A p-value above 0.05 says
        little about differences smaller than that. None where ``difference`` is.
    """

    statistic: float
    p_value: float
    n: int
    method: str
    difference: float | None = None
    smallest_detectable_difference: float | None = None


def without_rounding(difference: npt.ArrayLike, *subtracted: npt.ArrayLike) -> Array:
    """Differences, zero where they are no more than the rounding of what was subtracted.

    Parameters
    ----------
    difference
        Any shape.
    *subtracted
        Figures that it was made of. The largest absolute one is the size that counts: figures of
        one series were computed from figures of that size.
    """
    d = np.asarray(difference, dtype=float)
    return np.where(np.abs(d) <= ROUNDING * _size(*subtracted), 0.0, d)


def is_constant(values: npt.ArrayLike, *subtracted: npt.ArrayLike) -> bool:
    """Whether values differ among each other by rounding only (see `without_rounding`)."""
    x = np.asarray(values, dtype=float)
    x = x[np.isfinite(x)]
    return len(x) == 0 or bool(np.ptp(x) <= ROUNDING * _size(*(subtracted or (x,))))


def _size(*figures: npt.ArrayLike) -> float:
    """Largest absolute finite figure."""
    flat = np.concatenate([np.abs(np.asarray(x, dtype=float)).ravel() for x in figures])
    return float(flat[np.isfinite(flat)].max(initial=0.0))


def detectable(standard_error: float, dof: float = np.inf, sides: int = 2) -> float:
    """Minimum detectable difference at 5 % with a power of 80 %.

    ``(t(1 - 0.05 / sides) + t(0.8)) * se``: Bloom 1995, Evaluation Review 19; `dof` are the
    degrees of freedom of Student's t.
    """
    if np.isinf(dof):
        return float((special.ndtri(1 - 0.05 / sides) + special.ndtri(0.8)) * standard_error)
    quantiles = special.stdtrit(dof, np.array([1 - 0.05 / sides, 0.8]))
    return float(quantiles.sum() * standard_error)


def long_run_covariance(deviations: npt.ArrayLike, lag: int) -> tuple[Array, str]:
    """Long-run covariance of a monthly vector series, and the name of its kernel.

    ``G_0 + sum_{j<=lag} (G_j + G_j')`` with ``G_j = sum_t x_t x_{t-j}' / n``: the rectangular
    kernel, which is right for optimal forecasts of step ``lag + 1`` because their errors are a
    moving average of that order. It need not be positive definite; where it is not, the
    autocovariances are weighted by ``1 - j / (lag + 1)`` (Bartlett; Newey and West 1987), which
    always is (Harvey, Leybourne and Whitehouse 2017, International Journal of Forecasting 33,
    on how often this happens).

    Parameters
    ----------
    deviations
        Deviations from the mean under test, shape ``(months, k)`` or ``(months,)``. One row for
        each calendar month; a row with NaN is a month without a forecast and adds nothing
        (Parzen 1963's amplitude modulation), so that lags are always counted in months.
    lag
        Last autocovariance, in months.

    Returns
    -------
    Matrix ``(k, k)`` and "rectangular" or "Bartlett".

    Raises
    ------
    ScoreError
        If the series does not vary.
    """
    x = np.asarray(deviations, dtype=float)
    x = x[:, None] if x.ndim == 1 else x
    observed = np.isfinite(x).all(axis=1)
    x = np.where(observed[:, None], x, 0.0)
    products = [x[j:].T @ x[: len(x) - j] / observed.sum() for j in range(min(lag, len(x) - 1) + 1)]
    for kernel, weight in (("rectangular", 0.0), ("Bartlett", 1.0 / (lag + 1))):
        covariance = products[0].copy()
        for j, product in enumerate(products[1:], start=1):
            covariance += (1.0 - j * weight) * (product + product.T)
        if np.linalg.eigvalsh(covariance)[0] > 1e-10 * np.trace(products[0]) / len(covariance):
            return covariance, kernel
    raise ScoreError(
        f"The long-run covariance of {observed.sum()} months cannot be inverted: the series does "
        "not vary, or its columns repeat each other."
    )


def smoothed_variance(series: npt.ArrayLike) -> tuple[float, int]:
    """Long-run variance by fixed smoothing, and the number of ordinates that it is a mean of.

    Mean of the first ``m = floor(n**(1/3))`` ordinates of ``|sum_t x_t exp(-i 2 pi j t / n)|**2
    / n``: the Daniell kernel. A mean over its standard error by this variance has Student's
    t(2 m) in the limit of a fixed `m` (Coroneo and Iacone 2020, Journal of Applied Econometrics
    35). A month that is NaN adds nothing, so it should be rare.

    Parameters
    ----------
    series
        One figure for each calendar month, shape ``(months,)``.
    """
    x = np.asarray(series, dtype=float)
    months = np.flatnonzero(np.isfinite(x))
    span = x[months[0] : months[-1] + 1]
    modulated = np.where(np.isfinite(span), span - np.nanmean(span), 0.0)
    # The cube root of 64 and the like is a shade below the integer in floating point.
    ordinates = int(np.floor(np.cbrt(len(span)) + 1e-9))
    periodogram = np.abs(np.fft.rfft(modulated)[1 : ordinates + 1]) ** 2 / len(months)
    return float(periodogram.mean()), ordinates
