"""What the page is made of: sections of paragraphs, tables, charts and folds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from markupsafe import Markup, escape

from tradeshock.forecast.report.drawing import inline_svg
from tradeshock.forecast.report.words import Words

WIDE = 9.0
HALF = 4.3
NARROW = 3.75


@dataclass(frozen=True)
class Cell:
    """Text of a cell, and the figure that was rounded for it."""

    text: str
    value: float | None = None

    def __html__(self) -> str:
        if self.value is None:
            return str(escape(self.text))
        return Markup('<data value="{}">{}</data>').format(self.value, self.text)


@dataclass(frozen=True)
class Paragraph:
    """Sentences."""

    form: ClassVar[str] = "paragraph"
    text: str


@dataclass(frozen=True)
class Heading:
    """Heading inside a section; its name is an anchor, unique on the page."""

    form: ClassVar[str] = "heading"
    name: str
    text: str


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

    form: ClassVar[str] = "table"
    name: str
    caption: str
    headers: Sequence[str]
    rows: Sequence[Sequence[Cell | str]]
    texts: tuple[int, ...] = (0,)

    def cells(self) -> Iterable[list[Cell]]:
        """Rows with texts as cells, too."""
        for row in self.rows:
            yield [cell if isinstance(cell, Cell) else Cell(cell) for cell in row]


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

    form: ClassVar[str] = "chart"
    name: str
    title: str
    description: str
    wide: str
    narrow: str
    table: Table | None = None

    @classmethod
    def drawn(
        cls,
        words: Words,
        name: str,
        title: str,
        description: str,
        draw: Callable[..., object],
        sizes: tuple[tuple[float, float], tuple[float, float]],
        table: Table | None = None,
    ) -> Chart:
        """Draw it in two sizes, inches, for windows and for phones."""
        wide, narrow = (
            inline_svg(draw, size, f"{name}-{place}", title, description, words.name)
            for place, size in zip(("wide", "narrow"), sizes, strict=True)
        )
        return cls(name, title, description, wide, narrow, table)


@dataclass(frozen=True)
class Pair:
    """Charts beside each other, where there is room."""

    form: ClassVar[str] = "pair"
    charts: Sequence[Chart]


@dataclass(frozen=True)
class Fold:
    """What is shown when it is asked for."""

    form: ClassVar[str] = "fold"
    summary: str
    table: Table


@dataclass(frozen=True)
class Facts:
    """Names and what they are; several texts of one name are a list."""

    form: ClassVar[str] = "facts"
    rows: Sequence[tuple[str, str | Sequence[str]]]


Block = Paragraph | Heading | Table | Chart | Pair | Fold | Facts


@dataclass(frozen=True)
class Section:
    """Answer to one question.

    Parameters
    ----------
    name : str
        Anchor.
    title : str
        The question.
    blocks : sequence of Block
    """

    name: str
    title: str
    blocks: Sequence[Block]


def number(value: float, decimals: int = 1, sign: bool = False) -> Cell:
    """Figure rounded for people; a dash where there is none."""
    if not np.isfinite(value):
        return Cell("–")
    return Cell(f"{value:{'+' if sign else ''}z,.{decimals}f}", float(value))


def share(value: float) -> Cell:
    """Share in per cent; a dash where there is none. The value is the share itself."""
    return Cell(f"{100.0 * value:.0f}", float(value)) if np.isfinite(value) else Cell("–")


def p_value(value: float) -> Cell:
    """P-value, three decimals, a dash where there is none."""
    return Cell("< 0.001", float(value)) if value < 0.001 else number(value, 3)
