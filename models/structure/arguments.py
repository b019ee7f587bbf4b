"""Arguments of the structural tools, checked at the door."""

from __future__ import annotations

from collections.abc import Sequence

from tradeshock.features.errors import ModelError
from tradeshock.models.parameters import Rule, flag, whole

__all__ = ["COVERAGE", "GROWTH", "N_DRAWS", "RANDOM_STATE", "STEPS", "demand", "demand_member"]

COVERAGE = Rule(
    "a number above 0 and below 1, such as 0.68",
    lambda value: isinstance(value, float) and 0.0 < value < 1.0,
)
GROWTH = flag()
N_DRAWS = whole(2, 20_000)
RANDOM_STATE = whole(0)
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
