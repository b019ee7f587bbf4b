"""Scores of one forecast sample against one outcome: taken while the paths are still there."""

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

# Samples are scored as 100 * log or in percentage points, where 0.001 is about the rounding of a
# published figure: a forecast cannot be sharper than what it forecasts is printed.
SMALLEST_BANDWIDTH = 1e-3


def crps_sample(draws: npt.ArrayLike, actual: npt.ArrayLike) -> Array:
    """Continuous ranked probability score of the sample's empirical distribution.

    ``mean|x - y| - mean|x - x'| / 2`` over all pairs of draws, computed exactly from the sorted
    sample (Jordan, Krüger and Lerch 2019, Journal of Statistical Software 90(12), eq. 3). This
    is the plain score, not the "fair" one: the score of the draws as they are handed out, not
    an estimate for infinitely many. With 1,000 draws the two differ by about 0.1 %.

    Parameters
    ----------
    draws
        Sample, shape ``(draws, k)``; ``k`` is usually the number of steps.
    actual
        Outcomes, shape ``(k,)``. An outcome that is NaN (not out yet) has a NaN score.

    Returns
    -------
    ndarray of shape ``(k,)``, in the unit of the draws; smaller is better, 0 is perfect.
    """
    x, y = np.sort(np.asarray(draws, dtype=float), axis=0), np.asarray(actual, dtype=float)
    return _crps(x, y)


def sample_scores(draws: Array, actual: Array) -> dict[str, Array]:
    """CRPS, log score and PIT of a sample that is sorted already.

    Parameters
    ----------
    draws : ndarray, shape (draws, k)
        Ascending along the first axis.
    actual : ndarray, shape (k,)

    Returns
    -------
    dict of str to ndarray of shape (k,)
        ``"crps"``, ``"logscore"`` and ``"pit"``: `crps_sample`, `log_score_sample`, `pit_sample`.
    """
    place = np.array([0.25, 0.75]) * (len(draws) - 1)
    below = np.floor(place).astype(np.intp)
    above = np.minimum(below + 1, len(draws) - 1)
    quarters = draws[below] + (place - below)[:, None] * (draws[above] - draws[below])
    return {
        "crps": _crps(draws, actual),
        "logscore": _log_score(draws, actual, _bandwidth(draws, quarters)),
        "pit": pit_sample(draws, actual),
    }


def _crps(x: Array, y: Array) -> Array:
    n, gap = len(x), x - y
    weight = np.arange(n) + 0.5
    return np.asarray(2.0 / n**2 * (n * np.maximum(gap, 0.0).sum(axis=0) - weight @ gap))


def silverman_bandwidth(draws: npt.ArrayLike) -> Array:
    """Bandwidth of a Gaussian kernel, shape ``(k,)`` for draws of shape ``(draws, k)``.

    ``1.06 min(sd, IQR / 1.34) n**(-1/5)`` (Silverman 1986, section 3.4.2). The interquartile
    range keeps single wild draws from smearing the density. Where one of the two is zero (many
    equal draws) the other is used, and ``SMALLEST_BANDWIDTH`` is the floor.
    """
    x = np.asarray(draws, dtype=float)
    return _bandwidth(x, np.quantile(x, [0.25, 0.75], axis=0))


def _bandwidth(x: Array, quarters: Array) -> Array:
    deviation = x.std(axis=0)
    robust = (quarters[1] - quarters[0]) / 1.34
    spread = np.where(robust > 0, np.minimum(deviation, robust), deviation)
    return np.asarray(np.maximum(1.06 * spread * len(x) ** -0.2, SMALLEST_BANDWIDTH))


def log_score_sample(draws: npt.ArrayLike, actual: npt.ArrayLike) -> Array:
    """Negative log density of the outcome under a Gaussian kernel estimate of the sample.

    Summed in logs, so an outcome far outside the sample has a large score and not an infinite
    one. There the score is ruled by the nearest draws and the bandwidth: rank models by CRPS,
    and read the log score for what CRPS forgives, tails that are too thin (Krüger, Lerch,
    Thorarinsdottir and Gneiting 2021, International Statistical Review 89, on both).

    Parameters
    ----------
    draws
        Sample, shape ``(draws, k)``.
    actual
        Outcomes, shape ``(k,)``. NaN where the outcome is.

    Returns
    -------
    ndarray of shape ``(k,)``, in nats; smaller is better, and it may be negative.
    """
    x, y = np.asarray(draws, dtype=float), np.asarray(actual, dtype=float)
    return _log_score(x, y, silverman_bandwidth(x))


def _log_score(x: Array, y: Array, bandwidth: Array) -> Array:
    log_kernel = -0.5 * ((y - x) / bandwidth) ** 2
    peak = log_kernel.max(axis=0)
    log_sum = peak + np.log(np.exp(log_kernel - peak).sum(axis=0))
    log_density = log_sum - np.log(len(x) * bandwidth)
    return np.asarray(0.5 * np.log(2.0 * np.pi) - log_density)


def pit_sample(draws: npt.ArrayLike, actual: npt.ArrayLike) -> Array:
    """Probability integral transform: the outcome's mid-rank among the draws, in 0..1.

    ``(#{x < y} + #{x <= y}) / (2 n)``, so that ties count half (Czado, Gneiting and Held 2009,
    Biometrics 65, the non-randomised form). Uniform over many forecasts if they are calibrated.

    Parameters
    ----------
    draws
        Sample, shape ``(draws, k)``.
    actual
        Outcomes, shape ``(k,)``. NaN where the outcome, or any draw, is.

    Returns
    -------
    ndarray of shape ``(k,)``.
    """
    x, y = np.asarray(draws, dtype=float), np.asarray(actual, dtype=float)
    rank = 0.5 * ((x < y).mean(axis=0) + (x <= y).mean(axis=0))
    # Comparing with NaN is False, as if such a draw were above every outcome; its sum is NaN.
    return np.asarray(np.where(np.isnan(x.sum(axis=0) + y), np.nan, rank))
