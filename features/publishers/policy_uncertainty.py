"""Baker, Bloom and Davis: uncertainty of US trade policy, counted in newspapers."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from tradeshock.features.errors import AnswerError
from tradeshock.features.fetching.client import Client
from tradeshock.features.fetching.sheets import Cell, column_named, read_sheet
from tradeshock.features.fetching.source import Source
from tradeshock.features.fetching.tidy import Figure, amount, figures, period
from tradeshock.features.vintages.answer import Answer

AUTHORS = "the authors of the policy uncertainty index"
SHEETS = ("Indices", "Sheet1", "EPU Indices")


def read_uncertainty(body: bytes) -> pd.DataFrame:
    """Monthly index of trade policy; the note below the last month is left out.

    Raises
    ------
    AnswerError
        If no sheet has year, month and the column.
    """
    sheet = read_sheet(body, AUTHORS, *SHEETS)
    header = sheet[0] if sheet else []
    places = [column_named(header, name) for name in ("year", "month", "trade policy")]
    if None in places:
        raise AnswerError(f"{AUTHORS} sent a sheet without year, month or trade policy")
    year, number, column = (place for place in places if place is not None)
    rows: list[Figure] = []
    for row in sheet[1:]:
        if len(row) <= max(year, number, column):
            continue
        when = _month(row[year], row[number])
        if when is None:
            break
        value = amount(row[column], AUTHORS)
        if value is not None:
            rows.append(("epu_us_trade", when, value))
    return figures(rows, AUTHORS)


class PolicyUncertainty(Source):
    """Categorical index of the United States."""

    name = "epu"
    publisher = AUTHORS
    series = ("epu_us_trade",)
    licence = "for own use, with citation"

    def fetch(self, client: Client, since: pd.Period) -> Iterator[Answer]:
        """Whole workbook."""
        reply = client.get("https://www.policyuncertainty.com/media/Categorical_EPU_Data.xlsx")
        yield self.answer(read_uncertainty(reply.body), reply)


def _month(year: Cell, number: Cell) -> pd.Period | None:
    """Month of two cells, None from the first that is none."""
    try:
        numbers = [amount(cell, AUTHORS) for cell in (year, number)]
    except AnswerError:
        return None
    whole = [int(value) for value in numbers if value is not None and abs(value) < 1e4]
    return period(*whole) if len(whole) == 2 else None
