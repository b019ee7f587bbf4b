"""Combination weights from the record: equal, inverse squared error, online CRPS learning.

All schemes take what was forecast and what came out, in order of origin, and give the weights
that each origin could have had: at origin ``t`` the outcome of step ``h`` is known of origins up
to ``t - h``.

Shapes: ``T`` origins, ``H`` steps, ``K`` members, ``Q`` quantiles.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Scheme = Callable[[Floats, Floats, Floats], Floats]
HALF_LIFE = 60.0
LEARNING_RATE = 0.1
# A year of the members' average comes first, so that one lucky month is not the law.
PRIOR_MONTHS = 12.0
FIXED_SHARE = 0.01


def equal(quantiles: Floats, levels: Floats, actual: Floats) -> Floats:
    """One over the number of members, shape (T + 1, H, K)."""
    origins, steps, members = quantiles.shape[:3]
    return np.full((origins + 1, steps, members), 1.0 / members)


def inverse_squared_error(quantiles: Floats, levels: Floats, actual: Floats) -> Floats:
    """Weights inverse to the discounted mean squared error of medians (Bates and Granger 1969).

    Parameters
    ----------
    quantiles : ndarray, shape (T, H, K, Q)
        Members' quantiles, 100 log.
    levels : ndarray, shape (Q,)
    actual : ndarray, shape (T, H)
        Outcomes, 100 log; NaN where not known.

    Returns
    -------
    ndarray, shape (T + 1, H, K)
        Row ``t`` is what origin ``t`` could use; the last row is for the next origin.
    """
    middle = int(np.argmin(np.abs(levels - 0.5)))
    squared = in_order_of_news((actual[:, :, None] - quantiles[..., middle]) ** 2)
    out = ~np.asarray(np.isnan(squared).any(axis=2))
    weights = equal(quantiles, levels, actual)
    decay = 0.5 ** (1.0 / HALF_LIFE)
    total = np.zeros(weights.shape[1:])
    count = np.zeros(weights.shape[1:2])
    for t in range(len(squared)):
        now = out[t]
        total[now] = decay * total[now] + squared[t, now]
        count[now] = decay * count[now] + 1.0
        seen = count > 0
        pooled = total[seen].mean(axis=1, keepdims=True) / count[seen, None]
        loss = (total[seen] + PRIOR_MONTHS * pooled) / (count[seen, None] + PRIOR_MONTHS)
        weights[t + 1, seen] = (1.0 / loss) / (1.0 / loss).sum(axis=1, keepdims=True)
    return weights


def crps_learning(quantiles: Floats, levels: Floats, actual: Floats) -> Floats:
    """Weights by exponentiated gradients of the pinball loss.

    CRPS learning (Berrisch and Ziel 2021): the mean pinball loss over the quantiles is half the
    CRPS on their grid; each known outcome moves the weights against its gradient, and a small
    fixed share goes back to every member (Herbster and Warmuth 1998), so that none is lost for
    ever. Parameters and result as `inverse_squared_error`.
    """
    weights = equal(quantiles, levels, actual)
    y, q = in_order_of_news(actual), in_order_of_news(quantiles)
    apart = q - q.mean(axis=2, keepdims=True)
    pull = LEARNING_RATE * apart / (np.abs(apart).mean(axis=(2, 3), keepdims=True) + 1e-12)
    out = ~np.isnan(y) & ~np.isnan(pull).any(axis=(2, 3))
    for t in range(len(actual)):
        old = weights[t]
        above = y[t, :, None] < np.einsum("hk,hkq->hq", old, q[t])
        new = old * np.exp(-((above - levels)[:, None, :] * pull[t]).mean(axis=2))
        new /= new.sum(axis=1, keepdims=True)
        mixed = (1.0 - FIXED_SHARE) * new + FIXED_SHARE / old.shape[1]
        weights[t + 1] = np.where(out[t, :, None], mixed, old)
    return weights


def in_order_of_news(values: Floats) -> Floats:
    """Row t holds what became known at t: step h of origin t - h, NaN where there is none.

    Parameters
    ----------
    values : ndarray, shape (T, H, ...)
    """
    origins, steps = values.shape[:2]
    row = np.arange(origins)[:, None] - np.arange(steps)
    found: Floats = values[np.maximum(row, 0), np.arange(steps)]
    found[row < 0] = np.nan
    return found


SCHEMES: dict[str, Scheme] = {
    "equal": equal,
    "inverse_squared_error": inverse_squared_error,
    "crps_learning": crps_learning,
}


def mean_pinball(weights: Floats, quantiles: Floats, levels: Floats, actual: Floats) -> Floats:
    """Pinball loss of the quantile average, mean over quantiles and known origins, shape (H,)."""
    combined = np.einsum("thk,thkq->thq", weights, quantiles)
    gap = actual[:, :, None] - combined
    loss = np.maximum(levels * gap, (levels - 1.0) * gap).mean(axis=2)
    known = ~np.isnan(loss)
    total = np.where(known, loss, 0.0).sum(axis=0)
    return np.asarray(total / np.maximum(known.sum(axis=0), 1))
