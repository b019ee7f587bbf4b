"""On which line of a TOML text a key stands: tomllib says it of broken syntax only."""

from __future__ import annotations

import re
from collections.abc import Iterator

HEADER = re.compile(r"^\s*\[+\s*([^\]]+?)\s*\]+")


def line_of(text: str, table: str, key: str = "", part: str = "", number: int = 0) -> int:
    """Return the number of a line, counted from 1.

    Parameters
    ----------
    text : str
        TOML that reads.
    table : str
        Name of a table.
    key : str
        Key in it, or in one of its parts. Default: the line of the table itself.
    part : str
        Key of an array in the table, such as "moves".
    number : int
        Which of the array's elements, from 0.

    Returns
    -------
    int
        That of the table where the key does not stand in it.
    """
    whole = list(_lines_of(text, table))
    if not whole:
        return 1
    lines = _element(whole, table, part, number) if part else whole
    # Inline elements stand on lines of their table, behind a key of their own.
    written = re.compile(rf"(?:^|[\s,{{]){re.escape(key)}\s*=") if key else None
    found = [n for n, line in lines if written is not None and written.search(line)]
    return (found or [n for n, _ in (lines or whole)])[0]


def _lines_of(text: str, table: str) -> Iterator[tuple[int, str]]:
    """Numbered lines of a table and of its sub-tables."""
    inside = False
    for n, line in enumerate(text.splitlines(), start=1):
        if header := HEADER.match(line):
            name = header[1].replace(" ", "").replace('"', "")
            inside = name == table or name.startswith(f"{table}.")
        if inside:
            yield n, line


def _element(
    lines: list[tuple[int, str]], table: str, part: str, number: int
) -> list[tuple[int, str]]:
    """Lines of one element of an array, written as tables or inline."""
    name = re.compile(rf"^\s*\[\[\s*{re.escape(table)}\.{re.escape(part)}\s*\]\]")
    starts = [i for i, (_, line) in enumerate(lines) if name.match(line)]
    if number < len(starts):
        rest = lines[starts[number] + 1 :]
        end = next((i for i, (_, line) in enumerate(rest) if HEADER.match(line)), len(rest))
        return lines[starts[number] : starts[number] + 1 + end]
    opening = re.compile(rf"^\s*{re.escape(part)}\s*=")
    start = next((i for i, (_, line) in enumerate(lines) if opening.match(line)), None)
    if start is None:
        return []
    braces = [(n, line) for n, line in lines[start:] for _ in range(line.count("{"))]
    return braces[number : number + 1]
