"""One forecast explained: all frames of this room for whatever it is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tradeshock.features.errors import ModelError
from tradeshock.features.shown import HeadlineOverTable
from tradeshock.forecast.interpretation.beside import beside, weight_of
from tradeshock.forecast.interpretation.columns import column_table
from tradeshock.forecast.interpretation.layers import Layer, layers_of, log_points
from tradeshock.forecast.interpretation.pooled import (
    corrections_of,
    members_of,
    points_of,
    running_month_of,
    weights_of,
)
from tradeshock.forecast.interpretation.regression import (
    CONDITIONS,
    contributions,
    has_regression,
    indicators,
)
from tradeshock.forecast.interpretation.width import misses_of, width_of
from tradeshock.forecast.json_text import json_text, plain_rows
from tradeshock.forecast.monthly.forecast import MonthlyForecast
from tradeshock.forecast.news.correction import corrected_by, correction_name, titled
from tradeshock.forecast.plots.exposure import plot_contributions
from tradeshock.models.base import Model
from tradeshock.models.direct.boosting import BoostedTrees
from tradeshock.models.direct.ridge import DirectRidge
from tradeshock.models.nowcast.bridge import FlashBridge

if TYPE_CHECKING:
    from matplotlib.axes import Axes

REGRESSIONS = (DirectRidge, BoostedTrees)


@dataclass(frozen=True, eq=False, repr=False)
class Explanation(HeadlineOverTable):
    """Why a forecast says what it says.

    Every frame is plain pandas; those of what the forecast does not have, have no rows.

    Parameters
    ----------
    forecast : MonthlyForecast
    root : Layer
        The forecast taken apart.
    """

    forecast: MonthlyForecast
    root: Layer

    @property
    def members(self) -> dict[str, Model]:
        """All models inside, fitted, by name, outer ones first."""
        return members_of(self.root)

    @cached_property
    def weights(self) -> pd.DataFrame:
        """Members' weights and forecasts (`tradeshock.forecast.interpretation.weights`)."""
        return weights_of(self.root)

    @cached_property
    def points(self) -> pd.DataFrame:
        """From the members' mean to the median issued (`interpretation.points`)."""
        return points_of(self.root, self.forecast)

    @cached_property
    def corrections(self) -> pd.DataFrame:
        """Bias correction by indicator (`interpretation.corrections`)."""
        return corrections_of(self.root)

    @property
    def corrected_by(self) -> dict[str, str]:
        """Indicators of `corrections`: titles by id."""
        ids = self.corrections.index.unique("series")
        return {id: title for id, title in corrected_by(self.root.model).items() if id in ids}

    @cached_property
    def running_month(self) -> pd.DataFrame:
        """Bridges' readings of the running month (`interpretation.running_month`)."""
        return running_month_of(self.root)

    @cached_property
    def width(self) -> pd.DataFrame:
        """Why the interval is this wide (`interpretation.interval_width`)."""
        return width_of(self.root, self.forecast)

    @cached_property
    def recent_misses(self) -> pd.DataFrame:
        """Misses that widen it (`interpretation.recent_misses`)."""
        return misses_of(self.root)

    @cached_property
    def contributions(self) -> pd.DataFrame:
        """What indicators add to the forecasts of members with a regression.

        Index (member, group, column), columns month, 100 log points of growth from the last
        published month: `interpretation.contributions`, with a row of what assumptions move where
        there are any. They add up to the member's growth in `weights`.
        """
        tables = {}
        for layer in self._regressions:
            table = contributions(layer.model, len(self.root.paths.index))
            if layer.conditions is not None and len(layer.conditions):
                free = layer.model.forecast(len(self.root.paths.index))
                moved = layer.log_points - log_points(free)
                table.loc[(CONDITIONS, CONDITIONS), :] = 100.0 * moved
            tables[layer.paths.model] = table
        if not tables:
            none = pd.MultiIndex.from_arrays([[], [], []], names=["member", "group", "column"])
            months = self.root.paths.index.rename("month")
            return pd.DataFrame(index=none, columns=months, dtype=float)
        return pd.concat(tables, names=["member"])

    @cached_property
    def indicators(self) -> pd.DataFrame:
        """What the columns of these members say today (`interpretation.indicators`).

        Index (member, column).
        """
        tables = {
            layer.paths.model: indicators(layer.model)
            for layer in self._regressions
            if has_regression(layer.model)
        }
        if not tables:
            none = pd.MultiIndex.from_arrays([[], []], names=["member", "column"])
            return pd.DataFrame(index=none, columns=["group", "series", "title"])
        return pd.concat(tables, names=["member"])

    def top(self, count: int = 8, steps: Sequence[int] = (1, 3, 12)) -> pd.DataFrame:
        """Return the indicators that add or take most, and what the rest comes to.

        Parameters
        ----------
        count : int
            Indicators a member, by their largest contribution to one of the steps.
        steps : sequence of int
            Those that the forecast reaches.

        Returns
        -------
        DataFrame
            Index (member, title), titles in plain words; columns month, 100 log points. Of each
            member the largest indicators, the other indicators together, rows that are no indicator
            (see `contributions`), and their sum.
        """
        months = self.root.paths.index
        table = self.contributions[[months[step - 1] for step in steps if step <= len(months)]]
        parts = {
            str(member): _largest(part.droplevel("member"), count, self.root.model)
            for member, part in table.groupby("member", sort=False)
        }
        if not parts:
            none = pd.MultiIndex.from_arrays([[], []], names=["member", "title"])
            return table.iloc[:0].set_axis(none)
        return pd.concat(parts, names=["member", "title"])

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw what the forecast is made of, down to the indicators of one member.

        Groups of indicators of the first member with a regression, at its weight; the other
        members, at theirs; corrections by their indicators, and what else is added: they add up to
        the forecast. Where that member is a part of another one, it is drawn alone, which the
        title says (`tradeshock.forecast.plots.plot_contributions`).
        """
        table, months = self.contributions, self.root.paths.index.rename("month")
        member = "" if table.empty else str(table.index.get_level_values("member")[0])
        weight = weight_of(member, self.weights, months) if member else None
        if weight is None:
            return plot_contributions(table, ax=ax)
        parts = beside(member, self.weights, self.points, self.corrections)
        return plot_contributions(
            table.loc[[member]].mul(weight, axis=1),
            ax=ax,
            beside=parts,
            title=f"{self.forecast.title}: what the forecast is made of",
            subtitle=self._drawn(member, parts),
        )

    def _drawn(self, member: str, parts: pd.DataFrame) -> str:
        """Unit of the picture, and whose indicators and which correction it shows."""
        said = (
            f"Growth from {self.forecast.last.month:%B %Y}, 100 log points (about per cent). "
            f"First groups of indicators in {member}"
        )
        if len(self.weights):
            said += ", at its weight, then the other members at theirs"
        indicators = {
            id: title
            for id, title in self.corrected_by.items()
            if correction_name([id]) in parts.index
        }
        return f"{said}. Correction: {titled(indicators)}." if indicators else f"{said}."

    def to_json(self) -> str:
        """Return all frames as JSON, a list of rows each; null where there is no number."""
        content = {
            **self.forecast.header,
            "title": self.forecast.title,
            "members": list(self.members),
            "weights": plain_rows(self.weights),
            "points": plain_rows(self.points),
            "corrections": plain_rows(self.corrections),
            "running_month": plain_rows(self.running_month),
            "contributions": plain_rows(self.contributions),
            "indicators": plain_rows(self.indicators),
            "width": plain_rows(self.width),
            "recent_misses": plain_rows(self.recent_misses),
        }
        return json_text(content)

    @property
    def _shown(self) -> pd.DataFrame:
        return self.points.round(2)

    @property
    def _headline(self) -> str:
        made = self.forecast
        return (
            f"{made.title} by {made.model} on {made.origin.date()}: growth from "
            f"{made.last.month}, 100 log points"
        )

    @property
    def _regressions(self) -> list[Layer]:
        """Outermost layers of a direct model with a regression, each once."""
        return _regressions_in(self.root)


def explain(forecast: MonthlyForecast) -> Explanation:
    """Explain a forecast.

    Parameters
    ----------
    forecast : MonthlyForecast
        Of `tradeshock.forecast.monthly_forecast`, by whatever model.

    Returns
    -------
    Explanation

    Raises
    ------
    ModelError
        If it is no forecast, or the target has no growth rates.
    """
    if not isinstance(forecast, MonthlyForecast):
        raise ModelError(f"got {type(forecast).__name__}; give a forecast of monthly_forecast()")
    return Explanation(forecast, layers_of(forecast))


def _largest(table: pd.DataFrame, count: int, model: Model) -> pd.DataFrame:
    """Largest indicators, the others together, rows that are none, and the sum, by title."""
    names = table.index.get_level_values("column")
    titles = column_table(names, model.panel_.catalog)["title"].to_numpy()
    is_none = np.asarray(table.index.get_level_values("group") == names)
    by_title = table.set_axis(titles)
    found = by_title[~is_none]
    order = found.abs().max(axis=1).sort_values(ascending=False, kind="stable").index
    shown = found.loc[order[:count]]
    shown.loc["Other indicators"] = found.loc[order[count:]].sum()
    shown = pd.concat([shown, by_title[is_none]])
    shown.loc["Sum"] = table.sum()
    return shown


def _regressions_in(layer: Layer) -> list[Layer]:
    model = layer.model
    inner = model.carrier_ if isinstance(model, FlashBridge) else model
    if isinstance(inner, REGRESSIONS):
        return [layer]
    return [found for inside in layer.inside for found in _regressions_in(inside)]
