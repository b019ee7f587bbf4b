"""What a panel holds: published figures, and the day on which each of them was out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.days.calendar import TradeCalendar
from tradeshock.features.days.holidays import Days
from tradeshock.features.errors import PanelError
from tradeshock.features.panel.catalog import Catalog, Series
from tradeshock.features.panel.origins import known_from, months_out
from tradeshock.features.panel.validation import first_and_last


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
    """

    values: pd.DataFrame
    catalog: Catalog
    calendar: TradeCalendar
    origin: pd.Timestamp

    def __contains__(self, id: object) -> bool:
        return id in self.values.columns

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
            near = [c for c in self.values.columns if str(id) in c or c in str(id)][:4]
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
        """Day on which each figure is out, datetime64[D], months by series.

        A month counts as known only once all earlier months of its series are.
        """
        months = self.months
        entries = [self.catalog[id] for id in self.values.columns]
        return np.column_stack([known_from(entry, months, months[0]) for entry in entries])

    def last_known(
        self, ids: Sequence[str], origins: Iterable[pd.Timestamp]
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

    def fingerprint(self) -> str:
        """Hash of all that a forecast depends on: equal panels have equal fingerprints.

        Figures, months, origin and working days, and of each series how it is released, counted
        and made stationary; not titles and sources.
        """
        digest = hashlib.sha256()
        digest.update(f"{self.months[0]}..{self.months[-1]}|{self.calendar}".encode())
        digest.update(str(self.origin.date()).encode())
        for id in self.values.columns:
            entry = self.catalog[id]
            told = (id, entry.release, entry.window, entry.transform, entry.flash_of, entry.nation)
            digest.update(repr(told).encode())
        figures = self.values.to_numpy()
        # one NaN and one zero: both have more than one pattern of bits
        same_bits = np.where(np.isnan(figures), np.nan, figures + 0.0)
        digest.update(np.ascontiguousarray(same_bits).tobytes())
        return digest.hexdigest()


def _days(origins: Iterable[pd.Timestamp]) -> Days:
    index = origins if isinstance(origins, pd.DatetimeIndex) else pd.DatetimeIndex(list(origins))
    days: Days = index.to_numpy().astype("datetime64[D]")
    return days
