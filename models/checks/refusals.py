"""Conformance of models with figures that they refuse."""

from __future__ import annotations

from collections.abc import Callable

from sklearn.base import clone

from tradeshock.features.errors import ShortHistoryError, TradeshockError
from tradeshock.features.panel.panel import Panel
from tradeshock.models.base import Model
from tradeshock.models.checks.case import STEPS, ConformanceCase, distance
from tradeshock.models.checks.demand import ConformanceError, demand


def refuses_a_short_history(case: ConformanceCase) -> None:
    """With fewer months than its `minimum_months` the model raises ShortHistoryError."""
    months = case.model.minimum_months - 1
    short = case.first_months(months)
    try:
        clone(case.model).fit(short, case.target)
    except ShortHistoryError:
        return
    raise ConformanceError(f"{months} months of the target did not raise ShortHistoryError")


def what_is_refused_changes_nothing(case: ConformanceCase) -> None:
    """After a fit or an update that raises, the model forecasts what it did before."""
    short = case.first_months(case.model.minimum_months - 1)
    ways: dict[str, Callable[[Model, Panel], Model]] = {
        "a fit": lambda model, panel: model.fit(panel, case.target),
        "an update": lambda model, panel: model.update(panel),
        "an update that holds": lambda model, panel: model.update(panel, freeze=True),
    }
    model = case.fitted()
    before = model.forecast(STEPS)
    for way, learn in ways.items():
        try:
            learn(model, short)
        except TradeshockError:
            after = model.forecast(STEPS)
            same = after.origin == before.origin and after.index.equals(before.index)
            demand(same, f"{way} that was refused has moved the origin to {after.origin.date()}")
            apart = distance(after, before)
            demand(apart == 0.0, f"{way} that was refused has moved paths by {apart:.2g}")
