"""A figure as its publisher announces it: month, value, growth on a year before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from tradeshock.features.panel.panel import Panel

COUNTED = {
    "month": "{month}",
    "first_10_days": "first 10 days of {month}",
    "first_20_days": "first 20 days of {month}",
}


@dataclass(frozen=True)
class LastFigure:
    """A published figure and its growth.

    Parameters
    ----------
    what : str
        Month, or first days of a month, in words.
    month : Period
    value : float
        In the series' unit.
    yoy : float
        Growth on the same count a year before, per cent; NaN where that is missing, and of a
        series in levels, whose growth in per cent means nothing.
    yoy_daily : float
        The same of the average of a working day; NaN also of what does not add up over days, such
        as prices, and where the publisher has taken working days out.
    """

    what: str
    month: pd.Period
    value: float
    yoy: float
    yoy_daily: float

    @classmethod
    def last(cls, panel: Panel, id: str, until: pd.Period | None = None) -> LastFigure:
        """Return the last published figure of a series of a panel, or that until a month."""
        figures = panel.series(id).loc[:until]
        entry = panel.catalog[id]
        month, window = figures.index[-1], entry.window
        now, before = float(figures.iloc[-1]), float(figures.get(month - 12, np.nan))
        if not entry.is_relative:
            before = np.nan
        days = panel.calendar.working_days(pd.PeriodIndex([month, month - 12], freq="M"), window)
        ratio = days[1] / days[0]
        return cls(
            what=COUNTED[window].format(month=month.strftime("%B %Y")),
            month=month,
            value=now,
            yoy=100.0 * (now / before - 1.0),
            yoy_daily=100.0 * (now / before * ratio - 1.0) if entry.counts_days else np.nan,
        )
