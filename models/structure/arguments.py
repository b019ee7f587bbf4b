"""Arguments of the structural tools, checked at the door."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from tradeshock.features.errors import ModelError
from tradeshock.models.parameters import Rule, flag, several, text, whole

__all__ = ["COVERAGE", "GROWTH", "IDS", "MONTH", "STEPS", "demand", "demand_draws", "demand_member"]

COVERAGE = Rule(
    "a number above 0 and below 1, such as 0.68",
    lambda value: isinstance(value, float) and 0.0 < value < 1.0,
)
GROWTH = flag()
IDS = several(text(), "names in a list or tuple")
MONTH = Rule('a month, such as "2018-01"', lambda value: _is_month(value))
STEPS = whole(1, 240)


def demand(value: object, name: str, rule: Rule) -> None:
    """Demand that an argument is what a rule says.

    Raises
    ------
    ModelError
        Saying what was got and what is expected.
    """
    if not rule.holds(value):
        raise ModelError(f"got {name}={value!r}, expected {rule.expected}")


def demand_member(value: object, name: str, there: Sequence[str]) -> None:
    """Demand one of some names.

    Raises
    ------
    ModelError
        Saying what was got and what there is.
    """
    if not isinstance(value, str) or value not in there:
        raise ModelError(f"got {name}={value!r}, expected one of {', '.join(there)}")


def demand_draws(n_draws: object, random_state: object) -> None:
    """Demand a number of draws and a seed that make sense.

    Raises
    ------
    ModelError
        Saying which does not.
    """
    demand(n_draws, "n_draws", whole(2, 20_000))
    demand(random_state, "random_state", whole(0))


def _is_month(value: object) -> bool:
    if not isinstance(value, str | pd.Period):
        return False
    try:
        return isinstance(pd.Period(value, "M"), pd.Period)
    except ValueError:
        return False
