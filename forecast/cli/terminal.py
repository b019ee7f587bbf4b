"""Standard output, for people at a terminal and for pipes."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

# Wide enough that no line of a pipe is broken.
PIPE_WIDTH = 10_000
NAME_WIDTH = 14
# How the cells of a column stand: figures and days flush right, days in one piece.
KINDS: dict[str, dict[str, Any]] = {
    "figure": {"justify": "right"},
    "day": {"justify": "right", "no_wrap": True},
    "text": {},
}


class Terminal:
    """Standard output: coloured and as wide as the window, or plain text in a pipe."""

    def __init__(self) -> None:
        self._plain = not sys.stdout.isatty()
        self._console = Console(
            highlight=False, markup=False, emoji=False, width=PIPE_WIDTH if self._plain else None
        )

    def line(self, text: str = "", style: str | None = None) -> None:
        """Print one line of text."""
        self._console.print(text, style=style, soft_wrap=self._plain)

    def fact(self, name: str, text: str) -> None:
        """Print a fact; where it needs several lines, they stand below each other."""
        grid = Table.grid(padding=(0, 2, 0, 0))
        grid.add_column(width=NAME_WIDTH)
        grid.add_column()
        grid.add_row(name, text)
        self._console.print(grid)

    def table(self, columns: Iterable[tuple[str, str]], rows: Iterable[Sequence[str]]) -> None:
        """Print a table.

        Parameters
        ----------
        columns : iterable of pairs
            Header, and one of `KINDS`.
        rows : iterable of sequences of str
        """
        grid = Table(
            box=None if self._plain else SIMPLE_HEAD,
            show_edge=False,
            pad_edge=False,
            padding=(0, 2 if self._plain else 1, 0, 0),
        )
        for header, kind in columns:
            # Broken where need be, but never cut off.
            grid.add_column(header, overflow="fold", **KINDS[kind])
        for row in rows:
            grid.add_row(*row)
        self._console.print(grid)
