"""What a scenario is: joint paths under shocks beside those without, and what is read off them."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.errors import ConditionError, OddConditionWarning
from tradeshock.features.shown import HeadlineOverTable
from tradeshock.forecast.csv_text import csv_text
from tradeshock.forecast.exposure.allocation import Pairs, allocated
from tradeshock.forecast.exposure.part_table import part_table
from tradeshock.forecast.exposure.partition import partition
from tradeshock.forecast.json_text import json_text, plain_rows
from tradeshock.forecast.monthly.defaults import round_threshold
from tradeshock.forecast.monthly.forecast import MonthlyForecast
from tradeshock.forecast.plots import interactive
from tradeshock.forecast.plots.scenario import plot_scenario
from tradeshock.forecast.scenarios.drivers import driver_paths
from tradeshock.forecast.scenarios.moved import Asked
from tradeshock.forecast.scenarios.shock import Shock
from tradeshock.forecast.scenarios.split import PRICE
from tradeshock.models.assumptions.plausibility import Plausibility
from tradeshock.models.paths import ForecastPaths
from tradeshock.models.systems.steering import steering_system

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from plotly.graph_objects import Figure

Floats = npt.NDArray[np.float64]
INTERVAL = (0.1, 0.9)
# The item whose paths the system of chips has.
CHIPS_ITEM = "exports_semiconductors"
YEAR = 12


@dataclass(frozen=True, eq=False, repr=False)
class Scenario(HeadlineOverTable):
    """A forecast under shocks, beside the same forecast without them.

    Parameters
    ----------
    shocks : tuple of Shock
        None: the baseline.
    forecast : MonthlyForecast
        The baseline.
    paths : ForecastPaths
        Under the shocks, draw by draw beside those of the baseline.
    arithmetic : DataFrame
        Share times size, in the target's unit: months by what is moved.
    before, after : ndarray of shape (draws, steps, 2), or None
        Paths of chips and of the rest without and under the shocks.
    asked : Asked
        Whom the shocks went through.
    hard : bool
        Whether all draws took one value.
    """

    shocks: tuple[Shock, ...]
    forecast: MonthlyForecast
    paths: ForecastPaths
    arithmetic: pd.DataFrame
    before: Floats | None
    after: Floats | None
    asked: Asked
    hard: bool = False

    @property
    def name(self) -> str:
        """Names of the shocks."""
        return " + ".join(shock.name for shock in self.shocks) or "no shock"

    @property
    def title(self) -> str:
        """Titles of the shocks."""
        return " + ".join(shock.title or shock.name for shock in self.shocks) or "No shock"

    @property
    def baseline(self) -> ForecastPaths:
        """Paths without the shocks."""
        return self.forecast.paths

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know."""
        return self.paths.notes

    def table(self) -> pd.DataFrame:
        """Return both paths and what is between them, month by month.

        Returns
        -------
        DataFrame
            Index month; columns baseline and scenario (medians), difference (median of the
            differences draw by draw), difference_low80 and difference_high80 (ends of its
            central 80 % interval, not of the scenario's), of_which_arithmetic (share times
            size), all in the target's unit; difference_pct, per cent of the baseline; yoy and
            yoy_baseline, growth on the same month a year before, per cent (medians). These three
            are NaN of a series in levels.
        """
        gap = self.paths.draws() - self.baseline.draws()
        low, high = np.quantile(gap, INTERVAL, axis=0)
        growth = [p.yoy().median().reindex(p.index) for p in (self.paths, self.baseline)]
        relative = 100.0 * (self.paths.draws() / self.baseline.draws() - 1.0)
        if not self.forecast.entry.is_relative:
            growth, relative = [rates * np.nan for rates in growth], relative * np.nan
        return pd.DataFrame(
            {
                "baseline": self.baseline.median(),
                "scenario": self.paths.median(),
                "difference": np.median(gap, axis=0),
                "difference_low80": low,
                "difference_high80": high,
                "difference_pct": np.median(relative, axis=0),
                "of_which_arithmetic": self.arithmetic.sum(axis=1),
                "yoy": growth[0],
                "yoy_baseline": growth[1],
            },
            index=self.paths.index,
        )

    def total(self, by: str = "year", threshold: float | None = None) -> pd.DataFrame:
        """Return totals of whole calendar periods, published months included.

        Parameters
        ----------
        by : {"year", "quarter", "JanFeb"}
        threshold : float, optional
            In the target's unit. Default: of each period a round figure near the baseline.

        Returns
        -------
        DataFrame
            Index period; columns baseline and scenario (medians), difference, difference_low80
            and difference_high80 (ends of its central 80 % interval), threshold, chance_baseline
            and chance: shares of paths above the threshold. No rows of what does not add up over
            months: indices, prices.
        """
        base, under = self.baseline.total(by), self.paths.total(by)
        if not self.forecast.entry.is_flow:
            base, under = base.iloc[:, :0], under.iloc[:, :0]
        gap = under - base
        middle = base.median()
        limits = middle.map(round_threshold) if threshold is None else middle * 0.0 + threshold
        return pd.DataFrame(
            {
                "baseline": middle,
                "scenario": under.median(),
                "difference": gap.median(),
                "difference_low80": gap.quantile(INTERVAL[0]),
                "difference_high80": gap.quantile(INTERVAL[1]),
                "threshold": limits,
                "chance_baseline": (base > limits).mean(),
                "chance": (under > limits).mean(),
            }
        ).rename_axis(by)

    def parts(self, by: str | Sequence[str] = "chips") -> pd.DataFrame:
        """Return the parts of the total, month by month.

        Parameters
        ----------
        by : {"chips", "item", "destination"} or sequence of str
            Chips and the rest, or parts as `tradeshock.forecast.exposure.exposure` has them. What
            is not chips is split by the shares of the last twelve months; of its change each part
            bears what the arithmetic of a tariff says of it, and of all else its share. No joint
            figures of items and destinations are published, so a fall of chips lies on
            destinations by their share of the total.

        Returns
        -------
        DataFrame
            Index part and month; columns baseline, scenario and difference, which add up over
            parts to those of `table` (what a part is where the total is at its median,
            `tradeshock.forecast.exposure.part_table.at_median`), and difference_pct. By chips
            the parts are "chips" and "rest", the model's total split as the system of chips splits
            its own; none where the panel has no chips. The last part is "total".
        """
        return part_table(
            self.part_paths(by), self.baseline.draws(), self.paths.draws(), self.paths.index
        )

    def part_paths(self, by: str | Sequence[str] = "chips") -> Pairs:
        """Return the paths behind `parts`, by part: without the shocks and under them.

        Returns
        -------
        dict of str to (ndarray, ndarray)
            Arrays of shape (draws, steps) that add up to the totals in every draw; empty by chips
            where the panel has none.
        """
        chips: Pairs = {}
        if self.before is not None and self.after is not None:
            named = zip(("chips", "rest"), (0, 1), strict=True)
            chips = {n: (self.before[..., i], self.after[..., i]) for n, i in named}
        if by == "chips":
            return chips
        panel = self.forecast.fitted.panel_
        shares = partition(panel, by, self.forecast.entry.id, YEAR).shares
        own = {CHIPS_ITEM: chips["chips"]} if chips else {}
        hits = {str(id): effect.to_numpy() for id, effect in self.arithmetic.items()}
        return allocated(shares, self.baseline.draws(), self.paths.draws(), own, hits)

    def price_and_volume(self) -> pd.DataFrame:
        """Return what a fall in the price of chips does by price alone and by all else.

        Returns
        -------
        DataFrame
            Index month; columns price (chips at the volume of the baseline: share of memories
            times change of the price), volume_and_mix (the rest of the change of chips) and chips,
            in the target's unit.

        Raises
        ------
        ConditionError
            If no shock moves the price of chips.
        """
        if PRICE not in self.arithmetic or self.before is None or self.after is None:
            raise ConditionError(f"the scenario {self.name} does not move {PRICE} of chips")
        chips = self.parts().loc["chips"]["difference"]
        price = self.arithmetic[PRICE]
        return pd.DataFrame({"price": price, "volume_and_mix": chips - price, "chips": chips})

    def drivers(self) -> pd.DataFrame:
        """Return the paths of drivers, those that are assumed and those that follow.

        Returns
        -------
        DataFrame
            Index series and month; columns baseline and scenario (medians, in the series' own
            unit), assumed (whether a shock says so).
        """
        return driver_paths(self.asked, self.baseline)

    @cached_property
    def plausibility(self) -> Plausibility | None:
        """How far out what is assumed is, by the model's own draws; None of arithmetic alone."""
        # A shock is meant to be far out.
        with warnings.catch_warnings(action="ignore", category=OddConditionWarning):
            return self._plausibility()

    def _plausibility(self) -> Plausibility | None:
        model, split, macro, joint = self.asked
        if split is not None and joint is not None and len(joint):
            return split.system.plausibility(split.steps, joint)
        if len(macro):
            # A model that lacks a series has no draws of it.
            lacking = model._lacking(macro)
            asked = steering_system(model, macro.series) if lacking else model
            return asked.plausibility(len(self.paths.index), macro)
        return None

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw both paths (`tradeshock.forecast.plots.plot_scenario`)."""
        unit, title = self.forecast.entry.unit, f"{self.forecast.title}: {self.title}"
        return plot_scenario(self.baseline, self.paths, ax, unit=unit, title=title)

    def plot_interactive(self) -> Figure:
        """Draw both paths for a browser, a plotly figure (extra "plotly")."""
        unit, title = self.forecast.entry.unit, f"{self.forecast.title}: {self.title}"
        return interactive.scenario(self.baseline, self.paths, unit=unit, title=title)

    # -- for machines -------------------------------------------------------------------------

    @property
    def _headline(self) -> str:
        day = self.baseline.origin.date().isoformat()
        return f"{self.title} on {day}: {self.forecast.title}, {self.forecast.entry.unit}"

    def to_csv(self) -> str:
        """Return `table` as CSV, each row with its scenario, model and origin."""
        table = self.table()
        for place, (name, value) in enumerate(self._header.items()):
            table.insert(place, name, value)
        return csv_text(table)

    def to_json(self) -> str:
        """Return everything as JSON: shocks, months, years, parts, plausibility and notes."""
        far = self.plausibility
        content = {
            **self._header,
            "title": self.title,
            "hard": self.hard,
            "assumed": [_described(shock) for shock in self.shocks],
            "months": plain_rows(self.table()),
            "years": plain_rows(self.total()),
            "parts": plain_rows(self.parts()),
            "arithmetic": plain_rows(self.arithmetic),
            "plausibility": far and _far(far),
            "notes": list(self.notes),
        }
        return json_text(content)

    @property
    def _header(self) -> dict[str, Any]:
        return {"shocks": self.name, **self.forecast.header}


def _far(far: Plausibility) -> dict[str, Any]:
    series, month = far.cell
    return {
        "tail": far.tail,
        "series": series,
        "month": str(month),
        "score": far.scores[far.cell],
        "joint_share": far.joint_share,
        "distance": far.distance,
    }


def _described(shock: Shock) -> dict[str, Any]:
    return {
        "name": shock.name,
        "title": shock.title,
        "carrier": shock.carrier,
        "assumes": shock.text,
        "expected": shock.expected,
        "resembles": shock.resembles,
        "source": shock.source,
    }
