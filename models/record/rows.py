"""Forecasts set against what came out: the rows of the tidy frame."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.errors import ModelError
from tradeshock.features.panel.panel import Panel
from tradeshock.features.panel.validation import months_of
from tradeshock.models.paths import QUANTILES, ForecastPaths
from tradeshock.models.record.sample_scores import sample_scores

Array = npt.NDArray[np.float64]
Column = npt.NDArray[np.generic]

QUANTILE_COLUMNS = ("q025", "q05", "q10", "q25", "q50", "q75", "q90", "q95", "q975")
# Months of the seasonal naive forecast whose errors in sample scale those of others.
SEASON = 12
_TEXT = ("model", "target", "state", "quantity")


Actual = Literal["latest", "first"]
ACTUALS = ("latest", "first")


def forecast_rows(
    forecasts: ForecastPaths | Sequence[ForecastPaths], panel: Panel, actual: Actual = "latest"
) -> pd.DataFrame:
    """Rows of the tidy frame: what was forecast and, where it is out, what came.

    Parameters
    ----------
    forecasts : ForecastPaths or sequence of them
    panel : Panel
        Holds the outcomes, released by its release rules.
    actual : {"latest", "first"}
        What counts as outcome where the panel has vintages: the newest figure, or the first, which
        is what was known on the day it came out; growth then goes by the month a year before as it
        stood that day.

    Returns
    -------
    DataFrame
        One row a forecast, target, quantity and step. Columns ``model, target, origin, state,
        month, step, quantity``; ``mean`` and the quantiles ``q025`` to ``q975``; the scores
        ``crps, logscore, pit``, NaN where the outcome is not out; ``scale``, ``naive_mae`` and
        ``naive_mse``; ``last_yoy``, growth over a year of the last month published at the origin,
        per cent; ``actual``; ``known_on``, the day it came out, NaT where it is not out.

        Quantity "level" is in the target's unit and scored in ``100 * log``; "yoy" is growth over
        a year in per cent, scored in percentage points, and without rows where the month a year
        before is neither published nor forecast. ``scale`` is the median absolute change of the
        quantity over one month in the published history, in the unit of the scores. ``naive_mae``
        and ``naive_mse`` are the mean absolute and mean squared change over `SEASON` months in
        that history, in the quantity's own unit: errors of the seasonal naive forecast in sample,
        by which MASE and RMSSE divide. All are NaN where the history is too short.

    Raises
    ------
    ModelError
        If a path is not positive: neither logs nor growth rates exist.
    """
    if isinstance(forecasts, ForecastPaths):
        forecasts = [forecasts]
    outcomes: dict[str, Outcomes] = {}
    parts: list[dict[str, Column]] = []
    for paths in forecasts:
        for series in paths.series:
            if series not in outcomes:
                outcomes[series] = Outcomes(panel, series, actual)
            parts.extend(_measured(paths, series, outcomes[series]))
    return _assembled(parts)


class Outcomes:
    """What a series came to, month by month, and when that was known.

    Parameters
    ----------
    panel : Panel
    series : str
    actual : {"latest", "first"}
        As for `forecast_rows`.

    Raises
    ------
    ModelError
        If `actual` is neither.
    """

    def __init__(self, panel: Panel, series: str, actual: Actual = "latest") -> None:
        if actual not in ACTUALS:
            raise ModelError(f"got actual={actual!r}, expected one of {', '.join(ACTUALS)}")
        column = panel.values.columns.get_loc(series)
        level = panel.values[series].to_numpy(dtype=float)
        before = np.concatenate([np.full(12, np.nan), level[:-12]])[: len(level)]
        if actual == "first" and panel.revises_the_past:
            level, before = panel.first_prints(series)
        growth = 100.0 * (level / before - 1.0)
        released = panel.release_dates[:, column].astype("datetime64[ns]")
        # One row more, for all months outside the panel.
        self._actual = {
            "level": np.append(level, np.nan),
            "yoy": np.append(growth, np.nan),
        }
        self._known_on = np.append(released, np.datetime64("NaT"))
        self._first = panel.values.index[0].ordinal

    def at(
        self, months: npt.NDArray[np.int64], quantity: str
    ) -> tuple[Array, npt.NDArray[np.datetime64]]:
        """Outcomes and the days on which they came out, for ordinals of months."""
        row = months - self._first
        row[(row < 0) | (row >= len(self._known_on))] = -1
        actual = self._actual[quantity][row]
        return actual, np.where(np.isnan(actual), np.datetime64("NaT"), self._known_on[row])


def _measured(paths: ForecastPaths, series: str, outcomes: Outcomes) -> Iterator[dict[str, Column]]:
    draws = paths.draws(series)
    if draws.min() <= 0.0:
        step = int(np.argwhere(draws <= 0.0)[0][1]) + 1
        raise ModelError(
            f"{paths.model} gave {draws.min():g} for {series} in {paths.index[step - 1]} (step "
            f"{step}, origin {paths.origin.date()}); a target must stay positive, because errors "
            "are taken in logs"
        )
    # A copy with each month's draws side by side in memory: sorting is most of the work.
    sample = np.sort(draws.T, axis=1).T
    months = np.asarray(paths.index.asi8)
    past = _Past(paths, series)
    actual, known_on = outcomes.at(months.copy(), "level")
    yield {
        **_labels(paths, series, "level", np.arange(1, len(months) + 1), months),
        **_distribution(sample),
        **sample_scores(100.0 * np.log(sample), 100.0 * np.log(actual)),
        **past.constants("level", len(months)),
        "actual": actual,
        "known_on": known_on,
    }
    growth, steps = past.growth(draws, sample)
    if len(steps):
        months = months[steps - 1]
        actual, known_on = outcomes.at(months.copy(), "yoy")
        yield {
            **_labels(paths, series, "yoy", steps, months),
            **_distribution(growth),
            **sample_scores(growth, actual),
            **past.constants("yoy", len(months)),
            "actual": actual,
            "known_on": known_on,
        }


class _Past:
    """Published history of a forecast's series."""

    def __init__(self, paths: ForecastPaths, series: str) -> None:
        column = paths.history[series]
        self._level = column.to_numpy(dtype=float)
        # Row of the month before step 1; the history may reach beyond it, or end before.
        self._last = paths.index[0].ordinal - 1 - column.index[0].ordinal

    def growth(self, draws: Array, sample: Array) -> tuple[Array, npt.NDArray[np.int64]]:
        """Sorted growth over a year of each step that has it, per cent, and those steps."""
        steps = np.arange(1, draws.shape[1] + 1)
        rows = self._last + steps - 12
        inside = (rows >= 0) & (rows <= min(self._last, len(self._level) - 1))
        before = np.full(len(steps), np.nan)
        before[inside] = self._level[rows[inside]]
        # Dividing by a published figure keeps the order; by a forecast one it does not.
        growth = 100.0 * (sample / before - 1.0)
        later = np.sort((draws[:, 12:] / draws[:, :-12]).T, axis=1).T
        growth[:, 12:] = 100.0 * (later - 1.0)
        known = np.isfinite(growth[0])
        return growth[:, known], steps[known]

    def constants(self, quantity: str, rows: int) -> dict[str, Column]:
        """Columns ``scale``, ``naive_mae``, ``naive_mse`` and ``last_yoy``."""
        level = self._level[np.isfinite(self._level)]
        growth = 100.0 * (level[12:] / level[:-12] - 1.0)
        measured = 100.0 * np.log(level) if quantity == "level" else growth
        scale = np.median(np.abs(np.diff(measured))) if len(measured) > 1 else np.nan
        mae, mse = self._seasonal_naive_errors(quantity)
        last = growth[-1] if len(growth) else np.nan
        found = {"scale": scale, "naive_mae": mae, "naive_mse": mse, "last_yoy": last}
        return {name: np.full(rows, value) for name, value in found.items()}

    def _seasonal_naive_errors(self, quantity: str) -> tuple[float, float]:
        """Mean absolute and mean squared change over a season, NaN if there is none."""
        figures = self._level
        if quantity == "yoy":
            figures = 100.0 * (figures[12:] / figures[:-12] - 1.0)
        change = figures[SEASON:] - figures[:-SEASON]
        change = change[np.isfinite(change)]
        if not len(change):
            return np.nan, np.nan
        return float(np.abs(change).mean()), float((change**2).mean())


