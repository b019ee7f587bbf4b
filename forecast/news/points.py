"""Points that models forecast, free of the noise of draws where there is a law, and what of."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.models.base import Model
from tradeshock.models.conditions import Conditions
from tradeshock.models.nowcast.bridge import FlashBridge
from tradeshock.models.systems.system import LinearSystem

Floats = npt.NDArray[np.float64]


def log_points(model: Model, months: pd.PeriodIndex) -> Floats:
    """Point forecasts of a fitted model's target, natural logs.

    Parameters
    ----------
    model : Model
        Fitted; no wrapper. Of a `LinearSystem`, and of a bridge on one, the mean of its law at
        the parameters' point; of others the median of the paths' logs.
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
    logs = np.median(np.log(model.forecast(steps).draws()), axis=0)
    first: int = (months[0] - model.last_).n - 1
    return np.asarray(logs[first:])


def carrier_of(model: Model) -> tuple[LinearSystem | None, Conditions | None]:
    """System whose law gives a model's points, and the nowcast that it is given."""
    given = None
    if isinstance(model, FlashBridge):
        if model.nowcast_ is not None:
            month = model.last_ + 1
            given = Conditions({model.target_[0]: {month: float(np.exp(model.nowcast_))}})
        model = model.carrier_
    if isinstance(model, LinearSystem) and model.levels_.logs[0]:
        return model, given
    return None, given


def expected_levels(
    system: LinearSystem, given: Conditions | None, until: pd.Period
) -> tuple[Floats, pd.PeriodIndex]:
    """(Log) levels net of effects that a system expects, months by series, and the months.

    From the first month that some series lacks.
    """
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
