"""Federal Reserve Bank of New York: global supply chain pressure."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from tradeshock.features.fetching.client import Client
from tradeshock.features.fetching.sheets import read_sheet
from tradeshock.features.fetching.source import Source
from tradeshock.features.fetching.tidy import Figure, amount, day, figures, month
from tradeshock.features.vintages.answer import Answer

NEW_YORK_FED = "the New York Fed"


def read_pressure(body: bytes) -> pd.DataFrame:
    """Monthly index, standard deviations; dates may stand as text such as "31-Jan-1998".

    Raises
    ------
    AnswerError
        If the sheet is not there: a cover sheet may stand before it.
    """
    rows: list[Figure] = []
    for row in read_sheet(body, NEW_YORK_FED, "GSCPI Monthly Data"):
        if len(row) < 2:
            continue
        date = day(row[0])
        when = date.to_period("M") if date is not None else month(row[0])
        value = amount(row[1], NEW_YORK_FED) if when is not None else None
        if when is not None and value is not None:
            rows.append(("gscpi", when, value))
    return figures(rows, NEW_YORK_FED)


class SupplyChainPressure(Source):
    """GSCPI: all history is estimated anew each month."""

    name = "new_york_fed_gscpi"
    publisher = NEW_YORK_FED
    series = ("gscpi",)
    licence = "for own use, with citation"

    def fetch(self, client: Client, since: pd.Period) -> Iterator[Answer]:
        """Whole workbook."""
        reply = client.get(
            "https://www.newyorkfed.org/medialibrary/research/interactives/gscpi/downloads/"
            "gscpi_data.xlsx"
        )
        yield self.answer(read_pressure(reply.body), reply)
