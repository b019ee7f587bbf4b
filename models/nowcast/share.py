"""What share of a month its first days carry: the rest of the month given what is in."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.days.calendar import TradeCalendar
from tradeshock.features.panel.panel import FLASH_STATES, Panel
from tradeshock.models.adjustment import huber_regression, moving_edges

Floats = npt.NDArray[np.float64]
HALF_LIFE = 60.0
FEWEST_MONTHS = 12
# Prior precision in months: a quarter's end takes a month's evidence, a single month's effect and
# the days around a moving holiday two.
ELASTICITY, QUARTER_END, HOLIDAY, MONTH = 0.25, 1.0, 2.0, 2.0


def share_nowcast(panel: Panel, target: str, state: str, parts: tuple[str, ...]) -> float | None:
    """Log of the running month as its early counts imply, part by part.

    Each part, and what remains of the target without them, is its early count over the share
    that its first days usually carry, given working days, the end of a quarter, the days before
    and after moving holidays that are still to come, and the month.

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
    window = FLASH_STATES[state]
    whole, early = panel.values[target], panel.values[panel.catalog.flash(target)[window]]
    month = panel.last_month(target) + 1
    total = 0.0
    for part in parts:
        flash = panel.values[panel.catalog.flash(part)[window]]
        level = _extrapolate(panel, panel.values[part], flash, month, window)
        if level is None:
            return None
        total += np.exp(level)
        whole, early = whole - panel.values[part], early - flash
    level = _extrapolate(panel, whole, early, month, window)
    return None if level is None else float(np.log(total + np.exp(level)))


def _extrapolate(
    panel: Panel, whole: pd.Series, early: pd.Series, month: pd.Period, window: str
) -> float | None:
    """Log of a month from its early count, by a robust and shrunk regression of past shares."""
    past = (np.log(whole) - np.log(early)).dropna()
    past = past[past.index < month]
    if len(past) < FEWEST_MONTHS:
        return None
    months = pd.PeriodIndex([*past.index, month], freq="M")
    stretch, columns, penalty = _regressors(months, panel.calendar, window)
    # penalties as rows of their own, with outcome zero: the share goes with the working days
    x = np.vstack([columns[:-1], np.diag(np.sqrt(penalty))[1:]])
    y = np.concatenate([past.to_numpy() - stretch[:-1], np.zeros(len(penalty) - 1)])
    age = np.arange(len(past))[::-1]
    weights = np.concatenate([0.5 ** (age / HALF_LIFE), np.ones(len(penalty) - 1)])
    coefs = huber_regression(x, y, weights)
    return float(
        np.log(early.reindex(months[-1:]).to_numpy()[0]) + stretch[-1] + columns[-1] @ coefs
    )


def _regressors(
    months: pd.PeriodIndex, calendar: TradeCalendar, window: str
) -> tuple[Floats, Floats, Floats]:
    """Log of the month's working days over those counted, columns, prior precision of each."""
    days = calendar.working_days(months, "month")
    counted = np.maximum(calendar.working_days(months, window), 0.5)
    stretch = np.log(days / counted)
    edges = moving_edges(months, calendar, "month") - moving_edges(months, calendar, window)
    month_of_year = months.month.to_numpy()[:, None]
    columns = np.column_stack(
        [
            np.ones(len(months)),
            stretch,
            months.month % 3 == 0,
            edges,
            month_of_year == np.arange(1, 13),
        ]
    ).astype(float)
    penalty = [0.0, ELASTICITY, QUARTER_END, *[HOLIDAY] * edges.shape[1], *[MONTH] * 12]
    return stretch, columns, np.array(penalty)
