"""Newer months of a panel's series, and revised ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from os import PathLike

import numpy as np
import pandas as pd

from tradeshock.features.errors import PanelError
from tradeshock.features.files.table import Reading, read_table
from tradeshock.features.panel.figures import Figures, LearnedDays
from tradeshock.features.panel.naming import series_called
from tradeshock.features.panel.validation import as_table, clean, numeric, ordered_months
from tradeshock.features.panel.vintages import Vintages

# Months by series, or a file of them.
NewFigures = pd.DataFrame | pd.Series | str | PathLike[str]
CHANGES = ("series", "month", "kind", "before", "after", "revision")


def read_figures(panel: Figures, figures: NewFigures, reading: Reading) -> pd.DataFrame:
    """Months by series of a panel, months in between as rows without figures.

    Raises
    ------
    PanelError
        If a series is not in the panel, or the figures are no clean monthly table.
    """
    if isinstance(figures, str | PathLike):
        table = read_table(figures, reading).values
    else:
        table = as_table(figures)
        table = table.set_axis(ordered_months(table.index), axis=0)
    names = [str(name) for name in table.columns]
    ids = series_called(panel.catalog, panel.values.columns, names)
    table = numeric(table.set_axis(ids, axis=1))
    months = pd.PeriodIndex(table.index)
    return table.reindex(pd.period_range(months[0], months[-1], freq="M", name="month"))


def changes_of(panel: Figures, new: pd.DataFrame) -> pd.DataFrame:
    """What is new and what is revised (see `tradeshock.features.Panel.changes`)."""
    old = panel.values.reindex(index=new.index, columns=new.columns)
    given, known = new.notna().to_numpy(), old.notna().to_numpy()
    other = given & known & (new.to_numpy() != old.to_numpy())
    rows, columns = np.nonzero((given & ~known) | other)
    before, after = old.to_numpy()[rows, columns], new.to_numpy()[rows, columns]
    return pd.DataFrame(
        {
            "series": new.columns.to_numpy()[columns],
            "month": pd.PeriodIndex(new.index)[rows],
            "kind": np.where(other[rows, columns], "revised", "new"),
            "before": before,
            "after": after,
            "revision": 100.0 * (after / before - 1.0),
        },
        columns=list(CHANGES),
    )


@dataclass(frozen=True, eq=False)
class Additions:
    """A panel's figures with new and revised ones.

    Parameters
    ----------
    values : DataFrame
        All figures, the newest of each.
    touched : list of str
        Series that have new or revised figures.
    learned_days : tuple of (series, ordinal of a month, datetime64[D])
        Days from which new figures are known, where the release rule is not to be taken at its
        word.
    vintages : Vintages or None
    """

    values: pd.DataFrame
    touched: list[str]
    learned_days: LearnedDays
    vintages: Vintages | None

    @classmethod
    def of(cls, panel: Figures, new: pd.DataFrame, seen: pd.Timestamp) -> Additions:
        """Add figures, as `read_figures` gives them, that were seen on a day."""
        changes = changes_of(panel, new)
        _refuse_gaps(panel, changes)
        edges = [*panel.months[[0, -1]], *pd.PeriodIndex(new.index)[[0, -1]]]
        months = pd.period_range(min(edges), max(edges), freq="M", name="month")
        values = panel.values.reindex(months).copy()
        for (id, month), after in _cells(changes, changes["after"]):
            values.loc[month, id] = after
        return cls(
            clean(values, panel.catalog),
            list(dict.fromkeys(changes["series"])),
            _learned(panel, changes[changes["kind"] == "new"], seen),
            _with_revisions(panel, changes[changes["kind"] == "revised"], seen),
        )


def _refuse_gaps(panel: Figures, changes: pd.DataFrame) -> None:
    """Demand that new months of a series follow its last one.

    An earlier one would be known from the day on which it was seen, and would hold back all that
    came after it until then.
    """
    for id, rows in changes[changes["kind"] == "new"].groupby("series", sort=False):
        known = panel.values[str(id)].dropna().index
        if not len(known):
            continue
        months = pd.PeriodIndex(rows["month"])
        if len(earlier := months[months < known[0]]):
            raise PanelError(
                f"{id} begins in {known[0]} and the new figures have {earlier[0]}, before it, of "
                "which nobody can say when it was out: leave out what is before, or give the whole "
                "series to with_series, which goes by its release rule"
            )
        later = months[months > known[-1]]
        lacking = pd.period_range(known[-1] + 1, max(later, default=known[-1]), freq="M")
        lacking = lacking.difference(later)
        if len(lacking):
            raise PanelError(
                f"{id} ends in {known[-1]} and the new figures go to {later.max()} without "
                f"{', '.join(map(str, lacking[:6]))}: give these months too"
            )


def _learned(panel: Figures, new: pd.DataFrame, seen: pd.Timestamp) -> LearnedDays:
    """Days from which new figures are known.

    Whatever its rule lets out by the panel's own origin and was not there is known from the day on
    which it was seen; so is what was seen before its rule day. All else goes by the rule.
    """
    learned = []
    begins, day = np.datetime64(panel.origin, "D"), np.datetime64(seen, "D")
    for (id, month), _ in _cells(new, new["after"]):
        rule = panel.catalog[id].release.dates(pd.PeriodIndex([month]))[0]
        if rule <= begins or rule > day:
            learned.append((id, month.ordinal, day))
    return tuple(learned)


def _cells(
    changes: pd.DataFrame, values: pd.Series
) -> Iterator[tuple[tuple[str, pd.Period], float]]:
    """Series and month of some changes, each with a value."""
    cells = zip(changes["series"], pd.PeriodIndex(changes["month"]), strict=True)
    yield from zip(cells, values.tolist(), strict=True)


def _with_revisions(panel: Figures, revised: pd.DataFrame, seen: pd.Timestamp) -> Vintages | None:
    """Vintages of the panel, with what was revised as it was before and as it is now."""
    if revised.empty:
        return panel.vintages
    cells = revised[["series", "month"]]
    then = cells.assign(seen=panel.origin, value=revised["before"])
    now = cells.assign(seen=seen, value=revised["after"])
    if panel.vintages is None:
        return Vintages(pd.concat([then, now], ignore_index=True))
    known = pd.MultiIndex.from_frame(panel.vintages.table[["series", "month"]])
    unknown = ~pd.MultiIndex.from_frame(cells).isin(known)
    return panel.vintages.with_rows(pd.concat([then[unknown], now], ignore_index=True))
