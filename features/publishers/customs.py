"""Korea Customs Service: 10-day counts by item and country, and months by code of goods."""

from __future__ import annotations

import re
import time
from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import ClassVar
from xml.etree import ElementTree

import pandas as pd

from tradeshock.features.errors import AnswerError
from tradeshock.features.fetching.client import KEY, Client, Reply
from tradeshock.features.fetching.gateway import KEY_NAME, items
from tradeshock.features.fetching.markup import child_text
from tradeshock.features.fetching.source import Source, windows
from tradeshock.features.fetching.text import shortened
from tradeshock.features.fetching.tidy import Figure, amount, figures, month
from tradeshock.features.vintages.answer import Answer

CUSTOMS = "the Korea Customs Service"
SITE = "https://apis.data.go.kr/1220000"
# Slots 00 to 10 of each service. They have no names in the answer: the overlap check compares
# each with what is known of it.
ITEMS = (
    "total", "semiconductors", "steel", "passenger_cars", "petroleum_products",
    "wireless_devices", "ships", "auto_parts", "computer_peripherals",
    "precision_instruments", "home_appliances",
)  # fmt: skip
COUNTRIES = (
    "total", "to_china", "to_us", "to_eu", "to_vietnam", "to_hong_kong", "to_japan",
    "to_taiwan", "to_india", "to_singapore", "to_malaysia",
)  # fmt: skip
ENDINGS = {10: "_first_10_days", 20: "_first_20_days"}
THOUSANDS = 1e-3
# Months a call of the 10-day services, and known months that are asked again.
MOST_MONTHS, COMPARED = 120, 24
GOODS = {"hs8542": "8542", "hs854232": "854232", "dram": "8542321010", "nand": "8542321030"}
ASEAN = ("BN", "KH", "ID", "LA", "MY", "MM", "PH", "SG", "TH", "VN")
MILLION, TONNES = 1e-6, 1e-3
# Months a call of the monthly services.
MOST_SUMMED = 12
# Calls in the time of one pause.
BREATHS = 4
_GRAND_TOTAL = "총계"

SLOT = re.compile(r"[a-z]+UsdAmt(?P<slot>\d\d)", re.IGNORECASE)
_WINDOW = re.compile(r"(?:.*\D)?0?1\s*[~∼～-]\s*(?:.*\D)?(?P<end>\d{1,2})\s*일?|.*말일")


def read_counts(body: bytes, service: str, names: tuple[str | None, ...]) -> pd.DataFrame:
    """Counts from the first of the month on, million USD.

    Parameters
    ----------
    service : str
        For messages.
    names : tuple of str or None
        What each slot is, such as "semiconductors"; None for one that is not wanted. Country
        counts of 10 and 20 days are not in the catalog.

    Raises
    ------
    AccessError, QuotaError, AnswerError
        What the gateway or the service says.
    """
    rows: list[Figure] = []
    for item in items(body, CUSTOMS, service):
        slots = {m["slot"]: cell.text or "" for cell in item if (m := SLOT.fullmatch(cell.tag))}
        if len(slots) != len(names):
            raise AnswerError(f"{CUSTOMS} sent {len(slots)} slots in {service}, not {len(names)}")
        rows += counts_of(
            child_text(item, "priodYear"),
            child_text(item, "priodMon"),
            child_text(item, "priodDt"),
            slots,
            names,
        )
    return figures(rows, CUSTOMS)


def counts_of(
    year: str, number: str, window: str, slots: Mapping[str, str], names: Sequence[str | None]
) -> list[Figure]:
    """Counts of one window of days; none where it is not out yet.

    Parameters
    ----------
    year, number : str
        Month in two fields, of which the second may hold both.
    window : str
        Such as "01~10" or "01~말일".
    slots : mapping of str to str
        Thousand USD by number of the slot, "00" on.
    names : sequence of str or None
        What each slot is; None for one that is not wanted.

    Raises
    ------
    AnswerError
        If the month, the window or an amount does not read.
    """
    when = _month_of(year, number)
    ending = _ending(window, when)
    amounts = [amount(slots.get(f"{slot:02d}", ""), CUSTOMS) for slot in range(len(names))]
    # A window that is not out yet stands there as 0, and so do parts of a whole month, which come
    # two weeks after its total. Ten days may pass without a ship, a month does not.
    if not amounts[0]:
        return []
    if not ending:
        amounts = [value or None for value in amounts]
    return [
        (name + ending, when, value * THOUSANDS)
        for name, value in zip(names, amounts, strict=True)
        if name is not None and value is not None
    ]


