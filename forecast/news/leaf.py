"""News of one model: its forecast's change, release group by release group."""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.panel.panel import Panel
from tradeshock.forecast.news.groups import group_of
from tradeshock.forecast.news.points import carrier_of, expected_figures, log_points
from tradeshock.models.base import Model
from tradeshock.models.nowcast.bridge import FlashBridge

Floats = npt.NDArray[np.float64]

CALENDAR, REVISIONS, QUOTES = "calendar", "revisions", "quotes"
PARAMETERS, REST = "re-estimation", "rest"
RELEASES = (
    "member",
    "group",
    "series",
    "month",
    "expected",
    "published",
    "surprise",
    "weight",
    "contribution",
)


@dataclass(frozen=True, eq=False)
class LeafNews:
    """Change of one model's point forecast.

    Parameters
    ----------
    contributions : DataFrame, rows by months
        Groups of releases, then calendar, revisions, quotes, re-estimation and rest; 100 log
        points. They add up to ``after - before``.
    low, high : DataFrame, groups by months
        Contribution of a group as the first of all and as the last of all, the smaller and the
        larger: they bracket what an order may make of it.
    before, after : Series
        Points, natural logs, by month.
    releases : DataFrame
        One row a figure that the model reads and that came out.
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
    return _Question(old, new, months).answer()


class _Question:
    """The model as it was fitted, asked again with figures as expected and as published."""

    def __init__(self, old: Model, new: Model, months: pd.PeriodIndex) -> None:
        self.old, self.new, self.months = old, new, months
        self.held = deepcopy(old)
        self.panel: Panel = new.panel_
        self.target = new.target_[0]
        before = old.panel_.values.reindex(self.panel.values.index)
        self.known = before.notna()
        self.fresh = self.panel.values.notna() & ~self.known
        self.before = before

    def ask(self, figures: pd.DataFrame, quoted: bool = True) -> Floats:
        """Points on the newer day with parameters held, 100 times natural logs."""
        panel = self.panel.supposing(figures)
        if not quoted:
            panel.quotes = None
        self.held.update(panel, freeze=True)
        return 100.0 * log_points(self.held, self.months)

    def ask_before(self, figures: pd.DataFrame) -> Floats:
        """Points on the older day, with the holidays that the newer one knows."""
        panel = self.old.panel_.supposing(figures.reindex(self.old.panel_.values.index))
        panel.calendar = self.panel.calendar
        self.held.update(panel, freeze=True)
        return 100.0 * log_points(self.held, self.months)

    def answer(self) -> LeafNews:
        start = 100.0 * log_points(self.old, self.months)
        # Where a figure that was out is still out: a revision that takes one away keeps it.
        revised = self.before.where(self.panel.values.isna() | ~self.known, self.panel.values)
        moved_on = self.ask_before(self.before)
        corrected = moved_on if revised.equals(self.before) else self.ask_before(revised)
        expected = expected_figures(self.held, self.fresh)
        figures = expected.where(self.fresh, revised)
        groups = self._groups()
        none = self.ask(figures)
        # Regressions would miss what quotes said of the older month: theirs is in the rest.
        system = carrier_of(self.old)[0] is not None and self.panel.quotes is not None
        unquoted = self.ask(figures, quoted=False) if system else none
        every = self._with(groups, revised, expected, groups)
        first = {g: self._with((g,), revised, expected, groups) - none for g in groups}
        if self._is_linear():
            last = first
        else:
            last = {
                g: every - self._with([o for o in groups if o != g], revised, expected, groups)
                for g in groups
            }
        end = 100.0 * log_points(self.new, self.months)
        rows = {g: 0.5 * (first[g] + last[g]) for g in groups}
        shared = every - none - sum(rows.values(), np.zeros(len(self.months)))
        rows |= {
            CALENDAR: moved_on - start,
            REVISIONS: corrected - moved_on,
            QUOTES: none - unquoted,
            PARAMETERS: end - every,
            REST: unquoted - corrected + shared,
        }
        return LeafNews(
            self._table(rows),
            self._table({g: np.minimum(first[g], last[g]) for g in groups}),
            self._table({g: np.maximum(first[g], last[g]) for g in groups}),
            pd.Series(start / 100.0, self.months),
            pd.Series(end / 100.0, self.months),
            self._releases(revised, expected, none),
        )

    def _with(
        self,
        published: Iterable[str],
        revised: pd.DataFrame,
        expected: pd.DataFrame,
        groups: dict[str, list[str]],
    ) -> Floats:
        """Points with some groups as published and the others as expected."""
        figures = expected.where(self.fresh, revised)
        for group in published:
            figures[groups[group]] = self.panel.values[groups[group]].where(
                self.fresh[groups[group]], revised[groups[group]]
            )
        return self.ask(figures)

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
        """Whether the forecast is linear in the figures, so that no order matters."""
        return carrier_of(self.old)[0] is not None and not isinstance(self.old, FlashBridge)

    def _table(self, rows: dict[str, Floats]) -> pd.DataFrame:
        columns = pd.PeriodIndex(self.months)
        return pd.DataFrame.from_dict(rows, orient="index", columns=columns)

    def _releases(
        self, revised: pd.DataFrame, expected: pd.DataFrame, none: Floats
    ) -> pd.DataFrame:
        """Figures one by one; of linear models with what each has moved."""
        rows = []
        came, thought = self.panel.values.astype(float), expected.astype(float)
        for group, ids in self._groups().items():
            for id in ids:
                relative = self.panel.catalog[id].is_relative
                for row in np.flatnonzero(self.fresh[id].to_numpy()).tolist():
                    now, then = (float(t[id].to_numpy()[row]) for t in (came, thought))
                    surprise = 100.0 * float(np.log(now / then)) if relative else now - then
                    moved = np.nan
                    if self._is_linear():
                        figures = expected.where(self.fresh, revised)
                        figures.loc[came.index[row], id] = now
                        moved = float((self.ask(figures) - none)[0])
                    weight = moved / surprise if surprise else np.nan
                    head = (self.old.name, group, id, came.index[row], then, now)
                    rows.append((*head, surprise, weight, moved))
        return pd.DataFrame(rows, columns=list(RELEASES))
