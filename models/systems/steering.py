"""The Bayesian VAR that moves paths of models without a conditioned series.

A model that lacks the series, or has no future drivers at all, takes the shift of a system that
has them: its draws take the place of that system's own target, and the joint correction of the
conditions is added to them (`BayesianVAR.steer`).
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.errors import ConditionError
from tradeshock.models.conditioned import condition_notes
from tradeshock.models.systems.bvar import DEFAULT_SERIES, BayesianVAR
from tradeshock.models.systems.cells import columns_of, refuse_wrong_cells

if TYPE_CHECKING:
    from tradeshock.features.panel.panel import Panel
    from tradeshock.models.assumptions.entries import Cell
    from tradeshock.models.base import Model
    from tradeshock.models.conditions import Conditions
    from tradeshock.models.paths import ForecastPaths

Floats = npt.NDArray[np.float64]
# Series of a system, number of draws and seed.
Steering = tuple[tuple[str, ...], int, int]


def steering_system(
    model: Model, series: Sequence[str], found: dict[Steering, BayesianVAR] | None = None
) -> BayesianVAR:
    """Fit a Bayesian VAR with conditioned series added, on what a model knows.

    Only this system is shortened to the months that a young series has; the model's own sample
    stays whole.

    Parameters
    ----------
    model : Model
        Fitted, with one target.
    series : sequence of str
        Conditioned series.
    found : dict, optional
        Systems that were fitted before on what the model was fitted on; a new one is put there.

    Raises
    ------
    ConditionError
        If the model has several targets, or a series cannot be part of a system.
    ShortHistoryError
        If a series is too young for one.
    """
    if len(model.target_) != 1:
        raise ConditionError(
            f"{type(model).__name__} contains none of {', '.join(series)}, and only one target can "
            f"be steered, got {list(model.target_)}; fit one model a target, or a VAR with these "
            "series"
        )
    _refuse_what_none_carries(model, series)
    system = tuple(dict.fromkeys([*model.target_, *_default_series(model.panel_), *series]))
    found, key = {} if found is None else found, (system, model.n_draws, model.random_state)
    if key not in found:
        driver = BayesianVAR(list(system), n_draws=model.n_draws, random_state=model.random_state)
        found[key] = driver.fit(model.fitted_on_, model.target_)
    driver = copy(found[key])
    if model.panel_ is not model.fitted_on_:
        driver.update(model.panel_, freeze=True)
    return driver


def steered_cells(
    model: Model, values: Floats, cells: Sequence[Cell], conditions: Conditions | None
) -> Floats:
    """Draws of some series and months as they stand beside a model's own paths.

    Parameters
    ----------
    model : Model
        Fitted.
    values : ndarray, draws by steps
        Its unconditional paths.
    cells : sequence of (str, Period)
    conditions : Conditions or None
        What the draws have to meet.

    Returns
    -------
    ndarray, draws by cells
        In own units.
    """
    given = () if conditions is None else conditions.series
    driver = steering_system(model, sorted({*given, *(id for id, _ in cells)}))
    refuse_wrong_cells(model.panel_, driver.series_, cells)
    until = max([model.last_ + values.shape[1], *(month for _, month in cells)])
    draws, months = driver.steered_draws(values, conditions, until)
    return columns_of(draws, months[0], driver.series_, cells)


def steered_forecast(model: Model, steps: int, conditions: Conditions | None) -> ForecastPaths:
    """Forecast of a model, steered where it lacks a conditioned series.

    Parameters
    ----------
    model : Model
        Fitted.
    steps : int
    conditions : Conditions or None
    """
    if conditions is None or not model._lacking(conditions):
        return model.forecast(steps, conditions)
    return steered_paths(model, steps, conditions)


def steered_paths(model: Model, steps: int, conditions: Conditions) -> ForecastPaths:
    """Forecast of a model that lacks conditioned series, steered by them.

    Changes are counted from the model's own paths and the steering system's draws beside them.
    """
    paths = model.forecast(steps)
    if conditions.is_relative:
        draws = steered_cells(model, paths.draws(), conditions.cells, None)
        resolved = conditions.resolved(draws, model._last())
    else:
        resolved = conditions
    values = steering_system(model, conditions.series).steer(paths.draws(), resolved)
    note = steering_note(model, model._lacking(conditions))
    notes = (*paths.notes, note, *condition_notes(conditions))
    return replace(paths, values=values[:, :, None], notes=notes)


def steering_note(model: Model, lacking: Sequence[str]) -> str:
    """Say that paths are steered, and from when on the system has learned if that is late."""
    panel = model.panel_
    usual = max(_first(panel, id) for id in [*model.target_, *_default_series(panel)])
    late = [id for id in lacking if id in panel and _first(panel, id) > usual]
    since = ""
    if late:
        last = max(late, key=lambda id: _first(panel, id))
        since = f", which learns from {_first(panel, last)} on, where {last} starts"
    whose = f"models without {', '.join(lacking)}" if lacking else "models without drivers"
    return f"{whose} are steered draw by draw by a Bayesian VAR that has them{since}"


def _default_series(panel: Panel) -> list[str]:
    return [id for id in DEFAULT_SERIES if id in panel]


def _first(panel: Panel, id: str) -> pd.Period:
    first: pd.Period = panel.series(id).index[0]
    return first


def _refuse_what_none_carries(model: Model, series: Sequence[str]) -> None:
    panel = model.panel_
    for id in series:
        if id not in panel:
            raise ConditionError(
                f"got a condition on {id!r}, which the panel does not hold; see `tradeshock data` "
                "for what it holds, or add it with Panel.with_series"
            )
        if panel.entry(id).flash_of is not None:
            raise ConditionError(
                f"got a condition on {id}, the count of the first days of a month, which no "
                f"system carries; condition on {panel.entry(id).flash_of}"
            )
        # The target is carried however old it is.
        if id not in model.target_ and panel.is_stale(id):
            raise ConditionError(
                f"got a condition on {id}, which ends in {panel.last_month(id)} although "
                f"{panel.expected_month(id)} should be out by {panel.origin.date()}: no system "
                "carries a series that old; condition on another one, or bring its figures up to "
                "date"
            )
