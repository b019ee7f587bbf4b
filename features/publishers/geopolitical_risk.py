"""Caldara and Iacoviello: geopolitical risk, counted in newspapers."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from tradeshock.features.errors import AnswerError
from tradeshock.features.fetching.client import Client
from tradeshock.features.fetching.sheets import read_sheet
from tradeshock.features.fetching.source import Source
from tradeshock.features.fetching.tidy import Figure, amount, figures, month
from tradeshock.features.vintages.answer import Answer

AUTHORS = "the authors of the geopolitical risk index"
COLUMNS = {"gpr": "GPR", "gpr_kr": "GPRC_KOR"}


def read_risk(body: bytes) -> pd.DataFrame:
    """Monthly index of the world, and Korea's share of articles in per cent.

    Raises
    ------
    AnswerError
        If the sheet or a column is missing.
    """
    sheet = read_sheet(body, AUTHORS, "Sheet1")
    header = [str(cell).strip() for cell in sheet[0]] if sheet else []
    wanted = ["month", *COLUMNS.values()]
    if missing := [name for name in wanted if header.count(name) != 1]:
        raise AnswerError(f"{AUTHORS} sent a sheet without {missing}; its form has changed")
    rows: list[Figure] = []
    for row in sheet[1:]:
        when = month(row[header.index("month")]) if len(row) == len(header) else None
        if when is None:
            continue
        for series, name in COLUMNS.items():
            value = amount(row[header.index(name)], AUTHORS)
            if value is not None:
                rows.append((series, when, value))
    return figures(rows, AUTHORS)


class GeopoliticalRisk(Source):
    """Index of the world and of Korea."""

    name = "gpr"
    publisher = AUTHORS
    series = tuple(COLUMNS)
    licence = "for own use, with citation"

    def fetch(self, client: Client, since: pd.Period) -> Iterator[Answer]:
        """Whole workbook."""
        reply = client.get("https://www.matteoiacoviello.com/gpr_files/data_gpr_export.xls")
        yield self.answer(read_risk(reply.body), reply)
