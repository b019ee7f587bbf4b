"""Source files of modules: their content, what they import, data files that they name."""

from __future__ import annotations

import ast
import hashlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.machinery import PathFinder
from pathlib import Path

PACKAGE = "tradeshock"
# Figures and holidays are data that every forecast names by their fingerprint.
FIGURES = "tradeshock.features.snapshot"
LONGEST_NAME = 200


@dataclass(frozen=True)
class Source:
    """What is read of a module's source file.

    Parameters
    ----------
    digest : bytes
        Hash of the file.
    data_files : tuple of Path
        Data files beside it that it names.
    imports : tuple of str
        Names that may be modules: all that it imports, and the packages around it.
    """

    digest: bytes
    data_files: tuple[Path, ...]
    imports: tuple[str, ...]


@dataclass(frozen=True)
class _Reading:
    """What was read of a module, and of which state of it."""

    path: Path | None
    state: object
    source: Source | None


_readings: dict[str, _Reading] = {}


def source_of(module: str) -> Source | None:
    """Source of a module; None if it has none.

    That of a loaded module is read once and again after a reload, because until then the code that
    runs is the old one. That of a module to be loaded is read again when its file has changed.
    """
    last = _readings.get(module)
    if module in sys.modules:
        # A reload gives a module another spec, equal to the one before.
        state: object = getattr(sys.modules[module], "__spec__", None)
        if last is not None and last.state is state:
            return last.source
        path = find_file(module)
    else:
        # Most names that may be modules are not: these are looked for once.
        path = None if last is not None and last.path is None else find_file(module)
        state = None if path is None else (path, path.stat().st_mtime_ns, path.stat().st_size)
        if last is not None and last.state == state:
            return last.source
    source = None if path is None else _parsed(path, module)
    _readings[module] = _Reading(path, state, source)
    return source


def find_file(module: str) -> Path | None:
    """Python file of a module, whether it is imported yet or not; None if it has none."""
    path = find_location(module)
    return path if path is not None and path.suffix == ".py" and path.is_file() else None


def find_location(module: str) -> Path | None:
    """File of a module, or folder of a package without one; None if there is no such module."""
    if module in sys.modules:
        loaded = sys.modules[module]
        name = getattr(loaded, "__file__", None) or next(iter(_folders(module)), None)
        return None if name is None else Path(name)
    parent = module.rpartition(".")[0]
    # By path, because to ask `importlib.util.find_spec` imports the packages around.
    folders = _folders(parent) if parent else None
    if folders == []:
        return None
    try:
        spec = PathFinder.find_spec(module, folders)
    except (ImportError, ValueError):
        return None
    if spec is None:
        return None
    name = spec.origin or next(iter(spec.submodule_search_locations or ()), None)
    return None if name is None else Path(name)


def _folders(package: str) -> list[str]:
    """Folders in which the modules of a package are."""
    if package in sys.modules:
        return list(getattr(sys.modules[package], "__path__", ()))
    path = find_location(package)
    if path is None:
        return []
    if path.is_dir():
        return [str(path)]
    return [str(path.parent)] if path.name == "__init__.py" else []


def _parsed(path: Path, module: str) -> Source:
    content = path.read_bytes()
    tree = ast.parse(content)
    data = () if module == FIGURES else tuple(sorted(_data_files(tree, path.parent)))
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    names = [name for found in _imported(tree, package) for name in _resolved(*found)]
    around = [module.rsplit(".", up)[0] for up in range(1, module.count(".") + 1)]
    imports = tuple(dict.fromkeys([*around, *names]))
    return Source(hashlib.sha256(content).digest(), data, imports)


def _imported(tree: ast.AST, package: str) -> Iterator[tuple[str, str | None]]:
    """Modules, and names in them, imported anywhere in a file, type checking apart."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            for other in node.orelse:
                yield from _imported(other, package)
            continue
        if isinstance(node, ast.Import):
            yield from ((alias.name, None) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            source = node.module or ""
            if node.level:
                parts = package.split(".")
                above = ".".join(parts[: len(parts) - node.level + 1])
                source = f"{above}.{source}".rstrip(".")
            yield from ((source, None if a.name == "*" else a.name) for a in node.names)
        else:
            if isinstance(node, ast.Call) and (name := _imported_by_call(node)):
                yield name, None
            yield from _imported(node, package)


def _imported_by_call(call: ast.Call) -> str | None:
    """Module in ``import_module("...")``."""
    function = call.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    if name in ("import_module", "__import__") and call.args:
        given = call.args[0]
        if isinstance(given, ast.Constant) and isinstance(given.value, str):
            return given.value
    return None


def _resolved(module: str, name: str | None) -> Iterator[str]:
    """Names that may be modules behind one import; doors are followed to what they open on."""
    yield module
    if name is not None:
        yield f"{module}.{name}"
    if module.partition(".")[0] == PACKAGE:
        for opened, origin in _door(module):
            if name in (None, opened) and origin != module:
                yield origin


def _door(package: str) -> list[tuple[str, str]]:
    """Names that a package imports lazily, and from where (`tradeshock.features.door`)."""
    path = find_file(package)
    stub = None if path is None else path.with_suffix(".pyi")
    if stub is None or not stub.is_file():
        return []
    body = ast.parse(stub.read_bytes()).body
    found = [node for node in body if isinstance(node, ast.ImportFrom)]
    return [(alias.name, str(node.module)) for node in found for alias in node.names]


def _data_files(tree: ast.AST, folder: Path) -> set[Path]:
    """Files beside the code whose names stand in it as text."""
    texts = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    names = {
        text
        for text in texts
        if "." in text.strip("./") and len(text) <= LONGEST_NAME and text.isprintable()
    }
    found = {folder / name for name in names if (folder / name).is_file()}
    return {file for file in found if file.suffix not in (".py", ".pyc")}
