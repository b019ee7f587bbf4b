"""Why a forecast changed between two days."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import numpy as np
import pandas as pd
from sklearn.base import clone
from threadpoolctl import threadpool_limits

from tradeshock.features.days.reading import Day, as_day
from tradeshock.features.errors import ModelError
from tradeshock.features.panel.panel import Panel
from tradeshock.features.snapshot import panel_or_embedded
from tradeshock.forecast.monthly.defaults import default_model, default_record, target_of
from tradeshock.forecast.news.groups import OWN_TOTAL
from tradeshock.forecast.news.leaf import CALENDAR, PARAMETERS, QUOTES, REST, REVISIONS, LeafNews
from tradeshock.forecast.news.pooled import CORRECTION, WEIGHTS, explained
from tradeshock.models.base import Model
from tradeshock.models.record.record import Record

LAST_ROWS = (CALENDAR, REVISIONS, QUOTES, WEIGHTS, CORRECTION, PARAMETERS, REST)


@dataclass(frozen=True, eq=False)
class News:
    """Change of a point forecast between two days, by what came out.

    Parameters
    ----------
    target, unit, model : str
    old, new : Timestamp
        The two days.
    parts : LeafNews
        Of the whole model; of a combination the average of its members'.
    year : int
        Calendar year of the last column of `table`.
    published : Series
        Figures of the target that the newer day knows.
    expected : Series
        What the older day's forecast expected of those that came out in between.
    """

    target: str
    unit: str
    model: str
    old: pd.Timestamp
    new: pd.Timestamp
    parts: LeafNews
    year: int
    published: pd.Series
    expected: pd.Series

    @property
    def change(self) -> pd.Series:
        """Change of the points by month, 100 log points."""
        return 100.0 * (self.parts.after - self.parts.before)

    def table(self) -> pd.DataFrame:
        """Return contributions by group of releases.

        Returns
        -------
        DataFrame
            Rows: groups, largest first, then calendar (holidays announced), revisions, quotes (of
            the newer day's running month), weights and correction (of combinations),
            re-estimation, rest, and their sum. Columns: months, in 100 log points (about per
            cent), and the calendar year's
            total in the target's unit: a month's change of level is shared out by its logs'
            shares (logarithmic mean), and what a month came to beyond its forecast is the own
            total's.
        """
        table = self.parts.contributions.copy()
        year = self._year_of(table)
        table.columns = pd.Index([str(month) for month in table.columns])
        table[f"{self.year}, {self.unit}"] = year
        last = [row for row in LAST_ROWS if row in table.index]
        named = table.drop(index=last)
        order = named.iloc[:, :-1].abs().sum(axis=1).sort_values(ascending=False, kind="stable")
        table = pd.concat([named.loc[order.index], table.loc[last]])
        table.loc["sum"] = table.sum()
        return table.rename_axis("because of")

    def bounds(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return contributions of groups at their smallest and largest, by month.

        As the first of all groups, or as the last: equal where the model is linear in figures.
        """
        return self.parts.low, self.parts.high

    def releases(self) -> pd.DataFrame:
        """Return each figure that came out and that the model reads.

        Returns
        -------
        DataFrame
            member, group, series, month; expected (NaN where a model expects nothing of a
            series: absent is missing then) and published, in the series' unit; surprise (100 log
            points, or the unit of a series without growth rates); for linear models contribution
            to the first month ahead (100 log points) and weight, contribution over surprise.
        """
        return self.parts.releases

    def _year_of(self, table: pd.DataFrame) -> pd.Series:
        """Contributions to the year's total, in the target's unit."""
        before, after = (
            np.exp(p.to_numpy(dtype=float)) for p in (self.parts.before, self.parts.after)
        )
        gap = np.log(after / before)
        same = np.abs(gap) < 1e-12
        # The logarithmic mean of two equal levels is their level.
        mean = np.where(same, after, (after - before) / np.where(same, 1.0, gap))
        inside = pd.PeriodIndex(table.columns).year == self.year
        year = table.to_numpy()[:, inside] @ mean[inside] / 100.0
        own = self.expected[pd.PeriodIndex(self.expected.index).year == self.year]
        shared = pd.Series(year, table.index)
        if len(own):
            shared[OWN_TOTAL] += float((self.published.reindex(own.index) - own).sum())
        return shared

    def __repr__(self) -> str:
        return f"{self._headline}\n{self.table().round(2).to_string()}"

    def _repr_html_(self) -> str:
        return f"<p>{escape(self._headline)}</p>{self.table().round(2).to_html()}"

    @property
    def _headline(self) -> str:
        days = f"{self.old.date()} to {self.new.date()}"
        return f"{self.target} by {self.model}, {days}: change of the point, 100 log points"


def news(
    model: Model | None = None,
    old: Day | None = None,
    new: Day | None = None,
    panel: Panel | None = None,
    target: str | None = None,
    steps: int = 12,
    record: Record | None = None,
) -> News:
    """Say why a forecast changed between two days.

    The model is fitted on the older day and, with its parameters held, asked again with what came
    out since; a release that is not counted takes the figure that the model expected of it. Of
    what is left, re-estimation is the step to a fit on the newer day.

    Parameters
    ----------
    model : Model, optional
        Default: that of `tradeshock.forecast.monthly_forecast`. Combinations are explained member
        by member.
    old, new : day
        Default of `new`: the panel's own day.
    panel : Panel, optional
        Default: the embedded figures of Korea.
    target : str, optional
    steps : int
        Months ahead from the newer day.
    record : Record, optional
        Of past forecasts, for combinations. Default: the record that ships with the package,
        where it speaks of these very figures.

    Returns
    -------
    News

    Raises
    ------
    PanelError
        If the panel knows nothing of a day or of the target.
    ModelError
        If the older day is not before the newer one, a model is no model, the target has no
        growth rates, or a wrapper of another kind is asked.
    """
    panel = panel_or_embedded(panel)
    target = target_of(panel, target)
    if old is None:
        raise ModelError("got no older day; say since when: news(old='2026-04-21')")
    first, last = as_day(old), panel.origin if new is None else as_day(new)
    if first >= last:
        raise ModelError(
            f"the older day {first.date()} is not before the newer one, {last.date()}; give "
            "old and new in order"
        )
    if model is not None and not isinstance(model, Model):
        raise ModelError(f"model is {model!r}; give a tradeshock.models.Model")
    if isinstance(steps, bool) or not isinstance(steps, int) or not 1 <= steps <= 60:
        raise ModelError(f"got steps={steps!r}, expected a whole number from 1 to 60")
    if not panel.entry(target).is_relative:
        raise ModelError(
            f"{target} is in {panel.entry(target).unit}, where growth in per cent means nothing; "
            "choose a target such as exports_total"
        )
    # Each from the whole panel: a cut one no longer knows what its figures were before.
    before, panel = panel.as_of(first), panel.as_of(last)
    chosen = default_model(panel, target) if model is None else model
    record = default_record(panel, target) if record is None else record
    with threadpool_limits(limits=1):
        earlier = clone(chosen).fit(before, target, record)
        later = clone(chosen).fit(panel, target, record)
        months = pd.period_range(later.last_ + 1, periods=steps, freq="M", name="month")
        # Weights and corrections are those of a model's last forecast.
        expected = earlier.forecast((months[-1] - earlier.last_).n).median()
        later.forecast(steps)
        parts = explained(earlier, later, months)
    between = expected.loc[: later.last_]
    return News(
        target,
        panel.entry(target).unit,
        later.name,
        first,
        last,
        parts,
        months[0].year,
        panel.series(target),
        between,
    )
