"""States and standard origins: which of a target's own releases are out, and from which day."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.days.holidays import Days
from tradeshock.features.errors import PanelError
from tradeshock.features.panel.catalog import Catalog, Series
from tradeshock.features.panel.release import LatestOf, ReleaseRule
from tradeshock.features.panel.validation import months_of

AFTER_TOTAL = "after_total"
FLASH_STATES = {"after_10d": "first_10_days", "after_20d": "first_20_days"}


@dataclass(frozen=True)
class OwnReleases:
    """The releases of a target: its whole months, and the early counts of the running one.

    Time runs to the right; the standard origins of month ``m``, of which nothing but early counts
    is out, are::

        total of m-1       first 10 days of m      first 20 days of m       total of m
        |                  |                       |                        |
        after_total        after_10d               after_20d                after_total of m+1

    Parameters
    ----------
    target : Series
        Entry of the target.
    flashes : mapping of str to Series
        Entries of its early counts by the state that they make, earliest first.
    """

    target: Series
    flashes: Mapping[str, Series]

    @classmethod
    def from_catalog(cls, target: str, catalog: Catalog, present: Container[str]) -> OwnReleases:
        """Releases of a target, with those early counts that are `present`."""
        by_window = catalog.flash(target)
        ids = {state: by_window.get(window, "") for state, window in FLASH_STATES.items()}
        flashes = {state: catalog[id] for state, id in ids.items() if id and id in present}
        return cls(catalog[target], flashes)

    @property
    def states(self) -> tuple[str, ...]:
        """States that these releases make, in order of time."""
        return (AFTER_TOTAL, *self.flashes)

    def days(self, months: pd.PeriodIndex, state: str, since: pd.Period) -> Days:
        """Day from which a state holds, for each month of step 1, datetime64[D].

        Parameters
        ----------
        months : PeriodIndex
            The months after the target's last published one.
        state : str
            One of `states`.
        since : Period
            First month of the target; a late month holds back those after it, from here on.

        Raises
        ------
        PanelError
            If there is no such state.
        """
        if not isinstance(state, str) or state not in self.states:
            raise PanelError(
                f"{self.target.id} has no state {state!r} here; it has {list(self.states)}"
            )
        days = known_from(self.target, months - 1, since)
        if state != AFTER_TOTAL:
            days = np.maximum(days, known_from(self.flashes[state], months, since))
        return days


def known_from(entry: Series, months: pd.PeriodIndex, since: pd.Period) -> Days:
    """Day from which the figure of each month and of all before it are out, datetime64[D]."""
    if not len(months):
        return np.array([], dtype="datetime64[D]")
    first = min(since.ordinal, int(months.asi8.min()))
    # To the end of the year, so that all origins of a year ask for the same.
    stop = 12 * (int(months.asi8.max()) // 12 + 1)
    days: Days = _known_from(entry.release, first, stop)[months.asi8 - first]
    return days


def months_out(entry: Series, since: pd.Period, days: Days) -> npt.NDArray[np.intp]:
    """Number of months, from one on, whose figures are out at the end of each day."""
    latest = np.maximum(days.astype("datetime64[M]").astype(np.int64), since.ordinal)
    stop = 12 * (int(latest.max()) // 12 + 1)
    out = np.searchsorted(_known_from(entry.release, since.ordinal, stop), days, side="right")
    counts: npt.NDArray[np.intp] = np.minimum(out, latest + 1 - since.ordinal)
    return counts


@lru_cache(maxsize=1024)
def _known_from(rule: ReleaseRule | LatestOf, first: int, stop: int) -> Days:
    span = months_of(np.arange(first, stop))
    dates: Days = np.maximum.accumulate(rule.dates(span))
    return dates
