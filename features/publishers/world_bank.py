"""World Bank, Pink Sheet: prices of Dubai oil and copper."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from tradeshock.features.errors import AnswerError
from tradeshock.features.fetching.client import Client
from tradeshock.features.fetching.markup import links
from tradeshock.features.fetching.sheets import column_named, read_sheet
from tradeshock.features.fetching.source import Source
from tradeshock.features.fetching.tidy import Figure, amount, figures, month
from tradeshock.features.vintages.answer import Answer

WORLD_BANK = "the World Bank"
COLUMNS = {"dubai": "Crude oil, Dubai", "copper": "Copper"}
PAGE = "https://www.worldbank.org/en/research/commodity-markets"
_FILE = "CMO-Historical-Data-Monthly.xls"
# Headers stand in one of the first rows: which one has changed before.
_HEADERS = 12


def workbook_link(page: bytes) -> str:
    """Address of the monthly workbook: a part of it changes each year.

    Raises
    ------
    AnswerError
        If the page does not name it.
    """
    for link in links(page, WORLD_BANK):
        if _FILE.lower() in link.lower() and link.startswith("https://"):
            return link
    raise AnswerError(f"{WORLD_BANK}'s page no longer names the monthly workbook: {PAGE}")


def read_prices(body: bytes) -> pd.DataFrame:
    """Monthly prices, USD a barrel and a tonne, columns found by their names.

    Raises
    ------
    AnswerError
        If the sheet or a column is missing.
    """
    sheet = read_sheet(body, WORLD_BANK, "Monthly Prices")
    places: dict[str, int] = {}
    for row in sheet[:_HEADERS]:
        for series, name in COLUMNS.items():
            place = column_named(row, name)
            if place is not None:
                places.setdefault(series, place)
    if missing := [name for series, name in COLUMNS.items() if series not in places]:
        raise AnswerError(f"{WORLD_BANK} sent a sheet without {missing}; its form has changed")
    rows: list[Figure] = []
    for row in sheet:
        when = month(row[0]) if row else None
        if when is None:
            continue
        for series, place in places.items():
            value = amount(row[place], WORLD_BANK) if place < len(row) else None
            if value is not None:
                rows.append((series, when, value))
    return figures(rows, WORLD_BANK)


class PinkSheet(Source):
    """Commodity prices."""

    name = "world_bank_prices"
    publisher = WORLD_BANK
    series = tuple(COLUMNS)
    licence = "CC BY 4.0"

    def fetch(self, client: Client, since: pd.Period) -> Iterator[Answer]:
        """Whole workbook, behind the link on its page."""
        reply = client.get(workbook_link(client.get(PAGE).body))
        yield self.answer(read_prices(reply.body), reply)
