"""Cells of a workbook that its reader gives as empty although something stands there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from xml.etree.ElementTree import Element, ParseError, fromstring
from zipfile import ZipFile, is_zipfile

from tradeshock.features.errors import PanelError

# Row and column, counted from 0, and what stands there.
Lost = Iterator[tuple[int, int, str]]
_PLACE = re.compile(r"([A-Z]+)(\d+)")


def lost_cells(path: Path, sheet: str) -> dict[tuple[int, int], str]:
    """Cells in error, and formulas whose value was never worked out.

    In the formats that are XML in an archive (.xlsx, .xlsm, .ods); the older binary ones (.xls,
    .xlsb) do not tell.

    Returns
    -------
    dict of (row, column) to str
        Counted from 0: what a cell in error shows, such as "#DIV/0!", or the formula behind "=".

    Raises
    ------
    PanelError
        If the sheet is not where the workbook says.
    """
    if not is_zipfile(path):
        return {}
    with ZipFile(path) as archive:
        parts = {name.replace("\\", "/").lower(): name for name in archive.namelist()}
        try:
            if "xl/workbook.xml" in parts:
                found = _of_excel(fromstring(archive.read(parts[_part(archive, parts, sheet)])))
            elif "content.xml" in parts:
                found = _of_open_document(fromstring(archive.read(parts["content.xml"])), sheet)
            else:
                return {}
            return {(row, column): text for row, column, text in found}
        except (KeyError, ParseError) as error:
            raise PanelError(f"{path.name} does not open as a workbook: {error}") from error


def _part(archive: ZipFile, parts: dict[str, str], sheet: str) -> str:
    """Part of an Excel workbook, in small letters, that holds a sheet."""
    book = fromstring(archive.read(parts["xl/workbook.xml"]))
    links = fromstring(archive.read(parts["xl/_rels/workbook.xml.rels"]))
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    entry = {e.get("name"): e for e in book.iterfind(".//{*}sheet")}[sheet]
    return str(PurePosixPath("/xl") / targets[_said(entry, "id")]).removeprefix("/").lower()


def _of_excel(root: Element) -> Lost:
    row = -1
    for line in root.iterfind("{*}sheetData/{*}row"):
        row, column = int(line.get("r", row + 2)) - 1, -1
        for cell in line.iterfind("{*}c"):
            place = _PLACE.fullmatch(cell.get("r", ""))
            column = column + 1 if place is None else _number(place[1])
            value, formula = cell.findtext("{*}v"), cell.find("{*}f")
            if cell.get("t") == "e":
                yield row, column, value or "#VALUE!"
            elif formula is not None and not value and cell.get("t") != "str":
                yield row, column, "=" + (formula.text or "")


def _number(letters: str) -> int:
    """Column by its letters: 0 for A, 26 for AA."""
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number - 1


def _of_open_document(root: Element, sheet: str) -> Lost:
    tables = root.iterfind("{*}body/{*}spreadsheet/{*}table")
    row = 0
    for line in {_said(table, "name"): table for table in tables}[sheet].iterfind(
        ".//{*}table-row"
    ):
        column = 0
        for cell in line:
            text = _lost_text(cell)
            width = int(_said(cell, "number-columns-repeated") or 1)
            if text:
                yield from ((row, column + j, text) for j in range(width))
            column += width
        row += int(_said(line, "number-rows-repeated") or 1)


def _lost_text(cell: Element) -> str:
    shown, formula = "".join(cell.itertext()), _said(cell, "formula")
    types = {value for name, value in cell.items() if name.endswith("}value-type")}
    if "error" in types:
        return shown or "#VALUE!"
    return "=" + formula.partition("=")[2] if formula and not types else ""


def _said(element: Element, name: str) -> str:
    """Attribute of an element, whatever its name space."""
    return next((value for key, value in element.items() if key.endswith("}" + name)), "")
