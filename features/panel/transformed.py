"""A series as blocks and models see it: in logs where it grows, and how it has moved."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tradeshock.features.panel.catalog import Series

# Over which months blocks say how a series has moved.
MONTHS = (1, 3, 12)


def transformed_series(figures: pd.Series, entry: Series) -> pd.DataFrame:
    """Figures, their (log) level, and its changes.

    Parameters
    ----------
    figures : Series
        First to last, by month.
    entry : Series
        Catalog entry, whose `transform` says whether the level is a log.

    Returns
    -------
    DataFrame, months by ``published, level, change_1, change_3, change_12``
        Figures in their own unit; the rest in log points, or in the unit where the catalog says
        ``"level"``. NaN before there is a figure to compare with.
    """
    level = np.log(figures) if entry.transform == "log" else figures
    changes = {f"change_{k}": level.diff(k) for k in MONTHS}
    return pd.DataFrame({"published": figures, "level": level, **changes})
