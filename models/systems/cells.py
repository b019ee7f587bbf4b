"""A system's own draws of single series and months."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.errors import ConditionError

if TYPE_CHECKING:
    from tradeshock.features.panel.panel import Panel
    from tradeshock.models.assumptions.entries import Cell
    from tradeshock.models.base import Model
    from tradeshock.models.conditions import Conditions

Floats = npt.NDArray[np.float64]


def draws_of_cells(
    system: Model, cells: Sequence[Cell], steps: int, conditions: Conditions | None
) -> Floats:
    """Draws of some series and months, in their own units.

    They are those that a forecast of `steps` months, or to the last of the cells, starts from:
    the same random numbers, the same ragged edge.

    Parameters
    ----------
    system : VAR or BayesianVAR
        Fitted.
    cells : sequence of (str, Period)
    steps : int
        Months after the target's last published one.
    conditions : Conditions or None
        What the draws have to meet.

    Returns
    -------
    ndarray, draws by cells

    Raises
    ------
    ConditionError
        If a series is not in the system or a month is published.
    """
    series: tuple[str, ...] = system.series_
    refuse_wrong_cells(system.panel_, series, cells)
    # The same model, with all its series for targets, from the first month that one of them lacks.
    whole = copy(system)
    whole.target_, whole.last_ = series, min(map(system.panel_.last_month, series))
    until = max([system.last_ + steps, *(month for _, month in cells)])
    values = whole._paths((until - whole.last_).n, whole._rng(), conditions)
    return columns_of(values, whole.last_ + 1, series, cells)


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
