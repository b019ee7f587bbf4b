"""Models found by name: the package's own and those that other packages announce."""

from __future__ import annotations

import inspect
from difflib import get_close_matches
from functools import lru_cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from pkgutil import walk_packages

from tradeshock.features.errors import ModelError
from tradeshock.models.base import Model

GROUP = "tradeshock.models"


def find_models() -> dict[str, type[Model]]:
    """Find all models that have a name: built-in ones and entry points ``tradeshock.models``.

    Built-in models of an extra are left out where what they require is not installed.

    Returns
    -------
    dict of str to class
        Sorted by name. A built-in model's name is that of its class, an entry point's its own.

    Raises
    ------
    ModelError
        If an entry point cannot be loaded, is no model or bears a built-in model's name.
    """
    found = _installed()
    for point in entry_points(group=GROUP):
        if point.name in found or point.name in _built_in():
            raise ModelError(
                f"{_whose(point)} bears the name of another model; rename the entry point"
            )
        found[point.name] = _load(point)
    return dict(sorted(found.items()))


def make_model(name: str, **parameters: object) -> Model:
    """Make a model by name.

    Parameters
    ----------
    name : str
        One of `find_models`, in capitals or not, or a class anywhere as ``package.module:Class``.
    **parameters
        Passed to its class.

    Raises
    ------
    ModelError
        If there is no such model, or it has no such parameter.
    """
    if not isinstance(name, str):
        raise ModelError(
            f"got {name!r} as the name of a model; there are {', '.join(_installed())}"
        )
    cls = _class_at(name) if ":" in name else _class_called(name)
    known = inspect.signature(cls).parameters
    if unknown := sorted(set(parameters) - set(known)):
        raise ModelError(f"{name} has no parameters {unknown}; it has {list(known)}")
    return cls(**parameters)


def _class_called(name: str) -> type[Model]:
    built_in = _built_in()
    if name in built_in:
        return built_in[name]
    # A broken plug-in must not stand in the way of other models.
    points = {point.name: point for point in entry_points(group=GROUP)}
    names = {*built_in, *points}
    alike = [known for known in names if known.casefold() == name.casefold()]
    if name not in names and len(alike) != 1:
        offered = sorted({*_installed(), *points})
        near = _near(name, offered)
        hint = f"did you mean {near}? " if near else ""
        raise ModelError(f"no model {name!r}; {hint}there are {', '.join(offered)}")
    found = name if name in names else alike[0]
    return built_in[found] if found in built_in else _load(points[found])


def _near(name: str, offered: list[str]) -> str:
    """The name that may be meant: by its capitals (RW, BVAR) or its letters; empty if none."""
    initials = {"".join(filter(str.isupper, known)): known for known in reversed(offered)}
    if (meant := initials.get(name.upper())) is not None:
        return meant
    plain = {known.casefold(): known for known in reversed(offered)}
    near = get_close_matches(name.casefold(), plain, n=1, cutoff=0.5)
    return plain[near[0]] if near else ""


def _installed() -> dict[str, type[Model]]:
    """Built-in models whose extras are there."""
    return {name: cls for name, cls in _built_in().items() if all(map(find_spec, cls.requires))}


def _class_at(place: str) -> type[Model]:
    module, _, name = place.partition(":")
    return _load(EntryPoint(name or place, f"{module}:{name}", GROUP))


@lru_cache(maxsize=1)
def _built_in() -> dict[str, type[Model]]:
    package = import_module("tradeshock.models")
    models: dict[str, type[Model]] = {}
    for info in walk_packages(package.__path__, prefix="tradeshock.models."):
        module = import_module(info.name)
        models |= {
            name: value
            for name, value in vars(module).items()
            if _is_model(value)
            and value.__module__ == info.name
            and not name.startswith("_")
            # An adapter is nothing without what it adapts.
            and not _wants_arguments(value)
        }
    return dict(sorted(models.items()))


def _wants_arguments(cls: type[Model]) -> bool:
    """Whether a class cannot be made by its name alone."""
    return any(about.default is about.empty for about in inspect.signature(cls).parameters.values())


def _is_model(value: object) -> bool:
    return isinstance(value, type) and issubclass(value, Model) and not inspect.isabstract(value)


def _load(point: EntryPoint) -> type[Model]:
    try:
        value = point.load()
    except Exception as error:
        raise ModelError(
            f"{_whose(point)} cannot be loaded ({type(error).__name__}: {error}); repair or "
            "uninstall it"
        ) from error
    if not _is_model(value):
        raise ModelError(f"{_whose(point)} is {value!r}; expected a concrete subclass of Model")
    cls: type[Model] = value
    return cls


def _whose(point: EntryPoint) -> str:
    package = "" if point.dist is None else f" of {point.dist.name}"
    if point.dist is None and point.value.endswith(f":{point.name}"):
        return f"the model {point.value}"
    return f"the entry point {point.name!r}{package} ({point.value})"
