"""CPB Netherlands Bureau: volume of world trade."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin

import pandas as pd

from tradeshock.features.errors import AnswerError, UnreachableError
from tradeshock.features.fetching.client import Client
from tradeshock.features.fetching.markup import links
from tradeshock.features.fetching.sheets import read_sheet
from tradeshock.features.fetching.source import Source
from tradeshock.features.fetching.tidy import Figure, amount, figures, month
from tradeshock.features.vintages.answer import Answer

CPB = "the CPB"
CODE = "tgz_w1_qnmi_sn"
# The page moves at times; the sitemap names it too.
PAGES = ("https://www.cpb.nl/en/worldtrademonitor/latest", "https://www.cpb.nl/sitemap.xml")
_WORKBOOK = re.compile(r"world-?trade-?monitor[^/]*\.xlsx?$", re.IGNORECASE)
_PAGE = re.compile(r"world-?trade-?monitor-(?P<name>[a-z]+)-(?P<year>\d{4})/?$", re.IGNORECASE)
_HEADERS = 12


def workbook_link(page: bytes, base: str) -> str | None:
    """Address of the first workbook that a page names, None where it names none.

    Raises
    ------
    AnswerError
        If the page is no text.
    """
    for link in links(page, CPB):
        if _WORKBOOK.search(link.split("?")[0]):
            return urljoin(base, link)
    return None


def page_link(sitemap: bytes) -> str | None:
    """Address of the newest page of the monitor in a sitemap, None where there is none.

    Raises
    ------
    AnswerError
        If the sitemap is no text.
    """
    found = {}
    for link in links(sitemap, CPB):
        match = _PAGE.search(link)
        when = (
            pd.to_datetime(f"1 {match['name']} {match['year']}", errors="coerce") if match else None
        )
        if when is not None and not pd.isna(when):
            found[when] = link
    return found[max(found)] if found else None


def read_trade(body: bytes) -> pd.DataFrame:
    """World trade, seasonally adjusted volume index.

    Raises
    ------
    AnswerError
        If the sheet, its row of months or the series is missing.
    """
    sheet = read_sheet(body, CPB, "trade_out")
    months = max(
        ([month(cell) for cell in row] for row in sheet[:_HEADERS]),
        key=lambda row: sum(when is not None for when in row),
        default=[],
    )
    row = next((row for row in sheet if any(str(c).strip() == CODE for c in row)), None)
    if row is None or not any(months):
        raise AnswerError(f"{CPB} sent a sheet without {CODE} or without months; codes may differ")
    rows: list[Figure] = []
    for when, cell in zip(months, row, strict=False):
        value = amount(cell, CPB) if when is not None else None
        if when is not None and value is not None:
            rows.append(("world_trade_volume", when, value))
    return figures(rows, CPB)


class WorldTradeMonitor(Source):
    """World Trade Monitor: revised and rebased."""

    name = "cpb_wtm"
    publisher = CPB
    series = ("world_trade_volume",)
    licence = "for own use, with citation"

    def fetch(self, client: Client, since: pd.Period) -> Iterator[Answer]:
        """Newest workbook, behind the link on its page."""
        reply = client.get(self._link(client))
        yield self.answer(read_trade(reply.body), reply)

    def _link(self, client: Client) -> str:
        latest, sitemap = PAGES
        try:
            link = workbook_link(client.get(latest).body, latest)
        except UnreachableError:
            link = None
        if link is None and (page := page_link(client.get(sitemap).body)) is not None:
            link = workbook_link(client.get(page).body, page)
        if link is None:
            raise AnswerError(f"{CPB}'s pages no longer name the workbook; see {latest}")
        return link
