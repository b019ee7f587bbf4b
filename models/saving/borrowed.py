"""Objects of other libraries that are all in their parameters: forecasters that are not fitted."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from inspect import signature
from typing import Any

import joblib


def arguments_of(value: Any) -> dict[str, Any]:
    """Arguments with which an object was made, by name, as far as it shows them.

    Parameters
    ----------
    value : object
        With ``get_params``, or with attributes named as its parameters.
    """
    if hasattr(value, "get_params"):
        return dict(value.get_params(deep=False))
    known = signature(type(value)).parameters
    return {name: held for name, held in vars(value).items() if name in known}


def all_that_makes(value: Any) -> dict[str, Any] | None:
    """Arguments that make the same object again; None where something would be lost.

    What has ``get_params`` holds nothing else until it is fitted. Of other objects a new one has
    to be the same in all of its attributes.
    """
    try:
        arguments = arguments_of(value)
        made = made_again(type(value), arguments)
        if vars(made).keys() != vars(value).keys() or not arguments:
            return None
        if hasattr(value, "get_params"):
            return None if getattr(value, "is_fitted", False) else arguments
        return arguments if joblib.hash(vars(made)) == joblib.hash(vars(value)) else None
    except Exception:  # noqa: BLE001  # a class of another library may raise anything
        return None


def made_again(cls: type, arguments: Mapping[str, Any]) -> Any:
    """Object of a class, made by its constructor."""
    with warnings.catch_warnings():
        # Whoever made the first one has read what the library announces.
        warnings.simplefilter("ignore")
        return cls(**arguments)
