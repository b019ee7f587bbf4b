"""Paths of drivers under a scenario: those that are assumed, and those that follow from it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tradeshock.forecast.scenarios.moved import Asked
from tradeshock.models.conditions import Conditions
from tradeshock.models.paths import ForecastPaths
from tradeshock.models.systems.cells import columns_of
from tradeshock.models.systems.steering import steering_system

COLUMNS = ["baseline", "scenario", "assumed"]


def driver_paths(asked: Asked, baseline: ForecastPaths) -> pd.DataFrame:
    """Return medians of drivers without and under a scenario.

    Series of the system of chips and the rest come from there, others that are assumed from a
    system beside the forecasting model's paths.

    Returns
    -------
    DataFrame
        Index series and month; columns baseline, scenario, assumed.
    """
    tables: dict[str, pd.DataFrame] = {}
    given = set(asked.macro.series) | set(asked.joint.series if asked.joint else ())
    if asked.split is not None:
        free, bound = (asked.split.forecast(conditions) for conditions in (None, asked.joint))
        for id in free.drivers:
            tables[id] = _table(free.median(id), bound.median(id), id in given)
    others = [id for id in asked.macro.series if id not in tables and id not in baseline.series]
    if others:
        tables |= _steered(asked, baseline, others)
    if not tables:
        return pd.DataFrame(columns=COLUMNS)
    return pd.concat(tables, names=["series"])


def _steered(asked: Asked, baseline: ForecastPaths, others: list[str]) -> dict[str, pd.DataFrame]:
    macro, end = asked.macro, baseline.index[-1]
    driver = steering_system(asked.model, macro.series)
    free, months = driver.steered_draws(baseline.draws(), None, end)
    cells = columns_of(free, months[0], driver.series_, macro.cells)
    given: Conditions = macro.resolved(cells, asked.model._last())
    bound, _ = driver.steered_draws(baseline.draws(), given, end)
    at = {id: driver.series_.index(id) for id in others}
    return {
        id: _table(
            pd.Series(np.median(free[..., column], axis=0), months),
            pd.Series(np.median(bound[..., column], axis=0), months),
            True,
        )
        for id, column in at.items()
    }


def _table(free: pd.Series, bound: pd.Series, assumed: bool) -> pd.DataFrame:
    table = pd.DataFrame({"baseline": free, "scenario": bound, "assumed": assumed})
    return table.rename_axis("month")
