"""Bank of Korea, ECOS: exports and imports, prices of chips, and share prices."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, NamedTuple

import pandas as pd

from tradeshock.features.errors import AccessError, AnswerError, QuotaError, SourceError
from tradeshock.features.fetching.client import KEY, Client, Reply
from tradeshock.features.fetching.documents import read_json, read_records
from tradeshock.features.fetching.source import Source
from tradeshock.features.fetching.text import shortened
from tradeshock.features.fetching.tidy import Quote, amount, day, figures, month, quotes
from tradeshock.features.vintages.answer import Answer

BANK = "the Bank of Korea"
KEY_NAME = "ECOS_API_KEY"
# The key that the bank's own pages use: ten rows a call.
SAMPLE, SAMPLE_ROWS, ROWS = "sample", 10, 10_000
COMPARED = 10


class Code(NamedTuple):
    """Table and items of a series, and what a figure is multiplied by."""

    table: str
    items: str
    scale: float
    unit: str


MONTHS = {
    "exports_total": Code("901Y118", "T002", 1e-3, "천불"),
    "imports_total": Code("901Y118", "T004", 1e-3, "천불"),
    "dram_export_price": Code("402Y016", "30911201AA/C", 1.0, ""),
}
# In won, dollars or the currency of contracts: which one the known figures are, only they can tell.
CHIP_PRICES = tuple(Code("402Y014", f"3091AA/{currency}", 1.0, "") for currency in "DWC")
SHARES = Code("802Y001", "0001000", 1.0, "")


def read_months(body: bytes, series: str, code: Code) -> pd.DataFrame:
    """Monthly figures of one series in the catalog's unit.

    Raises
    ------
    AccessError, QuotaError, AnswerError
        What ECOS says with HTTP 200; an empty frame where it has no figures.
    """
    found = []
    for row in _rows(body, code):
        when, value = month(row["TIME"]), amount(row["DATA_VALUE"], BANK)
        if when is None:
            raise AnswerError(f"{BANK} sent {shortened(row['TIME'])!r} as a month")
        if value is not None:
            found.append((series, when, value * code.scale))
    return figures(found, BANK)


def read_closes(body: bytes) -> pd.DataFrame:
    """Daily closes of the share index.

    Raises
    ------
    AccessError, QuotaError, AnswerError
        What ECOS says with HTTP 200.
    """
    found: list[Quote] = []
    for row in _rows(body, SHARES):
        when, value = day(row["TIME"]), amount(row["DATA_VALUE"], BANK)
        if when is None:
            raise AnswerError(f"{BANK} sent {shortened(row['TIME'])!r} as a day")
        if value is not None:
            found.append(("share_prices_kr", when, value))
    return quotes(found, BANK)


class EcosMonths(Source):
    """Monthly figures; without a key ten months a call."""

    name = "ecos"
    publisher = BANK
    series = tuple(MONTHS)
    better_with: ClassVar[str | None] = KEY_NAME
    licence = "open, with attribution"

    def fetch(self, client: Client, since: pd.Period) -> Iterator[Answer]:
        """One answer a series, with ten known months before `since`."""
        cut = []
        for series, code in MONTHS.items():
            found = _months(client, since, series, code)
            yield self.answer(found.table, *found.replies)
            cut += [found.cut] if found.cut else []
        if cut:
            raise cut[0]


class EcosChipPrice(Source):
    """Export price of semiconductors, whose currency known figures must tell."""

    name = "ecos_chip_price"
    publisher = BANK
    series = ("semiconductor_export_price",)
    better_with: ClassVar[str | None] = KEY_NAME
    alternatives = True
    licence = "open, with attribution"

    def fetch(self, client: Client, since: pd.Period) -> Iterator[Answer]:
        """One answer a currency."""
        for code in CHIP_PRICES:
            found = _months(client, since, self.series[0], code)
            yield self.answer(found.table, *found.replies)


class EcosShares(Source):
    """Daily closes of the share index."""

    name = "ecos_shares"
    publisher = BANK
    series = ("share_prices_kr",)
    needs_key: ClassVar[str | None] = KEY_NAME
    licence = "open, with attribution"

    def fetch(self, client: Client, since: pd.Period) -> Iterator[Answer]:
        """Closes from ten months before `since` on, as quotes."""
        times = f"{(since - COMPARED).strftime('%Y%m')}01/{client.month.strftime('%Y%m')}31"
        reply = _ask(client, True, ROWS, f"{SHARES.table}/D/{times}/{SHARES.items}")
        yield self.answer(read_closes(reply.body), reply)


class Found(NamedTuple):
    """Months of a series, what they were read from, and why there are no earlier ones."""

    table: pd.DataFrame
    replies: list[Reply]
    cut: SourceError | None


def _months(client: Client, since: pd.Period, series: str, code: Code) -> Found:
    """Months from ten before `since` on, the newest first: without a key ten a call.

    Raises
    ------
    SourceError
        If not even the newest come.
    """
    keyed = KEY_NAME in client.keys
    span, rows = (ROWS, ROWS) if keyed else (SAMPLE_ROWS, SAMPLE_ROWS)
    replies: list[Reply] = []
    tables: list[pd.DataFrame] = []
    cut = None
    last = client.month
    while last >= since - COMPARED:
        first = max(last - (span - 1), since - COMPARED)
        path = f"{code.table}/M/{first.strftime('%Y%m')}/{last.strftime('%Y%m')}/{code.items}"
        try:
            reply = _ask(client, keyed, rows, path)
            tables.append(read_months(reply.body, series, code))
            replies.append(reply)
        except SourceError as error:
            if not any(map(len, tables)):
                raise
            cut = type(error)(f"{series} has come from {last + 1} on only: {error}")
            break
        last = first - 1
    table = pd.concat(tables, ignore_index=True)
    return Found(table.sort_values("month", ignore_index=True), replies, cut)


def _ask(client: Client, keyed: bool, rows: int, path: str) -> Reply:
    start = "https://ecos.bok.or.kr/api/StatisticSearch"
    if keyed:
        return client.get(f"{start}/{KEY}/json/kr/1/{rows}/{path}", key=KEY_NAME)
    return client.get(f"{start}/{SAMPLE}/json/kr/1/{rows}/{path}")


def _rows(body: bytes, code: Code) -> list[dict[str, str]]:
    """Rows of a table, or what ECOS says instead."""
    document = read_json(body, BANK)
    if not isinstance(document, dict):
        raise AnswerError(f"{BANK} sent JSON of another form")
    if "RESULT" in document:
        return _refusal(document["RESULT"])
    found = document.get("StatisticSearch")
    if not isinstance(found, dict):
        raise AnswerError(f"{BANK} sent JSON without StatisticSearch; its form has changed")
    rows = read_records(found.get("row"), BANK)
    total = amount(found.get("list_total_count", ""), BANK)
    if total is None or total != len(rows):
        raise AnswerError(f"{BANK} sent {len(rows)} of {total} rows; the answer is cut short")
    for row in rows:
        if missing := {"STAT_CODE", "TIME", "DATA_VALUE", "UNIT_NAME"} - set(row):
            raise AnswerError(f"{BANK} sent rows without {sorted(missing)}; its form has changed")
        items = [row.get(f"ITEM_CODE{i}", "") for i in (1, 2)]
        if row["STAT_CODE"] != code.table or "/".join(items).rstrip("/") != code.items:
            other = shortened(f"{row['STAT_CODE']} {items}")
            raise AnswerError(f"{BANK} sent rows of {other}, not of {code.table} {code.items}")
        if code.unit and row["UNIT_NAME"].strip() != code.unit:
            raise AnswerError(
                f"{BANK} sent figures in {shortened(row['UNIT_NAME'])!r}, not in {code.unit!r}"
            )
    return rows


def _refusal(result: object) -> list[dict[str, str]]:
    """Nothing where ECOS has no figures; an error for all else that it says."""
    if not isinstance(result, dict):
        raise AnswerError(f"{BANK} sent JSON of another form")
    code, words = str(result.get("CODE", "")), shortened(str(result.get("MESSAGE", "")))
    if code == "INFO-200":
        return []
    if code == "INFO-100":
        raise AccessError(f"{BANK} does not know the key in {KEY_NAME} ({words}); check it")
    if code in ("ERROR-602", "ERROR-600"):
        raise QuotaError(f"{BANK} gives no more answers for now ({code}: {words}); try tomorrow")
    raise AnswerError(f"{BANK} says {shortened(code)}: {words}")
