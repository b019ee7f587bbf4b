"""The panel: monthly figures, their catalog, and the door to the past."""

from __future__ import annotations

import numbers
from collections.abc import Iterable, Mapping
from datetime import date
from os import PathLike

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.days.calendar import TradeCalendar
from tradeshock.features.days.holidays import Days
from tradeshock.features.errors import PanelError
from tradeshock.features.panel.catalog import Catalog, Series
from tradeshock.features.panel.figures import Figures
from tradeshock.features.panel.origins import (
    AFTER_TOTAL,
    FLASH_STATES as FLASH_STATES,
    OwnReleases,
)
from tradeshock.features.panel.release import LatestOf, ReleaseRule
from tradeshock.features.panel.status import data_status
from tradeshock.features.panel.validation import clean

Day = str | date | np.datetime64 | pd.Timestamp
Month = str | pd.Period


def as_day(day: Day) -> pd.Timestamp:
    """Return a day without time of day.

    Raises
    ------
    PanelError
        If it cannot be read as a day.
    """
    if isinstance(day, numbers.Number):
        raise PanelError(f"{day!r} is no day; give one such as '2026-05-15'")
    try:
        stamp = pd.Timestamp(day)
    except (ValueError, TypeError) as error:
        raise PanelError(f"{day!r} is no day; give one such as '2026-05-15'") from error
    if pd.isna(stamp):
        raise PanelError(f"{day!r} is no day; give one such as '2026-05-15'")
    return (stamp if stamp.tz is None else stamp.tz_localize(None)).normalize()


def as_days(days: Iterable[Day]) -> pd.DatetimeIndex:
    """Return days without time of day, in the order given.

    Raises
    ------
    PanelError
        If one cannot be read as a day.
    """
    given = list(days)
    if not all(type(day) is pd.Timestamp and day.tz is None for day in given):
        given = [as_day(day) for day in given]
    try:
        return pd.DatetimeIndex(given).normalize()
    except pd.errors.OutOfBoundsDatetime as error:
        raise PanelError(f"there is a day out of all bounds: {error}") from error


