"""Scores of quantiles and central intervals against outcomes, elementwise."""

import numpy as np
import numpy.typing as npt

from tradeshock.forecast.judging.alignment import same_rows
from tradeshock.forecast.judging.arguments import share
from tradeshock.forecast.judging.significance import ROUNDING

Array = npt.NDArray[np.float64]


def pinball(actual: npt.ArrayLike, quantile: npt.ArrayLike, level: float) -> Array:
    """Quantile loss ``(level - 1{y < q}) (y - q)``, in the unit of the outcome.

    Minimised on average by the true quantile (Koenker and Bassett 1978, Econometrica 46).

    Parameters
    ----------
    actual, quantile
        Outcomes and forecast quantiles, of shapes that broadcast.
    level
        Probability of the quantile, in (0, 1).
    """
    share(level, "level")
    y, q = same_rows(actual, quantile)
    difference = y - q
    return np.asarray(np.maximum(level * difference, (level - 1.0) * difference))


def interval_score(
    actual: npt.ArrayLike, lower: npt.ArrayLike, upper: npt.ArrayLike, level: float
) -> Array:
    """Width of a central interval plus ``2 / (1 - level)`` times the miss.

    Gneiting and Raftery 2007, Journal of the American Statistical Association 102, eq. 43, with
    their alpha = 1 - level: the one number in which an interval gains nothing by being too wide
    or too narrow. In the unit of the outcome.

    Parameters
    ----------
    actual, lower, upper
        Outcomes and the interval's ends, of shapes that broadcast.
    level
        Nominal coverage, such as 0.9.
    """
    share(level, "level")
    y, low, high = same_rows(actual, lower, upper)
    miss = np.maximum(low - y, 0.0) + np.maximum(y - high, 0.0)
    return np.asarray(high - low + 2.0 / (1.0 - level) * miss)


def covered(
    actual: npt.ArrayLike, lower: npt.ArrayLike, upper: npt.ArrayLike
) -> npt.NDArray[np.bool_]:
    """Whether each outcome lies within its interval, the ends included, rounding allowed for."""
    y, low, high = same_rows(actual, lower, upper)
    at_an_end = [np.isclose(y, end, rtol=ROUNDING, atol=0.0) for end in (low, high)]
    return np.asarray(((low <= y) & (y <= high)) | at_an_end[0] | at_an_end[1])
