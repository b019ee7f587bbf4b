"""Korea Customs Service: the page for people of its trade statistics, which needs no key."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import ClassVar, NamedTuple

import pandas as pd

from tradeshock.features.errors import AccessError, AnswerError
from tradeshock.features.fetching.client import Client
from tradeshock.features.fetching.documents import read_json, read_records
from tradeshock.features.fetching.source import Source
from tradeshock.features.fetching.text import page_title, read_text, shortened
from tradeshock.features.fetching.tidy import Figure, amount, figures
from tradeshock.features.publishers.customs import (
    COMPARED,
    CUSTOMS,
    SLOT,
    CustomsCountries,
    CustomsImports,
    CustomsItems,
    counts_of,
)
from tradeshock.features.vintages.answer import Answer

SITE = "https://tradedata.go.kr/cts"
# A visit to it gives the cookie without which the page sends a notice of a block.
ENTRANCE, PAGE = f"{SITE}/index.do", f"{SITE}/hmpg/retrieveTentativeValues.do"
# Three windows of days a month: many more rows than two years and the months since have.
MOST_ROWS = 1000


class Table(NamedTuple):
    """One table of the page: its code, exports or imports, and what its slots are."""

    kind: str
    direction: str
    slots: Sequence[str | None]


TABLES = (
    Table("ETS_MNK_1050000A", "E", CustomsItems.slots),
    Table("ETS_MNK_1050000B", "E", CustomsCountries.slots),
    Table("ETS_MNK_1050000A", "I", CustomsImports.slots),
)


def read_page(body: bytes, names: Sequence[str | None]) -> pd.DataFrame:
    """Counts from the first of the month on, million USD.

    Parameters
    ----------
    names : sequence of str or None
        What each slot is; None for one that is not wanted.

    Raises
    ------
    AccessError
        If it is a page for people: the site blocks this network, or wants a browser.
    AnswerError
        If the site reports an error, or the answer is cut short or of another form.
    """
    title = page_title(read_text(body, CUSTOMS))
    if title is not None:
        shown = f" ({title})" if title else ""
        raise AccessError(
            f"the public site of {CUSTOMS} sent a notice{shown} instead of figures: it does not "
            "serve this network; nothing more was asked of it. A free key brings the same figures "
            "(tradeshock data keys), or a sheet does (tradeshock data template)"
        )
    document = read_json(body, CUSTOMS)
    if not isinstance(document, dict) or "items" not in document:
        words = document.get("message", document) if isinstance(document, dict) else document
        raise AnswerError(
            f"the public site of {CUSTOMS} reports an error: {shortened(str(words))}; try later"
        )
    rows: list[Figure] = []
    found = read_records(document["items"], CUSTOMS)
    _refuse_cut(document, len(found))
    for row in found:
        slots = {m["slot"]: text for name, text in row.items() if (m := SLOT.fullmatch(name))}
        if missing := [f"{n:02d}" for n in range(len(names)) if f"{n:02d}" not in slots]:
            raise AnswerError(f"the public site of {CUSTOMS} sent rows without slots {missing}")
        if more := [n for n, text in slots.items() if int(n) >= len(names) and text.strip(" 0")]:
            raise AnswerError(f"the public site of {CUSTOMS} sent more slots than known: {more}")
        year, number = row.get("priodYear", ""), row.get("priodMon", "")
        rows += counts_of(year, number, row.get("priodDt", ""), slots, names)
    return figures(rows, CUSTOMS)


class CustomsSite(Source):
    """The same counts as the services with a key, from the page that shows them to people."""

    name = "customs_site"
    publisher = CUSTOMS
    series = (*CustomsItems.series, *CustomsCountries.series[1:], *CustomsImports.series)
    unofficial: ClassVar[bool] = True
    licence = "for own use; the figures are those of the services with a key"

    def fetch(self, client: Client, since: pd.Period) -> Iterator[Answer]:
        """One answer a table, asked once each; the first notice of a block ends it."""
        cookies = client.get(ENTRANCE).cookies
        headers = {"Referer": ENTRANCE, "X-Requested-With": "XMLHttpRequest", "isAjax": "true"}
        if cookies:
            headers["Cookie"] = cookies
        for table in TABLES:
            time.sleep(client.pause)
            reply = client.post(PAGE, _form(table, since - COMPARED, client.month), headers)
            counts = read_page(reply.body, table.slots)
            yield self.answer(counts[counts["series"].isin(self.series)], reply)


def _form(table: Table, first: pd.Period, last: pd.Period) -> dict[str, str]:
    return {
        "statsKind": table.kind,
        "imexTpcd": table.direction,
        "priodKind": "MON",
        "priodFr": first.strftime("%Y%m"),
        "priodTo": last.strftime("%Y%m"),
        # All windows of days.
        "priodDate": "",
        "selectPaging": "1",
        "showPagingLine": str(MOST_ROWS),
        "sortColumn": "",
        "sortOrder": "",
    }


def _refuse_cut(document: dict[str, object], rows: int) -> None:
    for name in ("count", "totalCount"):
        count = amount(document.get(name) or "", CUSTOMS)
        if count is not None and count > rows:
            raise AnswerError(
                f"the public site of {CUSTOMS} sent {rows} of {count:.0f} rows; the answer is cut "
                "short"
            )
