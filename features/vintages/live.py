"""The panel of today: the embedded snapshot and all that was seen since."""

from __future__ import annotations

from os import PathLike
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.days.quotes import Quotes
from tradeshock.features.panel.append import Additions
from tradeshock.features.panel.catalog import Catalog
from tradeshock.features.panel.figures import LearnedDays
from tradeshock.features.panel.panel import Panel
from tradeshock.features.panel.validation import clean, first_and_last, months_of
from tradeshock.features.panel.vintages import Vintages
from tradeshock.features.snapshot import SNAPSHOT_DAY, load_panel
from tradeshock.features.vintages.history import History
from tradeshock.features.vintages.store import Store

BEGIN = np.datetime64(SNAPSHOT_DAY, "D")


class Live(NamedTuple):
    """A panel of today, and what could not be used for it.

    Parameters
    ----------
    panel : Panel
    missing : dict of str to PeriodIndex
        By series, the months that are missing before later ones: those are kept, and used once the
        months before them are there.
    """

    panel: Panel
    missing: dict[str, pd.PeriodIndex]

    def sentences(self) -> list[str]:
        """Say which months are missing."""
        return [
            f"{id} lacks {', '.join(months.astype(str))}: its later ones are used once it is there"
            for id, months in self.missing.items()
        ]


def live_panel(path: str | PathLike[str] | None = None) -> Panel:
    """Korea's exports and their indicators as far as the user's own store has them.

    A figure on a day is what it had been seen to be by then, and before it was first seen the
    oldest. A month that came after the snapshot is known from the day of its release rule, or from
    the day on which it was first seen if the series had been asked for after that day without it.
    So an update changes no day before the snapshot's.

    Parameters
    ----------
    path : path, optional
        The store. Default: the user's own (`tradeshock.features.vintages.home`). Where there is no
        file, the panel is the embedded snapshot with its vintages.

    Returns
    -------
    Panel
        As of the day, in Korea, of the newest answer.

    Raises
    ------
    StoredFileError
        If the file cannot be read.
    PanelError
        If its figures contradict each other.
    """
    return panel_of(Store(path).history()).panel


def panel_of(history: History) -> Live:
    """Panel of all that was seen (see `live_panel`)."""
    base = load_panel()
    rows = _usable(base, history.months())
    first = ~rows.duplicated(["series", "month"])
    newest = rows[~rows.duplicated(["series", "month"], keep="last")]
    fresh = rows[first & ~_within(base, rows)]
    values = _newest_values(base, newest)
    missing = _cut_after_gaps(values, base)
    revised = rows[rows.duplicated(["series", "month"], keep=False)]
    vintages = Vintages(revised.assign(month=months_of(revised["month"].to_numpy(dtype=np.int64))))
    day = max(history.day, base.origin)
    added = Additions(
        clean(values, base.catalog),
        list(dict.fromkeys(rows.loc[rows["seen"] > BEGIN, "series"])),
        _learned(base.catalog, history, fresh),
        vintages,
    )
    panel = base.with_additions(added, day).with_quotes(_quotes(base.quotes, history))
    return Live(panel, missing)


def _usable(base: Panel, rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of the panel's series, from the first month of each."""
    begins = rows["series"].map(_edges(base, 0))
    return rows[begins.notna() & (rows["month"] >= begins)].reset_index(drop=True)


def _within(base: Panel, rows: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Whether each row is of a month that the snapshot has."""
    return (rows["month"] <= rows["series"].map(_edges(base, 1))).to_numpy()


def _edges(base: Panel, which: int) -> dict[str, int]:
    """Ordinal of each series' first (0) or last (1) month."""
    begin, table = int(base.months.asi8[0]), base.values.to_numpy()
    edges = ((str(id), first_and_last(table[:, j])) for j, id in enumerate(base.values.columns))
    return {id: begin + rows[which] for id, rows in edges if rows is not None}


def _newest_values(base: Panel, newest: pd.DataFrame) -> pd.DataFrame:
    """All figures, the newest of each."""
    last = max(int(base.months.asi8[-1]), int(newest["month"].max()))
    months = months_of(np.arange(base.months.asi8[0], last + 1)).rename("month")
    values = base.values.reindex(months).copy()
    table = values.to_numpy(copy=True)
    rows = newest["month"].to_numpy() - base.months.asi8[0]
    table[rows, values.columns.get_indexer(pd.Index(newest["series"]))] = newest["value"].to_numpy()
    return pd.DataFrame(table, months, values.columns)


def _cut_after_gaps(values: pd.DataFrame, base: Panel) -> dict[str, pd.PeriodIndex]:
    """Leave out, in place, what follows months that are missing; return those months."""
    missing = {}
    months, absent = pd.PeriodIndex(values.index), values.isna().to_numpy()
    lasts = _edges(base, 1)
    for j, id in enumerate(str(id) for id in values.columns):
        start = lasts[id] + 1 - int(months.asi8[0])
        inside = np.arange(start, int(np.flatnonzero(~absent[:, j])[-1]))
        gaps = inside[absent[inside, j]]
        if not len(gaps):
            continue
        unknown = months[gaps].difference(base.catalog[id].hole_months)
        if len(unknown):
            missing[id] = unknown
            values.loc[unknown[0] :, id] = np.nan
    return missing


def _learned(catalog: Catalog, history: History, fresh: pd.DataFrame) -> LearnedDays:
    """Days from which new figures are known, where that is not the day of the rule.

    Whatever was seen before its rule day is known from then; so is what had not been there when
    the series was asked for after its rule day.
    """
    learned = []
    for id, rows in fresh.groupby("series", sort=False):
        months = rows["month"].to_numpy(dtype=np.int64)
        rule = catalog[str(id)].release.dates(months_of(months))
        seen = rows["seen"].to_numpy().astype("datetime64[D]")
        looks = np.array([BEGIN, *(day for day in history.looks(str(id)) if day > BEGIN)])
        before = looks[np.maximum(np.searchsorted(looks, seen) - 1, 0)]
        late = (rule <= before) | (rule > seen)
        learned += [(str(id), int(m), day) for m, day in zip(months[late], seen[late], strict=True)]
    return tuple(learned)


def _quotes(base: Quotes | None, history: History) -> Quotes | None:
    """Quotes of the snapshot, and those of later days as they were first seen."""
    if base is None:
        return None
    table = history.days()
    later = table[(table["day"] >= BEGIN) & table["series"].isin(base.table.columns)]
    later = later.drop_duplicates(["series", "day"])
    wide = later.pivot(index="day", columns="series", values="value")
    return Quotes(base.table.combine_first(wide)[base.table.columns])
