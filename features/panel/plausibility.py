"""What is odd about a table though nothing forbids it."""

from __future__ import annotations

import warnings

import pandas as pd

from tradeshock.features.days.calendar import TradeCalendar
from tradeshock.features.errors import CalendarWarning


def warn_before_calendar(index: pd.Index, calendar: TradeCalendar) -> None:
    """Say so where figures begin before the holidays of their nation are known.

    Warns
    -----
    CalendarWarning
        With the month from which they are.
    """
    months = pd.PeriodIndex(index)
    if months[0] < calendar.known_from:
        warnings.warn(
            f"the figures begin in {months[0]}, the holidays of "
            f"{calendar.nation or 'the calendar'} in {calendar.known_from}: before that every "
            "weekday counts as a working day",
            CalendarWarning,
            stacklevel=3,
        )
