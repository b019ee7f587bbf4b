"""Where months, series and figures stand in a grid: down the rows, across, or one figure a row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from tradeshock.features.errors import PanelError
from tradeshock.features.files.grid import Grid
from tradeshock.features.files.months import is_month, months_across, read_name
from tradeshock.features.files.numerals import MISSING
from tradeshock.features.files.shapes.headings import refuse_other_headings
from tradeshock.features.files.shapes.long_frame import DAY, FIGURE, ID
from tradeshock.features.files.shapes.year_rows import years_and_labels

TIME, VALUE, FREQUENCY = "TIME_PERIOD", "OBS_VALUE", "FREQ"
# What SDMX files say of single figures rather than of the series.
REMARKS = frozenset(
    [
        "OBS_STATUS", "OBS_FLAG", "OBS_CONF", "CONF_STATUS", "OBS_COM", "OBS_PRE_BREAK", "DECIMALS",
        "UNIT_MULT", "FLAG CODES", "FLAGS", "TIME", "LAST UPDATE", "OBSERVATION STATUS",
        "OBSERVATION VALUE", "TIME PERIOD", "DECIMALS", "UNIT MULTIPLIER",
        "CONFIDENTIALITY STATUS", FREQUENCY, "FREQUENCY", "FREQUENCY OF OBSERVATION",
    ]
)  # fmt: skip
# A single series of which a file gives no name, as in a table without one.
UNNAMED = "exports_total"


@dataclass(frozen=True)
class Cells:
    """Figures of a file, one a row: series, month and number still as text, and the line."""

    series: list[str]
    months: list[str]
    numbers: list[str]
    lines: list[int]


def cells_of(
    grid: Grid, series: Sequence[str] | None = None, month: Sequence[str] | None = None
) -> Cells:
    """Figures of a grid, whichever way it lies.

    Long, if it has columns TIME_PERIOD and OBS_VALUE (the names of OECD and IMF), or unique_id, ds
    and y (those of Nixtla), or `series` names the columns that say which series a row belongs to;
    wide, if the header holds months; years by months, if it holds January to December; otherwise
    one row a month, with a column for each series.

    Parameters
    ----------
    series : sequence of str, optional
        Columns that name the series of a row, in long and wide files. Default: the only one in
        which rows differ.
    month : sequence of str, optional
        Column of months, or columns of years and months, or of years where months stand across.
        Default: the first, or the first two if they hold years and names of months.

    Raises
    ------
    PanelError
        If a column is not there, it is in doubt which names the series, or months stand across
        and figures below another heading.
    """
    for name in (*(series or ()), *(month or ())):
        if name not in grid.header:
            raise PanelError(f"there is no column {name!r} in the header; it has {grid.header}")
    codes = [name.upper() for name in grid.header]
    if TIME in codes and VALUE in codes:
        return _long(grid, codes.index(TIME), codes.index(VALUE), series)
    if series is None and {ID, DAY, FIGURE} <= set(grid.header):
        return _long_by_name(grid, [ID], [DAY])
    across = [is_month(name) for name in grid.header]
    if sum(across) > 1 and not across[0]:
        refuse_other_headings(grid, across, series)
        return _wide(grid, across, series)
    if months_across(grid.header):
        return _years_by_months(grid, series, month)
    if series is not None:
        return _long_by_name(grid, series, month)
    return _tall(grid, month)


def _long_by_name(grid: Grid, series: Sequence[str], month: Sequence[str] | None) -> Cells:
    months = grid.header[0] if month is None else month[0]
    rest = [j for j, name in enumerate(grid.header) if name not in (*series, months)]
    if len(rest) != 1:
        raise PanelError(
            f"beside {months!r} and {list(series)} one column should hold the figures, but there "
            f"are {[grid.header[j] for j in rest]}; name all that tell series apart: series=[...]"
        )
    return _long(grid, grid.header.index(months), rest[0], series)


def _long(grid: Grid, time: int, value: int, series: Sequence[str] | None) -> Cells:
    rows = list(range(len(grid.rows)))
    codes = [name.upper() for name in grid.header]
    if FREQUENCY in codes:
        frequency = [cell.split(":")[0] for cell in grid.column(codes.index(FREQUENCY))]
        # only a month can have a place in the table
        rows = [i for i in rows if frequency[i] == "M"] or rows
    others = [j for j, code in enumerate(codes) if j not in (time, value) and code not in REMARKS]
    name = _namer(grid, rows, others, series, alone=grid.header[value])
    return Cells(
        [name(i) for i in rows],
        [grid.rows[i][time] for i in rows],
        [grid.rows[i][value] for i in rows],
        [grid.lines[i] for i in rows],
    )


def _wide(grid: Grid, across: list[bool], series: Sequence[str] | None) -> Cells:
    labels = [j for j, month in enumerate(across) if not month]
    name = _namer(grid, range(len(grid.rows)), labels, series, alone=None)
    found = Cells([], [], [], [])
    for i, row in enumerate(grid.rows):
        for j in np.flatnonzero(across):
            found.series.append(name(i))
            found.months.append(grid.header[j])
            found.numbers.append(row[j])
            found.lines.append(grid.lines[i])
    return found


def _years_by_months(
    grid: Grid, series: Sequence[str] | None, month: Sequence[str] | None
) -> Cells:
    years, labels = years_and_labels(grid, series, month)
    alone = None if labels else UNNAMED
    name = _namer(grid, range(len(grid.rows)), labels, series, alone)
    across = months_across(grid.header).items()
    cells = {
        (i, j): f"{years[i]}-{number:02d}" for i in range(len(grid.rows)) for j, number in across
    }
    full = [month for (i, j), month in cells.items() if grid.rows[i][j] not in MISSING]
    found = Cells([], [], [], [])
    for (i, j), month in cells.items():
        # The rest of the running year, and what lies before the first figure, are no months yet.
        if full and min(full) <= month <= max(full):
            found.series.append(name(i))
            found.months.append(month)
            found.numbers.append(grid.rows[i][j])
            found.lines.append(grid.lines[i])
    return found


def _namer(
    grid: Grid,
    rows: Sequence[int],
    labels: list[int],
    series: Sequence[str] | None,
    alone: str | None,
) -> Callable[[int], str]:
    """What tells the series of a row, from the columns that may."""
    if series is not None:
        keys = [grid.header.index(name) for name in series]
        return lambda i: ".".join(grid.rows[i][j] for j in keys)
    columns = {j: [grid.rows[i][j] for i in rows] for j in labels}
    varying = [j for j in labels if len(set(columns[j])) > 1]
    # A code and its label say the same: the first stands for both.
    kept: list[int] = []
    for j in varying:
        pairs = [(len({*zip(columns[k], columns[j], strict=True)}), k) for k in kept]
        same = any(n == len(set(columns[j])) == len(set(columns[k])) for n, k in pairs)
        if not same:
            kept.append(j)
    if not kept and alone is None:
        kept = labels[:1]
    if len(kept) > 1:
        names = [grid.header[j] for j in kept]
        raise PanelError(
            f"rows differ in the columns {names}; say which tell series apart, their words joined "
            f"by points: series={names}"
        )
    if not kept:
        return lambda i: str(alone)
    return lambda i: grid.rows[i][kept[0]]


def _tall(grid: Grid, month: Sequence[str] | None) -> Cells:
    if month is None:
        columns = [0, 1] if _years_and_names(grid) else [0]
    else:
        columns = [grid.header.index(name) for name in month]
    months = grid.column(columns[0])
    if len(columns) == 2:
        months = [_joined(y, m) for y, m in zip(months, grid.column(columns[1]), strict=True)]
    figures = [j for j in range(len(grid.header)) if j not in columns]
    if not figures:
        raise PanelError(f"beside the months in {grid.header} there is no column of figures")
    found = Cells([], [], [], [])
    for j in figures:
        found.series.extend([grid.header[j]] * len(months))
        found.months.extend(months)
        found.numbers.extend(grid.column(j))
        found.lines.extend(grid.lines)
    return found


def _years_and_names(grid: Grid) -> bool:
    if len(grid.header) < 3:
        return False
    years = all(cell.isdigit() and len(cell) == 4 for cell in grid.column(0))
    return years and all(read_name(cell) is not None for cell in grid.column(1))


def _joined(year: str, name: str) -> str:
    number = read_name(name)
    return f"{year}-{name}" if number is None else f"{year}-{number:02d}"
