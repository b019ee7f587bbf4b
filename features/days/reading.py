"""Days and months as users give them: the one place that reads them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import numpy as np
import pandas as pd

from tradeshock.features.days.written import DAY, MONTH
from tradeshock.features.errors import PanelError

Day = str | date | np.datetime64 | pd.Timestamp
Month = str | date | np.datetime64 | pd.Period | pd.Timestamp

COARSER_THAN_DAYS = ("Y", "M", "W")


def as_day(day: Day) -> pd.Timestamp:
    """Return a day without time of day and without time zone.

    Parameters
    ----------
    day : str, date, datetime64 or Timestamp
        Text is an ISO day such as "2026-05-15" and nothing else: "01/06/2022" would be one day in
        Seoul and another in New York. A time of day without a zone is dropped. With a zone it must
        be midnight there, because the day of any other moment depends on where one asks.

    Raises
    ------
    PanelError
        If it cannot be read as one day.
    """
    if type(day) is pd.Timestamp and day.tz is None:
        return day.normalize()
    if isinstance(day, str):
        readable = DAY.fullmatch(day) is not None
    elif isinstance(day, np.datetime64):
        readable = np.datetime_data(day.dtype)[0] not in COARSER_THAN_DAYS
    else:
        readable = isinstance(day, date)
    try:
        stamp = pd.Timestamp(day) if readable else pd.NaT
    except ValueError:
        stamp = pd.NaT
    if pd.isna(stamp):
        raise PanelError(f"{day!r} is no day; write it as '2026-05-15' (year, month, day)")
    if stamp.tz is None:
        return stamp.normalize()
    return _without_zone(pd.DatetimeIndex([stamp]), "day")[0]


def as_days(days: Iterable[Day]) -> pd.DatetimeIndex:
    """Return days without time of day, in the order given (see `as_day`).

    Raises
    ------
    PanelError
        If one cannot be read as a day.
    """
    if not isinstance(days, Iterable) or isinstance(days, str):
        raise PanelError(f"got {days!r}, expected days such as ['2026-05-15']")
    given = list(days)
    if not all(type(day) is pd.Timestamp and day.tz is None for day in given):
        given = [as_day(day) for day in given]
    try:
        return pd.DatetimeIndex(given).normalize()
    except pd.errors.OutOfBoundsDatetime as error:
        raise PanelError(f"there is a day out of all bounds: {error}") from error


def as_month(month: Month) -> pd.Period:
    """Return a month, given as "2026-06", as a monthly Period, or by one of its days.

    Raises
    ------
    PanelError
        If it cannot be read as one month: a year, a quarter, or text in another form.
    """
    if isinstance(month, pd.Period):
        if month.freqstr == "M":
            return month
    elif isinstance(month, str):
        if MONTH.fullmatch(month):
            return pd.Period(month, freq="M")
    elif isinstance(month, date) and not pd.isna(month):
        return as_day(month).to_period("M")
    elif isinstance(month, np.datetime64) and np.datetime_data(month.dtype)[0] not in ("Y", "W"):
        return pd.Period(np.datetime_as_string(month, unit="M").item(), freq="M")
    raise PanelError(f"{month!r} is no month; write it as '2026-06', or give a monthly Period")


def as_months(first: Month, last: Month) -> pd.PeriodIndex:
    """Return the months from one to another, both included.

    Raises
    ------
    PanelError
        If one cannot be read as a month, or the last is before the first.
    """
    months = pd.period_range(as_month(first), as_month(last), freq="M")
    if not len(months):
        raise PanelError(f"no months from {first} to {last}; give the earlier one first")
    return months


def months_of_stamps(stamps: pd.DatetimeIndex) -> pd.PeriodIndex:
    """Return the months that month-start or month-end stamps stand for.

    Raises
    ------
    PanelError
        If one is neither the first nor the last day of a month, or has a time of day: the start
        of a month in Seoul is the last day of the month before in UTC.
    """
    days = _without_zone(_ends_as_days(stamps), "month")
    edge = days.is_month_start | days.is_month_end
    if not edge.all():
        raise PanelError(
            f"the index holds {days[~edge][0].date()}, neither start nor end of a month; "
            "aggregate daily or weekly figures to months first"
        )
    return days.to_period("M")


def _ends_as_days(stamps: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """Stamps with the last minute of a month's last day taken for that day."""
    last_minute = stamps.is_month_end & (stamps.hour == 23) & (stamps.minute == 59)
    return stamps.where(~last_minute, stamps.normalize()) if last_minute.any() else stamps


def _without_zone(stamps: pd.DatetimeIndex, meant: str) -> pd.DatetimeIndex:
    """Days of stamps; a time of day is refused where it puts the day in doubt."""
    days = stamps.normalize()
    odd = stamps != days
    if odd.any() and (stamps.tz is not None or meant == "month"):
        moment = stamps[odd][0]
        zone = "" if stamps.tz is None else f" in zone {stamps.tz}"
        remedy = {
            "day": "give the day, such as '2026-05-15'",
            "month": "convert it to the zone in which it was written (tz_convert), or give months "
            "such as '2026-05'",
        }
        raise PanelError(
            f"{moment} is not midnight{zone}, so it is not clear which {meant} it stands for; "
            f"{remedy[meant]}"
        )
    return days.tz_localize(None)
