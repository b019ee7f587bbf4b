"""What is asked when news is asked: a model, two days, and forecasts that are at hand."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from typing import Self

import pandas as pd
from sklearn.base import clone

from tradeshock.features.days.reading import Day, as_day
from tradeshock.features.errors import ModelError
from tradeshock.features.panel.panel import Panel
from tradeshock.features.snapshot import panel_or_embedded
from tradeshock.forecast.archive.issued import Issued
from tradeshock.forecast.archive.same_figures import other_figures
from tradeshock.forecast.monthly.defaults import default_model, default_record, target_of
from tradeshock.forecast.monthly.forecast import MonthlyForecast
from tradeshock.models.base import Model
from tradeshock.models.record.record import Record


@dataclass(frozen=True, eq=False)
class Question:
    """A question that makes sense.

    Parameters
    ----------
    model : Model
        Not fitted.
    target : str
    panel : Panel
        That knows both days.
    old, new : Timestamp
    steps : int
        Months ahead from the newer day.
    record : Record, optional
    issued : Issued, optional
        Forecast of the older day as it was issued.
    at_hand : dict of Timestamp to Model
        Fitted models of forecasts that were given, by day.
    """

    model: Model
    target: str
    panel: Panel
    old: pd.Timestamp
    new: pd.Timestamp
    steps: int
    record: Record | None
    issued: Issued | None = None
    at_hand: dict[pd.Timestamp, Model] = field(default_factory=dict)

    @classmethod
    def read(
        cls,
        model: Model | None,
        old: Day | MonthlyForecast | Issued | None,
        new: Day | MonthlyForecast | None,
        panel: Panel | None,
        target: str | None,
        steps: int,
        record: Record | None,
    ) -> Self:
        """Read the arguments of `news`; parameters and errors as there."""
        given = [side for side in (new, old) if isinstance(side, MonthlyForecast)]
        if given:
            made = given[0]
            panel = made.fitted.panel_ if panel is None else panel
            model = _model_of(given, model)
            target = _same_target(made.entry.id, target)
            record = made.fitted.record_ if record is None else record
        if isinstance(new, MonthlyForecast):
            steps = len(new.paths.index)
        if isinstance(old, Issued):
            target = _same_target(old.paths.series[0], target)
        panel = panel_or_embedded(panel)
        target = target_of(panel, target)
        if isinstance(old, Issued) and (why := other_figures(old, panel)):
            raise ModelError(
                f"{old.id} was made from other figures of {target}: {why}; give the figures that "
                "it was made from"
            )
        first, last = _days(old, new, panel)
        if model is not None and not isinstance(model, Model):
            raise ModelError(f"model is {model!r}; give a tradeshock.models.Model")
        if isinstance(steps, bool) or not isinstance(steps, int) or not 1 <= steps <= 60:
            raise ModelError(f"got steps={steps!r}, expected a whole number from 1 to 60")
        if not panel.entry(target).is_relative:
            raise ModelError(
                f"{target} is in {panel.entry(target).unit}, where growth in per cent means "
                "nothing; choose a target such as exports_total"
            )
        now = panel.as_of(last)
        return cls(
            model=default_model(now, target) if model is None else model,
            target=target,
            panel=panel,
            old=first,
            new=last,
            steps=steps,
            record=default_record(now, target) if record is None and not given else record,
            issued=old if isinstance(old, Issued) else None,
            at_hand={side.origin: side.fitted for side in given},
        )

    def fitted(self, day: pd.Timestamp) -> Model:
        """Model as fitted on a day, its own copy."""
        if day in self.at_hand:
            return deepcopy(self.at_hand[day])
        # Each from the whole panel: a cut one no longer knows what its figures were before.
        unfitted: Model = clone(self.model)
        return unfitted.fit(self.panel.as_of(day), self.target, self.record)

    def months(self, later: Model) -> pd.PeriodIndex:
        """Months that are explained: those that both days forecast."""
        months = pd.period_range(later.last_ + 1, periods=self.steps, freq="M", name="month")
        if self.issued is None:
            return months
        both = months[months <= self.issued.paths.index[-1]]
        if not len(both):
            raise ModelError(
                f"{self.issued.id} was issued for months up to {self.issued.paths.index[-1]}, but "
                f"on {self.new.date()} the first month ahead is {months[0]}; choose a later one"
            )
        return both


def _days(
    old: Day | MonthlyForecast | Issued | None, new: Day | MonthlyForecast | None, panel: Panel
) -> tuple[pd.Timestamp, pd.Timestamp]:
    """The two days, in order."""
    if old is None:
        raise ModelError("got no older day; say since when: news(old='2026-04-21')")
    if isinstance(old, Issued):
        first = old.paths.origin
    else:
        first = old.origin if isinstance(old, MonthlyForecast) else as_day(old)
    if isinstance(new, MonthlyForecast):
        last = new.origin
    else:
        last = panel.origin if new is None else as_day(new)
    if first >= last:
        raise ModelError(
            f"the older day {first.date()} is not before the newer one, {last.date()}; give "
            "old and new in order"
        )
    return first, last


def _model_of(given: list[MonthlyForecast], model: Model | None) -> Model:
    """The one model of the forecasts that are given."""
    names = dict.fromkeys(made.fitted.name for made in given)
    if isinstance(model, Model):
        names[model.name] = None
    if len(names) > 1:
        raise ModelError(
            f"got forecasts of different models, {' and '.join(names)}; news is of one: give days "
            "and the model instead"
        )
    unfitted: Model = clone(given[0].fitted)
    return unfitted


def _same_target(own: str, target: str | None) -> str:
    if target not in (None, own):
        raise ModelError(f"got target={target!r}, but the forecast is of {own}; leave it out")
    return own
