"""The chance of a fall: from paths, and from the quantiles that a record keeps."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import norm

from tradeshock.models.paths import QUANTILES, ForecastPaths
from tradeshock.models.record.rows import QUANTILE_COLUMNS

Floats = npt.NDArray[np.float64]


def falls_by_month(paths: ForecastPaths) -> pd.Series[float]:
    """Share of paths that fall short of the same month a year before.

    Returns
    -------
    Series
        By step, labelled "1", "2", ...; steps whose month a year before is neither published nor
        forecast are missing.
    """
    growth = paths.yoy()
    steps = paths.index.get_indexer(pd.PeriodIndex(growth.columns)) + 1
    return pd.Series((growth.to_numpy() < 0.0).mean(axis=0), steps.astype(str), dtype=float)


def chance_below(quantiles: Floats, levels: Floats) -> Floats:
    """Chance of an outcome below a level, from quantiles of a positive forecast.

    Between the quantiles the normal score is linear in the log of the level, and beyond the
    outermost ones it goes on with the slope of the last two: exact for a log-normal forecast.

    Parameters
    ----------
    quantiles : ndarray, forecasts by `QUANTILES`
    levels : ndarray, forecasts

    Returns
    -------
    ndarray, forecasts
        From 0 to 1; NaN where an input is.
    """
    scores = norm.ppf(QUANTILES)
    at, wanted = np.log(quantiles), np.log(levels)
    # The piece of each level; the outermost pieces reach on without end.
    piece = np.clip((at < wanted[:, None]).sum(axis=1) - 1, 0, len(scores) - 2)
    rows = np.arange(len(at))
    left, right = at[rows, piece], at[rows, piece + 1]
    # Equal quantiles leave no slope: a step.
    slope = (scores[piece + 1] - scores[piece]) / np.maximum(right - left, 1e-12)
    chance: Floats = norm.cdf(scores[piece] + slope * (wanted - left))
    return chance


def recorded_falls(rows: pd.DataFrame, published: pd.Series) -> Floats:
    """Chance of negative growth on a year before that forecasts of a record gave.

    Parameters
    ----------
    rows : DataFrame
        Of `tradeshock.models.Record.frame`, of at most 12 steps.
    published : Series
        The target by month.
    """
    before = published.reindex(pd.PeriodIndex(rows["month"]) - 12).to_numpy(dtype=float)
    return chance_below(rows[list(QUANTILE_COLUMNS)].to_numpy(dtype=float), before)
