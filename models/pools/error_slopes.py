"""How much of past errors an indicator explains, as it could be estimated at each origin."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.intp]
Days = npt.NDArray[np.datetime64]

# Growth of an indicator must be known at so many origins before its slope is estimated.
FEWEST_KNOWN = 12


def known_counts(known_on: Days, days: Days) -> Counts:
    """Of how many first origins the outcome was known on each day.

    Parameters
    ----------
    known_on : ndarray, origins
        Days on which the outcomes of one step came out; NaT where not yet.
    days : ndarray, any length
    """
    never = np.datetime64("2262-01-01")
    came = np.maximum.accumulate(np.where(np.isnat(known_on), never, known_on))
    return np.searchsorted(came, days, side="right")


def expanding_slopes(growth: Floats, errors: Floats, counts: Counts, prior: float) -> Floats:
    """Ridge regressions through the origin of errors on growth, on growing parts of the past.

    ``(X'X + prior S)^-1 X'e`` with S the diagonal of mean squares of the known growth: the prior
    is worth `prior` months in which growth meant nothing, whatever the unit of the indicator.

    Parameters
    ----------
    growth : ndarray, shape (T, K)
        NaN where not known; such a month says nothing.
    errors : ndarray, shape (T,)
        NaN where not known.
    counts : ndarray of int, shape (N,)
        Numbers of first months that each regression uses.
    prior : float
        Positive.

    Returns
    -------
    ndarray, shape (N, K)
        0 for an indicator of which less than a year is known.
    """
    known = ~np.isnan(growth) & ~np.isnan(errors)[:, None]
    x, e = np.where(known, growth, 0.0), np.where(np.isnan(errors), 0.0, errors)
    squares = _sums(x[:, :, None] * x[:, None, :])[counts]
    products = _sums(x * e[:, None])[counts]
    number = _sums(known.astype(float))[counts]
    size = np.einsum("nkk->nk", squares) / np.maximum(number, 1.0)
    usable = (number >= FEWEST_KNOWN) & (size > 0.0)
    both = usable[:, :, None] & usable[:, None, :]
    penalty = np.where(usable, prior * size, 1.0)
    system = np.where(both, squares, 0.0) + penalty[:, :, None] * np.eye(x.shape[1])
    slopes = np.linalg.solve(system, np.where(usable, products, 0.0)[:, :, None])
    return np.asarray(slopes[:, :, 0])


def corrections_pay(growth: Floats, errors: Floats, slopes: Floats, known: int, trial: int) -> bool:
    """Whether past corrections made the squared error smaller.

    Parameters
    ----------
    growth : ndarray, shape (T, K)
    errors : ndarray, shape (T,)
    slopes : ndarray, shape (T, K)
        Of each origin, from what was known then.
    known : int
        Number of first origins whose outcomes count.
    trial : int
        Fewest corrections.
    """
    correction = np.where(np.isnan(growth), 0.0, growth * slopes).sum(axis=1)[:known]
    made = (correction != 0.0) & ~np.isnan(errors[:known])
    before, after = errors[:known][made], (errors[:known] - correction)[made]
    return len(before) >= trial and float(after @ after) < float(before @ before)


def _sums(values: Floats) -> Floats:
    """Sums of the first 0, 1, ... T rows."""
    return np.concatenate([np.zeros((1, *values.shape[1:])), np.cumsum(values, axis=0)])
