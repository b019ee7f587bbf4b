"""Outcomes of forecasts that are on record: those that came out since, those that were revised."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tradeshock.features.panel.panel import Panel
from tradeshock.models.record.rows import Outcomes

# Known only once the outcome is.
OUTCOME_COLUMNS = frozenset(("crps", "logscore", "pit", "actual"))


def filled_rows(rows: pd.DataFrame, panel: Panel) -> pd.DataFrame | None:
    """Rows of a record with outcomes that have come out since; None if there is none.

    Parameters
    ----------
    rows : DataFrame
        Tidy, of quantity "level" (`tradeshock.models.record.rows.forecast_rows`).
    panel : Panel
        Holds the outcomes; first prints count.
    """
    pending = np.flatnonzero(rows["known_on"].isna() & rows["target"].isin(panel.values))
    waiting = rows.iloc[pending]
    actual, known_on = rows["actual"].to_numpy(copy=True), rows["known_on"].to_numpy(copy=True)
    for target, part in waiting.groupby("target", sort=False):
        at = pending[waiting.index.get_indexer(part.index)]
        months = pd.PeriodIndex(part["month"]).asi8.copy()
        outcomes = Outcomes(panel, str(target), "first").at(months, "level")
        actual[at], known_on[at] = outcomes
    if np.isnat(known_on[pending]).all():
        return None
    return rows.assign(actual=actual, known_on=known_on)


def cleared_rows(rows: pd.DataFrame, panel: Panel, target: str) -> pd.DataFrame | None:
    """Rows of a record without outcomes of a target that are not the panel's; None if all are.

    Parameters
    ----------
    rows : DataFrame
    panel : Panel
    target : str
    """
    months = pd.PeriodIndex(rows["month"]).asi8.copy()
    actual, known_on = Outcomes(panel, target, "first").at(months, "level")
    others = (rows["actual"] != actual) | (rows["known_on"] != known_on)
    others &= rows["known_on"].notna() & (rows["target"] == target)
    if not others.any():
        return None
    rows = rows.copy()
    rows.loc[others, list(OUTCOME_COLUMNS)] = np.nan
    rows.loc[others, "known_on"] = pd.NaT
    return rows
