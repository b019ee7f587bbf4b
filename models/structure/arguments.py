"""Arguments of the structural tools, checked at the door."""

from __future__ import annotations

from tradeshock.features.errors import ModelError
from tradeshock.models.parameters import Rule, flag, whole

__all__ = ["COVERAGE", "GROWTH", "N_DRAWS", "RANDOM_STATE", "STEPS", "demand"]

COVERAGE = Rule(
    "a number above 0 and below 1, such as 0.68",
    lambda value: isinstance(value, float) and 0.0 < value < 1.0,
)
GROWTH = flag()
N_DRAWS = whole(2, 100_000)
RANDOM_STATE = whole(0)
STEPS = whole(1, 600)


def demand(value: object, name: str, rule: Rule) -> None:
    """Demand that an argument is what a rule says.

    Raises
    ------
    ModelError
        Saying what was got and what is expected.
    """
    if not rule.holds(value):
        raise ModelError(f"got {name}={value!r}, expected {rule.expected}")
