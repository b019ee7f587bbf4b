"""What the page is made of: tables and charts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tradeshock.forecast.report.drawing import inline_svg

WIDE = 9.0
HALF = 4.3
NARROW = 3.75


@dataclass(frozen=True)
class Cell:
    """Text of a cell, and the figure that was rounded for it."""

    text: str
    value: float | None = None


@dataclass(frozen=True)
class Table:
    """A table: caption, headers, and rows whose first cell names the row.

    Parameters
    ----------
    name : str
        Unique on the page.
    caption : str
        What it shows, and in what unit.
    headers : sequence of str
        Of all columns.
    rows : sequence of sequences of Cell or str
        As many cells as headers; figures are Cells.
    texts : tuple of int
        Columns of words, flush left.
    """

    name: str
    caption: str
    headers: Sequence[str]
    rows: Sequence[Sequence[Cell | str]]
    texts: tuple[int, ...] = (0,)

    def cells(self) -> Iterable[list[Cell]]:
        """Rows with texts as cells, too."""
        for row in self.rows:
            yield [cell if isinstance(cell, Cell) else Cell(str(cell)) for cell in row]


@dataclass(frozen=True)
class Chart:
    """A picture as SVG, in one or two widths, with its words and its figures.

    Parameters
    ----------
    name : str
        Unique on the page.
    title : str
        Short name, read to those who cannot see it.
    description : str
        What it shows, for the same readers.
    wide, narrow : str
        SVG for windows and for phones.
    table : Table, optional
        Figures behind it.
    """

    name: str
    title: str
    description: str
    wide: str
    narrow: str
    table: Table | None = None

    @classmethod
    def drawn(
        cls,
        name: str,
        title: str,
        description: str,
        draw: Callable[..., object],
        sizes: tuple[tuple[float, float], tuple[float, float]],
        table: Table | None = None,
    ) -> Chart:
        """Draw it in two sizes, inches, for windows and for phones."""
        wide, narrow = (
            inline_svg(draw, size, f"{name}-{place}", title, description)
            for place, size in zip(("wide", "narrow"), sizes, strict=True)
        )
        return cls(name, title, description, wide, narrow, table)


def number(value: float, decimals: int = 1, sign: bool = False) -> Cell:
    """Figure rounded for people; a dash where there is none."""
    if not np.isfinite(value):
        return Cell("–")
    return Cell(f"{value:{'+' if sign else ''}z,.{decimals}f}", float(value))


def p_value(value: float) -> Cell:
    """P-value, three decimals, a dash where there is none."""
    return Cell("< 0.001", float(value)) if value < 0.001 else number(value, 3)


def short_day(day: pd.Timestamp) -> str:
    """Day as people write it; a dash where there is none."""
    return (
        "–" if pd.isna(day) else f"{day.day}\N{NO-BREAK SPACE}{day:%b}\N{NO-BREAK SPACE}{day.year}"
    )
