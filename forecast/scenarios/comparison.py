"""A better and a worse case beside the baseline: the table that central banks print."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from tradeshock.features.shown import HeadlineOverTable
from tradeshock.forecast.csv_text import csv_text
from tradeshock.forecast.monthly.forecast import MonthlyForecast
from tradeshock.forecast.plots.scenario import plot_comparison
from tradeshock.forecast.scenarios.result import Scenario

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, eq=False, repr=False)
class Comparison(HeadlineOverTable):
    """Scenarios of one forecast, side by side.

    Parameters
    ----------
    forecast : MonthlyForecast
        The baseline of all.
    cases : mapping of str to Scenario
        By "up" and "down".
    """

    forecast: MonthlyForecast
    cases: Mapping[str, Scenario]

    def table(self) -> pd.DataFrame:
        """Return all paths month by month.

        Returns
        -------
        DataFrame
            Index month; columns baseline and one for each case (medians, in the target's unit),
            then ``yoy_`` and the same, growth on the same month a year before, per cent.
        """
        tables = {name: made.table() for name, made in self.cases.items()}
        first = next(iter(tables.values()))
        levels = {"baseline": first["baseline"]}
        growth = {"yoy_baseline": first["yoy_baseline"]}
        for name, table in tables.items():
            levels[name], growth[f"yoy_{name}"] = table["scenario"], table["yoy"]
        return pd.DataFrame(levels | growth)

    def total(self, by: str = "year", threshold: float | None = None) -> pd.DataFrame:
        """Return totals of whole periods of all paths.

        Returns
        -------
        DataFrame
            Index period; columns baseline, one for each case (medians), threshold, and
            ``chance_`` and the same: shares of paths above the threshold.
        """
        totals = {name: made.total(by, threshold) for name, made in self.cases.items()}
        first = next(iter(totals.values()))
        table = pd.DataFrame({"baseline": first["baseline"]})
        for name, total in totals.items():
            table[name] = total["scenario"]
        table["threshold"], table["chance_baseline"] = first["threshold"], first["chance_baseline"]
        for name, total in totals.items():
            table[f"chance_{name}"] = total["chance"]
        return table

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw all paths (`tradeshock.forecast.plots.plot_comparison`)."""
        paths = {f"{made.title} ({name})": made.paths for name, made in self.cases.items()}
        return plot_comparison(
            self.forecast.paths,
            paths,
            ax,
            unit=self.forecast.entry.unit,
            title=self.forecast.title,
        )

    def to_csv(self) -> str:
        """Return `table` as CSV, each row with model and origin."""
        table = self.table()
        for place, (name, value) in enumerate(self.forecast.header.items()):
            table.insert(place, name, value)
        return csv_text(table)

    @property
    def _headline(self) -> str:
        day = self.forecast.origin.date().isoformat()
        what = ", ".join(f"{name}: {made.title}" for name, made in self.cases.items())
        return f"{self.forecast.title} on {day}; {what}"
