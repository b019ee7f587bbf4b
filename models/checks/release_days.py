"""Columns of a block that say nothing but how old figures are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.indicators.origin_rows import OriginRows
from tradeshock.features.panel.panel import Panel

__all__ = ["follow_release_days"]

# Rows that have to share an age on average: where each has its own, any column follows it.
ROWS_AN_AGE = 3


def follow_release_days(
    table: pd.DataFrame, panel: Panel, target: str, state: str, inputs: Sequence[str]
) -> list[str]:
    """Columns that are the same wherever the series read are equally old.

    Such a column can hold no figure, neither a published nor a later one: figures differ between
    origins at which the newest are of the same age.

    Parameters
    ----------
    table : DataFrame, months of step 1 by columns
        What a block gives of the panel in that state.
    panel : Panel
    target : str
    state : str
    inputs : sequence of str
        Series that the block says it reads.

    Returns
    -------
    list of str
        Columns that follow the ages of one of them, or of all together.
    """
    read = [id for id in inputs if id in panel]
    rows = OriginRows.read(panel, target, state)
    if not read or len(rows.months) != len(table):
        return []
    ages = [_ages(rows, id) for id in read]
    kinds = [_kinds(each) for each in (*ages, np.hstack(ages))]
    often = [kind for kind in kinds if len(table) >= ROWS_AN_AGE * (kind.max() + 1)]
    return [
        str(name)
        for name, column in table.items()
        if any(_one_value_each(column, kind) for kind in often)
    ]


def _ages(rows: OriginRows, id: str) -> npt.NDArray[np.int64]:
    """Months from a series' last figure to step 1, and days since it came out; rows by two."""
    panel = rows.panel
    last = panel.last_known([id], rows.origins)[:, 0]
    column = list(panel.values.columns).index(id)
    out = panel.release_dates[last, column].astype("datetime64[D]")
    months = rows.first_row + np.arange(len(last)) - last
    days = (rows.origins - out).astype(np.int64)
    # Before its first figure a series has no age.
    return np.where(last[:, None] >= 0, np.column_stack([months, days]), -1)


def _kinds(ages: npt.NDArray[np.int64]) -> npt.NDArray[np.intp]:
    """Number of each row's age among those that there are."""
    return np.unique(ages, axis=0, return_inverse=True)[1].reshape(-1)


def _one_value_each(column: pd.Series, kind: npt.NDArray[np.intp]) -> bool:
    return bool((column.groupby(kind).nunique(dropna=False) <= 1).all())
