"""Public holidays of a nation, with the day from which each could be known."""

from __future__ import annotations

import csv
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from importlib.resources import files

import numpy as np
import numpy.typing as npt

Days = npt.NDArray[np.datetime64]
# Years of which holidays are known. Before them every weekday counts, back to FIRST_YEAR.
KNOWN_YEARS = (1950, 2035)
EVERY_WEEKDAY_YEARS = (1900, 2100)
FIRST_YEAR = 1900


@dataclass(frozen=True, eq=False)
class HolidayTable:
    """Public holidays of a nation, one row a day and name.

    `announced` is the day from which a holiday could be known, `cancelled` the day from which an
    expected one was no longer expected; NaT where it always was, or always will be.

    Attributes
    ----------
    years : tuple of int
        First and last year of which the holidays are known.
    weekends : ndarray of bool
        Whether each day from 1 January of `FIRST_YEAR` to the end of the last year is one of the
        week's days off.
    worked : ndarray of datetime64[D]
        Days off that were worked to make up for others.
    """

    days: Days
    names: tuple[str, ...]
    announced: Days
    cancelled: Days
    years: tuple[int, int]
    weekends: npt.NDArray[np.bool_]
    worked: Days

    @cached_property
    def changes(self) -> Days:
        """Days on which something was announced or cancelled, ascending."""
        days = np.concatenate([self.announced, self.cancelled])
        changes: Days = np.unique(days[~np.isnat(days)])
        return changes

    def known(self, news: int) -> npt.NDArray[np.bool_]:
        """Rows that count as holidays after the first `news` of the changes."""
        latest = self.changes[news - 1] if news else np.datetime64(-(10**6), "D")
        told = np.isnat(self.announced) | (self.announced <= latest)
        valid = np.isnat(self.cancelled) | (self.cancelled > latest)
        return told & valid

    @classmethod
    def from_rows(
        cls,
        rows: Sequence[tuple[str, str, str, str]],
        years: tuple[int, int],
        weekends: npt.NDArray[np.bool_] | None = None,
        worked: Sequence[date] = (),
    ) -> HolidayTable:
        """Table of (day, name, announced, cancelled) as ISO text, empty where there is none."""
        if weekends is None:
            # Day 0 of datetime64, 1 January 1970, was a Thursday.
            weekends = (calendar_days(years[1]).astype(np.int64) + 3) % 7 >= 5
        days, names, announced, cancelled = zip(*rows, strict=True) if rows else ((), (), (), ())
        as_days = [
            np.array(column, dtype="datetime64[D]") for column in (days, announced, cancelled)
        ]
        made_up = np.array(sorted(worked), dtype="datetime64[D]")
        return cls(as_days[0], tuple(names), as_days[1], as_days[2], years, weekends, made_up)


def calendar_days(last_year: int) -> Days:
    """All days from 1 January of `FIRST_YEAR` to the end of a year."""
    return np.arange(f"{FIRST_YEAR}-01-01", f"{last_year + 1}-01-01", dtype="datetime64[D]")


@cache
def holidays_of(nation: str | None) -> HolidayTable:
    """Holidays of a nation by its `nation_code`: frozen ones, or those of the library."""
    if nation is None:
        return HolidayTable.from_rows((), EVERY_WEEKDAY_YEARS)
    frozen = _frozen_holidays()
    return frozen[nation] if nation in frozen else _library_holidays(nation)


@cache
def _frozen_holidays() -> dict[str, HolidayTable]:
    source = files("tradeshock.features").joinpath("snapshot", "holidays.csv")
    rows: dict[str, list[tuple[str, str, str, str]]] = {}
    worked: dict[str, list[date]] = {}
    for nation, day, name, announced, cancelled, is_worked in csv.reader(
        source.read_text(encoding="utf-8").splitlines()[1:]
    ):
        if is_worked:
            worked.setdefault(nation, []).append(date.fromisoformat(day))
        else:
            rows.setdefault(nation, []).append((day, name, announced, cancelled))
    return {
        nation: HolidayTable.from_rows(
            part, (int(min(part)[0][:4]), KNOWN_YEARS[1]), worked=worked.get(nation, ())
        )
        for nation, part in rows.items()
    }


def _library_holidays(nation: str) -> HolidayTable:
    # Imported here: slow to load, and the frozen nations do without it.
    import holidays

    country, _, part = nation.partition("-")
    # Of some nations the library has moving holidays in a part of the years alone, and warns of
    # the others, which are asked for here whether or not there are figures.
    with warnings.catch_warnings(action="ignore", category=UserWarning):
        found = holidays.country_holidays(
            country,
            subdiv=part or None,
            years=range(KNOWN_YEARS[0], KNOWN_YEARS[1] + 1),
            language="en_US",
        )
    rows = [(day.isoformat(), name, "", "") for day, name in sorted(found.items())]
    years = (max(KNOWN_YEARS[0], found.start_year), min(KNOWN_YEARS[1], found.end_year))
    days = calendar_days(years[1])
    # What the library says of years before its first is not about them.
    off = [
        found.is_weekend(day) if day.year >= years[0] else day.weekday() in found.weekend
        for day in days.tolist()
    ]
    weekends = np.array(off, dtype=bool)
    return HolidayTable.from_rows(rows, years, weekends, sorted(found.weekend_workdays))
