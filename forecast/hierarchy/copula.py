"""Draws of several series put in the order in which their past errors came together."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tradeshock.models.paths import in_order_of

Floats = npt.NDArray[np.float64]


def coupled(draws: Floats, errors: Floats, rng: np.random.Generator) -> Floats:
    """Draws whose joint ranks over series and steps are those of past errors.

    The Schaake shuffle with an empirical copula of errors (Clark et al. 2004; Schefzik,
    Thorarinsdottir and Gneiting 2013): each series keeps its draws of each step, only their order
    changes. Each past origin lends its ranks to as many draws as any other; which of these is the
    larger one is left to chance, series by series.

    Parameters
    ----------
    draws : ndarray, draws by steps by series
    errors : ndarray, origins by steps by series
        Of forecasts of these series for these steps, without NaN.
    rng : Generator

    Returns
    -------
    ndarray, draws by steps by series
    """
    n = len(draws)
    lent = np.resize(rng.permutation(len(errors)), n)
    chance = rng.random(draws.shape)
    # Ties are the draws of one origin.
    order = np.lexsort((chance, errors[lent]), axis=0)
    ranks = np.empty_like(draws)
    np.put_along_axis(ranks, order, np.arange(n, dtype=float)[:, None, None], axis=0)
    ascending = np.sort(draws, axis=0)
    columns = range(draws.shape[2])
    return np.stack([in_order_of(ranks[:, :, j], ascending[:, :, j]) for j in columns], axis=2)
