"""What a model is called, and by what its findings are told apart."""

from __future__ import annotations

from abc import ABC
from collections.abc import Mapping
from functools import cache
from inspect import Parameter, signature
from pickle import PicklingError
from typing import Any

import joblib

from tradeshock.features.errors import ModelError


class Named(ABC):  # noqa: B024  # its caches want a metaclass that mypy can hash
    """The part of `tradeshock.models.Model` that knows its parameters and its name."""

    @property
    def name(self) -> str:
        """Class name with the parameters that differ from their defaults."""
        changed = self._changed_parameters()
        return type(self).__name__ + (f"({', '.join(changed)})" if changed else "")

    def _own_key(self) -> tuple[type, str]:
        """Class and parameters: what a finding of this model depends on besides figures."""
        return type(self), hash_of(self._given(), type(self).__name__)

    def _changed_parameters(self) -> list[str]:
        defaults = _parameters(type(self))
        return [
            value.name if isinstance(value, Named) else f"{key}={value!r}"
            for key, value in self._given().items()
            if key not in ("n_draws", "random_state") and not _same(value, defaults[key].default)
        ]

    def _given(self) -> dict[str, Any]:
        """Parameters as `get_params` gives them, without asking for the signature every time."""
        return {key: getattr(self, key) for key in sorted(_parameters(type(self)))}


def hash_of(parameters: object, model: str) -> str:
    """Text that is the same wherever a model's parameters are.

    Parameters
    ----------
    parameters : object
    model : str
        Class name, for messages.

    Raises
    ------
    ModelError
        If a class or function among them cannot be found by its name: one that is defined in a
        function, or has none.
    """
    try:
        return str(joblib.hash(parameters))
    except (PicklingError, AttributeError, TypeError) as error:
        why = error.args[0] if error.args else error
        raise ModelError(
            f"the parameters of {model} hold what cannot be found by its name ({why}); define the "
            "class or function in a module, outside of any function"
        ) from error


@cache
def _parameters(model: type[Named]) -> Mapping[str, Parameter]:
    return signature(model).parameters


def _same(value: object, default: object) -> bool:
    return value is default or (type(value) is type(default) and bool(value == default))
