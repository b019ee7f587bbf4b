"""What a clean table cannot mean: counts above their totals, lost digits, months to come."""

from __future__ import annotations

import warnings

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.days.calendar import WINDOWS, TradeCalendar, month_starts
from tradeshock.features.days.holidays import Days
from tradeshock.features.errors import CalendarWarning, OddFigureWarning, PanelError
from tradeshock.features.panel.catalog import Catalog
from tradeshock.features.panel.validation import Floats, first_and_last


def warn_before_calendar(values: pd.DataFrame, catalog: Catalog, calendar: TradeCalendar) -> None:
    """Say so where figures begin before the holidays of their nation are known.

    Working days are taken off unadjusted figures alone: world series beside them, such as market
    prices, may begin earlier.

    Warns
    -----
    CalendarWarning
        With the month from which they are.
    """
    months = pd.PeriodIndex(values.index)
    counted = any(catalog[str(id)].adjustment == "NSA" for id in values)
    if counted and months[0] < calendar.known_from:
        warnings.warn(
            f"the figures begin in {months[0]}, the holidays of "
            f"{calendar.nation or 'the calendar'} in {calendar.known_from}: before that every "
            "weekday counts as a working day",
            CalendarWarning,
            stacklevel=3,
        )


# In logs a figure is odd beyond a factor of e below the last year's range, or e squared above it
# (prices and indices leap, they seldom fall that way), if the series has never moved like that.
BELOW, ABOVE, MOVES = 1.0, 2.0, 2.5
LEVEL_MOVES = 10.0
YEAR, FEWEST_MONTHS = 12, 24
LARGEST_MOVES = 3
# Smallest part of its month that an early count can be: the first ten days of ships are 0.8 %.
SMALLEST_SHARE = 0.002


def refuse_contradictions(values: pd.DataFrame, catalog: Catalog) -> None:
    """Compare early counts with their own totals, and with each other.

    Raises
    ------
    PanelError
        If a count is above the month of which it is a part, above a later count, or so small a
        part of all its months that it must be in another unit.
    """
    for id in values.columns:
        entry = catalog[id]
        if entry.flash_of is None or catalog[id].transform != "log":
            continue
        if entry.flash_of in values:
            _refuse_above(values, id, entry.flash_of, "the whole month")
            shares = values[id].to_numpy() / values[entry.flash_of].to_numpy()
            shares = shares[~np.isnan(shares)]
            if len(shares) and (share := np.median(shares)) < SMALLEST_SHARE:
                raise PanelError(
                    f"{id} is {share:.2g} of {entry.flash_of} in the middle of its months; give "
                    "both in one unit"
                )
        later = catalog.flash(entry.flash_of).get("first_20_days")
        if entry.window == "first_10_days" and later in values:
            _refuse_above(values, id, str(later), "the first 20 days")


def _refuse_above(values: pd.DataFrame, part: str, whole: str, meant: str) -> None:
    a, b = values[part].to_numpy(), values[whole].to_numpy()
    above = np.flatnonzero(a > b)
    if len(above):
        row = above[0]
        raise PanelError(
            f"{part} is {a[row]:,.10g} in {values.index[row]}, more than {meant} ({whole}: "
            f"{b[row]:,.10g}); give both in one unit, or correct the one that is wrong"
        )


def warn_of_odd_figures(values: pd.DataFrame, catalog: Catalog) -> None:
    """Compare each series with its own past, and its first two years with what came after.

    Growth alone is never odd: a figure is only if it lies far outside the range of the twelve
    months before and the series has never before moved in a comparable way.

    Warns
    -----
    OddFigureWarning
        Once a series, of the first such figure.
    """
    for id, column in zip(values.columns, values.to_numpy().T, strict=True):
        rows = first_and_last(column)
        if rows is None:
            continue
        figures = column[rows[0] : rows[1] + 1]
        row = _first_odd(figures, logs=catalog[id].transform == "log")
        if row is None:
            continue
        side = slice(max(0, row - YEAR), row) if row >= FEWEST_MONTHS else slice(row + 1, row + 13)
        when = "before" if row >= FEWEST_MONTHS else "after"
        near = figures[side]
        warnings.warn(
            f"{id} is {figures[row]:,.10g} in {values.index[rows[0] + row]}, far outside the "
            f"{near.min():,.10g} to {near.max():,.10g} of the months {when}, and it has never "
            "moved like that: is a digit lost, or the unit another from there on?",
            OddFigureWarning,
            stacklevel=4,
        )


