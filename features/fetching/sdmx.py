"""Observations of one series in SDMX's comma-separated form."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from tradeshock.features.errors import AnswerError
from tradeshock.features.fetching.documents import read_table
from tradeshock.features.fetching.text import shortened
from tradeshock.features.fetching.tidy import Figure, amount, figures, month

_TIMES = ("TIME_PERIOD", "OBS_VALUE")


def read_observations(
    body: bytes, publisher: str, series: str, key: Mapping[str, str]
) -> pd.DataFrame:
    """Monthly figures of one series.

    Parameters
    ----------
    key : mapping
        Value that each of these dimensions must have in every row.

    Raises
    ------
    AnswerError
        If the table is another, has rows of another series, or one month twice.
    """
    rows: list[Figure] = []
    for row in read_table(body, publisher, (*key, *_TIMES)):
        if other := {name: row[name] for name, code in key.items() if row[name] != code}:
            raise AnswerError(f"{publisher} sent rows of another series: {shortened(str(other))}")
        when, value = month(row["TIME_PERIOD"]), amount(row["OBS_VALUE"], publisher)
        if when is None:
            raise AnswerError(f"{publisher} sent {shortened(row['TIME_PERIOD'])!r} as a month")
        if value is not None:
            rows.append((series, when, value))
    return figures(rows, publisher)
