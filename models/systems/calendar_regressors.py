"""Calendar effects as regressors of growth, for systems that estimate them with all else."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.days.calendar import TradeCalendar
from tradeshock.features.panel.validation import months_of
from tradeshock.models.adjustment import calendar_columns

__all__ = ["calendar_regressors"]

Floats = npt.NDArray[np.float64]


def calendar_regressors(months: pd.PeriodIndex, calendar: TradeCalendar | None) -> Floats:
    """Exogenous columns of growth: a constant, then changes of calendar effects.

    Parameters
    ----------
    months : PeriodIndex
        Consecutive months.
    calendar : TradeCalendar or None
        Working days and moving holidays; None gives the constant alone.

    Returns
    -------
    ndarray, shape (months, columns)
    """
    constant = np.ones((len(months), 1))
    if calendar is None:
        return constant
    first = int(months.asi8[0]) - 1
    span = months_of(np.arange(first, first + 1 + len(months)))
    columns = calendar_columns(span, calendar, "month")
    return np.hstack([constant, np.diff(columns, axis=0)])
