"""Scores of a backtest, as a pure function of its tidy frame."""

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.errors import ScoreError
from tradeshock.forecast.judging.arguments import frame as as_frame
from tradeshock.forecast.judging.comparison import diebold_mariano
from tradeshock.forecast.judging.episodes import EPISODES, Episode, labels
from tradeshock.forecast.judging.intervals import covered, interval_score, pinball
from tradeshock.forecast.judging.scorable import (
    FORECAST_KEYS,
    INTERVALS,
    QUANTILES,
    free_of_rounding,
    month_number,
    scorable,
)
from tradeshock.forecast.judging.significance import Array
from tradeshock.forecast.judging.windows import Windows, spans_of

if TYPE_CHECKING:
    Groups: TypeAlias = "pd.api.typing.DataFrameGroupBy[tuple[Hashable, ...], Literal[True]]"

WINDOWS: Windows = {
    "2010-2019": ("2010-01", "2019-12"),
    "2015-2025": ("2015-01", "2025-12"),
    "2022-2026.04": ("2022-01", "2026-04"),
}
_SCALED = ("mase", "rmsse", "mase_robust", "rmsse_robust")
_DERIVED = ("window", "episode", "phase", "month_of_year", "year")


def scores(
    frame: pd.DataFrame,
    by: Sequence[str] = ("model", "step"),
    windows: Windows | None = None,
    episodes: Sequence[Episode] | None = None,
    reference: str | None = "RandomWalk",
) -> pd.DataFrame:
    """Score the forecasts of a backtest, group by group.

    Parameters
    ----------
    frame
        Tidy frame of a backtest. Rows without an outcome are not scored. Optional columns are
        ``last_yoy`` (growth of the last month published at the origin, per cent), needed for
        ``direction``, and ``naive_mae`` and ``naive_mse``, needed for ``mase`` and ``rmsse``.
    by
        Columns of the frame, or ``window``, ``episode``, ``phase``, ``month_of_year`` and
        ``year`` of the target month. Targets and quantities are never pooled.
    windows
        Name to first and last target month, for ``window`` in `by`; default `WINDOWS`. They may
        overlap: a forecast is scored in each window that it falls into.
    episodes
        Shocks, for ``episode`` and ``phase`` in `by`; default `EPISODES`.
    reference
        Model of the ratios and the test, or None for neither.

    Returns
    -------
    One row for each group. Errors of levels are ``100 * (log actual - log q50)``, about per
    cent; of growth rates ``actual - q50`` in percentage points.

    ``n`` forecasts scored; ``rmse``, ``mae``; ``bias`` mean error, positive where forecasts were
    too low; ``crps``, ``logscore``, ``pinball`` (mean over the nine quantiles) and
    ``interval_score`` (mean over the four intervals); ``coverage_50`` to ``coverage_95``;
    ``mase`` mean absolute scaled error (Hyndman and Koehler 2006, International Journal of
    Forecasting 22) and ``rmsse`` root mean squared scaled error (Makridakis, Spiliotis and
    Assimakopoulos 2022, same journal 38), both of the median in the quantity's own unit, over the
    error in sample of the seasonal naive forecast of period 12 in the history published at the
    origin (``naive_mae``, ``naive_mse``): 1 is as good as last year's month was in sample.
    ``mase_robust``, ``rmsse_robust`` mean absolute and root mean squared error over ``scale``, the
    median absolute change over one month, which single wild months do not move; ``direction``
    share of growth rates forecast on the right side of ``last_yoy``, no side counting half, not
    defined for levels.

    Against the reference, over the ``n_reference`` forecasts that both have made: ``rmse_ratio``,
    ``crps_ratio``; ``dm_p`` p-value of `diebold_mariano` (Harvey, Leybourne and Newbold) on
    squared errors, where a group pools several forecasts of one origin month on their mean;
    ``detectable_ratio`` the minimum detectable RMSE ratio of that test at 5 % with a power of
    80 %, 0 if there is none.

    ``note`` says why a number is missing; it is empty where all is well.

    Raises
    ------
    ScoreError
        If a column to group by is unknown, windows or episodes are given but not grouped by,
        the reference has no forecasts, or the frame cannot be scored (`scorable`).
    """
    _check_arguments(frame, by, windows, episodes)
    rows = _row_scores(scorable(frame))
    if reference is not None:
        rows = _with_reference(rows, reference)
    rows = _with_groups(rows, by, WINDOWS if windows is None else windows, episodes or EPISODES)
    keys = [key for key in ("target", "quantity") if key not in by] + list(by)
    if rows.empty:
        raise ScoreError("No forecast with an outcome falls into any of the windows.")
    # A missing key must show up as a group of its own.
    grouped = rows.groupby(keys, observed=True, sort=True, dropna=False)
    table = _averages(grouped)
    notes = [""] * len(table)
    if reference is not None:
        _add_ratios(table, grouped)
        notes = _add_tests(table, grouped, rows)
    return _explained(table, notes).reset_index()


