"""Taiwan Stock Exchange: monthly revenue of a maker of memory chips.

The open summary has the newest month; the monthly pages of the filing system have those before.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator

import pandas as pd

from tradeshock.features.errors import AnswerError
from tradeshock.features.fetching.client import Client
from tradeshock.features.fetching.documents import read_json, read_records, read_table
from tradeshock.features.fetching.source import Source
from tradeshock.features.fetching.tidy import Figure, amount, figures, period
from tradeshock.features.vintages.answer import Answer

EXCHANGE = "the Taiwan Stock Exchange"
COMPANY = "2408"
# Revenue of the month, of the one before, and of the same month a year ago, in thousand TWD.
COLUMNS = {"營業收入-當月營收": 0, "營業收入-上月營收": 1, "營業收入-去年當月營收": 12}
_MONTH, _COMPANY = "資料年月", "公司代號"
THOUSANDS = 1e-3
SUMMARY = "https://openapi.twse.com.tw/v1/opendata/t187ap05_L"
FILINGS = "https://mopsov.twse.com.tw/nas/t21/sii/t21sc03"
# Each page has its month and the one before.
MONTHS_A_PAGE = 2
# Taiwan counts years from here.
YEAR_ZERO = 1911
_WRITTEN = re.compile(r"(?P<y>[0-9]{2,3})/?(?P<m>[0-9]{2}|(?<=/)[0-9])")


def read_revenue(body: bytes) -> pd.DataFrame:
    """Revenue in million TWD: newest month, the one before, and the one a year ago.

    Raises
    ------
    AnswerError
        If the company is not listed once, or a column is missing.
    """
    return _revenue(read_records(read_json(body, EXCHANGE), EXCHANGE))


def read_filings(body: bytes, page: pd.Period) -> pd.DataFrame:
    """Revenue in million TWD on one monthly page of the filing system, as `read_revenue`.

    Parameters
    ----------
    page : Period
        Month of the page.

    Raises
    ------
    AnswerError
        As `read_revenue`, or if the page is that of another month.
    """
    table = _revenue(read_table(body, EXCHANGE, (_MONTH, _COMPANY, *COLUMNS)))
    if table["month"].max() != page:
        raise AnswerError(f"{EXCHANGE} sent filings of {table['month'].max()} as those of {page}")
    return table


def _revenue(records: Iterable[dict[str, str]]) -> pd.DataFrame:
    rows = [record for record in records if _of_company(record)]
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
    """Filings of all listed companies, of which one is read."""

    name = "twse_revenue"
    publisher = EXCHANGE
    series = ("nanya_revenue",)
    licence = "open government data, with attribution"

    def fetch(self, client: Client, since: pd.Period) -> Iterator[Answer]:
        """Newest month and the one before, then the months from `since` to those."""
        reply = client.get(SUMMARY)
        table = read_revenue(reply.body)
        yield self.answer(table, reply)
        pages = range(since.ordinal, table["month"].max().ordinal - 1)[::-MONTHS_A_PAGE]
        replies, tables = [], []
        for page in (pd.Period(ordinal=ordinal, freq="M") for ordinal in pages):
            time.sleep(client.pause)
            replies.append(client.get(f"{FILINGS}_{page.year - YEAR_ZERO}_{page.month}.csv"))
            tables.append(read_filings(replies[-1].body, page))
        if tables:
            # Of a month that stands on two pages the newer one speaks.
            earlier = pd.concat(tables).drop_duplicates(["series", "month"])
            yield self.answer(earlier, *replies)


def _of_company(record: dict[str, str]) -> bool:
    return record.get(_COMPANY, "").strip() == COMPANY


def _taiwanese_month(text: str) -> pd.Period:
    """Month such as "11504" or "115/4"."""
    match = _WRITTEN.fullmatch(text.strip())
    when = period(YEAR_ZERO + int(match["y"]), int(match["m"])) if match else None
    if when is None:
        raise AnswerError(f"{EXCHANGE} sent {text[:20]!r} as a month")
    return when
