"""OECD: share prices in Korea."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from tradeshock.features.fetching.client import Client
from tradeshock.features.fetching.sdmx import read_observations
from tradeshock.features.fetching.source import Source
from tradeshock.features.vintages.answer import Answer

OECD = "the OECD"
KEY = {"REF_AREA": "KOR", "FREQ": "M", "MEASURE": "SHARE", "UNIT_MEASURE": "IX"}
FLOW = "OECD.SDD.STES,DSD_STES@DF_FINMARK,4.0"


def read_shares(body: bytes) -> pd.DataFrame:
    """Index of share prices, monthly means of daily closes.

    Raises
    ------
    AnswerError
        If rows are of another series.
    """
    return read_observations(body, OECD, "share_prices_kr", KEY)


class SharePrices(Source):
    """Financial indicators: 60 downloads an hour are allowed."""

    name = "oecd_shares"
    publisher = OECD
    series = ("share_prices_kr",)
    licence = "CC BY 4.0"

    def fetch(self, client: Client, since: pd.Period) -> Iterator[Answer]:
        """Months from two years before `since` on, so that known ones can be compared."""
        reply = client.get(
            f"https://sdmx.oecd.org/public/rest/data/{FLOW}/{'.'.join(KEY.values())}....."
            f"?startPeriod={since - 24}&format=csvfile"
        )
        table = read_shares(reply.body)
        # The running month stands there with its first days.
        yield self.answer(table[table["month"] < client.month], reply)
