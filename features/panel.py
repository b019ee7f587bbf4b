"""The panel: monthly figures, their catalog, and the door to the past."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property
from os import PathLike

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.calendar import TradeCalendar
from tradeshock.features.catalog import Catalog, Series
from tradeshock.features.errors import PanelError
from tradeshock.features.release import LatestOf, ReleaseRule
from tradeshock.features.validation import (
    against_catalog,
    fill_known_holes,
    monthly_index,
    numeric,
)

Day = str | date | np.datetime64 | pd.Timestamp
Month = str | pd.Period


def as_day(day: Day) -> pd.Timestamp:
    """Return a day without time of day.

    Raises
    ------
    PanelError
        If it cannot be read as a day.
    """
    try:
        stamp = pd.Timestamp(day)
    except (ValueError, TypeError) as error:
        raise PanelError(f"{day!r} is no day; give one such as '2026-05-15'") from error
    if stamp is pd.NaT:
        raise PanelError(f"{day!r} is no day; give one such as '2026-05-15'")
    return stamp.tz_localize(None).normalize()


class Panel:
    """Monthly table of published figures, each column with a catalog entry.

    Parameters
    ----------
    values : DataFrame
        One row a month, one column a series, in the units of the catalog. NaN where nothing is
        published: before a series starts, after its last figure, and in known holes.
    catalog : Catalog or mapping of str to Series
        An entry for every column.
    calendar : TradeCalendar or str, optional
        Working days of the exporting nation, or its ISO code. Default: every weekday works.
    origin : day, optional
        Day on which the figures were compiled. Default: the latest release day among them.

    Raises
    ------
    PanelError
        If the table is not a clean monthly one (see the message for where and what to do).
    """

    def __init__(
        self,
        values: pd.DataFrame,
        catalog: Catalog | Mapping[str, Series],
        calendar: TradeCalendar | str | None = None,
        origin: Day | None = None,
    ) -> None:
        catalog = catalog if isinstance(catalog, Catalog) else Catalog(catalog.values())
        table = values.set_axis(monthly_index(values.index), axis=0)
        table = numeric(table)
        against_catalog(table, catalog)
        table = fill_known_holes(table, catalog)
        if not isinstance(calendar, TradeCalendar):
            calendar = TradeCalendar(calendar)
        self._set(table, catalog, calendar, None)
        published = self.release_dates[~np.isnan(table.to_numpy())]
        self.origin = pd.Timestamp(published.max()) if origin is None else as_day(origin)
        self.calendar = calendar.as_of(self.origin)
        if origin is not None:
            self._refuse_later_figures()

    def _set(
        self,
        values: pd.DataFrame,
        catalog: Catalog,
        calendar: TradeCalendar,
        release_dates: npt.NDArray[np.datetime64] | None,
    ) -> None:
        self.values = values
        self.catalog = catalog
        self.calendar = calendar
        if release_dates is not None:
            self.release_dates = release_dates

    def _refuse_later_figures(self) -> None:
        known = self.release_dates <= np.datetime64(self.origin, "D")
        later = ~known & ~np.isnan(self.values.to_numpy())
        if later.any():
            row, col = np.argwhere(later)[0]
            raise PanelError(
                f"{self.values.columns[col]} has a figure for {self.values.index[row]}, which its "
                f"release rule lets out on {self.release_dates[row, col]}, after the panel's "
                f"origin {self.origin.date()}; correct the rule or the origin"
            )

    def __repr__(self) -> str:
        months = self.values.index
        return (
            f"Panel as of {self.origin.date()}: {len(self.values.columns)} series, "
            f"{months[0]} to {months[-1]}"
        )

    # -- doors in -----------------------------------------------------------------------------

    @classmethod
    def from_frame(
        cls,
        values: pd.DataFrame | pd.Series,
        release: ReleaseRule | Mapping[str, ReleaseRule],
        calendar: TradeCalendar | str | None = None,
        unit: str = "mn USD",
    ) -> Panel:
        """Panel of a table without a catalog: every series gets a plain entry.

        Parameters
        ----------
        values : DataFrame or Series
            One row a month.
        release : ReleaseRule or mapping of str to ReleaseRule
            When figures come out, for all series or for each.
        calendar : TradeCalendar or str, optional
            Working days, or the ISO code of a nation such as "TW".
        unit : str
            Unit of all series.
        """
        if isinstance(values, pd.Series):
            values = values.to_frame(values.name or "exports_total")
        nation = calendar.nation if isinstance(calendar, TradeCalendar) else calendar
        entries = {
            str(id): Series(
                id=str(id),
                title=str(id),
                unit=unit,
                nation=nation,
                release=release if isinstance(release, ReleaseRule) else release[str(id)],
            )
            for id in values.columns
        }
        return cls(values, entries, calendar)

    @classmethod
    def from_csv(
        cls,
        path: str | PathLike[str],
        release: ReleaseRule | Mapping[str, ReleaseRule],
        calendar: TradeCalendar | str | None = None,
        unit: str = "mn USD",
    ) -> Panel:
        """Panel of a CSV whose first column is the month (see `from_frame`)."""
        return cls.from_frame(pd.read_csv(path, index_col=0), release, calendar, unit)

    def with_series(
        self, values: pd.DataFrame | pd.Series, *entries: Series, calendar: str | None = None
    ) -> Panel:
        """Return a panel with these series added or replaced.

        Raises
        ------
        PanelError
            As `Panel`; also if a column has no entry.
        """
        if isinstance(values, pd.Series):
            values = values.to_frame(entries[0].id if values.name is None else values.name)
        new = numeric(values.set_axis(monthly_index(values.index), axis=0))
        months = self.values.index.union(new.index)
        table = self.values.drop(columns=new.columns, errors="ignore").reindex(months)
        table = pd.concat([table, new.reindex(months)], axis=1)
        return Panel(
            table, self.catalog.with_series(*entries), calendar or self.calendar, self.origin
        )

    def select(self, ids: Iterable[str]) -> Panel:
        """Return a panel of these series alone, in this order."""
        columns = [self.values.columns.get_loc(self._known(id)) for id in ids]
        cut = object.__new__(Panel)
        cut._set(
            self.values.iloc[:, columns], self.catalog, self.calendar, self.release_dates[:, columns]
        )
        cut.origin = self.origin
        return cut

    # -- the door to the past -----------------------------------------------------------------

    @cached_property
    def release_dates(self) -> npt.NDArray[np.datetime64]:
        """Day on which each figure is out, datetime64[D], months by series.

        A month counts as known only once all earlier months of its series are.
        """
        months = pd.PeriodIndex(self.values.index)
        dates = [self.catalog[id].release.dates(months) for id in self.values.columns]
        return np.maximum.accumulate(np.column_stack(dates), axis=0)

    def as_of(self, origin: Day) -> Panel:
        """Return the panel as it stood at the end of a day: what came later is missing.

        Raises
        ------
        PanelError
            If the day is after the panel's own origin or before its first figure.
        """
        day = as_day(origin)
        if day > self.origin:
            raise PanelError(
                f"the panel's figures were compiled on {self.origin.date()} and cannot tell what "
                f"is known on {day.date()}; add newer figures (with_series) or ask for an "
                "earlier day"
            )
        table = self.values.to_numpy()
        table = np.where(self.release_dates <= np.datetime64(day, "D"), table, np.nan)
        published = np.flatnonzero(~np.isnan(table).all(axis=1))
        if not len(published):
            raise PanelError(f"nothing was published by {day.date()}; ask for a later day")
        rows = slice(0, published[-1] + 1)
        cut = object.__new__(Panel)
        cut._set(
            pd.DataFrame(table[rows], self.values.index[rows], self.values.columns),
            self.catalog,
            self.calendar.as_of(day),
            self.release_dates[rows],
        )
        cut.origin = day
        return cut

    def last_known(
        self, ids: Sequence[str], origins: Sequence[pd.Timestamp]
    ) -> npt.NDArray[np.intp]:
        """Row of the last figure of each series that was out at each origin; -1 where none was.

        Returns
        -------
        ndarray of int, origins by series
        """
        days = np.array([np.datetime64(o, "D") for o in origins], dtype="datetime64[D]")
        rows = np.full((len(days), len(ids)), -1, dtype=np.intp)
        for j, id in enumerate(ids):
            col = self.values.columns.get_loc(self._known(id))
            valid = np.flatnonzero(~np.isnan(self.values.iloc[:, col].to_numpy()))
            count = np.searchsorted(self.release_dates[valid, col], days, side="right")
            rows[:, j] = np.where(count > 0, valid[np.maximum(count, 1) - 1], -1)
        return rows

    # -- what is in it ------------------------------------------------------------------------

    def __contains__(self, id: object) -> bool:
        return id in self.values.columns

    def _known(self, id: str) -> str:
        if id not in self.values.columns:
            near = [c for c in self.values.columns if str(id) in c or c in str(id)][:4]
            hint = f"; perhaps {near}" if near else ""
            raise PanelError(
                f"the panel has no series {id!r}{hint}; it has {len(self.values.columns)} series, "
                "see panel.values.columns"
            )
        return id

    def series(self, id: str) -> pd.Series:
        """Published figures of one series, first to last, without NaN."""
        last = self.last_month(id)
        column = self.values[id]
        return column.loc[column.first_valid_index() : last]

    def last_month(self, id: str) -> pd.Period:
        """Last published month of a series.

        Raises
        ------
        PanelError
            If nothing of it was out at the panel's origin.
        """
        month = self.values[self._known(id)].last_valid_index()
        if month is None:
            raise PanelError(f"no figure of {id} was out on {self.origin.date()}; ask for a later day")
        return month

    def is_stale(self, id: str) -> bool:
        """Whether a series is older than its release rule allows at the panel's origin."""
        expected = self.expected_month(id)
        last = self.values[self._known(id)].last_valid_index()
        return last is None or last < expected

    def expected_month(self, id: str) -> pd.Period:
        """Last month whose figure should be out at the panel's origin by the release rule."""
        months = pd.period_range(end=pd.Period(self.origin, "M"), periods=8, freq="M")
        dates = np.maximum.accumulate(self.catalog[self._known(id)].release.dates(months))
        return months[max(int((dates <= np.datetime64(self.origin, "D")).sum()) - 1, 0)]

    def fingerprint(self) -> str:
        """Hash of every figure, month and series id: equal panels have equal fingerprints."""
        digest = hashlib.sha256()
        digest.update("|".join(map(str, self.values.columns)).encode())
        digest.update(f"{self.values.index[0]}..{self.values.index[-1]}|{self.origin}".encode())
        digest.update(np.ascontiguousarray(self.values.to_numpy()).tobytes())
        return digest.hexdigest()

    # -- origins and states -------------------------------------------------------------------

    def states(self, target: str = "exports_total") -> tuple[str, ...]:
        """States that the target's own releases make possible, in order."""
        flashes = self.catalog.flash(self._known(target))
        return (
            "after_total",
            *(s for s, window in FLASH_STATES.items() if flashes.get(window) in self),
        )

    def origin_days(
        self, months: pd.PeriodIndex, state: str, target: str = "exports_total"
    ) -> npt.NDArray[np.datetime64]:
        """Standard origin of a state for each month, datetime64[D].

        An origin is labelled by the month of its step 1: the month after the target's last
        published one.
        """
        if state not in self.states(target):
            raise PanelError(
                f"{target} has no state {state!r} here; it has {list(self.states(target))}"
            )
        after_total = self.catalog[target].release.dates(months - 1)
        if state == "after_total":
            return after_total
        flash = self.catalog[self.catalog.flash(target)[FLASH_STATES[state]]]
        return np.maximum(after_total, flash.release.dates(months))

    def origins(
        self, first: Month, last: Month, state: str = "after_total", target: str = "exports_total"
    ) -> list[pd.Timestamp]:
        """Standard origins of a state from one month to another.

        Parameters
        ----------
        first, last : month
            Months of step 1, both included: for Korea's total, origin "2015-01" in state
            ``after_total`` is 1 January 2015, when December's figure came out.
        state : {"after_total", "after_10d", "after_20d"}
            Which of the target's own releases are out.
        target : str
            Series whose releases define the state.

        Raises
        ------
        PanelError
            If an origin lies outside what the panel knows, or its flash figure is missing.
        """
        months = pd.period_range(first, last, freq="M")
        if not len(months):
            raise PanelError(f"no months from {first} to {last}; give the earlier one first")
        days = self.origin_days(months, state, target)
        needed = (
            self.last_known([target], list(pd.DatetimeIndex(days)))[:, 0]
            - self.values.index.get_indexer(months - 1)
        )
        published = (needed == 0) & (days <= np.datetime64(self.origin, "D"))
        if state != "after_total":
            flash = self.values[self.catalog.flash(target)[FLASH_STATES[state]]]
            published &= flash.reindex(months).notna().to_numpy()
        if not published.all():
            known = months[published]
            span = f"{known[0]} to {known[-1]}" if len(known) else "none of them"
            raise PanelError(
                f"{target} has no origin {state} in {months[~published][0]} as of "
                f"{self.origin.date()}; of {first} to {last} it has {span}"
            )
        return list(pd.DatetimeIndex(days))

    def state(self, target: str = "exports_total") -> str:
        """Which of the target's own releases are out at the panel's origin."""
        month = pd.PeriodIndex([self.last_month(target) + 1])
        current = "after_total"
        for state in self.states(target)[1:]:
            flash = self.catalog.flash(target)[FLASH_STATES[state]]
            out = month[0] in self.values.index and not np.isnan(self.values.at[month[0], flash])
            if out:
                current = state
        return current

    def standard_origin(self, target: str = "exports_total") -> pd.Timestamp:
        """Last standard origin on or before the panel's own."""
        month = pd.PeriodIndex([self.last_month(target) + 1])
        return pd.Timestamp(self.origin_days(month, self.state(target), target)[0])


FLASH_STATES = {"after_10d": "first_10_days", "after_20d": "first_20_days"}


def latest_of(panel: Panel, *ids: str) -> LatestOf:
    """Release rule of a series derived from others: out with the last of them."""
    return LatestOf(tuple(panel.catalog[panel._known(id)].release for id in ids))
