"""Front doors that import a name only when it is asked for (:pep:`562`).

A package lists its public names once, as plain imports in the ``__init__.pyi`` beside its
``__init__.py``. Type checkers read that file as it is; at run time `attach` does.
"""

import ast
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any


def attach(
    package: str, file: str
) -> tuple[Callable[[str], Any], Callable[[], list[str]], list[str]]:
    """Make the names in a package's stub importable without importing what they stand for.

    Parameters
    ----------
    package : str
        The package's ``__name__``.
    file : str
        Its ``__file__``. Beside it is the stub: imports such as
        ``from tradeshock.features.panel.panel import Panel as Panel`` and nothing else.

    Returns
    -------
    tuple
        The package's ``__getattr__``, ``__dir__`` and ``__all__``. The first raises
        AttributeError on a name that is not in the stub.
    """
    origins = _origins(Path(file).with_suffix(".pyi"))

    def resolve(name: str) -> Any:
        if name not in origins:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        if origins[name] == package:
            value: Any = import_module(f"{package}.{name}")
        else:
            value = getattr(import_module(origins[name]), name)
        # Kept, so that the next look-up does not come here.
        setattr(sys.modules[package], name, value)
        return value

    def names() -> list[str]:
        # Not what the module itself imports: completion shows what users are meant to find.
        return sorted(origins)

    return resolve, names, sorted(origins)


def _origins(stub: Path) -> dict[str, str]:
    """Module from which each name of a stub is imported."""
    body = ast.parse(stub.read_text(encoding="utf-8")).body
    return {
        alias.name: str(node.module)
        for node in body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