class Panel(Figures):
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
        if not isinstance(calendar, TradeCalendar):
            calendar = TradeCalendar(calendar)
        self.values = clean(values, catalog)
        self.catalog = catalog
        if origin is None:
            published = self.release_dates[~np.isnan(self.values.to_numpy())]
            self.origin = pd.Timestamp(published.max())
        else:
            self.origin = as_day(origin)
            self._refuse_later_figures()
        self.calendar = calendar.as_of(self.origin)

    @classmethod
    def _of(
        cls, values: pd.DataFrame, catalog: Catalog, calendar: TradeCalendar, origin: pd.Timestamp
    ) -> Panel:
        """Panel of figures that have passed the door before."""
        panel = object.__new__(cls)
        panel.values = values
        panel.catalog = catalog
        panel.calendar = calendar.as_of(origin)
        panel.origin = origin
        return panel

    def _refuse_later_figures(self) -> None:
        known = self.release_dates <= np.datetime64(self.origin, "D")
        later = ~known & ~np.isnan(self.values.to_numpy())
        if later.any():
            row, col = np.argwhere(later)[0]
            raise PanelError(
                f"{self.values.columns[col]} has a figure for {self.values.index[row]}, which its "
                f"release rule lets out on {self.release_dates[row, col]}, after the panel's "
                f"origin {self.origin.date()}; correct the rule, or give a later origin"
            )

    def __repr__(self) -> str:
        months = self.values.index
        return (
            f"Panel as of {self.origin.date()}: {len(self.values.columns)} series, "
            f"{months[0]} to {months[-1]}"
        )

    def _repr_html_(self) -> str:
        return f"<p>{self!r}</p>{data_status(self).to_html(max_rows=20)}"

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

        Raises
        ------
        PanelError
            As `Panel`; also if a column has no release rule.
        """
        if isinstance(values, pd.Series):
            values = values.to_frame("exports_total" if values.name is None else values.name)
        nation = calendar.nation if isinstance(calendar, TradeCalendar) else calendar
        ids = [str(id) for id in values.columns]
        rules = dict.fromkeys(ids, release) if isinstance(release, ReleaseRule) else release
        if missing := [id for id in ids if id not in rules]:
            raise PanelError(f"no release rule for {missing}; give one for every column")
        entries = {
            id: Series(id=id, title=id, unit=unit, nation=nation, release=rules[id]) for id in ids
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
        self,
        values: pd.DataFrame | pd.Series,
        *entries: Series,
        calendar: str | None = None,
        origin: Day | None = None,
    ) -> Panel:
        """Return a panel with these series added or replaced.

        Parameters
        ----------
        values : DataFrame or Series
            One row a month.
        *entries : Series
            Catalog entries of those that the catalog does not have, or has otherwise.
        calendar : str, optional
            Nation whose working days the new panel has. Default: as here.
        origin : day, optional
            Day on which the new figures were compiled. Default: the panel's own origin, after
            which none of them may be out.

        Raises
        ------
        PanelError
            As `Panel`; also if a column has no entry or the origin is before the panel's own.
        """
        catalog = self.catalog.with_series(*entries)
        if isinstance(values, pd.Series):
            name = entries[0].id if values.name is None and entries else values.name
            values = values.to_frame(name)
        new = clean(values, catalog)
        edges = [*self.months[[0, -1]], *pd.PeriodIndex(new.index)[[0, -1]]]
        months = pd.period_range(min(edges), max(edges), freq="M", name="month")
        kept = self.values.drop(columns=new.columns, errors="ignore")
        table = pd.concat([kept.reindex(months), new.reindex(months)], axis=1)
        day = self.origin if origin is None else as_day(origin)
        if day < self.origin:
            raise PanelError(
                f"the panel already knows figures of {self.origin.date()}, after the origin "
                f"{day.date()} of the new ones; cut it first: panel.as_of"
            )
        working = self.calendar if calendar is None else TradeCalendar(calendar)
        if day > self.origin:
            # holidays announced since the old origin are known now
            working = TradeCalendar(working.nation, working.saturday_weight)
        panel = Panel._of(table, catalog, working, day)
        panel._refuse_later_figures()
        return panel

    def select(self, ids: Iterable[str]) -> Panel:
        """Return a panel of these series alone, in this order."""
        columns = [self._column(id) for id in ids]
        table = self.values.take(columns, axis=1)
        panel = Panel._of(table, self.catalog, self.calendar, self.origin)
        panel.release_dates = self.release_dates[:, columns]
        return panel

    # -- the door to the past -----------------------------------------------------------------

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
        out = self.release_dates <= np.datetime64(day, "D")
        figures = np.where(out, self.values.to_numpy(), np.nan)
        published = np.flatnonzero(~np.isnan(figures).all(axis=1))
        if not len(published):
            raise PanelError(f"nothing was published by {day.date()}; ask for a later day")
        end = int(published[-1]) + 1
        table = pd.DataFrame(figures[:end], self.months[:end], self.values.columns)
        panel = Panel._of(table, self.catalog, self.calendar, day)
        panel.release_dates = self.release_dates[:end]
        return panel

    # -- origins and states -------------------------------------------------------------------

    def _releases(self, target: str) -> OwnReleases:
        return OwnReleases.from_catalog(self.entry(target).id, self.catalog, self)

    def states(self, target: str = "exports_total") -> tuple[str, ...]:
        """States that the target's own releases make possible, in order."""
        return self._releases(target).states

    def origin_days(
        self, months: pd.PeriodIndex, state: str, target: str = "exports_total"
    ) -> Days:
        """Standard origin of a state for each month, datetime64[D].

        An origin is labelled by the month of its step 1: the month after the target's last
        published one.

        Raises
        ------
        PanelError
            If the target has no such state.
        """
        return self._releases(target).days(months, state, self.months[0])

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
        months = _months(first, last)
        days = self.origin_days(months, state, target)
        last_rows = self.last_known([target], pd.DatetimeIndex(days))[:, 0]
        published = (last_rows >= 0) & (last_rows == months.asi8 - 1 - self.months.asi8[0])
        published &= days <= np.datetime64(self.origin, "D")
        if state != AFTER_TOTAL:
            flash = self.values[self._releases(target).flashes[state].id]
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
        row = self._rows(target)[1] + 1
        current = AFTER_TOTAL
        for state, flash in self._releases(target).flashes.items():
            if row < len(self.values) and not np.isnan(self.values[flash.id].to_numpy()[row]):
                current = state
        return current

    def states_at(
        self, origins: Iterable[pd.Timestamp], target: str = "exports_total"
    ) -> pd.Categorical[str]:
        """What `state` says of the panel as of each origin."""
        flashes = {state: flash.id for state, flash in self._releases(target).flashes.items()}
        last = self.last_known([target, *flashes.values()], origins)
        # The latest count of the month after the target's last one decides.
        out = last[:, 1:] > last[:, :1]
        latest: npt.NDArray[np.intp] = np.where(out, np.arange(1, out.shape[1] + 1), 0).max(
            axis=1, initial=0
        )
        return pd.Categorical.from_codes(latest, categories=pd.Index([AFTER_TOTAL, *flashes]))

    def standard_origin(self, target: str = "exports_total") -> pd.Timestamp:
        """Last standard origin on or before the panel's own."""
        month = pd.PeriodIndex([self.last_month(target) + 1])
        return pd.Timestamp(self.origin_days(month, self.state(target), target)[0])


def _months(first: Month, last: Month) -> pd.PeriodIndex:
    try:
        months = pd.period_range(first, last, freq="M")
    except ValueError as error:
        raise PanelError(
            f"{first!r} to {last!r} are no months; give them such as '2015-01'"
        ) from error
    if not len(months):
        raise PanelError(f"no months from {first} to {last}; give the earlier one first")
    return months


def latest_of(panel: Panel, *ids: str) -> LatestOf:
    """Release rule of a series derived from others: out with the last of them."""
    return LatestOf(tuple(panel.entry(id).release for id in ids))
