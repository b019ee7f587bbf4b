"""A forecast in the long tables of other tools: hubverse, Nixtla, sktime."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.errors import ModelError
from tradeshock.models.paths import QUANTILES, ForecastPaths
from tradeshock.models.record.files import replacing

Floats = npt.NDArray[np.float64]

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
    labels = ["", *(f"{level:g}" for level in quantiles)]
    ends = pd.PeriodIndex(paths.index).to_timestamp(how="end").normalize()
    steps = np.arange(1, len(ends) + 1)

    def rows(series: str, draws: Floats) -> pd.DataFrame:
        table = np.vstack([draws.mean(axis=0), np.quantile(draws, quantiles, axis=0)])
        return pd.DataFrame(
            {
                "origin_date": paths.origin.date(),
                "target": series,
                "horizon": np.tile(steps, len(labels)),
                "target_end_date": np.tile(ends.date, len(labels)),
                "output_type": np.repeat(["mean", *["quantile"] * len(quantiles)], len(steps)),
                "output_type_id": np.repeat(np.array(labels, dtype=object), len(steps)),
                "value": table.ravel(),
            }
        )

    return _each(paths, rows)


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

    def rows(series: str, draws: Floats) -> pd.DataFrame:
        columns: dict[str, Any] = {
            "unique_id": series,
            "ds": starts,
            "cutoff": starts[0] - pd.DateOffset(months=1),
            paths.model: np.median(draws, axis=0),
        }
        for coverage in coverages:
            name, tail = f"{100.0 * coverage:g}", (1.0 - coverage) / 2.0
            low, high = np.quantile(draws, [tail, tail + coverage], axis=0)
            columns |= {f"{paths.model}-lo-{name}": low, f"{paths.model}-hi-{name}": high}
        return pd.DataFrame(columns)

    return _each(paths, rows)


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
    "sktime": to_sktime,
}
# Those with names in one row and no index, as Parquet files have them.
LONG = ("hubverse", "nixtla")


def shape_text(paths: ForecastPaths, shape: str) -> str:
    """Return a forecast in one of `SHAPES` as CSV.

    The headers of the sktime table are two rows, series and quantile, and its first column is the
    month.
    """
    table = SHAPES[shape](paths)
    return table.to_csv(index=table.columns.nlevels > 1, lineterminator="\n")


def write_parquet(path: str | PathLike[str], paths: ForecastPaths, shape: str) -> None:
    """Write one of the long tables as a Parquet file, whole or not at all.

    Parameters
    ----------
    path : path
    paths : ForecastPaths
    shape : {"hubverse", "nixtla"}

    Raises
    ------
    ModelError
        If the extra "parquet" is not installed or there is no such long table.
    """
    if shape not in LONG:
        raise ModelError(f"got the shape {shape!r}; long tables are {' and '.join(LONG)}")
    try:
        import pyarrow  # noqa: F401
    except ImportError as error:
        raise ModelError(
            f"{Path(path).name} needs pyarrow: pip install 'tradeshock[parquet]', or take CSV"
        ) from error
    content = SHAPES[shape](paths).to_parquet(engine="pyarrow", index=False)
    with replacing(Path(path)) as file:
        file.write(content)


def _each(paths: ForecastPaths, rows: Callable[[str, Floats], pd.DataFrame]) -> pd.DataFrame:
    """Rows of every series, made of its draws, below each other."""
    parts = [rows(series, paths.draws(series)) for series in paths.series]
    return pd.concat(parts, ignore_index=True)


def _refuse_levels(levels: Sequence[float]) -> None:
    wrong = [level for level in levels if not 0.0 < level < 1.0]
    if wrong or not len(levels):
        raise ModelError(f"got the levels {list(levels)}; give numbers between 0 and 1")
