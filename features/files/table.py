"""A file of monthly figures as a table: one row a month, one column a series."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TypedDict

import numpy as np
import pandas as pd

from tradeshock.features.errors import PanelError
from tradeshock.features.files.delimited import split_rows
from tradeshock.features.files.grid import Grid, Row
from tradeshock.features.files.months import read_months
from tradeshock.features.files.numerals import MISSING, notation_of, number, reads, value_of
from tradeshock.features.files.options import refuse_odd_options
from tradeshock.features.files.shapes.layout import Cells, cells_of
from tradeshock.features.files.text import read_text
from tradeshock.features.files.workbook import PARQUET, is_workbook, parquet_rows, sheet_rows

# How FRED-MD writes which series are modelled in logs: codes 4, 5 and 6.
CODES = "transform:"
TRANSFORM = {"1": "level", "2": "level", "3": "level", "7": "level"} | dict.fromkeys("456", "log")

Mark = str | float


class Reading(TypedDict, total=False):
    """How a file is to be read, where it is in doubt.

    Parameters
    ----------
    sep : str
        Character between fields, such as ";".
    decimal, thousands : str
        Marks in numbers, such as "," and ".".
    encoding : str
        Such as "cp949", "cp1252" or "cp932".
    month_format : str
        How months are written, as for `datetime.strptime`, such as "%d/%m/%Y".
    header : int or tuple of int
        Line of the header, counted from 1, or the lines whose words make it together.
    footer : int
        Number of rows of notes at the end.
    names : sequence of str
        Names of all columns, in a file without a header.
    month : str or sequence of str
        Column of months, or the two of years and of months.
    series : str or sequence of str
        Columns that name the series of a row, in long and wide files.
    columns : sequence of str, or mapping of str to str
        Series that are kept, or their new ids by their names in the file.
    missing : str, number or sequence of them
        Marks of figures that are not there, beside those that everybody uses. One that is a
        number stands for it however it is written: 0 is 0.0 too.
    sheet : str
        Sheet of a workbook.
    """

    sep: str | None
    decimal: str | None
    thousands: str | None
    encoding: str | None
    month_format: str | None
    header: int | tuple[int, ...] | None
    footer: int
    names: Sequence[str] | None
    month: str | Sequence[str] | None
    series: str | Sequence[str] | None
    columns: Sequence[str] | Mapping[str, str] | None
    missing: Mark | Collection[Mark]
    sheet: str | None


@dataclass(frozen=True)
class Table:
    """What a file holds.

    Attributes
    ----------
    values : DataFrame
        Months in order by series, NaN where there is no figure. Months that the file leaves out
        are not in it.
    transform : dict of str to str
        "log" or "level" of the series of which the file says so.
    """

    values: pd.DataFrame
    transform: dict[str, str]


def read_table(path: str | PathLike[str], reading: Reading) -> Table:
    """Read a file of monthly figures: text, a workbook (.xlsx, .ods, ...) or Parquet.

    Raises
    ------
    PanelError
        If there is not exactly one way to read it; the message names the line and what to say.
    """
    refuse_odd_options(reading, Reading.__annotations__)
    if not isinstance(path, str | PathLike):
        raise PanelError(f"got {path!r} as a file; give its path, such as 'exports.csv'")
    file = Path(path)
    if file.is_dir():
        raise PanelError(f"{file} is a folder; give a file in it")
    try:
        grid = _grid(file, reading)
        grid, transform = _without_codes(grid)
        cells = cells_of(grid, _several(reading.get("series")), _several(reading.get("month")))
        cells = _chosen(cells, reading.get("columns"))
        _refuse_nameless(cells)
        values = _values(cells, reading, grid.plain_numbers)
    except PanelError as error:
        if str(error).startswith(file.name):
            raise
        raise PanelError(f"{file.name}: {error}") from error
    return Table(values, {id: code for id, code in transform.items() if id in values})


def _grid(file: Path, reading: Reading) -> Grid:
    header, sep, sheet = reading.get("header"), ",", reading.get("sheet")
    if sheet is not None and not is_workbook(file):
        raise PanelError(f"it is no workbook and has no sheets; leave out sheet={sheet!r}")
    if is_workbook(file):
        rows: list[Row] = sheet_rows(file, sheet)
    elif file.suffix.lower() in PARQUET:
        rows = parquet_rows(file)
    else:
        text = read_text(file, reading.get("encoding"))
        top = header[-1] if isinstance(header, tuple) else header
        rows, sep = split_rows(text, reading.get("sep"), top)
    return Grid.from_rows(
        rows,
        header=header,
        names=reading.get("names"),
        footer=reading.get("footer") or 0,
        plain_numbers=sep == ",",
    )


def _several(names: Mark | Collection[Mark] | None) -> list[str] | None:
    """One or several names or marks, of which some may be numbers, as texts."""
    if names is None:
        return None
    return [str(each) for each in ([names] if isinstance(names, str | float | int) else names)]


def _without_codes(grid: Grid) -> tuple[Grid, dict[str, str]]:
    """Grid without the row of codes that FRED-MD has below its header, and what they say."""
    if not grid.rows or grid.rows[0][0].lower() != CODES:
        return grid, {}
    codes = dict(zip(grid.header[1:], grid.rows[0][1:], strict=True))
    if odd := [id for id, code in codes.items() if code.removesuffix(".0") not in TRANSFORM]:
        raise PanelError(
            f"line {grid.lines[0]}: the code {codes[odd[0]]!r} of {odd[0]} is no transformation; "
            "give whole numbers from 1 to 7"
        )
    rest = Grid(grid.header, grid.lines[1:], grid.rows[1:], grid.plain_numbers)
    return rest, {id: TRANSFORM[code.removesuffix(".0")] for id, code in codes.items()}


def _chosen(cells: Cells, columns: Sequence[str] | Mapping[str, str] | None) -> Cells:
    if columns is None:
        return cells
    if isinstance(columns, str):
        columns = [columns]
    ids = dict(columns) if isinstance(columns, Mapping) else {name: name for name in columns}
    there = list(dict.fromkeys(cells.series))
    if missing := [name for name in ids if name not in there]:
        raise PanelError(f"there is no series {missing[0]!r} in it; there are {there[:12]}")
    rows = [i for i, name in enumerate(cells.series) if name in ids]
    return Cells(
        [ids[cells.series[i]] for i in rows],
        [cells.months[i] for i in rows],
        [cells.numbers[i] for i in rows],
        [cells.lines[i] for i in rows],
    )


def _refuse_nameless(cells: Cells) -> None:
    if "" in cells.series:
        raise PanelError(
            f"line {cells.lines[cells.series.index('')]}: the figure belongs to a series without a "
            "name; write one where it is empty, in the heading or the label of its row"
        )


def _values(cells: Cells, reading: Reading, plain: bool) -> pd.DataFrame:
    ordinals = read_months(cells.months, cells.lines, reading.get("month_format"))
    marks = _several(reading.get("missing")) or []
    there = [text not in MISSING and text not in marks for text in cells.numbers]
    texts = [text for text, full in zip(cells.numbers, there, strict=True) if full]
    notation = notation_of(texts, reading.get("decimal"), reading.get("thousands"), plain=plain)
    none = [value_of(mark, notation) for mark in marks]
    figures = np.full(len(cells.numbers), np.nan)
    for i in np.flatnonzero(there):
        if not reads(cells.numbers[i], notation):
            raise PanelError(
                f"line {cells.lines[i]}: {cells.series[i]} has {cells.numbers[i]!r} in "
                f"{cells.months[i]}, which is no number; {_remedy(cells.numbers[i])}"
            )
        figure = number(cells.numbers[i], notation)
        # A mark that is a number stands for it however it is written: 0, 0.0 and 0.00.
        if figure not in none:
            figures[i] = figure
    _refuse_twice(cells, ordinals)
    ids = list(dict.fromkeys(cells.series))
    months = np.unique(ordinals)
    table = np.full((len(months), len(ids)), np.nan)
    place = {id: j for j, id in enumerate(ids)}
    columns = [place[id] for id in cells.series]
    table[np.searchsorted(months, ordinals), columns] = figures
    index = pd.PeriodIndex(pd.arrays.PeriodArray(months, dtype=pd.PeriodDtype("M")), name="month")
    return pd.DataFrame(table, index, pd.Index(ids))


def _remedy(text: str) -> str:
    if text.startswith("="):
        return "a formula needs its value: save the file in a spreadsheet program that works it out"
    return (
        "correct it, say how numbers are written (decimal, thousands), or name it as a mark of "
        f"missing figures: missing=[{text!r}]"
    )


def _refuse_twice(cells: Cells, ordinals: np.ndarray[tuple[int], np.dtype[np.int64]]) -> None:
    first: dict[tuple[str, int], int] = {}
    for i, key in enumerate(zip(cells.series, ordinals.tolist(), strict=True)):
        if key in first:
            other = cells.lines[first[key]]
            raise PanelError(
                f"{cells.series[i]} has two figures for {cells.months[i]}, in lines {other} and "
                f"{cells.lines[i]}; keep one, or say what else tells series apart (series=[...])"
            )
        first[key] = i
