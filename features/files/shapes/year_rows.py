"""Tables with a row for each year, and the twelve months of a year across."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tradeshock.features.errors import PanelError
from tradeshock.features.files.grid import Grid
from tradeshock.features.files.months import months_across

_YEAR = re.compile(r"((?:1[6-9]|2[01])\d\d)\s?[년年]?")
# What publishers call sums and means over months, which are no months.
_OVER_MONTHS = re.compile(
    r"((year|yearly|annual|grand)[\s_-]*)?(total|sum|average|avg|mean|ytd)|annual|full year"
    r"|jan\w*\s?[-–]\s?dec\w*|year to date|summe|insgesamt|합계|계|총계|연간|[qh][1-4]|[1-4][qh]",
    re.IGNORECASE,
)


def years_and_labels(
    grid: Grid, series: Sequence[str] | None, month: Sequence[str] | None
) -> tuple[list[int], list[int]]:
    """Find what stands beside the months: the year of each row, and the columns that may name it.

    Parameters
    ----------
    grid : Grid
        Whose header has the twelve months (see `months_across`).
    series : sequence of str, optional
        Columns that name the series of a row.
    month : sequence of str, optional
        Column of the years. Default: the only one in which all cells are years.

    Returns
    -------
    years : list of int
        Of each row.
    labels : list of int
        Columns, counted from 0, without sums over months ("Total", "Annual", "Q1").

    Raises
    ------
    PanelError
        If the months do not begin with January, no column holds years or several do, or a column
        behind the first month is neither a month nor called a sum of months.
    """
    months = months_across(grid.header)
    if list(months.values()) != sorted(months.values()):
        first = grid.header[next(iter(months))]
        raise PanelError(
            f"the months across begin with {first!r}, so that a row may be a fiscal year; give "
            "calendar years, January to December, or one row a month"
        )
    beside = [j for j in range(len(grid.header)) if j not in months]
    labels = [j for j in beside if not _OVER_MONTHS.fullmatch(grid.header[j])]
    named = [j for j in labels if j < min(months) or grid.header[j] in (series or ())]
    if odd := [grid.header[j] for j in labels if j not in named]:
        raise PanelError(
            f"the column {odd[0]!r} stands behind the months 1 to 12 and is no month; name it "
            f"'Total' if it is a sum of them, or say that it names series: series={odd[0]!r}"
        )
    place = _place_of_years(grid, [j for j in named if grid.header[j] not in (series or ())], month)
    return [_year(grid, i, place) for i in range(len(grid.rows))], [j for j in named if j != place]


def _place_of_years(grid: Grid, candidates: list[int], month: Sequence[str] | None) -> int:
    if month is not None:
        return grid.header.index(month[0])
    found = [j for j in candidates if all(_YEAR.fullmatch(cell) for cell in grid.column(j))]
    if len(found) > 1:
        names = [grid.header[j] for j in found]
        raise PanelError(
            f"all of the columns {names} may hold the years; say which: month={names[0]!r}"
        )
    if not found and not candidates:
        raise PanelError(f"beside the months in {grid.header} there is no column of years")
    return found[0] if found else candidates[0]


def _year(grid: Grid, i: int, j: int) -> int:
    found = _YEAR.fullmatch(grid.rows[i][j])
    if found is None:
        raise PanelError(
            f"line {grid.lines[i]}: {grid.rows[i][j]!r} in the column {grid.header[j]!r} is no "
            "year, and the months stand across; say which column holds the years (month='Year'), "
            "or how many rows of notes stand below (footer=2)"
        )
    return int(found[1])
