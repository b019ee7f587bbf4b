"""The tidy frame that a backtest returns, made ready to be scored."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.errors import ScoreError
from tradeshock.forecast.judging.arguments import frame as as_frame
from tradeshock.forecast.judging.significance import without_rounding

QUANTILES = {
    "q025": 0.025,
    "q05": 0.05,
    "q10": 0.10,
    "q25": 0.25,
    "q50": 0.50,
    "q75": 0.75,
    "q90": 0.90,
    "q95": 0.95,
    "q975": 0.975,
}
# Nominal coverage of the central intervals that they bound.
INTERVALS = {
    0.50: ("q25", "q75"),
    0.80: ("q10", "q90"),
    0.90: ("q05", "q95"),
    0.95: ("q025", "q975"),
}
# A forecast is identified by its model and these.
FORECAST_KEYS = ("target", "quantity", "origin", "state", "step")
_REQUIRED = (*FORECAST_KEYS, "model", "month", *QUANTILES, "crps", "logscore", "scale", "actual")


def month_number(months: "pd.Series[pd.Period]") -> npt.NDArray[np.int64]:
    """Months counted from the year 0, so that differences are months."""
    index = pd.PeriodIndex(months, freq="M")
    return np.asarray(index.year * 12 + index.month - 1, dtype=np.int64)


def calendar_months(frame: pd.DataFrame, months: Sequence[int]) -> pd.DataFrame:
    """Rows whose target month is one of these months of the year, such as ``(1, 2)``.

    January and February have to be read together or not at all in Korea: the lunar new year
    wanders between them.
    """
    return frame[np.isin(month_number(frame["month"]) % 12 + 1, months)]


def with_outcomes(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows of a backtest's frame whose outcome is out.

    Parameters
    ----------
    frame
        Tidy frame of a backtest.

    Raises
    ------
    ScoreError
        If columns are missing, or no row has an outcome.
    """
    as_frame(frame, "the first argument")
    missing = [name for name in _REQUIRED if name not in frame.columns]
    if missing:
        raise ScoreError(
            f"The frame has no columns {missing}; give the frame that a backtest returns."
        )
    rows = frame[frame["actual"].notna()].reset_index(drop=True)
    if rows.empty:
        raise ScoreError(
            f"None of the {len(frame)} rows has an outcome yet; use origins further back."
        )
    return rows


def scorable(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows with an outcome, in the units in which forecasts are scored, with their errors.

    Levels (quantiles and outcome) become ``100 * log``, so that errors are about per cent and
    compare across months and nations; growth rates stay in percentage points. The column
    ``error`` is outcome minus median: positive where the forecast was too low; ``unit_error`` is
    the same in the quantity's own unit (million USD, percentage points).

    Parameters
    ----------
    frame
        Tidy frame of a backtest: one row for each model, target, origin, state, step, quantity.

    Raises
    ------
    ScoreError
        If columns are missing, no row has an outcome, a forecast is there twice, a level is not
        positive, or a score of a row with an outcome is not a number.
    """
    rows = with_outcomes(frame)
    _refuse(rows, rows.duplicated(["model", *FORECAST_KEYS]), "is there more than once")
    measured = [*QUANTILES, "actual"]
    level = rows["quantity"].eq("level")
    figures = rows[measured].to_numpy(dtype=float, copy=True)
    unit_error = figures[:, measured.index("actual")] - figures[:, measured.index("q50")]
    _refuse(rows, level & np.any(figures <= 0, axis=1), "has a level that is not positive")
    figures[level] = 100.0 * np.log(figures[level])
    numbers = np.column_stack([figures, rows[["crps", "logscore"]].to_numpy(dtype=float)])
    _refuse(rows, ~np.isfinite(numbers).all(axis=1), "has a quantile or score that is no number")
    rows[measured] = figures
    rows["error"] = free_of_rounding(rows["actual"] - rows["q50"], rows["actual"])
    rows["unit_error"] = np.where(rows["error"] == 0.0, 0.0, unit_error)
    return rows


def free_of_rounding(difference: npt.ArrayLike, actual: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Errors and the like, zero where they are the rounding of a forecast that was right.

    Both units of scores are 100 times a ratio, so their rounding is at least that of 100.
    """
    return without_rounding(difference, actual, 100.0)


def _refuse(
    rows: pd.DataFrame, wrong: "npt.NDArray[np.bool_] | pd.Series[bool]", what: str
) -> None:
    """Raise for the first wrong row, naming the forecast."""
    where = np.flatnonzero(np.asarray(wrong))
    if where.size:
        first = rows.loc[where[0], ["model", *FORECAST_KEYS]]
        forecast = ", ".join(f"{key} {value}" for key, value in first.items())
        raise ScoreError(
            f"{where.size} of {len(rows)} forecasts cannot be scored: the forecast of {forecast} "
            f"{what}. Repair the model, or leave these rows out of the frame."
        )
