"""Early warning of falls in exports, with the record of past warnings beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from tradeshock.features.errors import ModelError
from tradeshock.features.panel.panel import Panel
from tradeshock.features.shown import HeadlineOverTable
from tradeshock.forecast.backtesting.functionals import HORIZONS, adjusted_fall, any_fall
from tradeshock.forecast.json_text import json_text, plain_rows
from tradeshock.forecast.monthly.forecast import MonthlyForecast
from tradeshock.forecast.plots.warning import plot_warning
from tradeshock.forecast.warning.chances import falls_by_month
from tradeshock.forecast.warning.indicators import leading_indicators
from tradeshock.forecast.warning.past import STEPS, past_events
from tradeshock.forecast.warning.scores import past_turns, reliability, spells, warning_scores
from tradeshock.forecast.warning.turning import dated_turning_points, turning_points
from tradeshock.forecast.warning.years import year_totals
from tradeshock.models.record.record import Record

if TYPE_CHECKING:
    from matplotlib.axes import Axes

THRESHOLD = 0.4
AT_RISK = 0.05
FEWEST_MONTHS = 36
BESIDE = ["hit_rate", "false_alarm_rate", "precision"]


@dataclass(frozen=True, eq=False, repr=False)
class EarlyWarning(HeadlineOverTable):
    """Chances of falls, and how such chances did.

    Parameters
    ----------
    forecast : MonthlyForecast
        Of twelve months; its paths give all chances.
    panel : Panel
        What was out on the day of the question.
    threshold : float
        A chance of at least this is a warning ("red"), of at least half of it "amber".
    record : Record, optional
        Past forecasts.
    functionals : DataFrame, optional
        What past paths of the model said of several months together, where that was kept.
    """

    forecast: MonthlyForecast
    panel: Panel
    threshold: float
    record: Record | None
    functionals: pd.DataFrame | None

    @property
    def target(self) -> str:
        """Id of the series that is warned of."""
        return self.forecast.paths.series[0]

    @property
    def origin(self) -> pd.Timestamp:
        """Day on which the warning stands."""
        return self.forecast.origin

    @property
    def rule(self) -> str:
        """What the lights mean."""
        return (
            f"red: a chance of at least {100 * self.threshold:g} %; amber: of at least "
            f"{50 * self.threshold:g} %"
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """Notes of the forecast, and what the record cannot say."""
        paths = self.forecast.paths
        if self.events.empty:
            lacks = f"no past forecasts of {self.target} by {paths.model} in state {paths.state}"
            return (*paths.notes, f"{lacks}: no track record of these chances")
        first, last = self.events["origin"].min(), self.events["origin"].max()
        days = self.events["origin"].nunique()
        return (
            *paths.notes,
            f"track record: {days} forecast{'s' * (days > 1)} in state {paths.state}, "
            f"{first.date()} to {last.date()}",
        )

    @cached_property
    def events(self) -> pd.DataFrame:
        """Past chances beside what came (`tradeshock.forecast.warning.past.past_events`)."""
        paths = self.forecast.paths
        with threadpool_limits(limits=1):
            return past_events(
                self.panel, self.target, paths.model, paths.state, self.record, self.functionals
            )

    # -- what is ahead ------------------------------------------------------------------------

    def table(self) -> pd.DataFrame:
        """Return the warning month by month.

        Returns
        -------
        DataFrame
            Index month; columns step, growth (median, per cent on a year before), chance (of
            negative growth, 0 to 1), at_risk (exports-at-risk: the 5 % quantile, in the target's
            unit), growth_at_risk (the same as growth), light ("green", "amber", "red": see
            `rule`), and of the same step's past warnings hit_rate, false_alarm_rate, precision (see
            `track_record`; NaN without a record).
        """
        paths = self.forecast.paths
        growth = paths.yoy()
        chance = falls_by_month(paths).tolist()
        table = pd.DataFrame(
            {
                "step": np.arange(1, len(paths.index) + 1),
                "growth": growth.median().to_numpy(),
                "chance": chance,
                "at_risk": paths.quantile(AT_RISK)[AT_RISK].to_numpy(),
                "growth_at_risk": growth.quantile(AT_RISK).to_numpy(),
                "light": [self.light(value) for value in chance],
            },
            index=paths.index.rename("month"),
        )
        return table.join(self._scores_of("fall"), on="step")

    def next(self) -> pd.DataFrame:
        """Return chances for the next 3, 6 and 12 months together.

        Returns
        -------
        DataFrame
            Index months; columns any_fall (chance that some month falls short of that a year
            before), total_fall (that the months' total does), adjusted_fall (that the mean level of
            the last three of them, net of calendar and season, is lower than that of the last
            three published months: free of base effects), and of the first and the last
            their lights and past hit and false-alarm rates.
        """
        paths = self.forecast.paths
        before = paths.history.iloc[-STEPS:, 0].to_numpy(dtype=float)
        totals = {
            k: float((paths.draws()[:, :k].sum(axis=1) < before[:k].sum()).mean()) for k in HORIZONS
        }
        joint = {
            "any_fall": any_fall(paths).tolist(),
            "adjusted_fall": pd.Series(adjusted_fall(self.panel)(paths)).tolist(),
        }
        table = pd.DataFrame(index=pd.Index(HORIZONS, name="months"))
        for event, chances in joint.items():
            past = self._scores_of(event)[BESIDE[:2]].add_prefix(f"{event}_")
            table[event] = chances
            table[f"{event}_light"] = [self.light(value) for value in chances]
            table = table.join(past)
        table.insert(1, "total_fall", pd.Series(totals))
        return table

    def years(self) -> pd.DataFrame:
        """Return totals of calendar years (`tradeshock.forecast.warning.years.year_totals`)."""
        return year_totals(self.forecast.paths, self.panel, self.functionals)

    def turning_points(self) -> pd.DataFrame:
        """Return chances of peaks and troughs of the level net of calendar and season.

        See `tradeshock.forecast.warning.turning_points`; `past_turns` says how such ones did.
        """
        return turning_points(self.forecast.paths, self.panel)

    def indicators(self, ids: Sequence[str] | None = None) -> pd.DataFrame:
        """Return leading series (`tradeshock.forecast.warning.leading_indicators`)."""
        return leading_indicators(self.panel, self.target, ids)

    def light(self, chance: float) -> str:
        """Colour of a chance by `rule`: "green", "amber" or "red"."""
        if chance >= self.threshold:
            return "red"
        return "amber" if chance >= self.threshold / 2.0 else "green"

    # -- how it did ---------------------------------------------------------------------------

    def track_record(self) -> pd.DataFrame:
        """Return scores of past warnings at this threshold, from the record alone.

        In the state of the forecast: with an early count out, of forecasts that had one.

        Returns
        -------
        DataFrame
            See `tradeshock.forecast.warning.scores.warning_scores`; no rows without a record.
        """
        return self._scores.copy()

    @cached_property
    def _scores(self) -> pd.DataFrame:
        return warning_scores(self.events, self.threshold)

    def reliability(self, horizon: int = 3, event: str = "fall") -> pd.DataFrame:
        """Return how often falls came at chances that were given, by class of chance.

        Parameters
        ----------
        horizon : int
            Months ahead.
        event : {"fall", "any_fall", "adjusted_fall", "peak", "trough"}

        Raises
        ------
        ModelError
            If the record has no such chances.
        """
        known = self.events[["event", "horizon"]].drop_duplicates()
        pairs = list(known.itertuples(index=False, name=None))
        if (event, horizon) not in pairs:
            shown = ", ".join(f"{name} at {k}" for name, k in pairs) or "nothing"
            raise ModelError(
                f"the record has no chances of {event!r} at horizon {horizon!r}; it has {shown}"
            )
        return reliability(self.events, event, horizon)

    def spells(self) -> pd.DataFrame:
        """Return past spells of falls and the lead before each of them.

        See `tradeshock.forecast.warning.scores.spells`.
        """
        level = self.panel.series(self.target)
        growth = (100.0 * (level / level.shift(12) - 1.0)).dropna()
        return spells(self.events, growth, self.threshold)

    def past_turns(self, horizon: int = 3) -> pd.DataFrame:
        """Return past peaks and troughs and the lead before each of them.

        Parameters
        ----------
        horizon : int
            Months ahead up to which one was asked for: 0, 3 or 6.

        Returns
        -------
        DataFrame
            See `tradeshock.forecast.warning.scores.past_turns`.
        """
        turns = dated_turning_points(self.panel, self.target)
        return past_turns(self.events, turns, self.threshold, horizon)

    def _scores_of(self, event: str) -> pd.DataFrame:
        """Rates of one event by horizon, all origins; no rows without a record."""
        scores = self.track_record()[BESIDE]
        index = scores.index
        kept = (index.get_level_values("event") == event) & (
            index.get_level_values("sample") == "all"
        )
        return scores[kept].droplevel(["event", "sample"])

    # -- shown --------------------------------------------------------------------------------

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw chances by month (`tradeshock.forecast.plots.plot_warning`)."""
        title = f"Chance of negative growth on a year before: {self.forecast.title}"
        day = self.origin
        subtitle = f"{self.forecast.model}, figures of {day.day} {day:%B %Y}; {self.rule}"
        return plot_warning(self.table(), self.threshold, ax, title, subtitle)

    @property
    def _shown(self) -> pd.DataFrame:
        return self.table().round(2)

    @property
    def _headline(self) -> str:
        day = self.origin.date().isoformat()
        return (
            f"{self.forecast.title}: early warning by {self.forecast.model} on {day} ({self.rule})"
        )

    def to_json(self) -> str:
        """Return all tables as JSON; null where there is no number."""
        content = {
            **self.forecast.header,
            "title": self.forecast.title,
            "threshold": self.threshold,
            "rule": self.rule,
            "months": plain_rows(self.table()),
            "next": plain_rows(self.next()),
            "years": plain_rows(self.years()),
            "turning_points": plain_rows(self.turning_points()),
            "indicators": plain_rows(self.indicators()),
            "track_record": plain_rows(self.track_record()),
            "spells": plain_rows(self.spells()),
            "past_turns": plain_rows(self.past_turns()),
            "notes": list(self.notes),
        }
        return json_text(content)
