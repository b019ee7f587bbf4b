"""How far intervals are to be stretched, learned from which past outcomes they held.

Adaptive conformal inference: after every outcome that becomes known the log factor of an interval
moves up by its nominal rate if the interval missed and down by the rest if it held, times the size
of a step.

Shapes: ``T`` origins, ``H`` steps, ``K`` intervals. Distances of outcomes from the medians are in
halves of the intervals; NaN where an outcome is not known.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tradeshock.models.pools.weights import in_order_of_news

Floats = npt.NDArray[np.float64]


def learned_by_step(
    distance: Floats, levels: Floats, rate: float, floor: float, slower: Floats | float = 1.0
) -> Floats:
    """Log factors that each step of the forecast learns from its own outcomes, shape (H, K).

    Parameters
    ----------
    distance : ndarray, shape (T, H, K)
    levels : ndarray, shape (K,)
        Nominal rates.
    rate, floor : float
        Size of the first step of learning, which shrinks with the square root of the count, and
        the smallest.
    slower : ndarray or float
        By what these sizes are divided.
    """
    log_factor, count = np.zeros(distance.shape[1:]), np.zeros(distance.shape[1:])
    for row in distance:
        known = ~np.isnan(row)
        count += known
        size = np.maximum(rate / np.sqrt(np.maximum(count, 1)), floor) / slower
        log_factor += size * _moves(row, log_factor, levels)
    return log_factor


def learned_across_steps(distance: Floats, levels: Floats, rate: float, floor: float) -> Floats:
    """Log factors that steps of the forecast learn together, shape (H, K).

    Outcomes of step ``h`` overlap for ``h`` months, so that each says about ``1 / h`` as much of
    its width and is known only ``h`` months later. A step's own factor therefore learns ``h`` times
    more slowly, and is shrunk to that of all steps, with weight ``1 / sqrt(h)`` on its own.
    Parameters as `learned_by_step` takes them.
    """
    ahead = np.arange(1.0, distance.shape[1] + 1.0)[:, None]
    own = learned_by_step(distance, levels, rate, floor, slower=ahead)
    weight = 1.0 / np.sqrt(ahead)
    return np.asarray(weight * own + (1.0 - weight) * _in_common(distance, levels, rate))


def _in_common(distance: Floats, levels: Floats, rate: float) -> Floats:
    """Log factors of all steps, shape (K,), moved month by month by the mean of that month's news.

    The news of a month is its outcome against all past forecasts of it, at every step. The size of
    these moves does not shrink: how uncertain times are changes, for all steps together.
    """
    steps, intervals = distance.shape[1:]
    # The last months of news are those of origins that are past the end.
    ahead = np.full((steps - 1, steps, intervals), np.nan)
    log_factor = np.zeros(intervals)
    for news in in_order_of_news(np.concatenate([distance, ahead])):
        known = ~np.isnan(news).any(axis=1)
        if known.any():
            log_factor += rate * _moves(news[known], log_factor, levels).mean(axis=0)
    return log_factor


def _moves(distance: Floats, log_factor: Floats, levels: Floats) -> Floats:
    """Up where an interval missed, down where it held, 0 where it is not known."""
    known = ~np.isnan(distance)
    missed = np.where(known, distance, 0.0) > np.exp(log_factor)
    return np.where(known, np.where(missed, levels, levels - 1.0), 0.0)
