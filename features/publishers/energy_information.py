"""US Energy Information Administration: price of Brent oil."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pandas as pd

from tradeshock.features.errors import AnswerError
from tradeshock.features.fetching.client import Client
from tradeshock.features.fetching.sheets import Cell, read_sheet
from tradeshock.features.fetching.source import Source
from tradeshock.features.fetching.tidy import amount, day, figures, month, quotes
from tradeshock.features.vintages.answer import Answer

EIA = "the US Energy Information Administration"
CODE = "RBRTE"
_FOLDER = "https://www.eia.gov/dnav/pet/hist_xls"


def read_months(body: bytes) -> pd.DataFrame:
    """Monthly means of the spot price, USD a barrel.

    Raises
    ------
    AnswerError
        If the sheet is not that of Brent.
    """
    cells = _cells(body)
    dated = [("brent", month(when), amount(price, EIA)) for when, price in cells]
    return figures([(s, m, v) for s, m, v in dated if m is not None and v is not None], EIA)


def read_days(body: bytes) -> pd.DataFrame:
    """Daily spot prices, USD a barrel.

    Raises
    ------
    AnswerError
        If the sheet is not that of Brent.
    """
    dated = [("brent", day(when), amount(price, EIA)) for when, price in _cells(body)]
    return quotes([(s, d, v) for s, d, v in dated if d is not None and v is not None], EIA)


class BrentPrice(Source):
    """Spot prices of Brent, days and months."""

    name = "eia_spot"
    publisher = EIA
    series = ("brent",)
    licence = "public domain"

    def fetch(self, client: Client, since: pd.Period) -> Iterator[Answer]:
        """Months since 1987, then days."""
        reply = client.get(f"{_FOLDER}/{CODE}m.xls")
        table = read_months(reply.body)
        # The running month stands there with the mean of its first days.
        yield self.answer(table[table["month"] < client.month], reply)
        reply = client.get(f"{_FOLDER}/{CODE}d.xls")
        yield self.answer(read_days(reply.body), reply)


def _cells(body: bytes) -> list[tuple[Cell, Cell]]:
    """Date and price of each row below the headers."""
    sheet = read_sheet(body, EIA, "Data 1")
    if not any(CODE in str(cell) for row in sheet[:4] for cell in row):
        raise AnswerError(f"{EIA} sent a sheet without {CODE}; its address may have changed")
    return [(row[0], row[1]) for row in sheet if len(row) > 1 and isinstance(row[0], date)]
