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
    squared = (actual[:, :, None] - quantiles[..., middle]) ** 2
    weights = equal(quantiles, levels, actual)
    decay = 0.5 ** (1.0 / HALF_LIFE)
    total = np.zeros(weights.shape[1:])
    count = np.zeros(weights.shape[1:2])
    for t in range(len(squared)):
        steps = np.arange(min(t + 1, squared.shape[1]))
        now = squared[t - steps, steps]
        steps, now = steps[~np.isnan(now).any(axis=1)], now[~np.isnan(now).any(axis=1)]
        total[steps] = decay * total[steps] + now
        count[steps] = decay * count[steps] + 1.0
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
    for t in range(len(actual)):
        weights[t + 1] = weights[t]
        steps = np.arange(min(t + 1, actual.shape[1]))
        y, q, old = actual[t - steps, steps], quantiles[t - steps, steps], weights[t, steps]
        apart = q - q.mean(axis=1, keepdims=True)
        above = y[:, None] < np.einsum("hk,hkq->hq", old, q)
        gradient = ((above - levels)[:, None, :] * apart).mean(axis=2)
        size = np.abs(apart).mean(axis=(1, 2)) + 1e-12
        new = old * np.exp(-LEARNING_RATE * gradient / size[:, None])
        new = new / new.sum(axis=1, keepdims=True)
        known = ~np.isnan(y) & ~np.isnan(new).any(axis=1)
        mixed = (1.0 - FIXED_SHARE) * new + FIXED_SHARE / old.shape[1]
        weights[t + 1, steps[known]] = mixed[known]
    return weights


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
