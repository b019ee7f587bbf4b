"""What a forecaster says of each month ahead, and joint paths that say the same."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.stats import norm

from tradeshock.models.base import Floats

# Symmetric around the median, as forecasters that give intervals want them.
LEVELS = (0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.975, 0.99)
NORMAL_SCORES: Floats = norm.ppf(LEVELS)


class Law(NamedTuple):
    """Laws of the months ahead, each for itself.

    Parameters
    ----------
    median : ndarray, steps
        Logs of an index.
    spread : ndarray, levels by steps, or None
        Quantiles at `LEVELS` less the median; None from a forecaster that gives points alone.
    """

    median: Floats
    spread: Floats | None


def errors_of(spread: Floats, walk: Floats) -> Floats:
    """Joint errors whose laws by step are given, ordered among steps as other paths are.

    A path that is the k-th largest of the others at a step takes the k-th largest value of that
    step's law (the Schaake shuffle of Clark et al. 2004, Journal of Hydrometeorology 5). Between
    levels the law is read on the scale of normal scores, and beyond the outermost ones the tail
    goes on as a normal one.

    Parameters
    ----------
    spread : ndarray, levels by steps
        Quantiles at `LEVELS` less the median.
    walk : ndarray, draws by steps
        Paths whose order is taken.

    Returns
    -------
    ndarray, draws by steps
    """
    ranks = walk.argsort(axis=0, kind="stable").argsort(axis=0)
    scores = norm.ppf((np.arange(len(walk)) + 0.5) / len(walk))
    inside = np.clip(scores, NORMAL_SCORES[0], NORMAL_SCORES[-1])
    beyond = np.divide(scores, inside, out=np.ones_like(scores), where=inside != 0.0)
    ascending = [np.interp(inside, NORMAL_SCORES, law) * beyond for law in spread.T]
    return np.take_along_axis(np.stack(ascending, axis=1), ranks, axis=0)
