"""Version of a model's code: changes when the code that its forecasts come from does."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator, Mapping
from functools import cache, partial
from importlib import metadata
from pathlib import Path
from typing import Any

from tradeshock.features.errors import BacktestError
from tradeshock.models.record.sources import PACKAGE, find_file, find_location, source_of

# What runs models and draws their forecasts does not change them.
NO_PART = ("tradeshock.forecast",)
# The holidays themselves are in the fingerprint of the figures.
IN_FINGERPRINT = frozenset(("holidays",))
# Where the name that is imported is not the one under which a library is installed.
DISTRIBUTIONS = {"sklearn": "scikit-learn", "dateutil": "python-dateutil"}


def code_version(model: object) -> str:
    """Hash of the source files that a model is made of, and of the libraries that they import.

    These are the files of its class and base classes, and of all objects among its parameters,
    however deep: members of a wrapper, a bridge's carrier, blocks and estimators in lists, tuples
    and dictionaries, functions. Then all files that these import, at the top or inside functions,
    as far as they belong to this package, to the model's own, or lie outside the installed
    libraries; data files that stand beside the code and are named in it; and the versions of the
    installed libraries. Comments count; figures and holidays do not (they are in the fingerprint).

    Parameters
    ----------
    model : Model

    Raises
    ------
    BacktestError
        If a class has no source file, for instance because it was typed into a prompt.
    """
    own = type(model).__module__.partition(".")[0]
    modules: set[str] = set()
    for module, name in _parts(model, own, {}):
        if not _is_library(module.partition(".")[0], own) and find_file(module) is None:
            raise BacktestError(
                f"{name} has no source file, so a store cannot tell whether its code has changed; "
                "write it into a module, or leave out store"
            )
        modules.add(module)
    return module_version(*modules, own=own)


def module_version(*modules: str, own: str = PACKAGE) -> str:
    """Hash of modules and of all that they import (see `code_version`).

    Parameters
    ----------
    *modules : str
        Full names.
    own : str
        A package whose source counts even where it is installed as a library.
    """
    waiting, seen, libraries = list(modules), set[str](), set[str]()
    digest = hashlib.sha256()
    while waiting:
        name = waiting.pop()
        if name in seen or name.startswith(NO_PART):
            continue
        root = name.partition(".")[0]
        if _is_library(root, own):
            libraries.add(root)
        elif (source := source_of(name)) is not None:
            seen.add(name)
            waiting.extend(source.imports)
    for name in sorted(seen):
        if (source := source_of(name)) is not None:
            digest.update(name.encode() + source.digest)
            for file in filter(Path.is_file, source.data_files):
                digest.update(file.name.encode() + file.read_bytes())
    for root in sorted(libraries - IN_FINGERPRINT - sys.stdlib_module_names):
        digest.update(f"{root} {_library_version(root)}".encode())
    return digest.hexdigest()


def _parts(value: object, own: str, seen: dict[int, object]) -> Iterator[tuple[str, str]]:
    """Modules of an object, its bases and all that it holds, with the name of who is there."""
    if id(value) in seen or value is None or isinstance(value, str | bytes | int | float | complex):
        return
    seen[id(value)] = value
    if isinstance(value, type):
        yield from ((cls.__module__, cls.__name__) for cls in value.__mro__)
    elif callable(value) and hasattr(value, "__qualname__"):
        yield str(value.__module__), str(value.__qualname__)
    else:
        yield from _parts(type(value), own, seen)
        for part in _held(value, own):
            yield from _parts(part, own, seen)


def _held(value: object, own: str) -> Iterator[Any]:
    """What an object holds: parameters of an estimator, items, values, attributes."""
    if isinstance(value, Mapping):
        yield from value.values()
    elif isinstance(value, list | tuple | set | frozenset):
        yield from value
    elif isinstance(value, partial):
        yield from (value.func, value.args, value.keywords)
    elif hasattr(value, "get_params"):
        yield from value.get_params(deep=False).values()
    elif not _is_library(type(value).__module__.partition(".")[0], own):
        yield from getattr(value, "__dict__", {}).values()


@cache
def _is_library(root: str, own: str) -> bool:
    """Whether a package counts by its version: the standard library, and what is installed."""
    if root in sys.stdlib_module_names:
        return True
    if root in (PACKAGE, own):
        return False
    place = find_location(root)
    # What is not there at all is no library: nothing is found of it later either.
    return place is not None and not {"site-packages", "dist-packages"}.isdisjoint(place.parts)


@cache
def _library_version(root: str) -> str:
    try:
        return metadata.version(DISTRIBUTIONS.get(root, root))
    except metadata.PackageNotFoundError:
        names = metadata.packages_distributions().get(root, [])
        return ", ".join(f"{name} {metadata.version(name)}" for name in sorted(set(names)))
