"""Month effects and working-day elasticity of a monthly series, estimated inside the origin."""

from __future__ import annotations

from functools import lru_cache
from typing import Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.days.calendar import TradeCalendar
from tradeshock.features.days.holidays import KNOWN_YEARS
from tradeshock.features.panel.catalog import Series
from tradeshock.features.panel.panel import Panel
from tradeshock.features.panel.validation import months_of

Floats = npt.NDArray[np.float64]
HUBER = 1.345
ROUNDS = 25
SCALE_OF_NORMAL = 0.6745


def huber_regression(x: Floats, y: Floats, weights: Floats) -> Floats:
    """Coefficients of a Huber M-regression by iteratively reweighted least squares.

    Parameters
    ----------
    x : ndarray, observations by columns
    y : ndarray, observations
    weights : ndarray, observations
        Prior weights, for instance a discount of old months.

    Returns
    -------
    ndarray, columns
        Minimum-norm where columns are collinear. The scale is the normalised median absolute
        residual of each round and the threshold 1.345 scales, which keeps 95 % efficiency under
        normal errors (Huber 1981, ch. 7). A fit that meets more than half of the observations
        exactly is taken as it is.
    """
    w = weights
    for _ in range(ROUNDS):
        xw = x * w[:, None]
        coefs = np.asarray(np.linalg.lstsq(xw.T @ x, xw.T @ y, rcond=1e-10)[0], dtype="float64")
        residuals = y - x @ coefs
        scale = median(np.abs(residuals - median(residuals))) / SCALE_OF_NORMAL
        cut = HUBER * scale
        if cut == 0.0:
            break
        w = weights * np.minimum(1.0, cut / np.maximum(np.abs(residuals), cut))
    return coefs


def median(values: Floats) -> float:
    """Median of numbers without NaN: numpy's asks more questions than it has work."""
    middle = len(values) // 2
    if len(values) % 2:
        return float(np.partition(values, middle)[middle])
    parted = np.partition(values, (middle - 1, middle))
    return float(0.5 * (parted[middle - 1] + parted[middle]))


def calendar_columns(months: pd.PeriodIndex, calendar: TradeCalendar, window: str) -> Floats:
    """Calendar regressors of a monthly log level, months by columns.

    Log working days, share of the days before and after moving holidays that fall in the month
    (Bell and Hillmer 1983: exporters ship ahead), and eleven month contrasts that sum to zero
    over a year.
    """
    ordinals = months.asi8
    first, last = int(ordinals.min()) // 12, int(ordinals.max()) // 12
    # At least to where holidays are known, so that all origins ask for the same.
    last = max(last, KNOWN_YEARS[1] - 1970)
    table = _calendar_table(calendar.settled, window, first, last)
    columns: Floats = table[ordinals - 12 * first]
    return columns


@lru_cache(maxsize=256)
def _calendar_table(calendar: TradeCalendar, window: str, first: int, last: int) -> Floats:
    """`calendar_columns` of whole years, counted from 1970, the last one included."""
    months = months_of(np.arange(12 * first, 12 * last + 12))
    days = np.log(np.maximum(calendar.working_days(months, window), 0.5))
    month = months.month.to_numpy()
    contrasts = (month[:, None] == np.arange(1, 12)).astype(float) - (month == 12)[:, None]
    return np.column_stack([days, moving_edges(months, calendar, window), contrasts])


def moving_edges(months: pd.PeriodIndex, calendar: TradeCalendar, window: str) -> Floats:
    """Share of the days before and after each moving holiday that a window of each month holds.

    Returns
    -------
    ndarray, months by columns
        Two columns a holiday, and one more for Ramadan; none for nations without.
    """
    moving = calendar.moving_holidays(months, window=window)
    edges = moving[[c for c in moving.columns if c.endswith(("_ahead", "_pre", "_post"))]]
    return edges.to_numpy(dtype=float)


