"""What a panel holds: each series from when to when, and when the next figure is due."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from tradeshock.features.panel.figures import Figures


def data_status(panel: Figures) -> pd.DataFrame:
    """Return one row a series of what was out at the panel's origin.

    Parameters
    ----------
    panel : Panel

    Returns
    -------
    DataFrame
        Index series; columns title, unit, publisher; first and last, months of the first and last
        published figure; next_release, the day after the origin on which the release rule next
        lets out a figure; overdue_since, the day on which the first missing figure was due by the
        rule, NaT for a series that is up to date.
    """
    rows = [_status(panel, str(id)) for id in panel.values.columns]
    return pd.DataFrame(rows, pd.Index(panel.values.columns, name="series"))


def _status(panel: Figures, id: str) -> dict[str, Any]:
    entry, figures = panel.catalog[id], panel.values[id].dropna()
    first, last = (figures.index[0], figures.index[-1]) if len(figures) else (None, None)
    status = {
        "title": entry.title,
        "unit": entry.unit,
        "publisher": entry.publisher,
        "first": first,
        "last": last,
        "next_release": pd.NaT,
        "overdue_since": pd.NaT,
    }
    if isinstance(last, pd.Period):
        today = np.datetime64(panel.origin, "D")
        missing = pd.period_range(last + 1, max(last + 1, pd.Period(panel.origin, "M")) + 2)
        due = np.maximum.accumulate(entry.release.dates(missing))
        status["next_release"] = pd.Timestamp(due[due > today][0])
        if due[0] <= today:
            status["overdue_since"] = pd.Timestamp(due[0])
    return status
