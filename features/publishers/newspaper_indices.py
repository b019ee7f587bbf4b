"""Indices that their authors count in newspapers: geopolitical risk, and US trade policy."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from tradeshock.features.errors import AnswerError
from tradeshock.features.fetching.client import Client
from tradeshock.features.fetching.sheets import Cell, column_named, read_sheet
from tradeshock.features.fetching.source import Source
from tradeshock.features.fetching.tidy import Figure, amount, figures, month, period
from tradeshock.features.vintages.answer import Answer

RISK_AUTHORS = "the authors of the geopolitical risk index"
COLUMNS = {"gpr": "GPR", "gpr_kr": "GPRC_KOR"}
UNCERTAINTY_AUTHORS = "the authors of the policy uncertainty index"
SHEETS = ("Indices", "Sheet1", "EPU Indices")


def read_risk(body: bytes) -> pd.DataFrame:
    """Monthly index of the world, and Korea's share of articles in per cent.

    Raises
    ------
    AnswerError
        If the sheet or a column is missing.
    """
    sheet = read_sheet(body, RISK_AUTHORS, "Sheet1")
    header = [str(cell).strip() for cell in sheet[0]] if sheet else []
    wanted = ["month", *COLUMNS.values()]
    if missing := [name for name in wanted if header.count(name) != 1]:
        raise AnswerError(f"{RISK_AUTHORS} sent a sheet without {missing}; its form has changed")
    rows: list[Figure] = []
    for row in sheet[1:]:
        when = month(row[header.index("month")]) if len(row) == len(header) else None
        if when is None:
            continue
        for series, name in COLUMNS.items():
            value = amount(row[header.index(name)], RISK_AUTHORS)
            if value is not None:
                rows.append((series, when, value))
    return figures(rows, RISK_AUTHORS)


class GeopoliticalRisk(Source):
    """Index of the world and of Korea."""

    name = "gpr"
    publisher = RISK_AUTHORS
    series = tuple(COLUMNS)
    licence = "for own use, with citation"

    def fetch(self, client: Client, since: pd.Period) -> Iterator[Answer]:
        """Whole workbook."""
        reply = client.get("https://www.matteoiacoviello.com/gpr_files/data_gpr_export.xls")
        yield self.answer(read_risk(reply.body), reply)


def read_uncertainty(body: bytes) -> pd.DataFrame:
    """Monthly index of trade policy; the note below the last month is left out.

    Raises
    ------
    AnswerError
        If no sheet has year, month and the column.
    """
    sheet = read_sheet(body, UNCERTAINTY_AUTHORS, *SHEETS)
    header = sheet[0] if sheet else []
    places = [column_named(header, name) for name in ("year", "month", "trade policy")]
    if None in places:
        raise AnswerError(f"{UNCERTAINTY_AUTHORS} sent a sheet without year, month or trade policy")
    year, number, column = (place for place in places if place is not None)
    rows: list[Figure] = []
    for row in sheet[1:]:
        if len(row) <= max(year, number, column):
            continue
        when = _month(row[year], row[number])
        if when is None:
            break
        value = amount(row[column], UNCERTAINTY_AUTHORS)
        if value is not None:
            rows.append(("epu_us_trade", when, value))
    return figures(rows, UNCERTAINTY_AUTHORS)


class PolicyUncertainty(Source):
    """Categorical index of the United States."""

    name = "epu"
    publisher = UNCERTAINTY_AUTHORS
    series = ("epu_us_trade",)
    licence = "for own use, with citation"

    def fetch(self, client: Client, since: pd.Period) -> Iterator[Answer]:
        """Whole workbook."""
        reply = client.get("https://www.policyuncertainty.com/media/Categorical_EPU_Data.xlsx")
        yield self.answer(read_uncertainty(reply.body), reply)


def _month(year: Cell, number: Cell) -> pd.Period | None:
    """Month of two cells, None from the first that is none."""
    try:
        numbers = [amount(cell, UNCERTAINTY_AUTHORS) for cell in (year, number)]
    except AnswerError:
        return None
    whole = [int(value) for value in numbers if value is not None and abs(value) < 1e4]
    return period(*whole) if len(whole) == 2 else None
