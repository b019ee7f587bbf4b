"""Figures of whole months and of their first days, as they stood on any day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.days.calendar import TradeCalendar
from tradeshock.features.days.holidays import KNOWN_YEARS, Days
from tradeshock.features.panel.panel import FLASH_STATES, Panel
from tradeshock.features.panel.validation import months_of
from tradeshock.models.adjustment import moving_edges

Floats = npt.NDArray[np.float64]


class DayTable(NamedTuple):
    """Calendar of consecutive months.

    Parameters
    ----------
    months : ndarray of int
        Their ordinals.
    whole, counted : ndarray, months
        Working days of the month and of its first days, the latter at least half a day.
    edges : ndarray, months by columns
        Days around moving holidays that come after the first days (`moving_edges`).
    """

    months: npt.NDArray[np.int64]
    whole: Floats
    counted: Floats
    edges: Floats


@dataclass(frozen=True, eq=False)
class Counts:
    """What was known on a day of a target's whole months and of their first days.

    Parameters
    ----------
    months : ndarray of int
        Ordinals of consecutive months.
    whole, early : ndarray, months by series
        The target, then its parts; NaN where not out.
    calendar : TradeCalendar
    window : str
        Days of the month that early counts cover.
    """

    months: npt.NDArray[np.int64]
    whole: Floats
    early: Floats
    calendar: TradeCalendar
    window: str

    @property
    def days(self) -> DayTable:
        """Working days as they were expected on the day."""
        return day_table(self.calendar, self.window, int(self.months[0]), int(self.months[-1]))

    def shares(self) -> Iterator[tuple[Floats, Floats]]:
        """Whole months and early counts of each part, then of what remains of the target."""
        whole, early = self.whole[:, 0], self.early[:, 0]
        for part in range(1, self.whole.shape[1]):
            yield self.whole[:, part], self.early[:, part]
            whole, early = whole - self.whole[:, part], early - self.early[:, part]
        yield whole, early


@dataclass(frozen=True, eq=False)
class CountHistory:
    """Figures and the days on which they were out, from which `Counts` of any day are cut."""

    figures: Counts
    whole_out: Days
    early_out: Days

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CountHistory) and self._content == other._content

    def __hash__(self) -> int:
        return hash(self._content)

    @cached_property
    def _content(self) -> tuple[object, ...]:
        given = self.figures
        arrays = (given.months, given.whole, given.early, self.whole_out, self.early_out)
        return (given.calendar, given.window, *(array.tobytes() for array in arrays))

    @classmethod
    def read(cls, panel: Panel, target: str, state: str, parts: Sequence[str]) -> CountHistory:
        """Take a target's counts of one state from a panel, with those parts that it has."""
        window = FLASH_STATES[state]
        flash = {id: panel.catalog.flash(id).get(window, "") for id in (target, *parts)}
        used = [target, *(p for p in parts if p in panel and flash[p] in panel)]
        counts = [flash[id] for id in used]
        figures = Counts(
            panel.months.asi8,
            panel.figures(used),
            panel.figures(counts),
            panel.calendar,
            window,
        )
        places = {str(id): at for at, id in enumerate(panel.values.columns)}
        out = (panel.release_dates[:, [places[id] for id in ids]] for ids in (used, counts))
        return cls(figures, *out)

    def as_of(self, day: pd.Timestamp) -> Counts:
        """Return what was known at the end of a day."""
        given, limit = self.figures, np.datetime64(day, "D")
        return Counts(
            given.months,
            np.where(self.whole_out <= limit, given.whole, np.nan),
            np.where(self.early_out <= limit, given.early, np.nan),
            given.calendar.as_of(day).settled,
            given.window,
        )


@lru_cache(maxsize=256)
def day_table(calendar: TradeCalendar, window: str, first: int, last: int) -> DayTable:
    """Calendar from one month to another, or to where holidays are known if that is later."""
    # So that all origins of a panel ask for the same.
    end = max(last, 12 * (KNOWN_YEARS[1] - 1970) + 11)
    months = months_of(np.arange(first, end + 1))
    return DayTable(
        months.asi8,
        calendar.working_days(months, "month"),
        np.maximum(calendar.working_days(months, window), 0.5),
        moving_edges(months, calendar, "month") - moving_edges(months, calendar, window),
    )