def _labels(
    paths: ForecastPaths,
    series: str,
    quantity: str,
    steps: npt.NDArray[np.int64],
    months: npt.NDArray[np.int64],
) -> dict[str, Column]:
    text = dict(zip(_TEXT, (paths.model, series, paths.state, quantity), strict=True))
    return {
        **{name: np.full(len(steps), value, dtype=object) for name, value in text.items()},
        "origin": np.full(len(steps), paths.origin.to_datetime64(), dtype="datetime64[ns]"),
        "month": months,
        "step": steps,
    }


def _distribution(sample: Array) -> dict[str, Column]:
    """Mean and quantiles of a sorted sample, draws by steps."""
    place = np.array(QUANTILES) * (len(sample) - 1)
    below = np.floor(place).astype(np.intp)
    above = np.minimum(below + 1, len(sample) - 1)
    share = (place - below)[:, None]
    table = sample[below] + share * (sample[above] - sample[below])
    return {"mean": sample.mean(axis=0), **dict(zip(QUANTILE_COLUMNS, table, strict=True))}


COLUMNS = (
    "model",
    "target",
    "origin",
    "state",
    "month",
    "step",
    "quantity",
    "mean",
    *QUANTILE_COLUMNS,
    "crps",
    "logscore",
    "pit",
    "scale",
    "naive_mae",
    "naive_mse",
    "last_yoy",
    "actual",
    "known_on",
)
# Not in frames and files that were made before these columns were.
NEW_COLUMNS = ("naive_mae", "naive_mse")


