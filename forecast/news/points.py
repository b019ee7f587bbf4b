"""Points that models forecast, free of the noise of draws where there is a law, and what of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.panel.panel import Panel
from tradeshock.models.base import Model
from tradeshock.models.conditions import Conditions
from tradeshock.models.direct.base import DirectModel, Rows
from tradeshock.models.nowcast.bridge import FlashBridge
from tradeshock.models.systems.factor import DynamicFactor
from tradeshock.models.systems.system import LinearSystem
from tradeshock.models.univariate.base import UnivariateModel

Floats = npt.NDArray[np.float64]


def log_points(model: Model, months: pd.PeriodIndex) -> Floats:
    """Point forecasts of a fitted model's target, natural logs.

    Parameters
    ----------
    model : Model
        Fitted; no wrapper. Of a system, and of a bridge on one, the mean of its law at the
        parameters' point; of models of one series what they say of it
        (`UnivariateModel.log_points`); of others the median of the paths' logs.
    months : PeriodIndex
        Months that it forecasts.

    Returns
    -------
    ndarray, months
    """
    system, given = carrier_of(model)
    if system is not None:
        levels, ahead = expected_levels(system, given, months[-1])
        effects = system.levels_.effects(ahead)
        return np.asarray((levels + effects)[ahead.get_indexer(months), 0])
    steps = (months[-1] - model.last_).n
    if isinstance(model, UnivariateModel):
        logs = model.log_points(steps)
    else:
        logs = np.median(np.log(model.forecast(steps).draws()), axis=0)
    first: int = (months[0] - model.last_).n - 1
    return np.asarray(logs[first:])


def points_on(model: Model, panels: Sequence[Panel], months: pd.PeriodIndex) -> list[Floats]:
    """Point forecasts on several panels, all that was estimated held.

    Parameters
    ----------
    model : Model
        Fitted; left as updated with the last panel.
    panels : sequence of Panel
    months : PeriodIndex

    Returns
    -------
    list of ndarray
        What `log_points` gives on each. Regressions learn once for all.
    """
    if not isinstance(model, DirectModel):
        return [log_points(model.update(panel, freeze=True), months) for panel in panels]
    asked = []
    for panel in panels:
        model.update(panel, freeze=True)
        asked.append(_Asked.last(model, months))
    return _regressed(asked, model)


@dataclass(frozen=True, eq=False)
class _Asked:
    """What regressions are asked on one panel.

    Parameters
    ----------
    state : str
        Whose rows they learn from.
    rows : Rows
    row : ndarray, 1 by columns
    base : ndarray, months
        Last adjusted level and calendar effects, natural logs.
    first, steps : int
        First step that is wanted, from 0, and number of steps.
    """

    state: str
    rows: Rows
    row: Floats
    base: Floats
    first: int
    steps: int

    @classmethod
    def last(cls, model: DirectModel, months: pd.PeriodIndex) -> Self:
        """What a model is asked on the panel that it was last given."""
        adjustment = model.adjustment_
        effect = adjustment.effect(months, model.panel_.calendar)
        base = adjustment.adjusted_.to_numpy()[-1] + effect
        first, steps = (months[0] - model.last_).n - 1, (months[-1] - model.last_).n
        return cls(model.state_, model.rows_, model.row_, np.asarray(base), first, steps)


def _regressed(asked: Sequence[_Asked], model: DirectModel) -> list[Floats]:
    """Log points of each panel; those of one state and number of steps in one go."""
    points: dict[int, Floats] = {}
    alike: dict[tuple[str, int], list[int]] = {}
    for place, one in enumerate(asked):
        alike.setdefault((one.state, one.steps), []).append(place)
    for (_, steps), places in alike.items():
        rows = np.vstack([asked[place].row for place in places])
        growth = model.predict(asked[places[0]].rows, rows, steps)
        for place, path in zip(places, growth, strict=True):
            points[place] = asked[place].base + path[asked[place].first :]
    return [points[place] for place in range(len(asked))]


def carrier_of(model: Model) -> tuple[LinearSystem | DynamicFactor | None, Conditions | None]:
    """System whose law gives a model's points, and the nowcast that it is given."""
    given = None
    if isinstance(model, FlashBridge):
        if model.nowcast_ is not None:
            month = model.last_ + 1
            given = Conditions({model.target_[0]: {month: float(np.exp(model.nowcast_))}})
        model = model.carrier_
    if isinstance(model, LinearSystem | DynamicFactor) and model.levels_.logs[0]:
        return model, given
    return None, given


def expected_levels(
    system: LinearSystem | DynamicFactor, given: Conditions | None, until: pd.Period
) -> tuple[Floats, pd.PeriodIndex]:
    """(Log) levels net of effects that a system expects, months by series, and the months.

    From the first month that some series lacks.
    """
    if isinstance(system, DynamicFactor):
        return system.expected_levels(until)
    steps = (until - system.last_).n
    ahead = system.levels_.ahead(until, given)
    mean = system.law(steps, given).mean
    return np.asarray(system._levels_of(mean[None])[0]), ahead


def expected_figures(model: Model, absent: pd.DataFrame) -> pd.DataFrame:
    """What a model expects of figures that it does not know yet, in their own units.

    Parameters
    ----------
    model : Model
        Fitted, without these figures.
    absent : DataFrame of bool, months by series
        Which figures.

    Returns
    -------
    DataFrame, months by series
        NaN where the model expects nothing of a series: there an absent release is missing.
    """
    table = pd.DataFrame(np.nan, absent.index, absent.columns)
    system, given = carrier_of(model)
    rows = pd.PeriodIndex(absent.index[absent.any(axis=1)])
    if not len(rows):
        return table
    if system is not None:
        last = max(rows[-1], system.last_ + 1)
        levels, ahead = expected_levels(system, given, last)
        figures = pd.DataFrame(
            system.levels_.own_units(levels[None].copy(), ahead)[0], ahead, list(system.series_)
        )
        figures = figures.reindex(table.index)
        for id in figures.columns.intersection(absent.columns):
            table[id] = figures[id].where(absent[id])
        return table
    target = model.target_[0]
    own = pd.PeriodIndex(absent.index[absent[target]])
    if len(own):
        table.loc[own, target] = np.exp(log_points(model, own))
    return table
