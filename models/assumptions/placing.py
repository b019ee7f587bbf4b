"""Where an assumed value stands in a system, and whether it can."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from tradeshock.features.errors import ConditionError
from tradeshock.models.assumptions.entries import Array, Condition, Entry


def absolute(entry: Entry) -> Condition:
    """The entry, if it is a value.

    Raises
    ------
    ConditionError
        If it is a change that no model has turned into a value yet.
    """
    if isinstance(entry, Condition):
        return entry
    raise ConditionError(
        f"got {entry.series} {entry.text} in {entry.month}, a change that is not yet a value; "
        "hand the conditions to a model's forecast, or resolve them against paths"
    )


def column_of(entry: Condition, series: Sequence[str]) -> int:
    """Place of its series among those of a system.

    Raises
    ------
    ConditionError
        If the system does not contain it.
    """
    if entry.series not in series:
        raise ConditionError(
            f"got a condition on {entry.series!r}, which this model does not contain; it contains "
            f"{', '.join(series)}"
        )
    return list(series).index(entry.series)


def step_of(entry: Condition, index: pd.PeriodIndex, published: pd.Period | None) -> int:
    """Place of its month among the months to fill.

    Raises
    ------
    ConditionError
        If the month is published, or after the last one.
    """
    before = index[0] - 1
    last = before if published is None else max(published, before)
    if entry.month <= last:
        raise ConditionError(
            f"got a condition on {entry.series} in {entry.month}, but its figures are published "
            f"up to {last}; condition on {last + 1} or later, or cut the panel at an earlier origin"
        )
    if entry.month > index[-1]:
        raise ConditionError(
            f"got a condition on {entry.series} in {entry.month}, after the last forecast month "
            f"{index[-1]}; forecast more steps or drop it"
        )
    return int((entry.month - before).n) - 1


def logged(entry: Condition) -> Array:
    """Its values in logs.

    Raises
    ------
    ConditionError
        If one is not positive.
    """
    if (entry.value <= 0.0).any():
        raise ConditionError(
            f"got {entry.value.min():g} for {entry.series} in {entry.month}, expected a positive "
            "value: the series is modelled in logs"
        )
    logged: Array = np.log(entry.value)
    return logged
