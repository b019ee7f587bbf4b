"""Values that look like another unit: warned of by name, or refused when they are far out."""

from __future__ import annotations

import warnings
from collections.abc import Iterable

import numpy as np
import pandas as pd

from tradeshock.features.errors import ConditionError, OddConditionWarning
from tradeshock.features.panel.panel import Panel
from tradeshock.models.assumptions.entries import Condition, Entry

# Factors from the last figure; for a series that is not modelled in logs, multiples of its largest
# move in twelve months.
ODD = 3.0
NONSENSE = 20.0


def refuse_odd_values(entries: Iterable[Entry], panel: Panel) -> None:
    """Warn of values three times off the last figure, and refuse those twenty times off.

    Only those beyond the largest move that the series has made in twelve months count: a series
    that has gone to the fivefold may do so again.

    Parameters
    ----------
    entries : iterable of Condition or RelativeCondition
    panel : Panel
        What is known; series that it lacks and months that it has are left to the model.

    Raises
    ------
    ConditionError
        Naming series, month, value and last figure.

    Warns
    -----
    OddConditionWarning
        The same, for values that are odd only.
    """
    for entry in entries:
        if entry.series not in panel or entry.month <= panel.last_month(entry.series):
            continue
        last = panel.series(entry.series)
        value = _implied(entry, float(last.iloc[-1]))
        size = _size(value, last, panel.catalog[entry.series].transform == "log")
        if size <= ODD:
            continue
        said = (
            f"got {value:,.10g} for {entry.series} in {entry.month}, but its last figure, of "
            f"{last.index[-1]}, is {last.iloc[-1]:,.10g}, and it has never moved so far in twelve "
            f"months; is the unit right? It is counted in {panel.catalog[entry.series].unit}"
        )
        if size > NONSENSE:
            raise ConditionError(said)
        warnings.warn(said, OddConditionWarning, stacklevel=4)


def already_checked() -> warnings.catch_warnings[None]:
    """Context in which a model hands conditions on that it has warned of itself."""
    return warnings.catch_warnings(action="ignore", category=OddConditionWarning)


def _implied(entry: Entry, last: float) -> float:
    """Middle value of a condition; one against a reference is taken from the last figure."""
    middle = float(np.median(entry.value))
    if isinstance(entry, Condition):
        return middle
    return last + middle if entry.by == "amount" else last * (1.0 + middle)


def _size(value: float, figures: pd.Series, logs: bool) -> float:
    """Factor from the last figure, 1 where the series has moved so far before."""
    known = figures.to_numpy(dtype=float)
    if logs:
        if value <= 0.0:
            return 1.0  # refused where it is laid out, whatever its size
        known, value = np.log(known), np.log(value)
    distance = abs(value - known[-1])
    largest = np.abs(known[12:] - known[:-12]).max(initial=0.0)
    if distance <= largest:
        return 1.0
    if logs:
        return float(np.exp(distance))
    return float(distance / largest) if largest else 1.0