def empty_frame() -> pd.DataFrame:
    """Tidy frame without rows."""
    return _assembled([])


def to_arrays(rows: pd.DataFrame) -> dict[str, Column]:
    """Columns of a tidy frame as arrays that a file can hold without pickles."""
    ready: dict[str, Column] = {name: rows[name].to_numpy(dtype=str) for name in _TEXT}
    ready["month"] = np.asarray(pd.PeriodIndex(rows["month"]).asi8)
    # Not of all columns: months one by one take longer than everything else.
    return {name: ready[name] if name in ready else rows[name].to_numpy() for name in COLUMNS}


def with_new_columns(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame with all that is known today; what its maker did not know is NaN."""
    missing = {name: np.nan for name in NEW_COLUMNS if name not in frame.columns}
    return frame.assign(**missing) if missing else frame


def from_arrays(columns: Mapping[str, Column]) -> pd.DataFrame:
    """Tidy frame of the columns that `to_arrays` gave.

    Raises
    ------
    KeyError
        If one is missing that is not among `NEW_COLUMNS`.
    """
    unknown = np.full(len(columns["month"]), np.nan)
    old = {name: unknown for name in NEW_COLUMNS if name not in columns}
    ready: dict[str, Any] = {name: {**columns, **old}[name] for name in COLUMNS}
    # Objects become what texts are in the pandas at hand.
    ready |= {name: ready[name].astype(object) for name in _TEXT}
    return pd.DataFrame({**ready, "month": months_of(ready["month"])})


def _assembled(parts: Sequence[dict[str, Column]]) -> pd.DataFrame:
    columns: dict[str, Column] = {}
    for name in COLUMNS:
        pieces = [part[name] for part in parts]
        columns[name] = np.concatenate(pieces) if pieces else np.empty(0, dtype=_dtype(name))
    return from_arrays(columns)


def _dtype(column: str) -> str:
    kinds = dict.fromkeys(_TEXT, "object") | dict.fromkeys(("month", "step"), "int64")
    kinds |= dict.fromkeys(("origin", "known_on"), "datetime64[ns]")
    return kinds.get(column, "float64")
