"""On which day a month's figure is published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

import numpy as np
import pandas as pd

from tradeshock.features.days.calendar import TradeCalendar, month_starts
from tradeshock.features.days.holidays import Days
from tradeshock.features.days.nations import nation_code
from tradeshock.features.errors import CatalogError

Exceptions = Mapping[str, str] | tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ReleaseRule:
    """Day on which a monthly figure is out.

    Parameters
    ----------
    day : int, optional
        Day of a month, 1 to 31; the last day where the month is shorter.
    months_after : int
        Which month that is: 0 the figure's own, 1 the next.
    roll : str, optional
        ISO code of the nation on whose next working day the figure comes if the planned day is a
        Saturday, Sunday or public holiday. None: it comes all the same.
    exceptions : mapping of str to str, or tuple of pairs
        Single months that were late: month such as "2025-09" to ISO day.
    days_after_end : int, optional
        Instead of `day`: days after the figure's month ended (see `after`).

    Raises
    ------
    CatalogError
        If the rule makes no sense; the message says why.

    Examples
    --------
    >>> import pandas as pd
    >>> months = pd.period_range("2025-05", periods=2, freq="M")
    >>> ReleaseRule(day=15, months_after=1, roll="KR").dates(months)
    array(['2025-06-16', '2025-07-15'], dtype='datetime64[D]')
    """

    day: int | None = None
    months_after: int = 1
    roll: str | None = None
    exceptions: Exceptions = ()
    days_after_end: int | None = None

    def __post_init__(self) -> None:
        if (self.day is None) == (self.days_after_end is None):
            raise CatalogError(
                f"a release rule needs a day of the month or days_after_end, one of the two; got "
                f"day={self.day!r}, days_after_end={self.days_after_end!r}"
            )
        if self.days_after_end is not None and self.months_after != 1:
            raise CatalogError("days_after_end counts from the month's end; drop months_after")
        _whole("day", self.day, 1, 31)
        _whole("months_after", self.months_after, 0, 120)
        _whole("days_after_end", self.days_after_end, 0, 3650)
        object.__setattr__(self, "roll", nation_code(self.roll))
        given = self.exceptions
        pairs = given.items() if isinstance(given, Mapping) else given
        late = sorted(_exception(month, day) for month, day in pairs)
        for (month, day), (after, other) in pairwise(late):
            if month == after:
                raise CatalogError(
                    f"the exceptions have two days for {month}, {day} and {other}; keep one"
                )
        object.__setattr__(self, "exceptions", tuple(late))

    @classmethod
    def after(cls, days: int, roll: str | None = None, exceptions: Exceptions = ()) -> ReleaseRule:
        """Rule of a publisher who says "so many days after the month's end".

        Examples
        --------
        >>> import pandas as pd
        >>> ReleaseRule.after(days=40).dates(pd.period_range("2025-01", periods=1, freq="M"))
        array(['2025-03-12'], dtype='datetime64[D]')
        """
        return cls(roll=roll, exceptions=exceptions, days_after_end=days)

    def dates(self, index: pd.PeriodIndex) -> Days:
        """Release day of each month's figure, datetime64[D], one a month."""
        if self.day is None:
            assert self.days_after_end is not None
            days = month_starts(index, ahead=1) + (self.days_after_end - 1)
        else:
            first = month_starts(index, ahead=self.months_after)
            last = month_starts(index, ahead=self.months_after + 1) - 1
            days = np.minimum(first + (self.day - 1), last)
        if self.roll is not None:
            days = TradeCalendar(self.roll).roll_forward(days)
        if self.exceptions:
            months = month_starts(index)
            for month, late in dict(self.exceptions).items():
                days[months == np.datetime64(f"{month}-01")] = np.datetime64(late)
        return days


@dataclass(frozen=True)
class LatestOf:
    """Release rule of a derived series: it is out once all that it is made of are.

    Parameters
    ----------
    rules : tuple of ReleaseRule or LatestOf
        At least one.

    Raises
    ------
    CatalogError
        If there is none.
    """

    rules: tuple[ReleaseRule | LatestOf, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "rules", tuple(self.rules))
        if not self.rules:
            raise CatalogError("LatestOf got no rules; give those of the series it is made of")

    def dates(self, index: pd.PeriodIndex) -> Days:
        """Latest of the rules' days for each month, datetime64[D], one a month."""
        latest: Days = np.max([rule.dates(index) for rule in self.rules], axis=0)
        return latest


def _whole(name: str, value: int | None, low: int, high: int) -> None:
    if value is None:
        return
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise CatalogError(f"{name} is {value!r}; give a whole number from {low} to {high}")


def _exception(month: str, late: str) -> tuple[str, str]:
    try:
        begins = datetime.strptime(month, "%Y-%m").date()
        day = date.fromisoformat(str(late))
    except (TypeError, ValueError) as error:
        raise CatalogError(
            f"exception {month!r}: {late!r} does not read; give a month such as '2025-09' and an "
            "ISO day such as '2025-12-03'"
        ) from error
    if day < begins:
        raise CatalogError(f"exception {month!r}: {late!r} is before the month itself")
    return begins.strftime("%Y-%m"), day.isoformat()
