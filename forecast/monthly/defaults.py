"""What is forecast, by which model and against which threshold, when the user does not say."""

from __future__ import annotations

import math
from numbers import Real

import numpy as np
import pandas as pd
from sklearn.base import clone

from tradeshock.features.errors import ModelError, PanelError
from tradeshock.features.panel.catalog import Series
from tradeshock.features.panel.panel import Panel
from tradeshock.features.snapshot.global_drivers import GLOBAL_DRIVERS
from tradeshock.forecast.monthly.calendar_years import calendar_years
from tradeshock.forecast.monthly.own_record import first_origin, own_record, past_record
from tradeshock.models.base import Model
from tradeshock.models.paths import ForecastPaths
from tradeshock.models.pools.own_history import (
    INDICATORS,
    own_history_model,
    stands_alone,
    young_history_model,
)
from tradeshock.models.pools.recalibration import Recalibration
from tradeshock.models.pools.steps import covered
from tradeshock.models.pools.wrapper import Wrapper, parts_within
from tradeshock.models.record.record import Record
from tradeshock.models.record.shipped import shipped_record
from tradeshock.models.strangers import instead_of
from tradeshock.models.systems.var import VAR
from tradeshock.models.univariate.random_walk import RandomWalk

TARGET = "exports_total"
FEWEST_MONTHS = 120
# Months that a record may lag before a forecast says so.
BEHIND = 3


def default_model(panel: Panel, target: str) -> Model:
    """Return the model that forecasts when none is named; this is the one place to change it.

    `Recalibration`, which is the combination of nowcast bridges with intervals that learn from
    their misses, has the best record for Korea's exports (docs/accuracy.md). Where the panel has
    neither early counts of the target nor an indicator, as for other nations, there is nothing to
    bridge: then it is that of `tradeshock.models.pools.own_history` (docs/other-nations.md).
    Both need ten years of the target; for a younger one it is `RandomWalk`, with intervals that
    learn where there is nothing else and enough to learn from, and so it is for an early count,
    which no system takes. All of these model logs: for a target in levels, or one
    that has been zero or below, such as a balance, it is `VAR`; a young one in levels that has
    been positive keeps the walk.

    Parameters
    ----------
    panel : Panel
        Figures as they stood at its origin.
    target : str
    """
    figures = panel.series(target)
    if figures.min() <= 0.0:
        return VAR()
    counted = panel.catalog[target].flash_of is not None
    if counted or len(figures) < FEWEST_MONTHS:
        alone = not counted and stands_alone(panel, target, GLOBAL_DRIVERS)
        return young_history_model() if alone and first_origin(panel, target) else RandomWalk()
    if not panel.catalog[target].is_relative:
        return VAR()
    return own_history_model() if stands_alone(panel, target) else Recalibration()


def default_record(panel: Panel, target: str) -> Record | None:
    """Return what is on record of past forecasts of this target.

    That is the record that ships with the package, and after it the user's own: what `tradeshock
    run` keeps, and of other figures the past that `own_past_record` has replayed. All are asked by
    figures, not by names (`tradeshock.models.Record.made_from`):
    Korea's exports in another unit, or after a revision of all their past, are not those that they
    were made from. What has come out since is set against what was forecast.

    Parameters
    ----------
    panel : Panel
    target : str

    Returns
    -------
    Record or None
        None if it says nothing: weights are equal then, intervals as drawn.
    """
    shipped = shipped_record().made_from(panel, target)
    own = own_record(target).made_from(panel, target)
    found = [each for each in (past_record(panel, target), own, shipped) if len(each)]
    if not found:
        return None
    record = found[0] if len(found) == 1 else Record.concat(found)
    return record.with_outcomes(panel)


def record_end(paths: ForecastPaths, model: Model, record: Record | None) -> pd.Period | None:
    """Last month whose outcome a forecast could learn from.

    Parameters
    ----------
    paths : ForecastPaths
        The forecast.
    model : Model
        That made it.
    record : Record, optional
        That it learnt from.

    Returns
    -------
    Period or None
        None for a model that learns from no record, or whose members it does not have.
    """
    names = [part.name for part in parts_within(model)]
    if record is None or not names:
        return None
    rows = record.as_of(paths.origin).frame
    chosen = rows["model"].isin(names) & (rows["target"] == paths.series[0])
    chosen &= (rows["state"] == paths.state) & (rows["step"] == 1) & rows["actual"].notna()
    ends = rows[chosen].groupby("model")["month"].max()
    return min(ends) if len(ends) == len(names) else None


