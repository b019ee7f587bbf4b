"""Bank for International Settlements: Korea's real effective exchange rate."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from tradeshock.features.fetching.client import Client
from tradeshock.features.fetching.sdmx import read_observations
from tradeshock.features.fetching.source import Source
from tradeshock.features.vintages.answer import Answer

BIS = "the Bank for International Settlements"
KEY = {"FREQ": "M", "EER_TYPE": "R", "EER_BASKET": "B", "REF_AREA": "KR"}


def read_rate(body: bytes) -> pd.DataFrame:
    """Real, broad index of the won, monthly.

    Raises
    ------
    AnswerError
        If rows are of another series.
    """
    return read_observations(body, BIS, "reer_kr", KEY)


class EffectiveRate(Source):
    """WS_EER: rebased and given new weights at times."""

    name = "bis_eer"
    publisher = BIS
    series = ("reer_kr",)
    licence = "use unrestricted, with citation"

    def fetch(self, client: Client, since: pd.Period) -> Iterator[Answer]:
        """Whole series."""
        reply = client.get(
            f"https://stats.bis.org/api/v1/data/WS_EER/{'.'.join(KEY.values())}?format=csv"
        )
        yield self.answer(read_rate(reply.body), reply)