def _check_arguments(
    frame: pd.DataFrame,
    by: Sequence[str],
    windows: Windows | None,
    episodes: Sequence[Episode] | None,
) -> None:
    as_frame(frame, "the first argument")
    listed = isinstance(by, Sequence) and not isinstance(by, str)
    texts = [key for key in by if isinstance(key, str)] if listed else []
    unknown = [key for key in texts if key not in frame.columns and key not in _DERIVED]
    if unknown or not texts or len(texts) < len(by):
        raise ScoreError(
            f"Cannot group by {unknown or repr(by)}; give a list of columns of the frame or of "
            f"{list(_DERIVED)}."
        )
    if windows is not None and "window" not in by:
        raise ScoreError("Windows were given, but `by` does not contain 'window'.")
    if episodes is not None and not {"episode", "phase"} & set(by):
        raise ScoreError("Episodes were given, but `by` has neither 'episode' nor 'phase'.")


def _row_scores(rows: pd.DataFrame) -> pd.DataFrame:
    """Add every score whose mean over a group is wanted."""
    actual, error = rows["actual"].to_numpy(), rows["error"].to_numpy()
    rows["squared"], rows["absolute"] = error**2, np.abs(error)
    rows["pinball"] = np.mean(
        [pinball(actual, rows[name], level) for name, level in QUANTILES.items()], axis=0
    )
    rows["interval_score"] = np.mean(
        [interval_score(actual, rows[low], rows[up], k) for k, (low, up) in INTERVALS.items()],
        axis=0,
    )
    for level, (lower, upper) in INTERVALS.items():
        rows[f"coverage_{100 * level:.0f}"] = covered(actual, rows[lower], rows[upper]).astype(
            float
        )
    rows["crps"] = free_of_rounding(rows["crps"], actual)
    missed, scale = rows["unit_error"].to_numpy(), _positive(rows, "scale")
    rows["mase"] = np.abs(missed) / _positive(rows, "naive_mae")
    rows["rmsse"] = missed**2 / _positive(rows, "naive_mse")
    rows["mase_robust"], rows["rmsse_robust"] = np.abs(error) / scale, (error / scale) ** 2
    rows["direction"] = _direction(rows)
    return rows


def _positive(rows: pd.DataFrame, column: str) -> Array:
    """A column to divide by, NaN where it is missing or not positive."""
    if column not in rows.columns:
        return np.full(len(rows), np.nan)
    values = rows[column].to_numpy(dtype=float)
    return np.where(values > 0, values, np.nan)


def _direction(rows: pd.DataFrame) -> Array:
    """1, 0 or 0.5 for a growth rate on the right, the wrong or no side of the last one."""
    growth = rows["quantity"].eq("yoy").to_numpy()
    if "last_yoy" not in rows.columns:
        return np.full(len(rows), np.nan)
    last = np.where(growth, rows["last_yoy"].to_numpy(dtype=float), np.nan)
    side = np.sign(rows["q50"].to_numpy() - last) * np.sign(rows["actual"].to_numpy() - last)
    return np.asarray(0.5 * (1.0 + side))


def _with_reference(rows: pd.DataFrame, reference: str) -> pd.DataFrame:
    """Add the reference's errors and CRPS for the same forecast, NaN where it has made none."""
    own = rows["model"].eq(reference) if isinstance(reference, str) else np.zeros(len(rows), bool)
    base = rows.loc[own, [*FORECAST_KEYS, "squared", "crps"]]
    if base.empty:
        raise ScoreError(
            f"No forecasts of the reference {reference!r}; there are "
            f"{sorted(set(rows['model']))}. Give reference=None for scores without ratios."
        )
    rows = rows.merge(
        base, how="left", on=list(FORECAST_KEYS), suffixes=("", "_reference"), validate="m:1"
    )
    both = rows["squared_reference"].notna()
    rows["squared_common"] = rows["squared"].where(both)
    rows["crps_common"] = rows["crps"].where(both)
    return rows


def _with_groups(
    rows: pd.DataFrame,
    by: Sequence[str],
    windows: Windows,
    episodes: Sequence[Episode],
) -> pd.DataFrame:
    """Add the columns to group by that are not in the frame but follow from the month."""
    month = pd.PeriodIndex(rows["month"], freq="M")
    if {"episode", "phase"} & set(by):
        named = labels(month, episodes)
        rows = rows.assign(episode=named["episode"].to_numpy(), phase=named["phase"].to_numpy())
    if "month_of_year" in by:
        rows = rows.assign(month_of_year=np.asarray(month.month))
    if "year" in by:
        rows = rows.assign(year=np.asarray(month.year))
    if "window" in by:
        inside = {
            name: np.asarray((month >= first) & (month <= last))
            for name, (first, last) in spans_of(windows).items()
        }
        rows = pd.concat(
            [rows[mask].assign(window=name) for name, mask in inside.items()], ignore_index=True
        )
    return rows