class CalendarAdjustment:
    """Calendar and seasonal effects in a log level, by robust regression of its growth.

    Growth is regressed on the changes of `calendar_columns` and a constant with Huber weights;
    old months are discounted, because seasons drift.

    Parameters
    ----------
    half_life : float
        Months after which a month counts half.
    window : {"month", "first_10_days", "first_20_days"}
        Days of the month that the series counts.
    adjusted : bool
        Whether the publisher has taken the effects out already: then there are none.

    Attributes
    ----------
    effects_ : ndarray
        Coefficients of `calendar_columns`, log points.
    adjusted_ : Series
        Log level less effects, by month.
    """

    effects_: Floats
    adjusted_: pd.Series

    def __init__(
        self, half_life: float = 60.0, window: str = "month", adjusted: bool = False
    ) -> None:
        self.half_life = half_life
        self.window = window
        self.adjusted = adjusted

    @classmethod
    def for_entry(cls, entry: Series, half_life: float = 60.0) -> Self:
        """Return the one that suits a series, not fitted: its window of days, adjusted or not."""
        return cls(half_life, entry.window, entry.is_adjusted)

    @classmethod
    def of_series(cls, panel: Panel, id: str, half_life: float = 60.0) -> Self:
        """Estimate from what a panel knows of a positive series; as it is if adjusted already."""
        suited = cls.for_entry(panel.entry(id), half_life)
        return suited.fit(panel.series(id), panel.calendar)

    def fit(self, series: pd.Series, calendar: TradeCalendar) -> Self:
        """Estimate from a positive monthly series without NaN."""
        months = pd.PeriodIndex(series.index)
        if self.adjusted:
            self.effects_ = np.zeros(calendar_columns(months, calendar, self.window).shape[1])
            self.adjusted_ = pd.Series(np.log(series.to_numpy(dtype=float)), months)
            return self
        figures = np.ascontiguousarray(series.to_numpy(dtype=float)).tobytes()
        begins = int(months.asi8[0])
        effects, adjusted = _adjusted(
            figures, begins, calendar.settled, self.half_life, self.window
        )
        self.effects_ = effects.copy()
        self.adjusted_ = pd.Series(adjusted.copy(), months)
        return self

    def with_figures(self, series: pd.Series, calendar: TradeCalendar) -> CalendarAdjustment:
        """Return the same effects, taken off another series."""
        months = pd.PeriodIndex(series.index)
        level = np.log(np.ascontiguousarray(series.to_numpy(dtype=float)))
        other = CalendarAdjustment(self.half_life, self.window, self.adjusted)
        other.effects_ = self.effects_
        columns = calendar_columns(months, calendar.settled, self.window)
        other.adjusted_ = pd.Series(level - columns @ self.effects_, months)
        return other

    def effect(self, months: pd.PeriodIndex, calendar: TradeCalendar) -> Floats:
        """Calendar and seasonal effect of some months, log points."""
        return calendar_columns(months, calendar, self.window) @ self.effects_


def adjusted_level(panel: Panel, id: str) -> pd.Series:
    """(Log) level of a series as models see it at a panel's origin, by month.

    Of series in logs that are not seasonally adjusted, working days, moving holidays and season
    are taken out by `CalendarAdjustment`, estimated from what was out at the origin: the figures
    of a month are others at another origin. All other series are as `Panel.transformed` has them.

    Raises
    ------
    PanelError
        If the panel does not have the series, or nothing of it was out.
    """
    entry = panel.entry(id)
    if entry.transform == "log" and entry.adjustment == "NSA":
        return CalendarAdjustment.of_series(panel, id).adjusted_.rename(id)
    return panel.transformed(id)["level"].rename(id)


# In a backtest most models adjust the same target at the same origins.
@lru_cache(maxsize=1024)
def _adjusted(
    figures: bytes, begins: int, calendar: TradeCalendar, half_life: float, window: str
) -> tuple[Floats, Floats]:
    """Effects and adjusted log levels of consecutive months from the ordinal `begins` on."""
    level = np.log(np.frombuffer(figures))
    months = months_of(np.arange(begins, begins + len(level)))
    columns = calendar_columns(months, calendar, window)
    x = np.column_stack([np.ones(len(level) - 1), np.diff(columns, axis=0)])
    age = np.arange(len(x))[::-1]
    coefs = huber_regression(x, np.diff(level), 0.5 ** (age / half_life))
    return coefs[1:], level - columns @ coefs[1:]
