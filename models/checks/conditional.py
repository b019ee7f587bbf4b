"""Conformance under conditions, in every state of the target.

What is asked of models that take conditions; of the others only that empty ones change nothing.
"""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd

from tradeshock.features.errors import ConditionError, ModelError, OddConditionWarning
from tradeshock.features.panel.panel import Panel
from tradeshock.models.base import Model
from tradeshock.models.checks.case import STEPS, ConformanceCase, distance
from tradeshock.models.checks.demand import demand
from tradeshock.models.conditions import Conditions

# Conditions at own draws are met already: what is left is rounding.
ROUNDING = 1e-9
# Of a step's standard deviation: means of few draws differ from their medians.
SMALL_MOVE = 0.3
FAR = 12
FAR_CHANGE = 0.02
NOWCAST_MOVE = 0.01
NOWCAST_SPREAD = 0.05


def empty_conditions_change_nothing(case: ConformanceCase) -> None:
    """Conditions without entries give the forecast without conditions, bit for bit."""
    for state, model in case.by_state.items():
        free, empty = model.forecast(STEPS), model.forecast(STEPS, Conditions({}))
        demand(distance(empty, free) == 0.0, f"in state {state} empty conditions move the paths")
        demand(empty.notes == free.notes, f"in state {state} empty conditions are in the notes")


def what_it_expects_moves_nothing(case: ConformanceCase) -> None:
    """A condition that says what the model expects leaves paths, or means, as they are."""
    for state, model in case.by_state.items():
        if (series := conditioned(model)) is None:
            continue
        month, free = model.last_ + STEPS, model.forecast(STEPS)
        own = Conditions.relative({series: {month: 0.0}})
        apart = distance(model.forecast(STEPS, own), free)
        demand(apart <= ROUNDING, f"in state {state} its own draws move its paths by {apart:.2g}")
        middle = Conditions.relative({series: {month: 0.0}}, keep_uncertainty=False)
        logs = [np.log(paths.draws()) for paths in (model.forecast(STEPS, middle), free)]
        moved = np.abs(logs[0].mean(axis=0) - logs[1].mean(axis=0)) / logs[1].std(axis=0)
        demand(
            moved.max() <= SMALL_MOVE,
            f"in state {state} its own median of {series} moves its mean by {moved.max():.2g} "
            "standard deviations",
        )


def a_far_condition_keeps_the_nowcast(case: ConformanceCase) -> None:
    """What is assumed a year ahead leaves the running month where published figures put it."""
    for state, model in case.by_state.items():
        series = conditioned(model)
        if series is None or series in model.target_:
            continue
        month = model.last_ + FAR
        far = Conditions.relative({series: {month: FAR_CHANGE}}, keep_uncertainty=False)
        # As long without the condition as with it, so that both have the same random numbers.
        paths = model.forecast(FAR, far)
        now, free = np.log(paths.draws()[:, 0]), np.log(model.forecast(FAR).draws()[:, 0])
        moved = abs(float(np.median(now) - np.median(free)))
        demand(moved <= NOWCAST_MOVE, f"in state {state} {series} a year on moves step 1: {moved}")
        wider = abs(float(now.std() / free.std()) - 1.0)
        demand(wider <= NOWCAST_SPREAD, f"in state {state} its spread at step 1 moves by {wider}")
        named = any(series in note for note in paths.notes)
        demand(named, f"in state {state} the notes do not name the condition on {series}")


def what_cannot_be_is_refused(case: ConformanceCase) -> None:
    """Values of published months and values in another unit raise, or are warned of by name."""
    for state, model in case.by_state.items():
        if (series := conditioned(model)) is None:
            continue
        last, panel = model.panel_.last_month(series), model.panel_
        known = Conditions({series: {last: 1.01 * float(panel.series(series).iloc[-1])}})
        demand(_refused(model, known), f"in state {state} another value of {series} in {last}")
        odd = Conditions({series: {model.last_ + STEPS: _in_thousandths(panel, series)}})
        demand(_refused(model, odd), f"in state {state} a thousandth of {series} is accepted")


def conditioned(model: Model) -> str | None:
    """Series that the model can be conditioned on: a driver, else its target; None without.

    The longest live series that is modelled in logs, so that whatever steers the model is not
    shortened by it. None either where there is but a target in levels: what is assumed here are
    shares.
    """
    if not model.takes_conditions:
        return None
    panel = model.panel_
    drivers = [
        str(id)
        for id in panel.values.columns
        if id not in model.target_
        and panel.catalog[str(id)].flash_of is None
        and panel.catalog[str(id)].transform == "log"
        and not panel.is_stale(str(id))
    ]
    drivers.sort(key=lambda id: panel.series(id).index[0])
    month = model.last_ + STEPS
    target = model.target_[0]
    own = target if panel.entry(target).is_relative else None
    return next((id for id in drivers if _has(model, id, month)), own)


def _has(model: Model, series: str, month: pd.Period) -> bool:
    try:
        model._cell_draws([(series, month)], STEPS, None)
    except (ConditionError, ModelError):
        return False
    return True


def _in_thousandths(panel: Panel, series: str) -> float:
    return float(panel.series(series).iloc[-1]) / 1000.0


def _refused(model: Model, conditions: Conditions) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("error", OddConditionWarning)
        try:
            model.forecast(STEPS, conditions)
        except (ConditionError, OddConditionWarning):
            return True
    return False
