"""The panel: monthly figures, their catalog, and the door to the past."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from os import PathLike
from typing import Unpack

import numpy as np
import pandas as pd

from tradeshock.features.days.calendar import TradeCalendar
from tradeshock.features.days.clock import today
from tradeshock.features.days.reading import Day, as_day
from tradeshock.features.errors import PanelError
from tradeshock.features.files.table import Reading, read_table
from tradeshock.features.panel.append import Additions, NewFigures, changes_of, read_figures
from tradeshock.features.panel.catalog import Catalog, Series
from tradeshock.features.panel.figures import LearnedDays, read_only
from tradeshock.features.panel.origins import FLASH_STATES as FLASH_STATES
from tradeshock.features.panel.plain_entries import (
    CatalogFile,
    Holes,
    Transforms,
    plain_entries,
    with_hole_rows,
)
from tradeshock.features.panel.plausibility import (
    refuse_contradictions,
    refuse_yet_to_come,
    warn_before_calendar,
    warn_of_odd_figures,
)
from tradeshock.features.panel.release import ReleaseRule
from tradeshock.features.panel.states import StatedFigures
from tradeshock.features.panel.status import data_status
from tradeshock.features.panel.validation import as_table, clean, refuse_earlier
from tradeshock.features.panel.vintages import Vintages, joined


class Panel(StatedFigures):
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
        refuse_contradictions(self.values, catalog)
        warn_of_odd_figures(self.values, catalog)
        self.catalog = catalog
        if origin is None:
            published = ~np.isnan(self.values.to_numpy())
            self.origin = pd.Timestamp(self.release_dates[published].max())
        else:
            self.origin = as_day(origin)
            self._refuse_later_figures()
        self.calendar = calendar.as_of(self.origin)
        warn_before_calendar(self.values, catalog, self.calendar)

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

    def _of_today(self) -> Panel:
        refuse_yet_to_come(self.values, self.catalog, today())
        return self

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
        release: ReleaseRule | Mapping[str, ReleaseRule] | None = None,
        calendar: TradeCalendar | str | None = None,
        unit: str = "units",
        *,
        transform: Transforms = "log",
        holes: Holes = (),
        catalog: CatalogFile | None = None,
        adjusted: bool = False,
    ) -> Panel:
        """Panel of a table without a catalog: every series gets a plain entry.

        Parameters
        ----------
        values : DataFrame or Series
            One row a month, or Nixtla's long frame with the columns `unique_id`, `ds` and `y`.
        release : ReleaseRule or mapping of str to ReleaseRule
            When figures come out, for all series or for each.
        calendar : TradeCalendar or str, optional
            Working days, or the ISO code of a nation such as "TW".
        unit : str
            Unit of all series, such as "mn USD" or "bn JPY"; from 1,000 "mn" on they are shown in
            "bn". Default: "units", so that no output names a currency that nobody gave.
        transform : {"log", "level"} or mapping of str to one of them
            "level" for series that may be zero or below: balances, rates, indices around zero.
        holes : iterable of str, or mapping of str to iterable of str
            Months known to be missing, such as "2024-09", in all series or in each.
        catalog : Catalog or path, optional
            Full entries of some or all series, or a TOML file of them.
        adjusted : bool
            Whether their publisher has taken season and working days out: systems and features
            then do not look for them, and nothing is shown a working day.

        Raises
        ------
        PanelError
            As `Panel`; also if a column has neither a release rule nor an entry, or has figures
            of months that are not over.
        """
        values = as_table(values)
        calendar = calendar if isinstance(calendar, TradeCalendar) else TradeCalendar(calendar)
        ids, nation = map(str, values.columns), calendar.nation
        entries = plain_entries(ids, release, nation, unit, transform, holes, catalog, adjusted)
        return cls(values, entries, calendar)._of_today()

    @classmethod
    def from_file(
        cls,
        path: str | PathLike[str],
        release: ReleaseRule | Mapping[str, ReleaseRule] | None = None,
        calendar: TradeCalendar | str | None = None,
        unit: str = "units",
        *,
        transform: Transforms | None = None,
        holes: Holes = (),
        catalog: CatalogFile | None = None,
        adjusted: bool = False,
        **reading: Unpack[Reading],
    ) -> Panel:
        """Panel of a file: text with separators, a workbook (.xlsx, .ods, ...) or Parquet.

        A file is read strictly: what has two readings is refused with the argument that decides.
        Months may be in any order; months that `holes` names may be left out.

        Parameters
        ----------
        path : str or path
            Parquet files need the extra ``parquet``.
        release, calendar, unit, transform, holes, catalog, adjusted
            As for `from_frame`. By default a file's own codes say what is modelled in logs
            (FRED-MD has them), and all other series are.
        **reading
            `sep`, `decimal`, `thousands`, `encoding`, `month_format`, `header`, `footer`, `names`,
            `month`, `series`, `columns`, `missing`, `sheet`: see
            `tradeshock.features.files.table.Reading`.

        Raises
        ------
        PanelError
            As `from_frame`; also if the file does not read in exactly one way.
        """
        table = read_table(path, reading)
        calendar = calendar if isinstance(calendar, TradeCalendar) else TradeCalendar(calendar)
        ways = table.transform if transform is None else transform
        ids = table.values.columns
        entries = plain_entries(ids, release, calendar.nation, unit, ways, holes, catalog, adjusted)
        values = with_hole_rows(table.values, [entries[id].hole_months for id in ids])
        return cls(values, entries, calendar)._of_today()

    from_csv = from_file

    def with_series(
        self,
        values: pd.DataFrame | pd.Series,
        *entries: Series,
        calendar: str | None = None,
        origin: Day | None = None,
        learned_days: LearnedDays = (),
        vintages: Vintages | None = None,
    ) -> Panel:
        """Return a panel with these series added, or replaced from their first month to their last.

        Others keep their past. For newer months of a series, and revised ones, see `append`.

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
        learned_days : tuple of (series, ordinal of a month, datetime64[D])
            Days from which new figures are known, where that is not what the rule says.
        vintages : Vintages, optional
            What the new figures were on earlier days.

        Raises
        ------
        PanelError
            As `Panel`; also if a column has no entry or the origin is before the panel's own.
        """
        catalog = self.catalog.with_series(*entries)
        new = clean(as_table(values, entries[0].id if entries else "exports_total"), catalog)
        edges = [*self.months[[0, -1]], *pd.PeriodIndex(new.index)[[0, -1]]]
        months = pd.period_range(min(edges), max(edges), freq="M", name="month")
        columns = list(dict.fromkeys([*self.values.columns, *new.columns]))
        kept = self.values.drop(columns=new.columns, errors="ignore")
        # A series that is replaced keeps its place.
        table = pd.concat([kept.reindex(months), new.reindex(months)], axis=1)[columns]
        day = self.origin if origin is None else as_day(origin)
        refuse_earlier(day, self.origin)
        working = self.calendar if calendar is None else TradeCalendar(calendar)
        if day > self.origin:
            # holidays announced since the old origin are known now
            working = TradeCalendar(working.nation, working.saturday_weight)
        refuse_contradictions(table, catalog)
        warn_of_odd_figures(new, catalog)
        panel = Panel._of(table, catalog, working, day)
        panel.quotes = self.quotes
        panel.learned_days = (*(one for one in self.learned_days if one[0] in kept), *learned_days)
        panel._refuse_later_figures()
        warn_before_calendar(new, catalog, panel.calendar)
        seen = joined(self.vintages and self.vintages.of_series(kept.columns), vintages)
        return panel.with_vintages(seen) if seen else panel

    def append(
        self, figures: NewFigures, seen: Day | None = None, **reading: Unpack[Reading]
    ) -> Panel:
        """Return a panel with newer months of its series, and with revised ones.

        The past stays as it was: a figure that is revised counts from the day on which the
        revision was seen, and a figure that was missing although its release rule had let it out
        is known from that day on. Origins before see what they saw.

        Parameters
        ----------
        figures : DataFrame, Series or path
            Months by series of the panel, in its units; what is NaN is left as it is. New months
            follow a series' last one without a gap. Series go by id, by title, or by another name
            of the catalog, such as "반도체" and "반도체 1~10일".
        seen : day, optional
            Day on which the figures were seen. Default: today in Korea, or the panel's own origin
            if that is later.
        **reading
            How a file is read, as for `from_file`.

        Raises
        ------
        PanelError
            If a series is not in the panel, the figures are no clean monthly table or of months
            that are not over, leave out months or begin before a series, a day is before the
            panel's own, or counts contradict.

        See Also
        --------
        changes : what is new and what is revised, before it is appended.
        """
        day = max(today(), self.origin) if seen is None else as_day(seen)
        refuse_earlier(day, self.origin)
        new = read_figures(self, figures, reading)
        refuse_yet_to_come(new, self.catalog, day)
        return self.with_additions(Additions.of(self, new, day), day)

    def with_additions(self, added: Additions, day: pd.Timestamp) -> Panel:
        """Return a panel with what was added to its figures by a day (see `append`)."""
        refuse_contradictions(added.values, self.catalog)
        warn_of_odd_figures(added.values[added.touched], self.catalog)
        # Holidays announced since the old origin are known now.
        calendar = TradeCalendar(self.calendar.nation, self.calendar.saturday_weight)
        panel = Panel._of(added.values, self.catalog, calendar, day)
        panel.learned_days = (*self.learned_days, *added.learned_days)
        panel.vintages, panel.quotes = added.vintages, self.quotes
        return panel

    def changes(self, figures: NewFigures, **reading: Unpack[Reading]) -> pd.DataFrame:
        """Say what `append` would change.

        Returns
        -------
        DataFrame
            One row a figure: series, month, kind ("new" or "revised"), before, after, and the
            revision in per cent.
        """
        return changes_of(self, read_figures(self, figures, reading))

    def with_vintages(self, vintages: Vintages) -> Panel:
        """Return the panel with figures as they were first and later seen.

        On earlier days it has those that had been seen by then, and before the first the oldest.
        """
        seen = vintages.seen_by(self.origin, self.values)
        values = pd.DataFrame(seen, self.values.index, self.values.columns)
        panel = self.supposing(values)
        panel.vintages = vintages
        return panel

    def with_release(self, *entries: Series) -> Panel:
        """Return the same figures, let out by the release rules of these catalog entries.

        Raises
        ------
        PanelError
            If a rule lets a figure out after the panel's origin.
        """
        catalog = self.catalog.with_series(*entries)
        panel = Panel._of(self.values, catalog, self.calendar, self.origin)
        panel.learned_days, panel.vintages = self.learned_days, self.vintages
        panel.quotes = self.quotes
        panel._refuse_later_figures()
        return panel

    def select(self, ids: Iterable[str]) -> Panel:
        """Return a panel of these series alone, in this order."""
        columns = [self._column(id) for id in ids]
        table = self.values.take(columns, axis=1)
        panel = Panel._of(table, self.catalog, self.calendar, self.origin)
        panel.release_dates = read_only(self.release_dates[:, columns])
        panel.learned_days, panel.vintages = self.learned_days, self.vintages
        panel.quotes = None if self.quotes is None else self.quotes.select(table.columns)
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
                f"is known on {day.date()}; add newer figures (append) or ask for an "
                "earlier day"
            )
        out = self.release_dates <= np.datetime64(day, "D")
        figures = np.where(out, self.seen_by(day), np.nan)
        published = np.flatnonzero(~np.isnan(figures).all(axis=1))
        if not len(published):
            raise PanelError(f"nothing was published by {day.date()}; ask for a later day")
        end = int(published[-1]) + 1
        table = pd.DataFrame(figures[:end], self.months[:end], self.values.columns)
        panel = Panel._of(table, self.catalog, self.calendar, day)
        panel.release_dates = self.release_dates[:end]
        panel.learned_days = self.learned_days
        panel.quotes = None if self.quotes is None else self.quotes.before(day)
        return panel
