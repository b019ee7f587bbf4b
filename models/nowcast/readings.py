"""Months as their early counts implied them, each read as of its own origin."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import pandas as pd

from tradeshock.features.panel.panel import FLASH_STATES, Panel
from tradeshock.models.nowcast.counts import CountHistory, Counts
from tradeshock.models.nowcast.share import Shares

Reading = tuple[float, float]


def counted_months(panel: Panel, target: str, state: str) -> pd.PeriodIndex:
    """Months to be read in a state: from a year after the first count to the running month."""
    flash = panel.catalog.flash(target).get(FLASH_STATES[state], "")
    if flash not in panel or not panel.values[flash].notna().any():
        return pd.PeriodIndex([], freq="M")
    months = pd.PeriodIndex(panel.series(flash).index)
    return months[(months >= months[0] + 12) & (months <= panel.last_month(target) + 1)]


def readings(
    panel: Panel, target: str, state: str, parts: Sequence[str], months: pd.PeriodIndex
) -> list[Reading]:
    """Log of each month as its early count implied at its own origin, by ratio and by share.

    Both depend on figures alone, so that bridges on several carriers share them.

    Parameters
    ----------
    panel : Panel
    target : str
    state : str
        One with early counts.
    parts : sequence of str
        Parts of the target whose early counts are read apart, as far as the panel has them.
    months : PeriodIndex
        Some of `counted_months`.

    Returns
    -------
    list of (ratio, share)
        NaN where too little was known.
    """
    history = CountHistory.read(panel, target, state, parts)
    return list(_readings(history, tuple(months), tuple(panel.origin_days(months, state, target))))


# In a backtest several bridges read the same months of the same panel.
@lru_cache(maxsize=32)
def _readings(
    history: CountHistory, months: tuple[pd.Period, ...], days: tuple[np.datetime64, ...]
) -> tuple[Reading, ...]:
    counts = [history.as_of(pd.Timestamp(day)) for day in days]
    learned = Shares.learn_each(counts, months)
    return tuple(
        (ratio(cut, month), np.nan if shares is None else shares.nowcast(cut, month))
        for cut, month, shares in zip(counts, months, learned, strict=True)
    )


def ratio(counts: Counts, month: pd.Period) -> float:
    """Log of a month by the growth of its early count a working day (see `ratio_nowcast`)."""
    now = int(month.ordinal - counts.months[0])
    if now < 12:
        return np.nan
    rows, days = np.array([now, now - 12]), counts.days
    rate = np.log(counts.early[rows, 0] / days.counted[rows] * days.whole[rows])
    return float(np.log(counts.whole[now - 12, 0]) + rate[0] - rate[1])