def read_sums(body: bytes, service: str) -> pd.DataFrame:
    """Sums over countries, columns month, value (million USD) and weight (tonnes).

    Raises
    ------
    AccessError, QuotaError, AnswerError
        What the gateway or the service says, or if the rows do not add up to their grand total.
    """
    sums: defaultdict[pd.Period, list[float]] = defaultdict(lambda: [0.0, 0.0])
    totals: list[list[float]] = []
    for item in items(body, CUSTOMS, service):
        numbers = [_number(item, "expDlr"), _number(item, "expWgt")]
        written = child_text(item, "year")
        if _GRAND_TOTAL in written:
            totals.append(numbers)
            continue
        if (when := month(written)) is None:
            raise AnswerError(f"{CUSTOMS} sent {shortened(written)!r} as a month")
        sums[when] = [a + b for a, b in zip(sums[when], numbers, strict=True)]
    added = [sum(column) for column in zip(*sums.values(), strict=True)] or [0.0, 0.0]
    for total in totals:
        if any(abs(a - b) > 1 + 1e-6 * abs(b) for a, b in zip(added, total, strict=True)):
            raise AnswerError(f"{CUSTOMS} sent rows of {service} that do not add up to their total")
    table = pd.DataFrame(
        [(when, value * MILLION, weight * TONNES) for when, (value, weight) in sums.items()],
        columns=["month", "value", "weight"],
    )
    return table.astype({"month": "period[M]", "value": "float64", "weight": "float64"})


class _Counts(Source):
    """One of the 10-day services."""

    publisher = CUSTOMS
    needs_key: ClassVar[str | None] = KEY_NAME
    licence = "open, with attribution"
    service: ClassVar[str]
    slots: ClassVar[tuple[str | None, ...]]

    def fetch(self, client: Client, since: pd.Period) -> Iterator[Answer]:
        """Counts from two years before `since` on."""
        replies, tables = [], []
        for first, last in windows(since - COMPARED, client.month, MOST_MONTHS):
            operation = f"get{self.service[0].upper()}{self.service[1:]}"
            url = (
                f"{SITE}/{self.service}/{operation}?serviceKey={KEY}"
                f"&strtYymm={first.strftime('%Y%m')}&endYymm={last.strftime('%Y%m')}"
            )
            replies.append(client.get(url, key=KEY_NAME))
            tables.append(read_counts(replies[-1].body, self.service, self.slots))
        table = pd.concat(tables, ignore_index=True)
        yield self.answer(table[table["series"].isin(self.series)], *replies)


class CustomsItems(_Counts):
    """Exports by item."""

    name = "customs_items"
    service = "prlstMmUtPrviExpAcrs"
    slots = tuple(f"exports_{item}" for item in ITEMS)
    series = tuple(
        f"exports_{item}{ending}" for ending in ("", *ENDINGS.values()) for item in ITEMS
    )


class CustomsCountries(_Counts):
    """Exports by country; the total comes with the items."""

    name = "customs_countries"
    service = "cntyMmUtPrviExpAcrs"
    slots = tuple(f"exports_{country}" for country in COUNTRIES)
    series = tuple(f"exports_{country}" for country in COUNTRIES)


class CustomsImports(_Counts):
    """Imports; of their items only the total is in the catalog."""

    name = "customs_imports"
    service = "prlstMmUtPrviImpAcrs"
    slots = ("imports_total", *(None for _ in ITEMS[1:]))
    series = ("imports_total",)


