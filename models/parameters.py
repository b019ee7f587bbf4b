"""What parameters of models may be, said once a class and checked at the door.

A class says it of its own parameters in ``rules``; those of its bases count too::

    class MyModel(Model):
        rules: ClassVar[Rules] = {"half_life": positive(), "lags": optional(whole(1))}
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from inspect import signature
from typing import Any, NamedTuple

import numpy as np

from tradeshock.features.errors import ModelError
from tradeshock.models.strangers import instead_of


class Rule(NamedTuple):
    """What a parameter may be.

    Parameters
    ----------
    expected : str
        In words, as it ends the sentence "got n_draws=0, expected ...".
    holds : callable
        Whether a value is that.
    instead : callable
        What to give in place of a value that is not that, where there is more to say.
    """

    expected: str
    holds: Callable[[Any], bool]
    instead: Callable[[Any], str] = lambda _: ""


Rules = Mapping[str, Rule]


def whole(least: int, most: int | None = None) -> Rule:
    """Whole numbers from one to another, both included."""
    words = f"a whole number, at least {least}"
    if most is not None:
        words = f"a whole number from {least} to {most:,}"
    return Rule(words, lambda value: _is_whole(value) and least <= value <= (most or value))


def number(least: float, most: float = np.inf) -> Rule:
    """Numbers from one to another, both included."""
    words = f"a number from {least:g} to {most:g}" if np.isfinite(most) else f"at least {least:g}"
    return Rule(words, lambda value: _is_number(value) and least <= value <= most)


def positive() -> Rule:
    """Finite numbers above zero."""
    return Rule("a positive number", lambda value: _is_number(value) and value > 0.0)


def flag() -> Rule:
    """True or False."""
    return Rule("True or False", lambda value: isinstance(value, bool | np.bool_))


def one_of(*values: object) -> Rule:
    """One of some values."""
    words = f"one of {', '.join(repr(value) if value is None else str(value) for value in values)}"
    return Rule(words, lambda value: isinstance(value, str | None) and value in values)


def optional(rule: Rule) -> Rule:
    """None, or what another rule says."""
    return Rule(
        f"{rule.expected}, or None",
        lambda value: value is None or rule.holds(value),
        rule.instead,
    )


def several(rule: Rule, words: str, size: int | None = None) -> Rule:
    """Sequences, none of them empty, whose members keep a rule."""

    def listed(value: Any) -> bool:
        return isinstance(value, Sequence | np.ndarray) and not isinstance(value, str)

    def holds(value: Any) -> bool:
        fits = listed(value) and len(value) and size in (None, len(value))
        return bool(fits and all(map(rule.holds, value)))

    def instead(value: Any) -> str:
        strange = [member for member in value if not rule.holds(member)] if listed(value) else []
        return rule.instead(strange[0]) if strange else ""

    return Rule(words, holds, instead)


def text() -> Rule:
    """Texts that are not empty."""
    return Rule("a text", lambda value: isinstance(value, str) and bool(value))


def ids() -> Rule:
    """Ids of series, or none at all."""
    listed = several(text(), "ids of series in a list or tuple")
    return Rule(
        listed.expected, lambda value: listed.holds(value) or (value in ((), []) and value != "")
    )


def having(*methods: str, words: str) -> Rule:
    """Objects, no classes, that have some methods."""
    return Rule(
        words,
        lambda value: not isinstance(value, type) and all(hasattr(value, m) for m in methods),
    )


def model() -> Rule:
    """A model."""
    rule = having("fit", "forecast", "replay", words="a model, such as RandomWalk()")
    return rule._replace(instead=instead_of)


def check_parameters(checked: Any) -> None:
    """Demand that all parameters of a model are what its rules say.

    Raises
    ------
    ModelError
        Naming the first that is not, what was got and what is expected.
    """
    for name, rule in _checked(checked.__class__):
        value = getattr(checked, name)
        if not rule.holds(value):
            instead = rule.instead(value)
            raise ModelError(
                f"got {name}={value!r} for {type(checked).__name__}, expected {rule.expected}"
                + (f"; {instead}" if instead else "")
            )


@cache
def rules_of(cls: type) -> Rules:
    """Rules of a class and of its bases."""
    found: dict[str, Rule] = {}
    for base in reversed(cls.__mro__):
        found |= vars(base).get("rules", {})
    return found


@cache
def _checked(cls: type) -> tuple[tuple[str, Rule], ...]:
    """Parameters of a class that have rules."""
    names, rules = signature(cls).parameters, rules_of(cls)
    return tuple((name, rules[name]) for name in names if name in rules)


def _is_whole(value: object) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def _is_number(value: Any) -> bool:
    real = isinstance(value, int | float | np.integer | np.floating)
    return real and not isinstance(value, bool) and bool(np.isfinite(value))
