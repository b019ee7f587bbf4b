"""A workbook that can be sent on: sheets with units, number formats and a header that stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from tradeshock.features.errors import ModelError
from tradeshock.models.record.files import replacing

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

# Formulas and links are text: a note such as "=1+1" stays what it is.
OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
MONTH, NUMBER, TEXT = "mmm yyyy", "#,##0.0", "@"
FIRST_ROW = 2
WIDE, NARROW = 90, 13


@dataclass(frozen=True, eq=False)
class Sheet:
    """A table of a workbook.

    Parameters
    ----------
    name : str
    table : DataFrame
        Its index is the first column; monthly ones become dates. Empty cells where it has NaN.
    units : mapping of str to str
        Unit by column, which stands under its name.
    formats : mapping of str to str
        Number format by column, as spreadsheets write them. Default: one decimal.
    """

    name: str
    table: pd.DataFrame
    units: Mapping[str, str]
    formats: Mapping[str, str]


def write_workbook(
    path: str | PathLike[str],
    sheets: Sequence[Sheet],
    card: Sequence[tuple[str, str]],
    title: str,
    created: pd.Timestamp,
) -> None:
    """Write a workbook, whole or not at all; equal content gives equal files.

    Parameters
    ----------
    path : path
        Ends in ``.xlsx``.
    sheets : sequence of Sheet
    card : sequence of (name, text)
        The last sheet, "card".
    title : str
    created : Timestamp
        Day that the file says it is of.

    Raises
    ------
    ModelError
        If the extra "excel" is not installed or the name ends otherwise.
    """
    if Path(path).suffix.lower() != ".xlsx":
        raise ModelError(f"got {fspath(path)!r} as a workbook; end the name in .xlsx")
    try:
        from xlsxwriter import Workbook
    except ImportError as error:
        raise ModelError(
            f"{Path(path).name} needs XlsxWriter: pip install 'tradeshock[excel]', or take CSV"
        ) from error
    content = BytesIO()
    with Workbook(content, OPTIONS) as book:
        book.set_properties({"title": title, "created": created.to_pydatetime()})
        for sheet in sheets:
            _write_sheet(book, sheet)
        _write_card(book, card)
    with replacing(Path(path)) as file:
        file.write(content.getvalue())


def _write_sheet(book: Workbook, sheet: Sheet) -> None:
    page = book.add_worksheet(sheet.name)
    head, unit = _heads(book)
    whole = sheet.table.reset_index()
    for column, name in enumerate(map(str, whole)):
        page.write_string(0, column, name, head)
        page.write_string(1, column, sheet.units.get(name, ""), unit)
        cells = whole.iloc[:, column]
        months = isinstance(cells.dtype, pd.PeriodDtype)
        form = MONTH if months else sheet.formats.get(name, NUMBER)
        look = book.add_format({"num_format": form})
        for row, value in enumerate(cells.dt.to_timestamp() if months else cells, FIRST_ROW):
            if not pd.isna(value):
                _write_cell(page, row, column, value, look)
    page.set_column(0, whole.shape[1] - 1, NARROW)
    page.freeze_panes(FIRST_ROW, 1)


def _write_cell(page: Worksheet, row: int, column: int, value: Any, look: Any) -> None:
    if isinstance(value, pd.Timestamp):
        page.write_datetime(row, column, value.to_pydatetime(), look)
    elif isinstance(value, str):
        page.write_string(row, column, value, look)
    else:
        page.write_number(row, column, float(value), look)


def _write_card(book: Workbook, card: Sequence[tuple[str, str]]) -> None:
    page = book.add_worksheet("card")
    name_look = book.add_format({"bold": True, "valign": "top"})
    text_look = book.add_format({"text_wrap": True, "valign": "top"})
    for row, (name, text) in enumerate(card):
        page.write_string(row, 0, name, name_look)
        page.write_string(row, 1, text, text_look)
    page.set_column(0, 0, 2 * NARROW)
    page.set_column(1, 1, WIDE)


def _heads(book: Workbook) -> tuple[Any, Any]:
    """Looks of a column's name and of its unit."""
    return (
        book.add_format({"bold": True, "align": "right"}),
        book.add_format({"italic": True, "align": "right", "font_color": "#666666", "bottom": 1}),
    )
