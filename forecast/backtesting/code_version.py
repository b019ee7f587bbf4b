"""Version of a model's code: changes when the code that its forecasts come from does."""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tradeshock.features.errors import BacktestError
from tradeshock.models.base import Model


def code_version(model: Model) -> str:
    """Hash of the source files that a model's class is made of.

    These are the files of the class, of its base classes and of estimators among its parameters,
    and all files of the same packages that they import. Comments count, libraries do not.

    Raises
    ------
    BacktestError
        If the class has no source file, for instance because it was typed into a prompt.
    """
    estimators = [v for v in model.get_params().values() if hasattr(v, "get_params")]
    bases = {cls.__module__ for part in (model, *estimators) for cls in type(part).__mro__}
    own = type(model).__module__
    if _source_file(own) is None:
        raise BacktestError(
            f"{type(model).__name__} has no source file, so a store cannot tell whether its code "
            "has changed; write it into a module, or leave out store"
        )
    return module_version(*sorted(bases), root=own.partition(".")[0])


@cache
def module_version(*modules: str, root: str = "tradeshock") -> str:
    """Hash of modules and of all that they import from this package, or from another root.

    Modules of other packages do not count.
    """
    roots = {"tradeshock", root}
    waiting = [name for name in modules if name.partition(".")[0] in roots]
    seen: set[str] = set()
    digest = hashlib.sha256()
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting.extend(part for part in _imports(name) if part.partition(".")[0] in roots)
    for name in sorted(seen):
        digest.update(name.encode() + _source(name))
    return digest.hexdigest()


@cache
def _source_file(module: str) -> Path | None:
    loaded = sys.modules.get(module)
    name = getattr(loaded, "__file__", None)
    if loaded is None:
        try:
            spec = importlib.util.find_spec(module)
        except ModuleNotFoundError:
            return None
        name = None if spec is None else spec.origin
    path = Path(name) if name else None
    return path if path is not None and path.suffix == ".py" and path.is_file() else None


@cache
def _source(module: str) -> bytes:
    path = _source_file(module)
    return b"" if path is None else path.read_bytes()


@cache
def _imports(module: str) -> tuple[str, ...]:
    return tuple(_imported(ast.parse(_source(module)), module))


def _imported(tree: ast.AST, module: str) -> Iterator[str]:
    """Names that may be modules, imported anywhere in a file, type checking apart."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = module.rsplit(".", node.level)[0] + "." if node.level else ""
            source = package + (node.module or "")
            yield source
            yield from (f"{source}.{alias.name}" for alias in node.names)
        else:
            yield from _imported(node, module)
