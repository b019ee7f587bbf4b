"""News of one model: its forecast's change, release group by release group."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.panel.panel import Panel
from tradeshock.forecast.news.groups import group_of
from tradeshock.forecast.news.points import carrier_of, expected_figures, log_points, points_on
from tradeshock.forecast.news.shapley import Group, Shares, additive, shapley
from tradeshock.models.base import Model

Floats = npt.NDArray[np.float64]
Cell = tuple[int, str]

CALENDAR, REVISIONS, QUOTES = "calendar", "revisions", "quotes"
PARAMETERS, REST = "re-estimation", "rest"
RELEASES = ("member", "share", "group", "series", "month", "expected", "published", "surprise")


@dataclass(frozen=True, eq=False)
class LeafNews:
    """Change of one model's point forecast.

    Parameters
    ----------
    contributions : DataFrame, rows by months
        Groups of releases, then calendar, revisions, quotes, re-estimation and rest; 100 log
        points. They add up to ``after - before``.
    low, high : DataFrame, groups by months
        Least and most that a group adds in an order of groups that was counted, as the first of
        all and as the last of all among them.
    before, after : Series
        Points, natural logs, by month.
    releases : DataFrame
        One row a figure that the model reads and that came out: `RELEASES`, and what it moved,
        100 log points, one column a month. They add up to their groups.
    """

    contributions: pd.DataFrame
    low: pd.DataFrame
    high: pd.DataFrame
    before: pd.Series
    after: pd.Series
    releases: pd.DataFrame


def leaf_news(old: Model, new: Model, months: pd.PeriodIndex) -> LeafNews:
    """Explain one model's change between two days.

    Parameters
    ----------
    old, new : Model
        The same model, fitted on one panel as of two days; neither is changed.
    months : PeriodIndex
        That both forecast.
    """
    return _Held(old, new, months).answer()


class _Held:
    """The model as it was fitted, asked again with figures as expected and as published."""

    def __init__(self, old: Model, new: Model, months: pd.PeriodIndex) -> None:
        self.old, self.new, self.months = old, new, months
        self.held = deepcopy(old)
        self.panel: Panel = new.panel_
        self.target = new.target_[0]
        self.before = old.panel_.values.reindex(self.panel.values.index)
        self.known = self.before.notna()
        self.fresh = self.panel.values.notna() & ~self.known
        # Where a figure that was out is still out: a revision that takes one away keeps it.
        self.revised = self.before.where(self.panel.values.isna() | ~self.known, self.panel.values)
        self.groups = self._groups()

    def answer(self) -> LeafNews:
        start = 100.0 * log_points(self.old, self.months)
        moved_on = self._before(self.before)
        same = self.revised.equals(self.before)
        corrected = moved_on if same else self._before(self.revised)
        self.expected = expected_figures(self.held, self.fresh)
        self.unpublished = self.expected.where(self.fresh, self.revised)
        every, linear = self._on([self._figures(self._cells(self.groups))])[0], self._is_linear()
        none = self._on([self._figures(())])[0]
        linear = linear and self._is_linear()
        # Regressions would miss what quotes said of the older month: theirs is in the rest.
        quoted = carrier_of(self.held)[0] is not None and self.panel.quotes is not None
        unquoted = self._on([self._figures(())], before=True)[0] if quoted else none
        shares = (additive if linear else shapley)(self._worth, list(self.groups))
        end = 100.0 * log_points(self.new, self.months)
        shared = every - none - sum(shares.values.values(), np.zeros(len(self.months)))
        rows = shares.values | {
            CALENDAR: moved_on - start,
            REVISIONS: corrected - moved_on,
            QUOTES: none - unquoted,
            PARAMETERS: end - every,
            REST: unquoted - corrected + shared,
        }
        return LeafNews(
            self._table(rows),
            self._table(shares.low),
            self._table(shares.high),
            pd.Series(start / 100.0, self.months),
            pd.Series(end / 100.0, self.months),
            self._releases(shares, none),
        )

    # -- asking -------------------------------------------------------------------------------

    def _before(self, figures: pd.DataFrame) -> Floats:
        """Points on the older day, with the holidays that the newer one knows; 100 times logs."""
        panel = self.old.panel_.supposing(figures.reindex(self.old.panel_.values.index))
        panel.calendar = self.panel.calendar
        return 100.0 * points_on(self.held, [panel], self.months)[0]

    def _on(self, tables: Sequence[pd.DataFrame], before: bool = False) -> list[Floats]:
        """Points on the newer day with parameters held, 100 times natural logs.

        With quotes as the newer day has them, or as the older one had them before.
        """
        panels = [self.panel.supposing(figures) for figures in tables]
        if before:
            panels = [panel.with_quotes(self.old.panel_.quotes) for panel in panels]
        return [100.0 * points for points in points_on(self.held, panels, self.months)]

    def _worth(self, coalitions: Sequence[Group]) -> list[Floats]:
        """Points with some groups as published and the others as expected."""
        return self._on([self._figures(self._cells(c)) for c in coalitions])

    def _figures(self, published: Iterable[Cell]) -> pd.DataFrame:
        """Figures of the newer day: some of the fresh ones as published, others as expected."""
        expected = self.unpublished
        values = expected.to_numpy(copy=True)
        came = self.panel.values.to_numpy()
        for row, id in published:
            column = expected.columns.get_loc(id)
            values[row, column] = came[row, column]
        return pd.DataFrame(values, expected.index, expected.columns)

    def _cells(self, groups: Iterable[str]) -> list[Cell]:
        """Fresh figures of some groups."""
        return [
            (row, id)
            for group in groups
            for id in self.groups[group]
            for row in np.flatnonzero(self.fresh[id].to_numpy()).tolist()
        ]

    def _groups(self) -> dict[str, list[str]]:
        """Series with fresh figures that the model reads, by group."""
        groups: dict[str, list[str]] = {}
        read = dict.fromkeys((*self.old.inputs_, *self.new.inputs_))
        for id in read:
            if self.fresh[id].any():
                group = group_of(id, self.target, self.panel.catalog)
                groups.setdefault(group, []).append(id)
        return groups

    def _is_linear(self) -> bool:
        """Whether points are linear in the figures last asked, so that no order matters."""
        system, given = carrier_of(self.held)
        return system is not None and given is None

    # -- tables -------------------------------------------------------------------------------

    def _table(self, rows: dict[str, Floats]) -> pd.DataFrame:
        columns = pd.PeriodIndex(self.months)
        return pd.DataFrame.from_dict(rows, orient="index", columns=columns)

    def _releases(self, shares: Shares, none: Floats) -> pd.DataFrame:
        """Figures one by one, with their parts of what their groups have moved."""
        rows, moved = [], self._by_figure(shares, none)
        came, thought = self.panel.values.astype(float), self.expected.astype(float)
        for group in self.groups:
            for row, id in self._cells([group]):
                now, then = (float(t[id].to_numpy()[row]) for t in (came, thought))
                relative = self.panel.catalog[id].is_relative
                surprise = 100.0 * float(np.log(now / then)) if relative else now - then
                head = (self.old.name, 1.0, group, id, came.index[row], then, now, surprise)
                rows.append([*head, *moved[row, id]])
        return pd.DataFrame(rows, columns=[*RELEASES, *self.months])

    def _by_figure(self, shares: Shares, none: Floats) -> dict[Cell, Floats]:
        """What each figure moves on its own, the rest of its group's share in proportion."""
        moving = [g for g in self.groups if shares.values[g].any()]
        cells = self._cells([g for g in moving if len(self._cells([g])) > 1])
        asked = self._on([self._figures([cell]) for cell in cells])
        alone = dict(zip(cells, (points - none for points in asked), strict=True))
        moved: dict[Cell, Floats] = {}
        for group in self.groups:
            within, total = self._cells([group]), shares.values[group]
            if len(within) == 1:
                moved[within[0]] = total
                continue
            each = np.array([alone.get(cell, np.zeros(len(total))) for cell in within])
            size = np.abs(each)
            parts = size / np.where(size.sum(axis=0) == 0.0, 1.0, size.sum(axis=0))
            even = np.where(size.sum(axis=0) == 0.0, 1.0 / len(within), 0.0)
            each = each + (parts + even) * (total - each.sum(axis=0))
            moved |= dict(zip(within, each, strict=True))
        return moved
