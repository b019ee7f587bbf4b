"""A forecast in the long tables of other tools: hubverse, Nixtla, sktime."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from tradeshock.features.errors import ModelError
from tradeshock.models.paths import QUANTILES, ForecastPaths

COVERAGES = (0.5, 0.8, 0.95)


def to_hubverse(paths: ForecastPaths, quantiles: Sequence[float] = QUANTILES) -> pd.DataFrame:
    """Return the model output that hubs of the hubverse collect.

    Parameters
    ----------
    paths : ForecastPaths
    quantiles : sequence of float

    Returns
    -------
    DataFrame
        Columns origin_date, target (the series), horizon (months ahead), target_end_date (last day
        of the month), output_type ("mean" or "quantile"), output_type_id (the level; empty of a
        mean), value. https://docs.hubverse.io, model output
    """
    _refuse_levels(quantiles)
    parts = []
    ends = pd.PeriodIndex(paths.index).to_timestamp(how="end").normalize()
    for series in paths.series:
        draws = paths.draws(series)
        table = np.vstack([draws.mean(axis=0), np.quantile(draws, quantiles, axis=0)])
        labels = ["", *(f"{level:g}" for level in quantiles)]
        for label, values in zip(labels, table, strict=True):
            parts.append(
                pd.DataFrame(
                    {
                        "origin_date": paths.origin.date(),
                        "target": series,
                        "horizon": np.arange(1, len(values) + 1),
                        "target_end_date": ends.date,
                        "output_type": "quantile" if label else "mean",
                        "output_type_id": label,
                        "value": values,
                    }
                )
            )
    return pd.concat(parts, ignore_index=True)


def to_nixtla(paths: ForecastPaths, coverages: Sequence[float] = COVERAGES) -> pd.DataFrame:
    """Return the table that statsforecast, mlforecast and neuralforecast give.

    Parameters
    ----------
    paths : ForecastPaths
    coverages : sequence of float
        Of central intervals, 0 to 1.

    Returns
    -------
    DataFrame
        Columns unique_id, ds (first day of the month), cutoff (the last published month), the
        model's name (median), and for each coverage ``model-lo-80`` and ``model-hi-80``.
    """
    _refuse_levels(coverages)
    starts = pd.PeriodIndex(paths.index).to_timestamp()
    parts = []
    for series in paths.series:
        draws = paths.draws(series)
        columns = {paths.model: np.median(draws, axis=0)}
        for coverage in coverages:
            ends = np.quantile(draws, [(1.0 - coverage) / 2.0, (1.0 + coverage) / 2.0], axis=0)
            name = f"{100.0 * coverage:g}"
            columns |= {f"{paths.model}-lo-{name}": ends[0], f"{paths.model}-hi-{name}": ends[1]}
        frame = pd.DataFrame(columns)
        frame.insert(0, "cutoff", starts[0] - pd.DateOffset(months=1))
        frame.insert(0, "ds", starts)
        frame.insert(0, "unique_id", series)
        parts.append(frame)
    return pd.concat(parts, ignore_index=True)


def to_sktime(paths: ForecastPaths, quantiles: Sequence[float] = QUANTILES) -> pd.DataFrame:
    """Return the table that ``predict_quantiles`` of an sktime forecaster gives.

    Parameters
    ----------
    paths : ForecastPaths
    quantiles : sequence of float

    Returns
    -------
    DataFrame
        Index months, columns (series, quantile).
    """
    _refuse_levels(quantiles)
    columns = pd.MultiIndex.from_product([paths.series, list(quantiles)])
    tables = [np.quantile(paths.draws(series), quantiles, axis=0).T for series in paths.series]
    return pd.DataFrame(np.hstack(tables), pd.PeriodIndex(paths.index), columns)


SHAPES: dict[str, Callable[[ForecastPaths], pd.DataFrame]] = {
    "hubverse": to_hubverse,
    "nixtla": to_nixtla,
}


def _refuse_levels(levels: Sequence[float]) -> None:
    wrong = [level for level in levels if not 0.0 < level < 1.0]
    if wrong or not len(levels):
        raise ModelError(f"got the levels {list(levels)}; give numbers between 0 and 1")
