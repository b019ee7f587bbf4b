"""What was known, row by row: the rows of every feature table."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.errors import PanelError, StaleSeriesWarning
from tradeshock.features.panel.origins import known_from
from tradeshock.features.panel.panel import Panel
from tradeshock.features.panel.validation import months_of

Floats = npt.NDArray[np.float64]
Positions = npt.NDArray[np.intp]

# Types of NumPy that hold real numbers, and objects, which may be some.
NUMBERS = "biufO"
# Months by which a series may be older than its release rule says before it counts as stale.
STALE_AFTER = 3


@dataclass(frozen=True, eq=False)
class OriginRows:
    """One row a standard origin of a state, and the last published month of any series in it.

    Time runs to the right; row ``m`` stands at the standard origin of month ``m``::

        target         ... m-3   m-2   m-1 |  m = step 1
        a late series  ... m-3             |
                                           origin of row m

    so a lag counts from what was published (``m-1`` of the target, ``m-3`` of the late series),
    never from the calendar.

    Parameters
    ----------
    panel : Panel
    target : str
        Series whose releases define the state.
    state : str
        Which of them are out.
    months : PeriodIndex
        Month of step 1 of each row.
    origins : ndarray of datetime64[D]
        Standard origin of each row.
    """

    panel: Panel
    target: str
    state: str
    months: pd.PeriodIndex
    origins: npt.NDArray[np.datetime64]

    @classmethod
    def read(cls, panel: Panel, target: str, state: str | None = None) -> OriginRows:
        """Return the rows of a panel, up to its own origin.

        Parameters
        ----------
        panel : Panel
        target : str
        state : str, optional
            Default: the panel's own. A panel between two standard origins ends with the earlier.
        """
        state = state or panel.state(target)
        first, last = panel._rows(target)
        months = months_of(panel.months.asi8[0] + np.arange(first + 1, last + 2)).rename("month")
        origins = panel.origin_days(months, state, target)
        out = origins <= np.datetime64(panel.origin, "D")
        return cls(panel, target, state, months[out], origins[out])

    @cached_property
    def first_row(self) -> int:
        """Row of the panel that holds the month of the first row (it may lie behind the end)."""
        return int(self.months.asi8[0] - self.panel.months.asi8[0])

    @cached_property
    def _positions(self) -> dict[str, Positions]:
        return {}

    def positions(self, id: str) -> Positions:
        """Row of the panel with the series' last published month; -1 where none is, or stale.

        A series is stale where its last month is more than three months older than its release
        rule allows: what it said then is not news any more.
        """
        if id not in self._positions:
            self._positions[id] = self._find(id)
        return self._positions[id]

    def _find(self, id: str) -> Positions:
        found = self.panel.last_known([id], self.origins)[:, 0]
        return np.where(self._expected(id) - found > STALE_AFTER, -1, found)

    def _expected(self, id: str) -> Positions:
        # The rule is asked itself, beyond the end of the table: a cut panel must say the same.
        dates = known_from(self.panel.catalog[id], self._due_months, self._due_months[0])
        return np.searchsorted(dates, self.origins, side="right") - 1

    @cached_property
    def _due_months(self) -> pd.PeriodIndex:
        return pd.period_range(self.panel.months[0], self.months[-1] + 1, freq="M")

    def warn_of_stale(self, series: Iterable[str]) -> None:
        """Name the series that are stale in the last row.

        They keep their columns, which are empty from the row in which they turned stale, so that
        a build on an uncut panel is the same as one at any of its origins.

        Warns
        -----
        StaleSeriesWarning
        """
        # What has not begun at this origin is not stale.
        stale = [
            id
            for id in series
            if self.positions(id)[-1] < 0 and self.panel.values[id].notna().any()
        ]
        if stale:
            due = {id: self.panel.months[0] + int(self._expected(id)[-1]) for id in stale}
            warnings.warn(left_out_as_stale(self.panel, due, self._days[-1]), stacklevel=4)

    @cached_property
    def _days(self) -> list[pd.Timestamp]:
        return list(pd.DatetimeIndex(self.origins))

    def last(self, id: str, values: Floats) -> Floats:
        """Value of each row at the last published month of a series.

        Parameters
        ----------
        id : str
            Whose publication counts.
        values : ndarray, months of the panel
            Something computed from that series month by month, looking back only.
        """
        return take(values, self.positions(id))

    def current(self, values: Floats) -> Floats:
        """Value of each row in its own month (step 1).

        Parameters
        ----------
        values : ndarray, months of the panel
        """
        rows = self.first_row + np.arange(len(self.months))
        return take(values, np.where(rows < len(values), rows, -1))


def over_segments(
    panel: Panel, target: str, state: str | None, build: Callable[[Panel], pd.DataFrame]
) -> pd.DataFrame:
    """Feature table of a panel, each row from figures as they had been seen by its origin.

    Parameters
    ----------
    panel : Panel
    target : str
    state : str, optional
    build : callable
        Makes the table of a panel that does not revise its past.
    """
    if not panel.revises_the_past:
        return build(panel)
    rows = OriginRows.read(panel, target, state)
    months = dict(zip(rows._days, rows.months, strict=True))
    parts = panel.segments(rows._days)
    return pd.concat([build(plain).loc[[months[day] for day in days]] for plain, days in parts])


def table_of(columns: Any, months: pd.PeriodIndex, block: str) -> pd.DataFrame:
    """Table of the columns that a block has made.

    Parameters
    ----------
    columns : mapping of str to array, or DataFrame
        One value a month, or a single one for all of them. Those with months as their index go by
        it; of any other index only the order counts.
    months : PeriodIndex
        Months of step 1, the rows.
    block : str
        Class name, for messages.

    Raises
    ------
    PanelError
        If it is no mapping, or a column is not as many numbers as there are months.
    """
    if not isinstance(columns, Mapping | pd.DataFrame):
        raise PanelError(
            f"_columns of {block} gave a {type(columns).__name__}; give a "
            "dict of column names to arrays, one value a row of known.months"
        )
    named = list(columns.items())
    values = np.empty((len(named), len(months)))
    for at, (name, given) in enumerate(named):
        values[at] = _numbers(given, months, block, name)
    return pd.DataFrame(values.T, months, [name for name, _ in named])


def _numbers(given: Any, months: pd.PeriodIndex, block: str, name: Any) -> Floats:
    if isinstance(given, pd.Series) and given.index.dtype == months.dtype:
        try:
            given = given.reindex(months)
        except ValueError as error:
            raise _refused("a Series in which a month stands twice", months, block, name) from error
    try:
        array = np.asarray(given)
        known = given is not None and array.dtype.kind in NUMBERS
        numbers = np.asarray(given, dtype="float64") if known else None
    except (TypeError, ValueError):
        array, numbers = np.empty(0, dtype=object), None
    if numbers is None:
        kind = type(given).__name__
        what = f"{kind} of {array.dtype}" if array.size and array.ndim else kind
        raise _refused(f"a {what}, not all numbers", months, block, name)
    if numbers.ndim == 0:
        return np.full(len(months), numbers)
    if numbers.ndim > 1:
        raise _refused(f"an array of shape {numbers.shape}", months, block, name)
    if len(numbers) != len(months):
        raise _refused(f"an array of {len(numbers)} values", months, block, name)
    return numbers


def _refused(what: str, months: pd.PeriodIndex, block: str, name: Any) -> PanelError:
    return PanelError(
        f"column {name!r} of {block} is {what}; give an array of {len(months)} numbers, one a "
        "month of known.months"
    )


def take(values: Floats, rows: Positions) -> Floats:
    """Values at some rows, NaN where the row is negative."""
    return np.where(rows >= 0, values[rows], np.nan)


def left_out_as_stale(
    panel: Panel, due: Mapping[str, pd.Period], day: pd.Timestamp
) -> StaleSeriesWarning:
    """One warning that names all series which were left out, and what was missed of each.

    Parameters
    ----------
    panel : Panel
    due : mapping of str to Period
        Series to the month that should have been out by the day.
    day : Timestamp
    """
    ends = {id: panel.values[id].last_valid_index() for id in due}
    words = {id: "has no figure" if end is None else f"ends in {end!s}" for id, end in ends.items()}
    named = ", ".join(f"{id} ({words[id]}, though {month} was due)" for id, month in due.items())
    return StaleSeriesWarning(
        f"left out as too old on {day.date()}: {named}; update them, or drop them from the block "
        "or model",
        tuple(due),
    )
