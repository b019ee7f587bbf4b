"""Whose objects a file may hold, and under which name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from importlib import import_module
from importlib.util import find_spec
from inspect import Parameter, signature
from typing import Any

from sklearn.base import BaseEstimator

from tradeshock.features.days.quotes import Quotes
from tradeshock.features.errors import ModelError, StoredFileError
from tradeshock.features.indicators.block import Parameters
from tradeshock.features.panel.catalog import Catalog
from tradeshock.features.panel.panel import Panel
from tradeshock.features.panel.vintages import Vintages
from tradeshock.models.adjustment import CalendarAdjustment

# Modules of these run nothing when they are imported.
OWN = ("tradeshock.features.", "tradeshock.models.")
# Classes without declared fields of which all is in their attributes.
PLAIN: tuple[type, ...] = (Panel, Catalog, Quotes, Vintages, CalendarAdjustment)


def name_of(cls: type) -> str:
    """Where a class stands: ``module:Class``."""
    return f"{cls.__module__}:{cls.__qualname__}"


def is_named_tuple(cls: type) -> bool:
    """Whether a class is a NamedTuple."""
    return issubclass(cls, tuple) and hasattr(cls, "_fields")


def can_be_kept(cls: type) -> bool:
    """Whether all that an object of a class is stands in its attributes, or it says what is."""
    declared = is_dataclass(cls) or is_named_tuple(cls) or _has_methods(cls)
    return declared or cls in PLAIN or issubclass(cls, BaseEstimator | Parameters)


def _has_methods(cls: type) -> bool:
    return hasattr(cls, "_stored") and hasattr(cls, "_restore")


def _says_what(cls: type, attributes: Mapping[str, Any]) -> bool:
    """Whether an object says what is written of it: not a model that is not fitted."""
    is_new = issubclass(cls, BaseEstimator) and "panel_" not in attributes
    return _has_methods(cls) and not is_new


def attributes_of(value: Any) -> dict[str, Any]:
    """What is written of an object, by name."""
    if is_dataclass(value) and not hasattr(value, "__dict__"):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    own = dict(vars(value))
    return dict(value._stored()) if _says_what(type(value), own) else own


def made_of(cls: type, attributes: Mapping[str, Any]) -> Any:
    """Object of a class with these attributes; nothing of the class runs but its `_restore`.

    Raises
    ------
    StoredFileError
        If attributes are missing, or are no names of attributes.
    """
    lacking = [name for name in _needed(cls) if name not in attributes]
    odd = [name for name in attributes if not name.isidentifier() or name.startswith("__")]
    if lacking or odd:
        what = f"has no {', '.join(lacking)}" if lacking else f"has an attribute {odd[0]!r}"
        raise StoredFileError(
            f"a {cls.__qualname__} in it {what}; load it with the code that saved it"
        )
    made: Any = object.__new__(cls)
    if _says_what(cls, attributes):
        made._restore(attributes)
    else:
        for name, value in attributes.items():
            object.__setattr__(made, name, value)
    return made


def _requires(cls: type) -> tuple[str, ...]:
    """Packages that a model's class needs besides the package's own dependencies."""
    return tuple(getattr(cls, "requires", ()))


def _needed(cls: type) -> list[str]:
    """Attributes without which an object of a class is none."""
    if is_dataclass(cls):
        return [field.name for field in fields(cls)]
    if issubclass(cls, BaseEstimator | Parameters):
        # LightGBM's take any further ones by **, and then hold each under its own name.
        several = (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)
        return [n for n, one in signature(cls).parameters.items() if one.kind not in several]
    return []


class Classes:
    """Classes whose objects are made when a file is read.

    Parameters
    ----------
    trusted : mapping of str to class
        By `name_of`, besides the package's own.
    """

    def __init__(self, trusted: Mapping[str, type]) -> None:
        self._trusted = trusted

    def __getitem__(self, name: str) -> type:
        """Class of a name.

        Raises
        ------
        ModelError
            If it is none of the package's own and was not passed in, or needs what is not
            installed.
        StoredFileError
            If the package has no such class.
        """
        found = self._trusted[name] if name in self._trusted else self._own(name)
        if missing := [package for package in _requires(found) if find_spec(package) is None]:
            raise ModelError(
                f"it holds a {found.__qualname__}, which needs {', '.join(missing)}: "
                f"pip install {' '.join(missing)}"
            )
        return found

    def _own(self, name: str) -> type:
        """Class of the package itself."""
        module, _, inside = name.partition(":")
        if not module.startswith(OWN):
            alike = [cls for cls in self._trusted.values() if cls.__qualname__ == inside]
            hint = (
                f"import it and pass it: load_model(path, trusted=[{inside}])"
                if not alike
                else f"the one passed in is of {alike[0].__module__}: import it from one and the "
                "same module where it is saved and where it is loaded"
            )
            raise ModelError(
                f"it holds a {inside or name} of {module}, which is made only where it is trusted; "
                f"{hint}"
            )
        found: Any = None
        try:
            found = import_module(module)
            for part in inside.split("."):
                found = getattr(found, part)
        except (ImportError, AttributeError, ValueError):
            found = None
        if not isinstance(found, type) or name_of(found) != name or not can_be_kept(found):
            raise StoredFileError(
                f"it holds a {name}, which this version of tradeshock does not have; "
                "load it with the version that saved it"
            )
        return found
