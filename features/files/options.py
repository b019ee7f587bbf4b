"""What may be said of how a file is to be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from types import UnionType
from typing import Any, TypeGuard

from tradeshock.features.errors import PanelError

WORDS = ("sep", "decimal", "thousands", "encoding", "month_format", "sheet")
SEVERAL = ("names", "month", "series", "missing", "columns")


def refuse_odd_options(reading: Mapping[str, Any], known: Iterable[str]) -> None:
    """Demand options that there are, each of the kind that it is.

    Raises
    ------
    PanelError
        If one is unknown, of another type, or contradicts itself.
    """
    if unknown := sorted(set(reading) - set(known)):
        raise PanelError(f"no option {unknown[0]!r}; there are {sorted(known)}")
    given = {name: value for name, value in reading.items() if value is not None}
    for name in WORDS:
        if not isinstance(given.get(name, ""), str):
            raise PanelError(f"{name} is {given[name]!r}; give text")
    for name in SEVERAL:
        # A mark of missing figures may be a number.
        if not _is_text(given.get(name, ""), str | float | int if name == "missing" else str):
            raise PanelError(f"{name} is {given[name]!r}; give a list of texts")
    _refuse_odd_lines(given.get("header", 1), given.get("footer", 0))
    _refuse_odd_names(given.get("names", ()), given.get("columns"))


def _is_text(value: object, kind: type | UnionType) -> bool:
    """Whether it is a text, or what else is taken, or several; names of a mapping included."""
    if isinstance(value, Mapping):
        value = [*value, *value.values()]
    if isinstance(value, kind):
        return True
    return isinstance(value, Iterable) and all(isinstance(one, kind) for one in value)


def _refuse_odd_lines(header: object, footer: object) -> None:
    lines = header if isinstance(header, tuple) and header else (header,)
    if not all(_is_number(line) and line > 0 for line in lines):
        raise PanelError(
            f"header is {header!r}; give a line counted from 1, header=4, or several: header=(5, 6)"
        )
    if not _is_number(footer) or footer < 0:
        raise PanelError(f"footer is {footer!r}; give the number of rows of notes: footer=2")


def _is_number(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _refuse_odd_names(names: Iterable[str], columns: Iterable[str] | None) -> None:
    if isinstance(names, str):
        raise PanelError(f"names is {names!r}; give a list: names=['month', 'exports']")
    if twice := _twice(names):
        raise PanelError(f"names has {twice!r} twice; give every column a name of its own")
    if columns is None:
        return
    if not list(columns):
        raise PanelError(f"columns is {columns!r}; name a series to take, or leave it out")
    if isinstance(columns, Mapping) and (twice := _twice(columns.values())):
        same = [name for name, id in columns.items() if id == twice]
        raise PanelError(f"columns gives {same} one name, {twice!r}; give each its own")


def _twice(names: Iterable[str]) -> str | None:
    return next((name for name, count in Counter(names).items() if count > 1), None)