def record_notes(paths: ForecastPaths, model: Model, record: Record | None) -> tuple[str, ...]:
    """Sentences about what a forecast could not learn from a record; none for most.

    Parameters
    ----------
    paths : ForecastPaths
        The forecast.
    model : Model
        That made it.
    record : Record, optional
        That it learnt from.
    """
    target, steps = paths.series[0], len(paths.index)
    parts = list(parts_within(model))
    learnt_from = [part.name for part in parts]
    weighs = any(isinstance(each, Wrapper) and len(each.parts) > 1 for each in (model, *parts))
    without = "equal weights, intervals as drawn" if weighs else "intervals as drawn"
    if learnt_from and record is None:
        note = f"no record of past forecasts of {target}: {without}"
        replay = "`own_past_record` replays its past once, so that intervals learn from it"
        replayed = {own_history_model().name, young_history_model().name}
        return (note, replay) if model.name in replayed else (note,)
    if not learnt_from or record is None:
        return ()
    known = {
        name: record.arrays(["q50"], name, target, paths.state)[1]["q50"].shape[1]
        for name in learnt_from
    }
    if lacking := [name for name, last in known.items() if not covered(steps, last)]:
        return (f"no record of past forecasts of {target} by {', '.join(lacking)}: {without}",)
    notes = []
    last = covered(steps, *known.values())
    if last < steps:
        notes.append(
            f"{'weights and ' * weighs}intervals after step {last} are those of step {last}, the "
            "last that the record has"
        )
    end = record_end(paths, model, record)
    if end is not None and (behind := paths.index[0].ordinal - 1 - end.ordinal) >= BEHIND:
        notes.append(
            f"the record of past forecasts ends with {end}, {behind} months before the last "
            "figure; `tradeshock run` brings it up to date"
        )
    return tuple(notes)


def target_of(panel: Panel, target: str | None = None) -> str:
    """Return the series to forecast: the one named, "exports_total", or the panel's only one.

    World series and other indicators beside it do not count.

    Raises
    ------
    PanelError
        If the panel has no such series, or several and none is "exports_total".
    """
    ids = [str(id) for id in panel.values.columns]
    own = ids if len(ids) == 1 else [id for id in ids if id not in INDICATORS]
    if target is None and (TARGET in ids or len(own) == 1):
        return TARGET if TARGET in ids else own[0]
    if isinstance(target, str) and target in ids:
        return target
    if target is not None and not isinstance(target, str):
        raise PanelError(f"got {target!r} as what to forecast; give the id of one series")
    what = "say which series to forecast" if target is None else f"there is no series {target!r}"
    near = [id for id in ids if target is not None and target in id] or ids
    more = f" and {len(near) - 8} more" if len(near) > 8 else ""
    raise PanelError(f"{what}; the panel has {', '.join(near[:8])}{more}")


def threshold_of(panel: Panel, target: str, spoken: float | None = None) -> float | None:
    """Return the threshold of a calendar year's total in the target's own unit.

    Parameters
    ----------
    panel : Panel
    target : str
    spoken : float, optional
        As people say it: in bn USD for a target in million USD, and so for every unit that
        starts with "mn"; in the target's own unit otherwise.

    Returns
    -------
    float or None
        None where none was said.
    """
    if spoken is None:
        return None
    return spoken * 1000.0 if panel.catalog[target].unit.startswith("mn ") else spoken


def refuse_wrong_threshold(threshold: float | None, entry: Series) -> None:
    """Refuse a threshold that is no number, or of what does not add up over months.

    Raises
    ------
    ModelError
    """
    if threshold is None:
        return
    if not (isinstance(threshold, Real) and np.isfinite(threshold)):
        raise ModelError(f"the threshold is {threshold!r}; give a finite number")
    if not entry.is_flow:
        raise ModelError(
            f"{entry.id} is in {entry.unit}, which does not add up to a total of the year; leave "
            "out the threshold"
        )


def default_threshold(paths: ForecastPaths, is_flow: bool) -> float | None:
    """Return a round figure near the median of the first calendar year that paths complete.

    Parameters
    ----------
    paths : ForecastPaths
        Of the target, judgement included.
    is_flow : bool
        Whether its figures add up over months.

    Returns
    -------
    float or None
        In the target's unit; None where no year adds up.
    """
    years = calendar_years(paths, is_flow, None)["median"]
    return round_threshold(years.iloc[0]) if len(years) else None


def round_threshold(total: float) -> float:
    """Round figure nearest to a total, where the chance of passing it is in doubt.

    Examples
    --------
    >>> round_threshold(943_300.0), round_threshold(143.0), round_threshold(61.0)
    (900000.0, 140.0, 60.0)
    """
    step = 10.0 ** math.floor(math.log10(total))
    # The next hundred may be a third away below 300, and the next fifty a fifth below 200.
    step = step / 5.0 if total < 2.0 * step else step / 2.0 if total < 3.0 * step else step
    return float(step * round(total / step))


def chosen_model(model: Model | str | None, panel: Panel, target: str) -> Model:
    """Return an unfitted model, leaving the caller's own as it is.

    Raises
    ------
    ModelError
        If there is no model of that name, or what is given is none.
    """
    if model is None:
        return default_model(panel, target)
    if isinstance(model, str):
        # Here, because reading the files of all models takes longer than a forecast.
        from tradeshock.models.registry import make_model

        return make_model(model)
    if not isinstance(model, Model):
        raise ModelError(f"model is {model!r}; {instead_of(model)}")
    unfitted: Model = clone(model)
    return unfitted
