"""The embedded snapshot and its vintages as the first answers of every store."""

from __future__ import annotations

from datetime import UTC, datetime, time
from functools import cache

import numpy as np
import pandas as pd

from tradeshock.features.panel.vintages import Vintages
from tradeshock.features.snapshot import FOLDER, SNAPSHOT_DAY, load_panel
from tradeshock.features.vintages.answer import Answer

SNAPSHOT = "snapshot"


@cache
def embedded_answers() -> tuple[Answer, ...]:
    """Return what the package itself has seen, in order of time.

    Single figures of the days on which they were seen, then all figures and all quotes of the
    snapshot.
    """
    panel = load_panel()
    table = Vintages.read(FOLDER / "vintages.csv").table
    answers = [
        Answer(SNAPSHOT, _noon(day), rows[["series", "month", "value"]], note="vintages.csv")
        for day, rows in table.groupby("seen")
    ]
    answers.append(Answer(SNAPSHOT, _noon(SNAPSHOT_DAY), tidy(panel.values), note="figures.csv"))
    if panel.quotes is not None:
        quotes = tidy(panel.quotes.table, "day")
        answers.append(Answer(SNAPSHOT, _noon(SNAPSHOT_DAY), quotes, note="quotes.csv"))
    return tuple(answers)


def tidy(table: pd.DataFrame, when: str = "month") -> pd.DataFrame:
    """One row a figure: series, month or day, value; what is NaN is left out."""
    rows, columns = np.nonzero(table.notna().to_numpy())
    return pd.DataFrame(
        {
            "series": table.columns.to_numpy(dtype=object)[columns],
            when: table.index[rows],
            "value": table.to_numpy()[rows, columns],
        }
    )


def _noon(day: object) -> datetime:
    """Noon in Korea of a day, which is the same day in UTC."""
    return datetime.combine(pd.Timestamp(str(day)).date(), time(3), tzinfo=UTC)
