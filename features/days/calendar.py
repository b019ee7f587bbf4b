"""Working days and moving holidays of a nation, as they were known on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.days.festivals import festival_dates, festivals_of
from tradeshock.features.days.holidays import Days, calendar_days, holidays_of
from tradeshock.features.days.nations import nation_code
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

    Monday to Friday count 1, a Saturday `saturday_weight`, Sundays and public holidays 0; in
    nations with another weekend its own days count 0. Korea's holidays include substitute,
    temporary and election days and 1 May; they are frozen in the package (1950 to 2035), as are
    those of the United States and of Taiwan (from 1998), so that history cannot move. Other
    nations' come from the ``holidays`` library, without the days on which they were announced, and
    with the days off that are worked to make up for others (China). In months before `known_from`
    every weekday counts.

    Parameters
    ----------
    nation : str, optional
        ISO code such as "KR"; codes of three letters and English names are turned into it. A part
        of a nation follows after a hyphen: "DE-BY". None: every weekday works.
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
        nation = nation_code(nation)
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
    def known_from(self) -> pd.Period:
        """First month of which the holidays are known; before it every weekday counts."""
        return pd.Period(year=holidays_of(self.nation).years[0], month=1, freq="M")

    @property
    def known_until(self) -> pd.Period:
        """Last month whose holidays are known."""
        return pd.Period(year=holidays_of(self.nation).years[1], month=12, freq="M")

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
            If a month lies after the years whose holidays are known, or before 1900.
        """
        counts = _working_day_counts(self.nation, self.saturday_weight, self._news())
        return counts.between(*window_bounds(index, window))

    def moving_holidays(
        self, index: pd.PeriodIndex, window: str = "month", *, before: int = 7, after: int = 7
    ) -> pd.DataFrame:
        """Shares of the days around and in moving holidays that fall in each month's window.

        For the Lunar New Year and the Mid-Autumn Festival (in Korea Seollal and Chuseok) and the
        two Eids, where they are holidays, and for the days before and after them: the number of
        the period's days in the month, divided by the period's length (Bell and Hillmer 1983,
        Modeling time series with calendar variation, JASA 78, section 3). Over whole months each
        column sums to 1 for each holiday.

        Parameters
        ----------
        index : PeriodIndex, months
        window : {"month", "first_10_days", "first_20_days", "rest"}
            Which of the month's days are looked at.
        before, after : int
            Days in the period before the holiday, and after it.

        Returns
        -------
        DataFrame, months by (seollal_pre, seollal, seollal_post, chuseok_pre, ...)
            Between 0 and 1. Before Eid al-Fitr there is a column more, ``eid_al_fitr_ahead``, for
            the days of Ramadan before the run-up. Without columns for nations that have no such
            holidays.
        """
        start, stop = window_bounds(index, window)
        shares = {
            name: period.between(start, stop)
            for name, period in _festival_periods(self.nation, before, after).items()
        }
        return pd.DataFrame(shares, index=index, dtype="float64")

    def is_working_day(self, day: Day) -> bool:
        """Whether offices work: neither weekend, Saturday included, nor public holiday."""
        day64 = _day64(day)
        return bool(self.roll_forward(np.array([day64]))[0] == day64)

    def next_working_day(self, day: Day) -> pd.Timestamp:
        """Return the day itself if offices work, otherwise the first later day on which they do."""
        return pd.Timestamp(self.roll_forward(np.array([_day64(day)]))[0])

    def roll_forward(self, days: Days) -> Days:
        """`next_working_day` of many days, datetime64[D].

        Outside the years whose holidays are known only weekends are passed over.
        """
        rolled: Days = np.busday_offset(days, 0, roll="forward")
        known = calendar_days(holidays_of(self.nation).years[1])
        rows = (days - known[0]).astype(np.int64)
        inside = (rows >= 0) & (rows < len(known))
        nearest = _next_open(self.nation, self._news())[rows[inside]]
        ends = np.busday_offset(known[-1] + 1, 0, roll="forward")
        rolled[inside] = np.where(
            nearest < len(known), known[np.minimum(nearest, len(known) - 1)], ends
        )
        return rolled

    def holidays_between(self, first: Day, last: Day) -> dict[date, str]:
        """Public holidays that are known, by day, both ends included."""
        table, begin, end = holidays_of(self.nation), _day64(first), _day64(last)
        found: dict[date, str] = {}
        for row in np.flatnonzero(table.known(self._news())):
            day = table.days[row]
            if begin <= day <= end:
                before = found.get(day.item())
                found[day.item()] = f"{before}; {table.names[row]}" if before else table.names[row]
        return found

    def days_off(self, first: Day, last: Day) -> Days:
        """Public holidays that are known, both ends included, datetime64[D], each once."""
        table = holidays_of(self.nation)
        return _within(table.days[table.known(self._news())], first, last)

    def days_made_up(self, first: Day, last: Day) -> Days:
        """Weekend days that are worked, both ends included, datetime64[D]."""
        return _within(holidays_of(self.nation).worked, first, last)

    def festivals(self, first: Day, last: Day) -> dict[str, Days]:
        """Dates of the moving holidays by name, both ends included, datetime64[D]."""
        return {
            festival.name: _within(festival_dates(festival.dates), first, last)
            for festival in festivals_of(self.nation)
        }

    def _news(self) -> int:
        """Number of announcements and cancellations made by the origin: the key of the caches."""
        changes = holidays_of(self.nation).changes
        if self.origin is None:
            return len(changes)
        return int(np.searchsorted(changes, np.datetime64(self.origin, "D"), side="right"))


