"""How a monthly series has moved, looking back only: one value a month, NaN where unknown.

All functions take and return one array a series, months in order, gapless.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def lagged(x: Floats, months: int) -> Floats:
    """Value some months before."""
    past = np.full(len(x), np.nan)
    past[months:] = x[: max(len(x) - months, 0)]
    return past


def change(x: Floats, months: int) -> Floats:
    """Difference from some months before; log growth where `x` is a log level."""
    return x - lagged(x, months)


def windows(x: Floats, months: int) -> Floats:
    """Last `months` values of each month, months by window; NaN before the first is complete."""
    padded = np.concatenate([np.full(months - 1, np.nan), x])
    return np.lib.stride_tricks.sliding_window_view(padded, months)


def trailing_sum(x: Floats, months: int) -> Floats:
    """Sum over the last months."""
    total: Floats = windows(x, months).sum(axis=1)
    return total


def year_on_year(level: Floats, months: int = 1) -> Floats:
    """Log growth over a year of the sum of the last months of a positive level."""
    return change(np.log(trailing_sum(level, months)), 12)


def volatility(x: Floats, months: int) -> Floats:
    """Standard deviation of the monthly changes within the last months."""
    spread: Floats = windows(change(x, 1), months).std(axis=1)
    return spread


def below_peak(x: Floats, months: int) -> Floats:
    """Distance from the highest value of the last months, zero at the peak, else negative.

    While the series is younger than that, its highest value so far counts.
    """
    recent = windows(np.where(np.isnan(x), -np.inf, x), months)
    highest = np.where(np.isnan(recent), -np.inf, recent).max(axis=1)
    with np.errstate(invalid="ignore"):
        return np.where(np.isfinite(highest), x - highest, np.nan)


def net_of_season(x: Floats, years: int = 5) -> Floats:
    """Value less the mean of the same calendar month in the years before."""
    past = np.stack([lagged(x, 12 * year) for year in range(1, years + 1)])
    net: Floats = x - past.mean(axis=0)
    return net