class CustomsGoods(Source):
    """Chips by code of goods: value and weight."""

    name = "customs_goods"
    publisher = CUSTOMS
    series = tuple(f"{what}_{name}" for name in GOODS for what in ("exports", "weight"))
    needs_key: ClassVar[str | None] = KEY_NAME
    licence = "open, with attribution"

    def fetch(self, client: Client, since: pd.Period) -> Iterator[Answer]:
        """One answer a code, from two years before `since` on."""
        for name, code in GOODS.items():
            query = f"hsSgn={code}"
            table, replies = _sums(client, since, "nitemtrade", "getNitemtradeList", [query])
            rows = [(f"exports_{name}", m, v) for m, v in _months(table, "value")]
            rows += [(f"weight_{name}", m, v) for m, v in _months(table, "weight")]
            yield self.answer(figures(rows, CUSTOMS), *replies)


class CustomsAsean(Source):
    """Exports to the ten members of ASEAN, added."""

    name = "customs_asean"
    publisher = CUSTOMS
    series = ("exports_to_asean",)
    needs_key: ClassVar[str | None] = KEY_NAME
    licence = "open, with attribution"

    def fetch(self, client: Client, since: pd.Period) -> Iterator[Answer]:
        """Sum of the members, in the months that all of them have."""
        queries = [f"cntyCd={code}" for code in ASEAN]
        table, replies = _sums(client, since, "nationtrade", "getNationtradeList", queries)
        rows = [("exports_to_asean", m, v) for m, v in _months(table, "value")]
        yield self.answer(figures(rows, CUSTOMS), *replies)


def _month_of(year: str, number: str) -> pd.Period:
    """Month of two fields, of which the second may hold both."""
    digits = re.sub(r"\D", "", number)
    digits = digits if len(digits) == 6 else re.sub(r"\D", "", year) + digits.zfill(2)
    when = month(digits) if len(digits) == 6 else None
    if when is None:
        raise AnswerError(f"{CUSTOMS} sent {shortened(year + ' ' + number)!r} as a month")
    return when


def _ending(window: str, when: pd.Period) -> str:
    """Ending of the series of a window such as "01~10", "01~20", "01~31" or "01~말일"."""
    match = _WINDOW.fullmatch(window.strip())
    if match is None:
        raise AnswerError(f"{CUSTOMS} sent {shortened(window)!r} as a window of days")
    if match["end"] is None or int(match["end"]) == monthrange(when.year, when.month)[1]:
        return ""
    if int(match["end"]) not in ENDINGS:
        raise AnswerError(f"{CUSTOMS} sent the window {shortened(window)!r} of {when}")
    return ENDINGS[int(match["end"])]


def _sums(
    client: Client, since: pd.Period, service: str, operation: str, queries: Iterable[str]
) -> tuple[pd.DataFrame, list[Reply]]:
    """Sums over queries, in the months that every one of them has."""
    replies: list[Reply] = []
    parts = []
    for query in queries:
        tables = []
        # The running month is never out.
        for first, last in windows(since - COMPARED, client.month - 1, MOST_SUMMED):
            # Who asks without a breath between is shut out for a day.
            time.sleep(client.pause / BREATHS)
            replies.append(
                client.get(
                    f"{SITE}/{service}/{operation}?serviceKey={KEY}"
                    f"&strtYymm={first.strftime('%Y%m')}&endYymm={last.strftime('%Y%m')}&{query}",
                    key=KEY_NAME,
                )
            )
            tables.append(read_sums(replies[-1].body, service))
        parts.append(pd.concat(tables).set_index("month"))
    total = parts[0]
    for part in parts[1:]:
        total = total.add(part)
    return total.dropna().reset_index(), replies


def _months(table: pd.DataFrame, column: str) -> Iterator[tuple[pd.Period, float]]:
    # A month of nothing at all is one that is not out.
    for when, value in zip(table["month"], table[column], strict=True):
        if value:
            yield when, value


def _number(item: ElementTree.Element, name: str) -> float:
    if item.find(name) is None:
        raise AnswerError(f"{CUSTOMS} sent a row without {name}; its form has changed")
    return amount(child_text(item, name), CUSTOMS) or 0.0
