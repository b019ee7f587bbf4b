"""Tables as CSV that a spreadsheet opens as what they are: text stays text."""

from __future__ import annotations

import pandas as pd

# What makes a spreadsheet take a cell for a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def csv_text(table: pd.DataFrame, index: bool = True) -> str:
    """Return a table as CSV; an apostrophe stands before text that would be taken for a formula.

    Parameters
    ----------
    table : DataFrame
    index : bool
        Whether the index is written as the first columns.
    """
    whole = table.reset_index() if index else table
    texts = [name for name, column in whole.items() if _is_text(column)]
    guarded = whole.assign(**{str(name): whole[name].map(_guarded) for name in texts})
    return guarded.to_csv(index=False, lineterminator="\n")


def _is_text(column: pd.Series) -> bool:
    return bool(
        pd.api.types.is_object_dtype(column)
        or pd.api.types.is_string_dtype(column)
        or isinstance(column.dtype, pd.CategoricalDtype)
    )


def _guarded(cell: object) -> object:
    if isinstance(cell, str) and cell.startswith(FORMULA_STARTS):
        return f"'{cell}"
    return cell
