"""Federal Reserve Board: exchange rates (H.10) and industrial production (G.17)."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pandas as pd

from tradeshock.features.errors import AnswerError
from tradeshock.features.fetching.client import Client
from tradeshock.features.fetching.markup import table_rows
from tradeshock.features.fetching.source import Source
from tradeshock.features.fetching.text import read_text, refuse_page
from tradeshock.features.fetching.tidy import (
    Figure,
    Quote,
    amount,
    day,
    figures,
    monthly_means,
    period,
    quotes,
)
from tradeshock.features.vintages.answer import Answer

FED = "the Federal Reserve Board"
RATES = {"usdkrw": "ko", "usdjpy": "ja", "usdcny": "ch", "usdtwd": "ta"}
PRODUCTION = {"B50001": "us_ip", "G3344": "us_semiconductor_ip"}
_SITE = "https://www.federalreserve.gov/releases"
_LINE = re.compile(r'^\s*"?(?P<code>[A-Z][A-Z0-9.]*)"?\s+(?P<year>\d{4})\s+(?P<rest>.*\S)\s*$')


def read_rates(body: bytes, series: str) -> pd.DataFrame:
    """Daily quotes of a page of H.10; days marked ND (holidays) are left out.

    Raises
    ------
    AnswerError
        If the page has no table of days and rates.
    """
    rows: list[Quote] = []
    for row in table_rows(body, FED):
        when = day(row[0]) if len(row) == 2 else None
        if when is not None and (rate := amount(row[1], FED)) is not None:
            rows.append((series, when, rate))
    if not rows or b"</table" not in body.lower():
        raise AnswerError(
            f"{FED} sent a page without a whole table of days and rates; it is cut short, or its "
            "form has changed"
        )
    return quotes(rows, FED)


def read_production(body: bytes) -> pd.DataFrame:
    """Monthly figures of `ip_sa.txt`: code, year and up to twelve figures a line.

    Raises
    ------
    AnswerError
        If a line has more than twelve figures, or a series is missing.
    """
    text = read_text(body, FED)
    refuse_page(text, FED)
    if not text.endswith("\n"):
        raise AnswerError(f"{FED} sent a file that ends within a line; it is cut short")
    rows: list[Figure] = []
    for line in text.splitlines():
        match = _LINE.match(line)
        if match is None or match["code"] not in PRODUCTION:
            continue
        cells = match["rest"].split()
        if len(cells) > 12:
            raise AnswerError(f"{FED} sent a year with {len(cells)} figures; its form has changed")
        for number, cell in enumerate(cells, start=1):
            month, value = period(int(match["year"]), number), amount(cell, FED)
            if month is not None and value is not None:
                rows.append((PRODUCTION[match["code"]], month, value))
    if missing := sorted(set(PRODUCTION.values()) - {row[0] for row in rows}):
        raise AnswerError(f"{FED} sent a file without {missing}; it is cut short or codes changed")
    return figures(rows, FED)


class FedRates(Source):
    """H.10: noon rates in New York, and the means of months that are over."""

    name = "fed_h10"
    publisher = FED
    series = tuple(RATES)
    licence = "public domain"

    def fetch(self, client: Client, since: pd.Period) -> Iterator[Answer]:
        """Quotes since 2000, then means of the same quotes."""
        replies = {
            series: client.get(f"{_SITE}/h10/hist/dat00_{code}.htm")
            for series, code in RATES.items()
        }
        daily = pd.concat(
            [read_rates(reply.body, series) for series, reply in replies.items()],
            ignore_index=True,
        )
        yield self.answer(daily, *replies.values())
        yield self.answer(monthly_means(daily, _first_open(daily, client)), *replies.values())


class FedProduction(Source):
    """G.17: industrial production, all years anew each month."""

    name = "fed_g17"
    publisher = FED
    series = tuple(PRODUCTION.values())
    licence = "public domain"

    def fetch(self, client: Client, since: pd.Period) -> Iterator[Answer]:
        """Whole file."""
        reply = client.get(f"{_SITE}/g17/ipdisk/ip_sa.txt")
        yield self.answer(read_production(reply.body), reply)


def _first_open(daily: pd.DataFrame, client: Client) -> pd.Period:
    """First month whose quotes are not all out: the page is renewed once a week."""
    newest = daily["day"].max()
    last_of_month = newest + pd.offsets.BMonthEnd(0)
    complete: pd.Period = newest.to_period("M") + int(newest >= last_of_month)
    # A month that ends with holidays is over when a quote of the next one stands there.
    running: pd.Period = client.month
    return running if running < complete else complete
