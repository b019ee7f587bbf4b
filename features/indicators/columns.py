"""What a block gives as a table of numbers, or one sentence of what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from tradeshock.features.errors import PanelError
from tradeshock.features.indicators.origin_rows import Floats

# Types of NumPy that hold real numbers, and objects, which may be some.
NUMBERS = "biufO"


def table_of(columns: Any, months: pd.PeriodIndex, block: str) -> pd.DataFrame:
    """Table of the columns that a block has made.

    Parameters
    ----------
    columns : mapping of str to array, or DataFrame
        One value a month, or a single one for all of them. Those with months as their index go by
        it; of any other index only the order counts.
    months : PeriodIndex
        Months of step 1, the rows.
    block : str
        Class name, for messages.

    Raises
    ------
    PanelError
        If it is no mapping, or a column is not as many numbers as there are months.
    """
    if not isinstance(columns, Mapping | pd.DataFrame):
        raise PanelError(
            f"_columns of {block} gave a {type(columns).__name__}; give a "
            "dict of column names to arrays, one value a row of known.months"
        )
    named = list(columns.items())
    # Numbered until all are there, so that a name that stands twice is still seen to.
    values = {at: _numbers(given, months, block, name) for at, (name, given) in enumerate(named)}
    table = pd.DataFrame(values, index=months, dtype="float64")
    return table.set_axis([name for name, _ in named], axis=1)


def _numbers(given: Any, months: pd.PeriodIndex, block: str, name: Any) -> Floats:
    if isinstance(given, pd.Series) and given.index.dtype == months.dtype:
        try:
            given = given.reindex(months)
        except ValueError as error:
            raise _refused("a Series in which a month stands twice", months, block, name) from error
    try:
        array = np.asarray(given)
        known = given is not None and array.dtype.kind in NUMBERS
        numbers = np.asarray(given, dtype="float64") if known else None
    except (TypeError, ValueError):
        array, numbers = np.empty(0, dtype=object), None
    if numbers is None:
        kind = type(given).__name__
        what = f"{kind} of {array.dtype}" if array.size and array.ndim else kind
        raise _refused(f"a {what}, not all numbers", months, block, name)
    if numbers.ndim == 0:
        return np.full(len(months), numbers)
    if numbers.ndim > 1:
        raise _refused(f"an array of shape {numbers.shape}", months, block, name)
    if len(numbers) != len(months):
        raise _refused(f"an array of {len(numbers)} values", months, block, name)
    return numbers


def _refused(what: str, months: pd.PeriodIndex, block: str, name: Any) -> PanelError:
    return PanelError(
        f"column {name!r} of {block} is {what}; give an array of {len(months)} numbers, one a "
        "month of known.months"
    )
