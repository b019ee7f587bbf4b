"""Sheets of a workbook, and Parquet files, as rows of cells."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tradeshock.features.errors import PanelError
from tradeshock.features.files.grid import Row
from tradeshock.features.files.lost_cells import lost_cells

WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
PARQUET = (".parquet", ".pq")


def is_workbook(path: str | Path) -> bool:
    """Whether a file is a workbook by its name."""
    return Path(path).suffix.lower() in WORKBOOKS


def sheet_rows(path: Path, sheet: str | None = None) -> list[Row]:
    """Rows of one sheet, numbered as in the workbook.

    A cell in error holds what it shows, such as "#DIV/0!", and a formula without a value itself.

    Parameters
    ----------
    sheet : str, optional
        Its name. Default: the only one.

    Raises
    ------
    PanelError
        If the file is no workbook, or the sheet is in doubt.
    """
    import python_calamine

    try:
        book = python_calamine.load_workbook(path)
        name = _sheet(path.name, book.sheet_names, sheet)
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except (python_calamine.CalamineError, OSError) as error:
        raise PanelError(f"{path.name} does not open as a workbook: {error}") from error
    texts = [[_text(cell) for cell in cells] for cells in rows]
    for (row, column), text in lost_cells(path, name).items():
        # A reader may end a sheet before cells that it takes for empty.
        texts.extend([] for _ in range(len(texts), row + 1))
        texts[row].extend("" for _ in range(len(texts[row]), column + 1))
        texts[row][column] = text
    width = max(map(len, texts), default=0)
    return [(i, row + [""] * (width - len(row))) for i, row in enumerate(texts, start=1)]


def _sheet(file: str, names: list[str], sheet: str | None) -> str:
    if sheet is None:
        if len(names) != 1:
            raise PanelError(f"{file} has sheets {names}; say which: sheet={names[0]!r}")
        return names[0]
    if sheet not in names:
        raise PanelError(f"{file} has no sheet {sheet!r}; it has {names}")
    return sheet


def parquet_rows(path: Path) -> list[Row]:
    """Rows of a Parquet file below its column names.

    Raises
    ------
    PanelError
        If the extra "parquet" is not installed or the file does not read.
    """
    try:
        import pyarrow
    except ImportError as error:
        raise PanelError(
            f"{path.name} needs pyarrow: pip install 'tradeshock[parquet]', or save it as CSV"
        ) from error
    try:
        frame = pd.read_parquet(path, engine="pyarrow")
    except (pyarrow.ArrowException, OSError, ValueError) as error:
        raise PanelError(f"{path.name} does not read as a Parquet file: {error}") from error
    if not isinstance(frame.index, pd.RangeIndex) or frame.index.name is not None:
        frame = frame.reset_index()
    cells = [[_text(cell) for cell in frame[name]] for name in frame.columns]
    return [
        (1, [str(name) for name in frame.columns]),
        *((line, list(row)) for line, row in enumerate(zip(*cells, strict=True), start=2)),
    ]


def _text(cell: Any) -> str:
    """Cell as it would stand in a text, a number with all its digits."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, datetime) and not pd.isna(cell):
        return cell.isoformat(sep=" ")
    if isinstance(cell, date | time | timedelta | bool | np.bool_):
        return str(cell)
    if pd.isna(cell):
        return ""
    number = float(cell) if not isinstance(cell, pd.Period) else None
    if number is None:
        return str(cell)
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
