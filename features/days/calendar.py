"""Working days and moving holidays of a nation, as they were known on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.days.holidays import Days, holidays_of
from tradeshock.features.days.reading import Day, as_day
from tradeshock.features.errors import CatalogError, PanelError

# First and last day of the month that a window counts; None is the month's end.
WINDOWS: dict[str, tuple[int, int | None]] = {
    "month": (1, None),
    "first_10_days": (1, 10),
    "first_20_days": (1, 20),
    "rest": (21, None),
}
SATURDAY_WEIGHT = {"KR": 0.5}
FESTIVALS = {
    "KR": {"seollal": ("Korean New Year", "Folk Day"), "chuseok": ("Chuseok",)},
}


def month_starts(index: pd.PeriodIndex, ahead: int = 0) -> Days:
    """First day of each month, or of the month `ahead` months later, datetime64[D].

    Raises
    ------
    PanelError
        If the index is not a monthly PeriodIndex.
    """
    if not isinstance(index, pd.PeriodIndex) or index.freqstr != "M":
        raise PanelError(
            f"got {type(index).__name__} {getattr(index, 'freqstr', '')!r}, expected a monthly "
            "PeriodIndex; make one with pd.period_range(first, last, freq='M')"
        )
    ordinals: npt.NDArray[np.int64] = index.asi8 + ahead
    return ordinals.astype("datetime64[M]").astype("datetime64[D]")


def window_bounds(index: pd.PeriodIndex, window: str = "month") -> tuple[Days, Days]:
    """First day of each month's window, and the day after its last, datetime64[D].

    Raises
    ------
    CatalogError
        If there is no such window.
    """
    if window not in WINDOWS:
        raise CatalogError(f"no window {window!r}; there are {list(WINDOWS)}")
    first, last = WINDOWS[window]
    start = month_starts(index)
    stop = month_starts(index, ahead=1) if last is None else start + last
    return start + (first - 1), stop


@dataclass(frozen=True)
class TradeCalendar:
    """Working days of a nation, as they were known at an origin.

    Monday to Friday count 1, a Saturday `saturday_weight`, Sundays and public holidays 0. Korea's
    holidays include substitute, temporary and election days and 1 May; they are frozen in the
    package (1985 to 2035), as are those of the United States, so that history cannot move. Other
    nations' come from the ``holidays`` library, without the days on which they were announced.

    Parameters
    ----------
    nation : str, optional
        ISO code such as "KR". None: every weekday works.
    saturday_weight : float, optional
        Part of a working day that a Saturday counts, 0 to 1. Default: 0.5 for Korea, the rule
        of its trade ministry, otherwise 0.
    origin : day, optional
        Holidays announced later are unknown, and those cancelled later still expected. None:
        everything is known.

    Raises
    ------
    CatalogError
        If the nation is unknown or the weight is not between 0 and 1.

    Examples
    --------
    >>> import pandas as pd
    >>> months = pd.period_range("2025-01", "2025-02", freq="M")
    >>> TradeCalendar("KR").working_days(months)
    array([20., 22.])
    >>> TradeCalendar("KR").as_of("2025-01-01").working_days(months)
    array([21., 22.])
    """

    nation: str | None
    saturday_weight: float
    origin: pd.Timestamp | None

    def __init__(
        self,
        nation: str | None = None,
        saturday_weight: float | None = None,
        origin: Day | None = None,
    ) -> None:
        holidays_of(nation)
        if saturday_weight is None:
            saturday_weight = SATURDAY_WEIGHT.get(nation or "", 0.0)
        if not 0.0 <= saturday_weight <= 1.0:
            raise CatalogError(
                f"saturday_weight is {saturday_weight!r}; give a part of a day between 0 and 1"
            )
        object.__setattr__(self, "nation", nation)
        object.__setattr__(self, "saturday_weight", float(saturday_weight))
        object.__setattr__(self, "origin", None if origin is None else as_day(origin))

    def as_of(self, origin: Day) -> TradeCalendar:
        """Return the calendar as it was known at the end of a day.

        A calendar that was cut before stays cut: a later origin teaches it nothing.
        """
        day = as_day(origin)
        if self.origin is not None and self.origin <= day:
            return self
        return TradeCalendar(self.nation, self.saturday_weight, day)

    @property
    def settled(self) -> TradeCalendar:
        """Calendar that says the same, and is equal for all origins with the same news."""
        changes, news = holidays_of(self.nation).changes, self._news()
        if news == len(changes):
            return TradeCalendar(self.nation, self.saturday_weight)
        day = changes[news - 1] if news else changes[0] - 1
        return TradeCalendar(self.nation, self.saturday_weight, pd.Timestamp(day))

    def working_days(self, index: pd.PeriodIndex, window: str = "month") -> npt.NDArray[np.float64]:
        """Number of working days in each month's window.

        Parameters
        ----------
        index : PeriodIndex, months
        window : {"month", "first_10_days", "first_20_days", "rest"}
            Which of the month's days are counted; "rest" starts on day 21.

        Returns
        -------
        ndarray of float, one a month

        Raises
        ------
        PanelError
            If a month lies outside the years whose holidays are known.
        """
        counts = _working_day_counts(self.nation, self.saturday_weight, self._news())
        return counts.between(*window_bounds(index, window))

    def moving_holidays(
        self, index: pd.PeriodIndex, window: str = "month", *, before: int = 7, after: int = 7
    ) -> pd.DataFrame:
        """Shares of the days around and in the lunar holidays that fall in each month's window.

        For Korea's Lunar New Year (Seollal) and Chuseok, three days each, and the days before
        and after them: the number of the period's days in the month, divided by the period's
        length (Bell and Hillmer 1983, Modeling time series with calendar variation, JASA 78,
        section 3). Over whole months each column sums to 1 a year.

        Parameters
        ----------
        index : PeriodIndex, months
        window : {"month", "first_10_days", "first_20_days", "rest"}
            Which of the month's days are looked at.
        before, after : int
            Days in the period before the three days, and after them.

        Returns
        -------
        DataFrame, months by (seollal_pre, seollal, seollal_post, chuseok_pre, ...)
            Between 0 and 1. Without columns for nations that have no such holidays.
        """
        start, stop = window_bounds(index, window)
        shares = {
            name: period.between(start, stop)
            for name, period in _festival_periods(self.nation, before, after).items()
        }
        return pd.DataFrame(shares, index=index, dtype="float64")

    def is_working_day(self, day: Day) -> bool:
        """Whether offices work: neither weekend, Saturday included, nor public holiday."""
        return bool(np.is_busday(_day64(day), busdaycal=self._offices()))

    def next_working_day(self, day: Day) -> pd.Timestamp:
        """Return the day itself if offices work, otherwise the first later day on which they do."""
        return pd.Timestamp(self.roll_forward(np.array([_day64(day)]))[0])

    def roll_forward(self, days: Days) -> Days:
        """`next_working_day` of many days, datetime64[D].

        Outside the years whose holidays are known only weekends are passed over.
        """
        rolled: Days = np.busday_offset(days, 0, roll="forward", busdaycal=self._offices())
        return rolled

    def holidays_between(self, first: Day, last: Day) -> dict[date, str]:
        """Public holidays that are known, by day, both ends included."""
        table = holidays_of(self.nation)
        found: dict[date, str] = {}
        for row in np.flatnonzero(table.known(self._news())):
            day = table.days[row]
            if _day64(first) <= day <= _day64(last):
                before = found.get(day.item())
                found[day.item()] = f"{before}; {table.names[row]}" if before else table.names[row]
        return found

    def _offices(self) -> np.busdaycalendar:
        return _office_calendar(self.nation, self._news())

    def _news(self) -> int:
        """Number of announcements and cancellations made by the origin: the key of the caches."""
        changes = holidays_of(self.nation).changes
        if self.origin is None:
            return len(changes)
        return int(np.searchsorted(changes, np.datetime64(self.origin, "D"), side="right"))


def _day64(day: Day) -> np.datetime64:
    return np.datetime64(as_day(day), "D")


@dataclass(frozen=True, eq=False)
class DayCounts:
    """Running sum over days, so that any span is one subtraction.

    `sums[i]` is the sum of all days before `first + i`; `scale` multiplies the differences.
    """

    first: np.datetime64
    sums: npt.NDArray[np.float64]
    scale: float = 1.0

    def between(self, start: Days, stop: Days) -> npt.NDArray[np.float64]:
        """Sum from each start to the day before each stop.

        Raises
        ------
        PanelError
            If a span leaves the days that were counted.
        """
        i = (start - self.first).astype(np.int64)
        j = (stop - self.first).astype(np.int64)
        outside = (i < 0) | (j >= len(self.sums))
        if outside.any():
            last = self.first + (len(self.sums) - 2)
            raise PanelError(
                f"the month of {start[outside][0]} is outside the calendar, which runs from "
                f"{self.first} to {last}; ask for months inside it"
            )
        spans: npt.NDArray[np.float64] = self.scale * (self.sums[j] - self.sums[i])
        return spans


def _all_days(years: tuple[int, int]) -> Days:
    return np.arange(f"{years[0]}-01-01", f"{years[1] + 1}-01-01", dtype="datetime64[D]")


@lru_cache(maxsize=256)
def _working_day_counts(nation: str | None, saturday_weight: float, news: int) -> DayCounts:
    table = holidays_of(nation)
    days = _all_days(table.years)
    week = np.array([1.0, 1.0, 1.0, 1.0, 1.0, saturday_weight, 0.0])
    # Day 0 of datetime64, 1 January 1970, was a Thursday.
    weights = week[(days.astype(np.int64) + 3) % 7]
    weights[(table.days[table.known(news)] - days[0]).astype(np.int64)] = 0.0
    return DayCounts(days[0], np.concatenate([[0.0], np.cumsum(weights)]))


@lru_cache(maxsize=256)
def _office_calendar(nation: str | None, news: int) -> np.busdaycalendar:
    table = holidays_of(nation)
    return np.busdaycalendar(weekmask="1111100", holidays=table.days[table.known(news)])


@lru_cache(maxsize=64)
def _festival_periods(nation: str | None, before: int, after: int) -> dict[str, DayCounts]:
    if before < 1 or after < 1:
        raise CatalogError(f"before={before} and after={after}: give at least one day each")
    table = holidays_of(nation)
    names = np.array(table.names, dtype=object)
    periods: dict[str, DayCounts] = {}
    for festival, titles in FESTIVALS.get(nation or "", {}).items():
        middle = table.days[np.isin(names, titles)]
        offsets = {
            f"{festival}_pre": np.arange(-1 - before, -1),
            festival: np.arange(-1, 2),
            f"{festival}_post": np.arange(2, 2 + after),
        }
        for name, offset in offsets.items():
            periods[name] = _membership(table.years, middle, offset)
    return periods


def _membership(years: tuple[int, int], middle: Days, offset: npt.NDArray[np.int64]) -> DayCounts:
    days = _all_days(years)
    inside = np.zeros(len(days))
    hits = ((middle - days[0]).astype(np.int64)[:, None] + offset).ravel()
    inside[hits[(hits >= 0) & (hits < len(days))]] = 1.0
    return DayCounts(days[0], np.concatenate([[0.0], np.cumsum(inside)]), 1.0 / len(offset))