def _averages(grouped: "Groups") -> pd.DataFrame:
    coverages = [f"coverage_{100 * level:.0f}" for level in INTERVALS]
    means = ["error", "absolute", "squared", "crps", "logscore", "pinball", "interval_score"]
    partial = [*_SCALED, "direction"]
    mean = grouped[[*means, *coverages, *partial]].mean()
    n = grouped.size()
    # A mean over some of the group's forecasts only would not be that of the group.
    mean[partial] = mean[partial].where(grouped[partial].count().eq(n, axis=0))
    table = pd.DataFrame({"n": n, "rmse": np.sqrt(mean["squared"]), "mae": mean["absolute"]})
    table["bias"] = mean["error"]
    table = table.join(mean[["crps", "logscore", "pinball", "interval_score", *coverages]])
    for name in _SCALED:
        table[name] = np.sqrt(mean[name]) if name.startswith("rm") else mean[name]
    table["direction"] = mean["direction"]
    return table


def _add_ratios(table: pd.DataFrame, grouped: "Groups") -> None:
    columns = ["squared_common", "squared_reference", "crps_common", "crps_reference"]
    mean = grouped[columns].mean()
    # A reference without error (an oracle) leaves no ratio.
    base = mean[["squared_reference", "crps_reference"]].where(mean > 0)
    table["n_reference"] = grouped["squared_reference"].count()
    table["rmse_ratio"] = np.sqrt(mean["squared_common"] / base["squared_reference"])
    table["crps_ratio"] = mean["crps_common"] / base["crps_reference"]


def _add_tests(table: pd.DataFrame, grouped: "Groups", rows: pd.DataFrame) -> list[str]:
    """Add the tests against the reference; return why some could not be made."""
    group = grouped.ngroup().to_numpy()
    order = np.argsort(group, kind="stable")
    step = rows["step"].to_numpy(dtype=np.int64)
    first_month = month_number(rows["month"]) - step + 1
    loss = rows[["squared_common", "squared_reference"]].to_numpy(dtype=float)
    p_values, differences, notes = [], [], []
    for member in np.split(order, np.flatnonzero(np.diff(group[order])) + 1):
        p_value, difference, note = _test(
            loss[member], first_month[member], int(step[member].max())
        )
        p_values.append(p_value)
        differences.append(difference)
        notes.append(f"no test: {note}" if note else "")
    base = grouped["squared_reference"].mean()
    gain = np.array(differences) / base.where(base > 0).to_numpy()
    table["dm_p"], table["detectable_ratio"] = p_values, np.sqrt(np.maximum(0.0, 1.0 - gain))
    return notes


def _test(loss: Array, month: npt.NDArray[np.int64], step: int) -> tuple[float, float, str]:
    """P-value and smallest detectable difference of one group, or the reason for having none."""
    if np.array_equal(loss[:, 0], loss[:, 1]):
        return np.nan, np.nan, "same forecasts as the reference"
    both = np.isfinite(loss).all(axis=1)
    if not both.any():
        return np.nan, np.nan, "no forecast in common with the reference"
    place = month[both] - month[both].min()
    count = np.bincount(place).astype(float)
    count[count == 0] = np.nan
    own, base = (np.bincount(place, weights=column) / count for column in loss[both].T)
    try:
        test = diebold_mariano(own, base, step)
    except ScoreError as error:
        return np.nan, np.nan, str(error)
    assert test.smallest_detectable_difference is not None
    return test.p_value, test.smallest_detectable_difference, ""


def _explained(table: pd.DataFrame, notes: Sequence[str]) -> pd.DataFrame:
    """Add the column that says why numbers are missing."""
    growth = table.index.get_level_values("quantity") == "yoy"
    reasons = {
        "no positive scale for some forecasts": table["mase_robust"].isna(),
        "no seasonal naive error in sample for some forecasts": table["mase"].isna(),
        "no last_yoy for some forecasts": table["direction"].isna() & growth,
    }
    if "n_reference" in table:
        reasons["the reference has not made all forecasts"] = table["n_reference"] < table["n"]
        reasons["the reference has no error to divide by"] = (
            table["rmse_ratio"].isna() | table["crps_ratio"].isna()
        ) & (table["n_reference"] > 0)
    table["note"] = [
        "; ".join(
            [*([note] if note else []), *(why for why, holds in reasons.items() if holds.iloc[i])]
        )
        for i, note in enumerate(notes)
    ]
    return table