def _first_odd(figures: Floats, *, logs: bool) -> int | None:
    """Row of the first odd figure; None where all are usual."""
    if len(figures) <= FEWEST_MONTHS:
        return None
    x = np.log(figures) if logs else figures
    early = np.flatnonzero(_odd(x[::-1], logs)[::-1][:FEWEST_MONTHS])
    if len(early):
        # Where a unit changes, the months before it look odd from after: the last of them.
        return int(early[-1])
    late = np.flatnonzero(_odd(x, logs))
    return int(late[0]) if len(late) else None


def _odd(x: Floats, logs: bool) -> npt.NDArray[np.bool_]:
    """Whether each figure is odd after those before it; never in the first two years."""
    before = np.lib.stride_tricks.sliding_window_view(x, YEAR)[:-1]
    rows = np.arange(YEAR, len(x))
    found = np.zeros(len(x), dtype=bool)
    below = before.min(axis=1) - x[rows]
    above = x[rows] - before.max(axis=1)
    if not ((below > BELOW * logs) | (above > ABOVE * logs)).any():
        # Most series: then it does not matter how they have moved.
        return found
    moves = np.zeros(len(x))
    largest = [0.0] * LARGEST_MOVES
    for row, move in enumerate(np.abs(np.diff(x)).tolist()):
        # moves[row + 1] knows the moves up to `row` but not the one into row + 1
        moves[row + 1] = largest[0]
        if move > largest[0]:
            largest = sorted([*largest[1:], move])
    own = moves[rows]
    if logs:
        odd = (below > np.maximum(BELOW, MOVES * own)) | (above > np.maximum(ABOVE, MOVES * own))
    else:
        odd = (np.maximum(below, above) > LEVEL_MOVES * own) & (own > 0.0)
    found[rows] = odd
    found[:FEWEST_MONTHS] = False
    return found


# A month may be counted before its last days, if a weekend ends it.
DAYS_AHEAD = 3


def refuse_yet_to_come(values: pd.DataFrame, catalog: Catalog, today: pd.Timestamp) -> None:
    """Demand that the days that a figure counts are over, or that its rule has let it out.

    So a desk may give a figure before the day of its rule, but none of a month that has days to
    go, beyond a last weekend.

    Parameters
    ----------
    values : DataFrame, months by series
    today : Timestamp
        Day on which the figures are given.

    Raises
    ------
    PanelError
        If there is such a figure; the message names the first.
    """
    months, day = pd.PeriodIndex(values.index), np.datetime64(today, "D")
    for id in values.columns:
        entry = catalog[id]
        goes_on = _ends(months, entry.window) - DAYS_AHEAD > day
        wrong = goes_on & (entry.release.dates(months) > day) & values[id].notna().to_numpy()
        if wrong.any():
            first, *others = months[wrong]
            until = f" to {others[-1]}" if others else ""
            raise PanelError(
                f"{id} has figures for {first}{until}, but it is {day}: what they count is not "
                "over, and the release rule does not let them out yet; leave out what is yet to "
                "come, such as plans and zeros"
            )


def _ends(months: pd.PeriodIndex, window: str) -> Days:
    """Last day that a count of each month takes in."""
    last = WINDOWS[window][1]
    return month_starts(months, ahead=1) - 1 if last is None else month_starts(months) + (last - 1)
