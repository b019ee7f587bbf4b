"""The target's own past."""

from __future__ import annotations

import numpy as np

from tradeshock.features.indicators.block import Block, values_of
from tradeshock.features.indicators.changes import (
    below_peak,
    change,
    lagged,
    net_of_season,
    trailing_sum,
    volatility,
    year_on_year,
)
from tradeshock.features.indicators.origin_rows import Floats, OriginRows, take
from tradeshock.features.panel.panel import Panel

GROWTH_MONTHS = (1, 2, 3, 6, 12)
YOY_LAGS = (1, 2, 3, 6)
PEAK_MONTHS = 60


def per_working_day(known: OriginRows, id: str) -> Floats:
    """Series by working day of its window, one value a month of the panel."""
    window = known.panel.catalog[id].window
    days = known.panel.calendar.working_days(known.panel.months, window)
    return values_of(known, id) / np.maximum(days, 0.5)


class TargetLags(Block):
    """Growth of the target by working day, net of its season by looking back only.

    Growth over 1, 2, 3, 6 and 12 months, each less its mean over the same months of the five
    years before; growth over a year, its lags and its changes; the same of three months together;
    distance of the last year's total from its peak of five years; volatility of growth.

    Models that want lags adjusted by estimated effects compute them inside the origin.
    """

    def inputs(self, panel: Panel, target: str = "exports_total") -> tuple[str, ...]:
        """The target alone."""
        return (target,)

    def _columns(self, known: OriginRows, series: tuple[str, ...]) -> dict[str, Floats]:
        daily = per_working_day(known, known.target)
        level = np.log(daily)
        yoy = change(level, 12)
        quarter = year_on_year(daily, 3)
        columns = {f"growth_{k}": net_of_season(change(level, k)) for k in GROWTH_MONTHS}
        columns["yoy"] = yoy
        columns |= {f"yoy_lag_{k}": lagged(yoy, k) for k in YOY_LAGS}
        columns |= {f"yoy_change_{k}": change(yoy, k) for k in GROWTH_MONTHS}
        columns["yoy_3"] = quarter
        columns["yoy_3_change_3"] = change(quarter, 3)
        columns["below_peak"] = below_peak(np.log(trailing_sum(daily, 12)), PEAK_MONTHS)
        columns["volatility_12"] = volatility(yoy, 12)
        rows = known.positions(known.target)
        return {name: take(column, rows) for name, column in columns.items()}
