"""Statistics Korea, KOSIS: semiconductors in the figures of the ICT ministry."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import pandas as pd

from tradeshock.features.errors import AccessError, AnswerError, QuotaError
from tradeshock.features.fetching.client import KEY, Client
from tradeshock.features.fetching.documents import read_json, read_records
from tradeshock.features.fetching.source import Source
from tradeshock.features.fetching.text import shortened
from tradeshock.features.fetching.tidy import amount, figures, month
from tradeshock.features.vintages.answer import Answer

KOSIS = "Statistics Korea"
KEY_NAME = "KOSIS_API_KEY"
TABLE = {
    "orgId": "127",
    "tblId": "DT_092_115_2009_S023",
    "itmId": "13103131003T1",
    "objL1": "13102131003A.AF11100000",
}
MILLION = 1e-6
COMPARED = 24
_WANTED = ("TBL_ID", "ITM_ID", "PRD_SE", "PRD_DE", "DT")
_EMPTY = "30"
_KEYS = ("10", "11", "12")
_QUOTA = ("40", "41", "42")


def read_chips(body: bytes) -> pd.DataFrame:
    """Exports of semiconductors, million USD.

    Raises
    ------
    AccessError, QuotaError, AnswerError
        What KOSIS says with HTTP 200; an empty frame where it has no figures.
    """
    document = read_json(body, KOSIS)
    if isinstance(document, dict) and "err" in document:
        _refuse(str(document["err"]), shortened(str(document.get("errMsg", ""))))
        return figures([], KOSIS)
    found = []
    for row in read_records(document, KOSIS):
        if missing := [name for name in _WANTED if name not in row]:
            raise AnswerError(f"{KOSIS} sent rows without {missing}; its form has changed")
        if (row["TBL_ID"], row["ITM_ID"], row["PRD_SE"]) != (TABLE["tblId"], TABLE["itmId"], "M"):
            raise AnswerError(f"{KOSIS} sent rows of another table, item or frequency")
        when, value = month(row["PRD_DE"]), amount(row["DT"], KOSIS)
        if when is None:
            raise AnswerError(f"{KOSIS} sent {shortened(row['PRD_DE'])!r} as a month")
        if value is not None:
            found.append(("exports_semiconductors_ict", when, value * MILLION))
    return figures(found, KOSIS)


class IctExports(Source):
    """Exports of information and communication technology, by item."""

    name = "kosis_ict"
    publisher = KOSIS
    series = ("exports_semiconductors_ict",)
    needs_key: ClassVar[str | None] = KEY_NAME
    licence = "open, with attribution"

    def fetch(self, client: Client, since: pd.Period) -> Iterator[Answer]:
        """Months from two years before `since` on."""
        codes = "&".join(f"{name}={code}" for name, code in TABLE.items())
        first, last = (month.strftime("%Y%m") for month in (since - COMPARED, client.month))
        reply = client.get(
            "https://kosis.kr/openapi/Param/statisticsParameterData.do?method=getList"
            f"&apiKey={KEY}&format=json&jsonVD=Y&prdSe=M&{codes}"
            f"&startPrdDe={first}&endPrdDe={last}",
            key=KEY_NAME,
        )
        yield self.answer(read_chips(reply.body), reply)


def _refuse(code: str, words: str) -> None:
    """Raise what KOSIS says, save that there are no figures."""
    if code in _KEYS:
        raise AccessError(f"{KOSIS} does not take the key in {KEY_NAME} ({words}); check it")
    if code in _QUOTA:
        raise QuotaError(f"{KOSIS} gives no more answers for now ({words}); try tomorrow")
    if code != _EMPTY:
        raise AnswerError(f"{KOSIS} says {shortened(code)}: {words}")
