"""Months as their early counts implied them, each read as of its own origin."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from tradeshock.features.panel.panel import FLASH_STATES, Panel
from tradeshock.models.nowcast.counts import CountHistory, Counts
from tradeshock.models.nowcast.share import Shares

COLUMNS = ["ratio", "share"]


def readings(panel: Panel, target: str, state: str, parts: Sequence[str]) -> pd.DataFrame:
    """Log of each month as its early counts implied at its own origin in a state.

    They depend on figures alone, so that bridges on several carriers share them.

    Parameters
    ----------
    panel : Panel
    target : str
    state : str
        One with early counts.
    parts : sequence of str
        Parts of the target whose early counts are read apart, as far as the panel has them.

    Returns
    -------
    DataFrame, months by (ratio, share)
        From a year after the first count to the month after the target's last published one, as
        far as its count is out. Months whose share cannot be learned yet are left out.
    """
    flash = panel.catalog.flash(target).get(FLASH_STATES[state], "")
    rows = {}
    if flash in panel and panel.values[flash].notna().any():
        counted = pd.PeriodIndex(panel.series(flash).index)
        last = panel.last_month(target) + 1
        months = counted[(counted >= counted[0] + 12) & (counted <= last)]
        history = CountHistory.read(panel, target, state, parts)
        days = pd.DatetimeIndex(panel.origin_days(months, state, target))
        for month, day in zip(months, days, strict=True):
            counts = history.as_of(day)
            shares = Shares.learn(counts, month)
            pair = (ratio(counts, month), shares.nowcast(counts, month) if shares else np.nan)
            if np.isfinite(pair).all():
                rows[month] = pair
    index = pd.PeriodIndex(list(rows), freq="M")
    return pd.DataFrame(list(rows.values()), index, COLUMNS, dtype=float)


def ratio(counts: Counts, month: pd.Period) -> float:
    """Log of a month by the growth of its early count a working day (see `ratio_nowcast`)."""
    now = int(month.ordinal - counts.months[0])
    if now < 12:
        return np.nan
    rows, days = np.array([now, now - 12]), counts.days
    rate = np.log(counts.early[rows, 0] / days.counted[rows] * days.whole[rows])
    return float(np.log(counts.whole[now - 12, 0]) + rate[0] - rate[1])
