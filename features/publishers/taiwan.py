"""Taiwan Stock Exchange: monthly revenue of a maker of memory chips."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from tradeshock.features.errors import AnswerError
from tradeshock.features.fetching.client import Client
from tradeshock.features.fetching.documents import read_json, read_records
from tradeshock.features.fetching.source import Source
from tradeshock.features.fetching.tidy import Figure, amount, figures, period
from tradeshock.features.vintages.answer import Answer

EXCHANGE = "the Taiwan Stock Exchange"
COMPANY = "2408"
# Revenue of the month, of the one before, and of the same month a year ago, in thousand TWD.
COLUMNS = {"營業收入-當月營收": 0, "營業收入-上月營收": 1, "營業收入-去年當月營收": 12}
_MONTH, _COMPANY = "資料年月", "公司代號"
THOUSANDS = 1e-3


def read_revenue(body: bytes) -> pd.DataFrame:
    """Revenue in million TWD: newest month, the one before, and the one a year ago.

    Raises
    ------
    AnswerError
        If the company is not listed once, or a column is missing.
    """
    rows = [r for r in read_records(read_json(body, EXCHANGE), EXCHANGE) if _of_company(r)]
    if len(rows) != 1:
        raise AnswerError(f"{EXCHANGE} lists company {COMPANY} {len(rows)} times, not once")
    if missing := [name for name in (_MONTH, *COLUMNS) if name not in rows[0]]:
        raise AnswerError(f"{EXCHANGE} sent records without {missing}; its form has changed")
    newest = _taiwanese_month(rows[0][_MONTH])
    found: list[Figure] = []
    for name, before in COLUMNS.items():
        revenue = amount(rows[0][name], EXCHANGE)
        if revenue:
            found.append(("nanya_revenue", newest - before, revenue * THOUSANDS))
    return figures(found, EXCHANGE)


class MonthlyRevenue(Source):
    """Open summary of the filings of all listed companies; it has the newest month only."""

    name = "twse_revenue"
    publisher = EXCHANGE
    series = ("nanya_revenue",)
    licence = "open government data, with attribution"

    def fetch(self, client: Client, since: pd.Period) -> Iterator[Answer]:
        """Newest month."""
        reply = client.get("https://openapi.twse.com.tw/v1/opendata/t187ap05_L")
        yield self.answer(read_revenue(reply.body), reply)


def _of_company(record: dict[str, str]) -> bool:
    return record.get(_COMPANY, "").strip() == COMPANY


def _taiwanese_month(text: str) -> pd.Period:
    """Month such as "11504", whose years count from 1911."""
    text = text.strip().replace("/", "")
    digits = text.isascii() and text.isdigit() and len(text) in (4, 5)
    when = period(1911 + int(text[:-2]), int(text[-2:])) if digits else None
    if when is None:
        raise AnswerError(f"{EXCHANGE} sent {text[:20]!r} as a month")
    return when
