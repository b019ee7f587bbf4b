"""What became known, or was revised, since a day."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tradeshock.features.days.reading import Day, as_day
from tradeshock.features.panel.validation import months_of
from tradeshock.features.vintages.embedded import SNAPSHOT
from tradeshock.features.vintages.history import History

COLUMNS = ("series", "month", "seen", "before", "after", "revision", "source")


def difference(history: History, since: Day | None = None) -> pd.DataFrame:
    """Say which figures of months are new or another since a day.

    What the embedded snapshot was made of is no change: it is where the store begins.

    Parameters
    ----------
    history : History
        Such as ``Store().history()``.
    since : day, optional
        First day, in Korea, on which what was seen counts. Default: the last day on which the
        user's own answers changed anything.

    Returns
    -------
    DataFrame
        One row a change, by series, month and day: series, month (a period), seen (the day in
        Korea), before (NaN where the figure is new), after, the revision in per cent, and the
        source that said it.

    Raises
    ------
    PanelError
        If `since` is no day.
    """
    table = history.months_by_source()
    same = (table[["series", "month"]] == table[["series", "month"]].shift()).all(axis=1)
    table["before"] = table["value"].shift().where(same)
    seen, embedded = table["seen"].to_numpy(), table["source"].eq(SNAPSHOT).to_numpy()
    if since is None:
        chosen = ~embedded
        chosen &= bool(chosen.any()) and seen == seen[chosen].max()
    else:
        first = np.datetime64(as_day(since), "D")
        chosen = (seen >= first) & ~(embedded & table["before"].isna().to_numpy())
    table = table[chosen].reset_index(drop=True).rename(columns={"value": "after"})
    table["month"] = months_of(table["month"].to_numpy(dtype=np.int64))
    table["revision"] = 100.0 * (table["after"] / table["before"] - 1.0)
    return pd.DataFrame(table[list(COLUMNS)])
