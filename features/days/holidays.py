"""Public holidays of a nation, with the day from which each could be known."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from tradeshock.features.errors import CatalogError

Days = npt.NDArray[np.datetime64]
FROZEN_YEARS = (1985, 2035)
EVERY_WEEKDAY_YEARS = (1900, 2100)


@dataclass(frozen=True, eq=False)
class HolidayTable:
    """Public holidays of a nation, one row a day and name.

    `announced` is the day from which a holiday could be known, `cancelled` the day from which an
    expected one was no longer expected; NaT where it always was, or always will be.
    """

    days: Days
    names: tuple[str, ...]
    announced: Days
    cancelled: Days
    years: tuple[int, int]

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
        cls, rows: Sequence[tuple[str, str, str, str]], years: tuple[int, int]
    ) -> HolidayTable:
        """Table of (day, name, announced, cancelled) as ISO text, empty where there is none."""
        days, names, announced, cancelled = zip(*rows, strict=True) if rows else ((), (), (), ())
        as_days = [
            np.array(column, dtype="datetime64[D]") for column in (days, announced, cancelled)
        ]
        return cls(as_days[0], tuple(names), as_days[1], as_days[2], years)


@cache
def holidays_of(nation: str | None) -> HolidayTable:
    """Holidays of a nation: frozen ones, or those of the library; none for None."""
    if nation is None:
        return HolidayTable.from_rows((), EVERY_WEEKDAY_YEARS)
    frozen = _frozen_holidays()
    return frozen[nation] if nation in frozen else _library_holidays(nation)


@cache
def _frozen_holidays() -> dict[str, HolidayTable]:
    source = files("tradeshock.features").joinpath("snapshot", "holidays.csv")
    rows: dict[str, list[tuple[str, str, str, str]]] = {}
    for nation, day, name, announced, cancelled in csv.reader(
        source.read_text(encoding="utf-8").splitlines()[1:]
    ):
        rows.setdefault(nation, []).append((day, name, announced, cancelled))
    return {nation: HolidayTable.from_rows(part, FROZEN_YEARS) for nation, part in rows.items()}


def _library_holidays(nation: str) -> HolidayTable:
    # Imported here: slow to load, and the frozen nations do without it.
    import holidays

    try:
        found = holidays.country_holidays(nation, years=range(FROZEN_YEARS[0], FROZEN_YEARS[1] + 1))
    except NotImplementedError as error:
        raise CatalogError(
            f"no public holidays are known for nation {nation!r}; give an ISO code that the "
            "holidays library knows (holidays.list_supported_countries()), or None for a calendar "
            "on which every weekday works"
        ) from error
    rows = [(day.isoformat(), name, "", "") for day, name in sorted(found.items())]
    return HolidayTable.from_rows(rows, FROZEN_YEARS)
