"""Which figures a panel holds, as one hash: the identity that records and stores go by."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from tradeshock.features.days.calendar import TradeCalendar, month_starts
from tradeshock.features.days.holidays import Days
from tradeshock.features.panel.catalog import Series
from tradeshock.features.panel.origins import known_from
from tradeshock.features.panel.release import LatestOf, ReleaseRule

# Months before the table and after it whose holidays count: models look a year back, and a
# forecast seldom more than five years ahead.
MONTHS_BEFORE, MONTHS_AFTER = 12, 60


def fingerprint(
    values: pd.DataFrame,
    catalog: Mapping[str, Series],
    calendar: TradeCalendar,
    origin: pd.Timestamp,
    learned_days: Iterable[tuple[str, int, np.datetime64]],
) -> str:
    """Hash of all that a forecast depends on: equal for panels that models cannot tell apart.

    Of each series its figures with their months, how they are measured (unit, adjustment,
    transform, window, nation, of what it is the early count), and the days on which its months
    were out. Days after the origin do not count: no model can have seen them, so a rule for
    months to come leaves the past as it was. Whether a series is late by its rule follows from the
    days up to the origin. Of the calendar each day off and each festival that was known, and the
    weight of Saturdays; of the origin the day.

    Neither the order of series nor months without any figure count, nor titles, publishers and
    other words of the catalog.

    Parameters
    ----------
    values : DataFrame
        Months by series, as they stood at the origin.
    catalog : mapping of str to Series
        An entry for every column.
    calendar : TradeCalendar
        As it was known at the origin.
    origin : Timestamp
    learned_days : iterable of (series, ordinal of a month, datetime64[D])
        Days that are not those of the release rule.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    digest = hashlib.sha256(str(origin.date()).encode())
    months, table = pd.PeriodIndex(values.index), values.to_numpy(dtype=float)
    there = ~np.isnan(table)
    rows = np.flatnonzero(there.any(axis=1))
    if len(rows):
        _add_calendar(digest, calendar, months[[rows[0], rows[-1]]])
    # One NaN and one zero: both have more than one pattern of bits. A row a series, in one piece.
    same_bits = np.ascontiguousarray(np.where(there, table + 0.0, np.nan).T)
    starts, stops = there.argmax(axis=0), len(table) - there[::-1].argmax(axis=0)
    first, today = months[0], np.datetime64(origin, "D")
    months = pd.period_range(first, max(months[-1], pd.Period(origin, "M")), freq="M")
    out: dict[ReleaseRule | LatestOf, Days] = {}
    for id, column in sorted((id, place) for place, id in enumerate(values.columns.tolist())):
        entry = catalog[id]
        measured = (entry.unit, entry.adjustment, entry.transform, entry.window)
        digest.update(repr((entry.id, *measured, entry.nation, entry.flash_of)).encode())
        if there[starts[column], column]:
            if (rule := entry.release) not in out:
                days = known_from(entry, months, first)
                out[rule] = np.where(days <= today, days, np.datetime64("NaT"))
            start, stop = int(starts[column]), int(stops[column])
            digest.update(f"{first.ordinal + start}..{first.ordinal + stop - 1}".encode())
            digest.update(same_bits[column, start:stop].data)
            digest.update(out[rule][start:].tobytes())
    for id, month, day in sorted(learned_days):
        if day <= today and id in values.columns:
            digest.update(f"{id} of {month} known on {day}".encode())
    return digest.hexdigest()


def _add_calendar(digest: hashlib._Hash, calendar: TradeCalendar, ends: pd.PeriodIndex) -> None:
    """Add the days off around the first and the last month."""
    first = pd.Timestamp(month_starts(ends[:1], ahead=-MONTHS_BEFORE)[0])
    last = pd.Timestamp(month_starts(ends[1:], ahead=MONTHS_AFTER + 1)[0] - 1)
    digest.update(f"{calendar.nation}, Saturday {calendar.saturday_weight!r}".encode())
    digest.update(calendar.days_off(first, last).tobytes())
    digest.update(calendar.days_made_up(first, last).tobytes())
    for name, days in calendar.festivals(first, last).items():
        digest.update(name.encode() + days.tobytes())
