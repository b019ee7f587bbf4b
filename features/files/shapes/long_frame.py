"""Nixtla's long frame, with one figure a row, as a table with one row a month."""

from __future__ import annotations

import pandas as pd

from tradeshock.features.errors import PanelError

# Of which series, of which month, how much.
ID, DAY, FIGURE = "unique_id", "ds", "y"


def is_long(frame: pd.DataFrame) -> bool:
    """Whether a frame has Nixtla's columns; older ones have `unique_id` as the index."""
    return {DAY, FIGURE} <= set(frame.columns) and ID in {*frame.columns, frame.index.name}


def one_row_a_month(frame: pd.DataFrame) -> pd.DataFrame:
    """Table of a long frame: days by series, in the order in which these come.

    Raises
    ------
    PanelError
        If a row names no series, two have the same series and day, or there are other columns.
    """
    if frame.index.name == ID:
        frame = frame.reset_index()
    if other := [str(name) for name in frame.columns if name not in (ID, DAY, FIGURE)]:
        raise PanelError(
            f"a long frame of {ID}, {DAY} and {FIGURE} has the column {other[0]!r} too; drop it, "
            f"or give it as a series of its own: rows with its name as {ID}"
        )
    if frame[ID].isna().any():
        raise PanelError(f"row {int(frame[ID].isna().argmax()) + 1} has no {ID}; name its series")
    twice = frame.duplicated([ID, DAY])
    if twice.any():
        row = frame[twice].iloc[0]
        raise PanelError(f"{row[ID]} has two figures for {row[DAY]}; keep one")
    table = frame.pivot(index=DAY, columns=ID, values=FIGURE).sort_index()
    return table[list(frame[ID].unique())].rename_axis(index="month", columns=None)
