"""What a panel holds: published figures, and the day on which each of them was out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from copy import copy
from difflib import get_close_matches
from functools import cached_property
from itertools import groupby
from typing import Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.days.calendar import TradeCalendar
from tradeshock.features.days.holidays import Days
from tradeshock.features.days.quotes import Quotes
from tradeshock.features.errors import PanelError
from tradeshock.features.panel.catalog import Catalog, Series
from tradeshock.features.panel.fingerprint import fingerprint
from tradeshock.features.panel.origins import known_from, months_out
from tradeshock.features.panel.validation import filled_months, first_and_last
from tradeshock.features.panel.vintages import Vintages

Floats = npt.NDArray[np.float64]
# Series, ordinal of the month, and the day from which its figure is known.
LearnedDays = tuple[tuple[str, int, np.datetime64], ...]

# Over which months feature blocks say how a series has moved.
CHANGE_MONTHS = (1, 3, 12)


class Figures:
    """Monthly table of published figures, each column with a catalog entry.

    Attributes
    ----------
    values : DataFrame
        One row a month, one column a series; NaN where nothing is published.
    catalog : Catalog
        An entry for every column.
    calendar : TradeCalendar
        Working days of the exporting nation, as they were known at the origin.
    origin : Timestamp
        Day at whose end this is what was out.
    learned_days : tuple of (series, ordinal of a month, datetime64[D])
        Days from which single figures are known, where that is not what the release rule says.
    vintages : Vintages or None
        What figures were on earlier days.
    quotes : Quotes or None
        Daily quotes of some series, which say what is known of a month that is not over.
    """

    values: pd.DataFrame
    catalog: Catalog
    calendar: TradeCalendar
    origin: pd.Timestamp
    learned_days: LearnedDays = ()
    vintages: Vintages | None = None
    quotes: Quotes | None = None

    def __contains__(self, id: object) -> bool:
        return isinstance(id, str) and id in self.values.columns

    @property
    def months(self) -> pd.PeriodIndex:
        """Months of the table."""
        return pd.PeriodIndex(self.values.index)

    def entry(self, id: str) -> Series:
        """Catalog entry of a series of the panel.

        Raises
        ------
        PanelError
            If the panel does not have the series.
        """
        if id not in self:
            ids = [str(column) for column in self.values.columns]
            if isinstance(id, str) and id == "exports_total" and len(ids) == 1:
                # The default of most doors: who has one series means that one.
                raise PanelError(
                    f"the panel has no series {id!r}; it has {ids[0]!r} alone: give "
                    f"target={ids[0]!r}"
                )
            asked = str(id).casefold()
            near = [c for c in ids if asked in c.casefold()][:4] or get_close_matches(asked, ids)
            hint = f"; perhaps {near}" if near else ""
            raise PanelError(
                f"the panel has no series {id!r}{hint}; it has {len(self.values.columns)} series, "
                "see panel.values.columns"
            )
        return self.catalog[id]

    def _column(self, id: str) -> int:
        column = self.values.columns.get_loc(self.entry(id).id)
        assert isinstance(column, int)
        return column

    def figures(self, ids: Sequence[str]) -> npt.NDArray[np.float64]:
        """Figures of some series, months of the table by series, NaN where not published."""
        return self.values.to_numpy()[:, [self._column(id) for id in ids]]

    def _figures(self, id: str) -> npt.NDArray[np.float64]:
        return self.values.to_numpy()[:, self._column(id)]

    def series(self, id: str) -> pd.Series:
        """Figures of one series, first to last, without NaN.

        Raises
        ------
        PanelError
            If nothing of it was out at the panel's origin.
        """
        first, last = self._rows(id)
        return self.values[id].iloc[first : last + 1]

    def transformed(self, id: str) -> pd.DataFrame:
        """Return a series as blocks and models see it: in logs where it grows, and its changes.

        Returns
        -------
        DataFrame, months by ``published, level, change_1, change_3, change_12``
            Figures in their own unit, NaN in known holes, for which the rest takes what stands
            there in their place; the rest in log points, or in the unit where the catalog says
            ``"level"``. NaN before there is a figure to compare with. What models also take
            out is fitted: `tradeshock.models.adjusted_level`.

        Raises
        ------
        PanelError
            If the panel does not have the series, or nothing of it was out.
        """
        published, entry = self.series(id), self.entry(id)
        level = np.log(published) if entry.transform == "log" else published
        changes = {f"change_{k}": level.diff(k) for k in CHANGE_MONTHS}
        published = published.mask(published.index.isin(filled_months(published, entry)))
        return pd.DataFrame({"published": published, "level": level, **changes})

    def last_month(self, id: str) -> pd.Period:
        """Last published month of a series.

        Raises
        ------
        PanelError
            If nothing of it was out at the panel's origin.
        """
        return self.months[self._rows(id)[1]]

    def _rows(self, id: str) -> tuple[int, int]:
        rows = first_and_last(self._figures(id))
        if rows is None:
            raise PanelError(
                f"no figure of {id} was out on {self.origin.date()}; ask for a later day"
            )
        return rows

    @cached_property
    def release_dates(self) -> Days:
        """Day on which each figure is out, datetime64[D], months by series; read-only.

        A month counts as known only once all earlier months of its series are.
        """
        months = self.months
        entries = [self.catalog[id] for id in self.values.columns]
        dates = np.column_stack([known_from(entry, months, months[0]) for entry in entries])
        for id, month, day in self.learned_days:
            if id in self and 0 <= (row := month - int(months.asi8[0])) < len(dates):
                dates[row, self._column(id)] = day
        if self.learned_days:
            np.maximum.accumulate(dates, axis=0, out=dates)
        return read_only(dates)

    def last_known(
        self, ids: Sequence[str], origins: Iterable[pd.Timestamp] | Days
    ) -> npt.NDArray[np.intp]:
        """Row of the last figure of each series that was out at each origin; -1 where none was.

        Returns
        -------
        ndarray of int, origins by series
        """
        days = _days(origins)
        rows = np.full((len(days), len(ids)), -1, dtype=np.intp)
        for j, id in enumerate(ids):
            column = self._column(id)
            valid = np.flatnonzero(~np.isnan(self._figures(id)))
            count = np.searchsorted(self.release_dates[valid, column], days, side="right")
            rows[:, j] = np.concatenate([[-1], valid])[count]
        return rows

    def stale_at(
        self, ids: Sequence[str], origins: Iterable[pd.Timestamp], last: npt.NDArray[np.intp]
    ) -> npt.NDArray[np.bool_]:
        """Whether each series was older than its release rule allows at each origin.

        Parameters
        ----------
        last : ndarray of int, origins by series
            As `last_known` gives it.

        Returns
        -------
        ndarray of bool, origins by series
            What `is_stale` says of the panel as of the origin.
        """
        days = _days(origins)
        out = [months_out(self.catalog[id], self.months[0], days) for id in ids]
        return (last < np.column_stack(out) - 1) | (last < 0)

    def is_stale(self, id: str) -> bool:
        """Whether a series is older than its release rule allows at the panel's origin."""
        rows = first_and_last(self._figures(id))
        return rows is None or rows[1] < self._expected(id)

    def expected_month(self, id: str) -> pd.Period:
        """Last month whose figure should be out at the panel's origin by the release rule.

        The month before the table where none should be.
        """
        self.entry(id)
        return self.months[0] + self._expected(id)

    def _expected(self, id: str) -> int:
        """Row of `expected_month`."""
        return int(months_out(self.catalog[id], self.months[0], _days([self.origin]))[0]) - 1

    @property
    def revises_the_past(self) -> bool:
        """Whether a figure on an earlier day was another than it is now.

        Then `as_of` of an origin is not a part of this table, and whoever goes over many origins
        asks for `segments`.
        """
        return self.vintages is not None and bool(len(self.vintages.revision_days))

    def seen_by(self, day: pd.Timestamp) -> Floats:
        """Figures as they had been seen by the end of a day, later months with their first ones.

        Returns
        -------
        ndarray, months by series
        """
        if self.vintages is None:
            return self.values.to_numpy()
        return self.vintages.seen_by(day, self.values)

    def first_prints(self, id: str) -> tuple[Floats, Floats]:
        """First print of each month of a series, and the month a year before as it stood then.

        Returns
        -------
        level, before : ndarray, months
        """
        column, rows = self._column(id), len(self.values)
        level, before = np.full(rows, np.nan), np.full(rows, np.nan)
        days = pd.DatetimeIndex(self.release_dates[:, column])
        revised = np.zeros(rows, dtype=np.intp)
        if self.vintages is not None:
            revised = np.array([self.vintages.revisions_by(day) for day in days])
        for count in np.unique(revised):
            at = np.flatnonzero(revised == count)
            seen = self.seen_by(days[at].max())[:, column]
            level[at] = seen[at]
            old = at[at >= 12]
            before[old] = seen[old - 12]
        return level, before

    def segments(self, origins: Iterable[pd.Timestamp]) -> list[tuple[Self, list[pd.Timestamp]]]:
        """Split origins into runs between which the past was revised.

        Returns
        -------
        list of (Panel, origins)
            In the order given; each panel is right for its origins and revises no past.
        """
        days = list(origins)
        if self.vintages is None or not self.revises_the_past:
            return [(self, days)]
        runs = groupby(days, key=self.vintages.revisions_by)
        return [(self._as_seen((part := list(run))[-1]), part) for _, run in runs]

    def _as_seen(self, day: pd.Timestamp) -> Self:
        """Uncut panel of figures as they had been seen by a day."""
        seen = pd.DataFrame(self.seen_by(day), self.values.index, self.values.columns)
        return self.supposing(seen)

    def supposing(self, figures: pd.DataFrame) -> Self:
        """Return a panel with other figures in the place of its own, on the same day.

        For questions such as what a model would say had a figure come as expected. Nothing is
        checked: figures that are supposed may contradict each other, and revise nothing.

        Parameters
        ----------
        figures : DataFrame
            Of the panel's own months and series; NaN where nothing is out.
        """
        panel = copy(self)
        panel.values, panel.vintages = figures, None
        return panel

    def with_quotes(self, quotes: Quotes | None) -> Self:
        """Return the panel with these daily quotes in the place of its own; None for none."""
        panel = copy(self)
        panel.quotes = quotes
        return panel

    def fingerprint(self) -> str:
        """Hash of all that a forecast depends on (`tradeshock.features.panel.fingerprint`)."""
        own = fingerprint(self.values, self.catalog, self.calendar, self.origin, self.learned_days)
        if self.quotes is not None and (known := self.quotes.before(self.origin)).table.size:
            own = hashlib.sha256(own.encode() + known.digest()).hexdigest()
        if self.vintages is None or not self.revises_the_past:
            return own
        return hashlib.sha256(own.encode() + self.vintages.digest()).hexdigest()


def read_only(dates: Days) -> Days:
    """Return release days that nobody writes into: parts and copies of a panel share them."""
    dates.flags.writeable = False
    return dates


def _days(origins: Iterable[pd.Timestamp] | Days) -> Days:
    if isinstance(origins, np.ndarray):
        return origins.astype("datetime64[D]")
    index = origins if isinstance(origins, pd.DatetimeIndex) else pd.DatetimeIndex(list(origins))
    days: Days = index.to_numpy().astype("datetime64[D]")
    return days
