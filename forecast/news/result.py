"""What is said of why a forecast changed between two days."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tradeshock.features.errors import ModelError
from tradeshock.features.shown import HeadlineOverTable
from tradeshock.forecast.news.correction import correction_name, titled
from tradeshock.forecast.news.groups import OWN_TOTAL
from tradeshock.forecast.news.leaf import (
    CALENDAR,
    PARAMETERS,
    QUOTES,
    REST,
    REVISIONS,
    LeafNews,
)
from tradeshock.forecast.news.pooled import CORRECTION, WEIGHTS
from tradeshock.forecast.plots.news import plot_news

if TYPE_CHECKING:
    from matplotlib.axes import Axes

READ_ANEW = "older day read anew"
LAST_ROWS = (READ_ANEW, CALENDAR, REVISIONS, QUOTES, WEIGHTS, CORRECTION, PARAMETERS, REST)


@dataclass(frozen=True, eq=False, repr=False)
class News(HeadlineOverTable):
    """Change of a point forecast between two days, by what came out.

    Parameters
    ----------
    target, title, unit, model : str
    old, new : Timestamp
        The two days.
    parts : LeafNews
        Of the whole model; of a combination the average of its members'.
    year : int
        Calendar year of the last column of `table`.
    published, published_before : Series
        Figures of the target that the newer and the older day know.
    expected : Series
        What the older day's forecast expected of those that came out in between.
    issued : str, optional
        Id of the forecast of an archive from which the change is told.
    corrected_by : dict of str to str
        Indicators behind the row *correction*: titles by id.
    """

    target: str
    title: str
    unit: str
    model: str
    old: pd.Timestamp
    new: pd.Timestamp
    parts: LeafNews
    year: int
    published: pd.Series
    published_before: pd.Series
    expected: pd.Series
    issued: str | None = None
    corrected_by: dict[str, str] = field(default_factory=dict)

    @property
    def change(self) -> pd.Series:
        """Change of the points by month, 100 log points."""
        return 100.0 * (self.parts.after - self.parts.before)

    @property
    def year_change(self) -> tuple[float, float]:
        """Total of the year's months that are known or forecast, before and after.

        In the target's unit.
        """
        after = pd.concat([self._of_year(np.exp(self.parts.after)), self._of_year(self.published)])
        before = pd.concat(
            [
                self._of_year(np.exp(self.parts.before)),
                self._of_year(self.expected),
                self._of_year(self.published_before),
            ]
        )
        return float(before.sum()), float(after.sum())

    def table(self) -> pd.DataFrame:
        """Return contributions by group of releases.

        Returns
        -------
        DataFrame
            Rows: groups, largest first, then, where the change is told from a forecast as it was
            issued, what the same day says when it is read anew; calendar (holidays announced),
            revisions, quotes (of the newer day's running month), weights and correction (of
            combinations), re-estimation, rest, and their sum. Columns: months, in 100 log points
            (about per cent), and the calendar year's total in the target's unit: a month's change
            of level is shared out by its logs' shares (logarithmic mean), what a month came to
            beyond its forecast is the own total's, and what changed of months that were out is
            the revisions'.
        """
        table = self.parts.contributions.copy()
        year = self._year_amounts(table)
        table.columns = pd.Index([str(month) for month in table.columns])
        table[self.year_column] = year
        last = [row for row in LAST_ROWS if row in table.index]
        named = table.drop(index=last)
        order = named.iloc[:, :-1].abs().sum(axis=1).sort_values(ascending=False, kind="stable")
        table = pd.concat([named.loc[order.index], table.loc[last]])
        table.loc["sum"] = table.sum()
        return table.rename_axis("because of")

    @property
    def year_column(self) -> str:
        """Name of the last column of `table` and `releases`."""
        return f"{self.year}, {self.unit}"

    def detail(self, when: str | int | None = None) -> pd.DataFrame:
        """Return what moved one month, or the year.

        Parameters
        ----------
        when : str or int, optional
            A month, such as "2026-08", or the year, such as 2026. Default: the first month.

        Returns
        -------
        DataFrame
            Rows as in `table`. Columns figures, how many came out; amount, in the target's unit;
            contribution, 100 log points of a month and per cent of the former total of the year;
            low and high, the least and the most that it is in an order of groups that was counted
            (of a year the sum of its months' least and most), for groups alone.

        Raises
        ------
        ModelError
            If the news does not speak of it.
        """
        month = self._month(when)
        table = self.table()
        if month is None:
            amount = table[self.year_column]
            unit = 100.0 / self.year_change[0]
            low, high = (self._year_amounts(t) * unit for t in self.bounds())
            contribution = amount * unit
        else:
            contribution = table[str(month)]
            before, after = self._levels(month)
            total = float(contribution.loc["sum"])
            amount = contribution * ((after - before) / total if total else after / 100.0)
            low, high = (t[month] for t in self.bounds())
        figures = self.releases().groupby("group").size()
        return pd.DataFrame(
            {
                "figures": figures.reindex(table.index).fillna(0).astype(int),
                "amount": amount,
                "contribution": contribution,
                "low": low.reindex(table.index),
                "high": high.reindex(table.index),
            }
        )

    def bounds(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return contributions of groups at their smallest and largest, by month.

        Over the orders of groups that were counted, among them each group as the first of all and
        as the last of all: equal where the model is linear in figures.
        """
        return self.parts.low, self.parts.high

    def releases(self) -> pd.DataFrame:
        """Return each figure that came out and that the model reads.

        Returns
        -------
        DataFrame
            group, series, month; expected (of a combination the mean of its members by weight;
            NaN where none expects anything of a series: absent is missing then) and published, in
            the series' unit; surprise (100 log points, or the unit of a series without growth
            rates); weight, contribution to the first month ahead over surprise; contribution to
            each month (100 log points) and to the year's total (the target's unit). They add up
            to the groups of `table`.
        """
        months = list(self.parts.contributions.columns)
        rows = self.parts.releases
        keys = ["group", "series", "month"]
        if rows.empty:
            columns = [*keys, "expected", "published", "surprise", "weight", *map(str, months)]
            return pd.DataFrame(columns=[*columns, self.year_column])
        share = rows["share"].where(rows["expected"].notna())
        weighed = rows.assign(total=share, expected=rows["expected"] * share)
        weighed["surprise"] = rows["surprise"] * share
        groups = weighed.groupby(keys, sort=False)
        made = groups[["expected", "surprise", "total"]].sum()
        total = made["total"].where(made["total"] != 0.0)
        moved = groups[months].sum()
        table = pd.DataFrame(
            {
                "expected": made["expected"] / total,
                "published": groups["published"].first(),
                "surprise": made["surprise"] / total,
            }
        )
        table["weight"] = moved[months[0]] / table["surprise"].where(table["surprise"] != 0.0)
        year = self._amounts(moved)
        own = self._of_year(self.expected)
        for month in own.index:
            # What a month came to beyond its forecast.
            year[OWN_TOTAL, self.target, month] += self.published[month] - own[month]
        moved.columns = pd.Index([str(month) for month in months])
        return table.join(moved).assign(**{self.year_column: year}).reset_index()

    def plot(self, ax: Axes | None = None, when: str | int | None = None) -> Axes:
        """Draw the way from the older forecast to the newer one, group by group.

        Parameters
        ----------
        ax : Axes, optional
            Default: new ones.
        when : str or int, optional
            As in `detail`.
        """
        month = self._month(when)
        if month is None:
            before, after = self.year_change
            what = str(self.year)
        else:
            before, after = self._levels(month)
            what = month.strftime("%B %Y")
        days = (f"{self.old.day} {self.old:%B %Y}", f"{self.new.day} {self.new:%B %Y}")
        title = f"{self.title or self.target}, {what}: why the forecast changed"
        amounts = self.detail(when)["amount"].drop("sum").rename(self.name_of)
        said = self.model
        if self.corrected_by:
            said += f". Correction: {titled(self.corrected_by)}."
        return plot_news(amounts, before, after, days, ax, self.unit, title, said)

    def name_of(self, row: str) -> str:
        """Name of a row of `table` for people: a correction with the indicator behind it."""
        return correction_name(self.corrected_by) if row == CORRECTION else row

    # -- inside -------------------------------------------------------------------------------

    def _month(self, when: str | int | None) -> pd.Period | None:
        """The month that is meant; None for the year."""
        months = pd.PeriodIndex(self.parts.contributions.columns)
        if when is None:
            return months[0]
        if str(when) == str(self.year):
            return None
        named = {str(month): month for month in months}
        if str(when) not in named:
            raise ModelError(
                f"got {when!r}; this news is of the months {months[0]} to {months[-1]} and of the "
                f"year {self.year}, so ask for one of them"
            )
        return named[str(when)]

    def _levels(self, month: pd.Period) -> tuple[float, float]:
        """Points of a month, before and after."""
        place = pd.PeriodIndex(self.parts.before.index).get_loc(month)
        logs = (self.parts.before.to_numpy()[place], self.parts.after.to_numpy()[place])
        return float(np.exp(logs[0])), float(np.exp(logs[1]))

    def _of_year(self, figures: pd.Series) -> pd.Series:
        return figures[pd.PeriodIndex(figures.index).year == self.year]

    def _amounts(self, table: pd.DataFrame) -> pd.Series:
        """Contributions to the year's months ahead, in the target's unit."""
        before, after = (
            np.exp(p.to_numpy(dtype=float)) for p in (self.parts.before, self.parts.after)
        )
        gap = np.log(after / before)
        same = np.abs(gap) < 1e-12
        # The logarithmic mean of two equal levels is their level.
        mean = np.where(same, after, (after - before) / np.where(same, 1.0, gap))
        inside = pd.PeriodIndex(table.columns).year == self.year
        return pd.Series(table.to_numpy()[:, inside] @ mean[inside] / 100.0, table.index)

    def _year_amounts(self, table: pd.DataFrame) -> pd.Series:
        """Contributions to the year's total, months that came out or were revised included."""
        year = self._amounts(table)
        own = self._of_year(self.expected)
        if len(own):
            year[OWN_TOTAL] += float((self.published.reindex(own.index) - own).sum())
        if REVISIONS in year.index:
            was = self._of_year(self.published_before)
            year[REVISIONS] += float((self.published.reindex(was.index) - was).sum())
        return year

    @property
    def _shown(self) -> pd.DataFrame:
        return self.table().rename(index=self.name_of).round(2)

    @property
    def _headline(self) -> str:
        days = f"{self.old.date()} to {self.new.date()}"
        issued = "" if self.issued is None else f" (as issued, {self.issued})"
        return f"{self.target} by {self.model}, {days}{issued}: change of the point, 100 log points"