def _day64(day: Day) -> np.datetime64:
    return np.datetime64(as_day(day), "D")


def _within(days: Days, first: Day, last: Day) -> Days:
    found: Days = np.unique(days[(days >= _day64(first)) & (days <= _day64(last))])
    return found


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


@lru_cache(maxsize=256)
def _working_day_counts(nation: str | None, saturday_weight: float, news: int) -> DayCounts:
    table = holidays_of(nation)
    days = calendar_days(table.years[1])
    weights = np.where(table.weekends, 0.0, 1.0)
    saturdays = (days.astype(np.int64) + 3) % 7 == 5
    weights[saturdays & table.weekends] = saturday_weight
    weights[_rows(table.worked, days)] = 1.0
    weights[_rows(table.days[table.known(news)], days)] = 0.0
    return DayCounts(days[0], np.concatenate([[0.0], np.cumsum(weights)]))


@lru_cache(maxsize=64)
def _next_open(nation: str | None, news: int) -> npt.NDArray[np.int64]:
    """Row of the first day from each day on, and itself, on which offices work.

    The number of days where there is none.
    """
    table = holidays_of(nation)
    days = calendar_days(table.years[1])
    shut = table.weekends.copy()
    shut[_rows(table.worked, days)] = False
    shut[_rows(table.days[table.known(news)], days)] = True
    rows = np.where(shut, len(days), np.arange(len(days)))
    nearest: npt.NDArray[np.int64] = np.minimum.accumulate(rows[::-1])[::-1]
    return nearest


def _rows(some: Days, days: Days) -> npt.NDArray[np.int64]:
    """Places of some days among consecutive ones."""
    rows: npt.NDArray[np.int64] = (some - days[0]).astype(np.int64)
    return rows[(rows >= 0) & (rows < len(days))]


@lru_cache(maxsize=64)
def _festival_periods(nation: str | None, before: int, after: int) -> dict[str, DayCounts]:
    if before < 1 or after < 1:
        raise CatalogError(f"before={before} and after={after}: give at least one day each")
    days = calendar_days(holidays_of(nation).years[1])
    periods: dict[str, DayCounts] = {}
    for name, dates, first, last, ahead in festivals_of(nation):
        offsets = {
            f"{name}_pre": np.arange(first - before, first),
            name: np.arange(first, last + 1),
            f"{name}_post": np.arange(last + 1, last + 1 + after),
        }
        if ahead > before:
            offsets = {f"{name}_ahead": np.arange(first - ahead, first - before), **offsets}
        for column, offset in offsets.items():
            periods[column] = _membership(days, festival_dates(dates), offset)
    return periods


def _membership(days: Days, dates: Days, offset: npt.NDArray[np.int64]) -> DayCounts:
    inside = np.zeros(len(days))
    inside[_rows((dates[:, None] + offset).ravel(), days)] = 1.0
    return DayCounts(days[0], np.concatenate([[0.0], np.cumsum(inside)]), 1.0 / len(offset))
