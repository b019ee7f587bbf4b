"""Parts of a total without and under a shock, as figures that add up to its medians."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.forecast.exposure.allocation import Pairs

Floats = npt.NDArray[np.float64]


def part_table(parts: Pairs, before: Floats, after: Floats, index: pd.PeriodIndex) -> pd.DataFrame:
    """Return what each part and the total are and how they move, month by month.

    Parameters
    ----------
    parts : dict of str to (ndarray, ndarray)
        Paths of shape (draws, steps) without and under the shock, which add up to the total's.
    before, after : ndarray, shape (draws, steps)
        Paths of the total.
    index : PeriodIndex
        Month of each step.

    Returns
    -------
    DataFrame
        Index part and month, the last part "total"; columns baseline, scenario, difference
        (`at_median`) and difference_pct, per cent of the baseline (median of each part).
    """
    total = (before, after)
    tables = {
        part: pd.DataFrame(
            {
                "baseline": at_median(one, before),
                "scenario": at_median(other, after),
                "difference": at_median(other - one, after - before),
                "difference_pct": np.median(100.0 * (other / one - 1.0), axis=0),
            },
            index=index,
        )
        for part, (one, other) in {**parts, "total": total}.items()
    }
    return pd.concat(tables, names=["part"])


def at_median(part: Floats, total: Floats) -> Floats:
    """What a part is expected to be where the total is at its median.

    Medians of parts do not add up to the median of their sum. With ``p`` for the part and ``t``
    for the total this is the regression over draws,
    ``mean(p) + cov(p, t) / var(t) * (median(t) - mean(t))``: parts add up to ``median(t)``, the
    total itself is its median, and no part is further than one standard deviation from its mean.

    Parameters
    ----------
    part, total : ndarray, shape (draws, steps)

    Returns
    -------
    ndarray, shape (steps,)

    Examples
    --------
    >>> total = np.array([[1.0], [2.0], [6.0]])
    >>> at_median(0.25 * total, total), at_median(0.75 * total, total)
    (array([0.5]), array([1.5]))
    """
    middle = total.mean(axis=0)
    apart = total - middle
    spread = (apart**2).sum(axis=0)
    # What is the same in all draws is at its median everywhere.
    slope = ((part - part.mean(axis=0)) * apart).sum(axis=0) / np.where(spread, spread, 1.0)
    expected: Floats = part.mean(axis=0) + slope * (np.median(total, axis=0) - middle)
    return expected
