"""Single series and months of a system's draws."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.errors import ConditionError

if TYPE_CHECKING:
    from tradeshock.features.panel.panel import Panel
    from tradeshock.models.assumptions.entries import Cell

Floats = npt.NDArray[np.float64]


def refuse_wrong_cells(panel: Panel, series: Sequence[str], cells: Sequence[Cell]) -> None:
    """Demand series of a system and months that are not published.

    Raises
    ------
    ConditionError
        Naming the first that is neither.
    """
    for id, month in cells:
        if id not in series:
            raise ConditionError(
                f"got a condition on {id!r}, which this model does not contain; it contains "
                f"{', '.join(series)}"
            )
        if month <= (last := panel.last_month(id)):
            raise ConditionError(
                f"got a condition on {id} in {month}, but its figures are published up to {last}; "
                f"condition on {last + 1} or later, or cut the panel at an earlier origin"
            )


def columns_of(
    values: Floats, first: pd.Period, series: Sequence[str], cells: Sequence[Cell]
) -> Floats:
    """Cells of an array of draws by months from `first` by series: draws by cells."""
    months = [(month - first).n for _, month in cells]
    return values[:, months, [list(series).index(id) for id, _ in cells]]
