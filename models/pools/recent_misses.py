"""By how much the misses of the last months were larger than they should be."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tradeshock.models.pools.weights import in_order_of_news

Floats = npt.NDArray[np.float64]

# Errors of the first steps are known soon, and say what kind of months these are.
STEPS = 3
# Mean square of a normal variable in units of the 80 % interval's half: 1 / 1.2816 ** 2.
EXPECTED = 0.609
# One month beyond three halves is as much as it can say.
FARTHEST = 3.0
WIDEST = 3.0
# Nearby steps take the square root of the whole factor, from the fourth on it fades.
FADES_FROM = 4


def recent_misses(distance: Floats, half_life: float) -> Floats:
    """Size of recent misses against their expected size, at least 1, as each origin could know it.

    Root of the exponentially weighted mean of squared distances of outcomes from the medians of
    steps 1 to 3, in halves of the 80 % interval; before the first outcome stands the expected
    size. Exponential weights as in RiskMetrics (J.P. Morgan 1996), with a far shorter memory.

    Parameters
    ----------
    distance : ndarray, shape (T, H)
        Distance of each outcome in halves of its interval, origins by steps; NaN where not known.
    half_life : float
        Months.

    Returns
    -------
    ndarray, shape (T + 1,)
        The last is for the next origin.
    """
    decay, size, weight = 0.5 ** (1.0 / half_life), 0.0, 0.0
    squared = np.ones(len(distance) + 1)
    for place, news in sizes_by_month(distance):
        size = decay * size + (1.0 - decay) * news
        weight = decay * weight + (1.0 - decay)
        squared[place + 1 :] = size + 1.0 - weight
    return np.asarray(np.clip(np.sqrt(squared), 1.0, WIDEST))


def sizes_by_month(distance: Floats) -> list[tuple[int, float]]:
    """Row of each month that is out, and its mean squared distance against the expected one.

    The month of row t is that of step 1 of origin t. Distances as `recent_misses` takes them.
    """
    by_month = in_order_of_news(np.abs(distance[:, :STEPS]))
    return [
        (place, float(np.mean(np.minimum(row[known], FARTHEST) ** 2)) / EXPECTED)
        for place, row in enumerate(by_month)
        if (known := ~np.isnan(row)).any()
    ]


def faded(recent: Floats, steps: int) -> Floats:
    """Factor of each step's width: the further ahead, the less these months say of it.

    Parameters
    ----------
    recent : ndarray, shape (...)
        As `recent_misses` gives it.
    steps : int

    Returns
    -------
    ndarray, shape (..., steps)
    """
    ahead = np.maximum(np.arange(1, steps + 1), FADES_FROM)
    return np.asarray(recent[..., None] ** (1.0 / np.sqrt(ahead)))
