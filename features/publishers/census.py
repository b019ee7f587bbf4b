"""US Census Bureau: orders of electronics (M3), and imports from Korea."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import pandas as pd

from tradeshock.features.errors import AnswerError
from tradeshock.features.fetching.client import Client
from tradeshock.features.fetching.sheets import Cell, read_packed, read_sheet
from tradeshock.features.fetching.source import Source
from tradeshock.features.fetching.text import read_text, shortened
from tradeshock.features.fetching.tidy import (
    Figure,
    amount,
    figures,
    month,
    period,
    without_months_to_come,
)
from tradeshock.features.files.months import NAMES
from tradeshock.features.vintages.answer import Answer

CENSUS = "the US Census Bureau"
ORDERS = {"category": "34S", "type": "NO", "area": "US", "adjusted": "1"}
KOREA = 5800
_TABLES = {
    "CATEGORIES": ("cat_idx", "cat_code"),
    "DATA TYPES": ("dt_idx", "dt_code"),
    "GEO LEVELS": ("geo_idx", "geo_code"),
    "TIME PERIODS": ("per_idx", "per_name"),
}
_FIGURES = ("per_idx", "cat_idx", "dt_idx", "geo_idx", "is_adj", "val")
_OTHERS = ("ERROR TYPES", "NOTES", "DATA", "DATA UPDATED ON")
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_SHEETS = ("FTD Country Import Export Data", "country", "Sheet1")


def read_orders(body: bytes) -> pd.DataFrame:
    """Adjusted new orders of computers and electronics in the zip of M3, million USD.

    Its one file holds several tables one below the other, each under its name.

    Raises
    ------
    AnswerError
        If a table or one of its columns is missing, or the series is.
    """
    tables = _tables(read_text(read_packed(body, CENSUS, "M3-mf.csv"), CENSUS))
    codes = {name: _codes(tables, name, *columns) for name, columns in _TABLES.items()}
    rows: list[Figure] = []
    for row in _records(tables, "DATA", _FIGURES):
        wanted = (
            codes["CATEGORIES"].get(row["cat_idx"]) == ORDERS["category"]
            and codes["DATA TYPES"].get(row["dt_idx"]) == ORDERS["type"]
            and codes["GEO LEVELS"].get(row["geo_idx"]) == ORDERS["area"]
            and row["is_adj"] == ORDERS["adjusted"]
        )
        value = amount(row["val"], CENSUS) if wanted else None
        if value is None:
            continue
        written = codes["TIME PERIODS"].get(row["per_idx"], "")
        when = month(written) or _named_month(written)
        if when is None:
            raise AnswerError(f"{CENSUS} sent orders of {shortened(written)!r}, which is no month")
        rows.append(("us_electronics_orders", when, value))
    return without_months_to_come(figures(rows, CENSUS))


def read_imports(body: bytes) -> pd.DataFrame:
    """Imports of goods from Korea in the workbook of trade by country, million USD.

    Months to come stand in it as 0.

    Raises
    ------
    AnswerError
        If no sheet has the columns, or Korea is not in it.
    """
    rows: list[Figure] = []
    sheet = read_sheet(body, CENSUS, *_SHEETS)
    header = [str(cell).strip().upper() for cell in sheet[0]] if sheet else []
    try:
        year, code = header.index("YEAR"), header.index("CTY_CODE")
        columns = [header.index(f"I{name}") for name in _MONTHS]
    except ValueError as error:
        raise AnswerError(f"{CENSUS} sent a sheet without its columns: {error}") from error
    for cells in sheet[1:]:
        if len(cells) < len(header) or amount_or_none(cells[code]) != KOREA:
            continue
        for number, column in enumerate(columns, start=1):
            value = amount(cells[column], CENSUS)
            when = period(int(amount_or_none(cells[year]) or 0), number)
            if when is not None and value is not None:
                rows.append(("us_imports_from_kr", when, value))
    return without_months_to_come(figures(rows, CENSUS))


def amount_or_none(cell: Cell) -> float | None:
    """Number of a cell that may hold anything."""
    try:
        return amount(cell, CENSUS)
    except AnswerError:
        return None


class CensusOrders(Source):
    """M3: orders, revised twice and once a year."""

    name = "census_m3"
    publisher = CENSUS
    series = ("us_electronics_orders",)
    licence = "public domain"

    def fetch(self, client: Client, since: pd.Period) -> Iterator[Answer]:
        """Whole file."""
        reply = client.get("https://www.census.gov/econ_getzippedfile/?programCode=M3")
        yield self.answer(read_orders(reply.body), reply)


class CensusImports(Source):
    """Trade in goods by country."""

    name = "census_trade"
    publisher = CENSUS
    series = ("us_imports_from_kr",)
    licence = "public domain"

    def fetch(self, client: Client, since: pd.Period) -> Iterator[Answer]:
        """Whole workbook."""
        reply = client.get("https://www.census.gov/foreign-trade/balance/country.xlsx")
        yield self.answer(read_imports(reply.body), reply)


def _tables(text: str) -> dict[str, list[list[str]]]:
    """Rows of each table under its name."""
    tables: dict[str, list[list[str]]] = {}
    current: list[list[str]] | None = None
    try:
        for row in csv.reader(io.StringIO(text, newline="")):
            cells = [cell.strip() for cell in row]
            filled = [cell for cell in cells if cell]
            if len(filled) == 1 and filled[0].upper() in (*_TABLES, *_OTHERS):
                current = tables.setdefault(filled[0].upper(), [])
            elif filled and current is not None:
                current.append(cells)
    except csv.Error as error:
        raise AnswerError(f"{CENSUS} sent a table that does not read: {error}") from error
    return tables


def _records(
    tables: dict[str, list[list[str]]], name: str, columns: tuple[str, ...]
) -> Iterator[dict[str, str]]:
    rows = tables.get(name) or [[]]
    places = {column: rows[0].index(column) for column in columns if column in rows[0]}
    if missing := [column for column in columns if column not in places]:
        raise AnswerError(f"{CENSUS} sent no table {name} with {missing}; its form has changed")
    for row in rows[1:]:
        if len(row) <= max(places.values()):
            raise AnswerError(f"{CENSUS} sent a table {name} with a short row; it is cut short")
        yield {column: row[place] for column, place in places.items()}


def _codes(tables: dict[str, list[list[str]]], name: str, number: str, code: str) -> dict[str, str]:
    return {row[number]: row[code] for row in _records(tables, name, (number, code))}


def _named_month(text: str) -> pd.Period | None:
    """Month written as "Jan-1992" or "Jan1992"."""
    name, year = text[:3].lower(), text[-4:]
    return period(int(year), NAMES[name]) if name in NAMES and year.isdecimal() else None
