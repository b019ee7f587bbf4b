"""What share of a month its first days carry: the rest of the month given what is in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.days.calendar import TradeCalendar
from tradeshock.features.panel.panel import Panel
from tradeshock.models.adjustment import huber_regression
from tradeshock.models.nowcast.counts import CountHistory, Counts, DayTable, day_table

Floats = npt.NDArray[np.float64]
HALF_LIFE = 60.0
FEWEST_MONTHS = 12
# Prior precision in months: a quarter's end takes a month's evidence, a single month's effect and
# the days around a moving holiday two.
ELASTICITY, QUARTER_END, HOLIDAY, MONTH = 0.25, 1.0, 2.0, 2.0


@dataclass(frozen=True, eq=False)
class Shares:
    """What share of a month its first days usually carry, part by part.

    Given working days, the end of a quarter, the days before and after moving holidays that are
    still to come, and the month: a robust and shrunk regression of past shares.

    Parameters
    ----------
    coefs : tuple of ndarray
        Coefficients of the columns, one array a part; that of what remains comes last.
    """

    coefs: tuple[Floats, ...]

    @classmethod
    def learn(cls, counts: Counts, month: pd.Period) -> Shares | None:
        """Learn from the months before one; None where fewer than 12 are known of some part."""
        before = max(int(month.ordinal - counts.months[0]), 0)
        given = (counts.calendar, counts.window, int(counts.months[0]), int(counts.months[-1]))
        coefs = []
        for whole, early in counts.shares():
            past = np.log(whole[:before]) - np.log(early[:before])
            rows = np.flatnonzero(~np.isnan(past))
            if len(rows) < FEWEST_MONTHS:
                return None
            coefs.append(_coefs(past[rows].tobytes(), rows.tobytes(), *given))
        return cls(tuple(coefs))

    def nowcast(self, counts: Counts, month: pd.Period) -> float:
        """Log of a month as its early counts imply; NaN where one of them is not out."""
        row = np.array([month.ordinal - counts.months[0]])
        stretch, columns = _columns(row, counts.days)
        total = 0.0
        for coefs, (_, early) in zip(self.coefs, counts.shares(), strict=True):
            total += float(np.exp(np.log(early[row[0]]) + stretch[0] + columns[0] @ coefs))
        return float(np.log(total))


def share_nowcast(panel: Panel, target: str, state: str, parts: tuple[str, ...]) -> float | None:
    """Log of the running month as its early counts imply, part by part.

    Each part, and what remains of the target without them, is its early count over the share
    that its first days usually carry (see `Shares`).

    Parameters
    ----------
    panel : Panel
        As it stood at the origin; the early count of the running month is its last.
    target : str
    state : str
    parts : tuple of str
        Series that are part of the target and have early counts of their own.

    Returns
    -------
    float or None
        None where fewer than 12 months of both are known.
    """
    counts = CountHistory.read(panel, target, state, parts).as_of(panel.origin)
    month = panel.last_month(target) + 1
    shares = Shares.learn(counts, month)
    return None if shares is None else shares.nowcast(counts, month)


# Bridges on several carriers, and origins of a backtest, read the same months.
@lru_cache(maxsize=4096)
def _coefs(
    past: bytes, rows: bytes, calendar: TradeCalendar, window: str, first: int, last: int
) -> Floats:
    """Coefficients of `_columns`, of log shares in some rows of the months from one to another."""
    y = np.frombuffer(past)
    days = day_table(calendar, window, first, last)
    stretch, columns = _columns(np.frombuffer(rows, dtype=np.intp), days)
    edges = days.edges.shape[1]
    penalty = np.array([0.0, ELASTICITY, QUARTER_END, *[HOLIDAY] * edges, *[MONTH] * 12])
    # penalties as rows of their own, with outcome zero: the share goes with the working days
    x = np.vstack([columns, np.diag(np.sqrt(penalty))[1:]])
    outcome = np.concatenate([y - stretch, np.zeros(len(penalty) - 1)])
    age = np.arange(len(y))[::-1]
    weights = np.concatenate([0.5 ** (age / HALF_LIFE), np.ones(len(penalty) - 1)])
    return huber_regression(x, outcome, weights)


def _columns(rows: npt.NDArray[np.intp], days: DayTable) -> tuple[Floats, Floats]:
    """Log of the month's working days over those counted, and the columns of the regression."""
    stretch = np.log(days.whole[rows] / days.counted[rows])
    month = days.months[rows] % 12 + 1
    columns = np.column_stack(
        [
            np.ones(len(rows)),
            stretch,
            month % 3 == 0,
            days.edges[rows],
            month[:, None] == np.arange(1, 13),
        ]
    ).astype(float)
    return stretch, columns
