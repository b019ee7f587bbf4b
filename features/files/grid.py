"""A table as it lies in a file: a header, and rows of text with the lines they stand on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tradeshock.features.errors import PanelError
from tradeshock.features.files.months import is_month, months_across
from tradeshock.features.files.numerals import is_plain_number

Row = tuple[int, list[str]]
"""Line of the file, and the row's cells."""


@dataclass(frozen=True)
class Grid:
    """Rows of equal length below a header.

    Attributes
    ----------
    header : list of str
        Name of each column; the first may be empty.
    lines : list of int
        Line of the file on which each row stands.
    rows : list of list of str
        Cells without white space around them.
    plain_numbers : bool
        Whether a number with a point is taken as it is, or could have thousands in it.
    """

    header: list[str]
    lines: list[int]
    rows: list[list[str]]
    plain_numbers: bool = True

    def column(self, j: int) -> list[str]:
        """Cells of one column."""
        return [row[j] for row in self.rows]

    @classmethod
    def from_rows(
        cls,
        rows: Sequence[Row],
        *,
        header: int | tuple[int, ...] | None = None,
        names: Sequence[str] | None = None,
        footer: int = 0,
        plain_numbers: bool = True,
    ) -> Grid:
        """Split rows of a file into header and figures.

        Parameters
        ----------
        rows : sequence of (line, cells)
            All rows of the file.
        header : int or tuple of int, optional
            Line of the header, or lines whose words make it together. Default: the first line
            that is not empty.
        names : sequence of str, optional
            Names of all columns of a file that has no header.
        footer : int
            Rows at the end that are notes.

        Raises
        ------
        PanelError
            If rows differ in the number of fields, or the header is missing or in doubt.
        """
        filled = [(line, [c.strip() for c in cells]) for line, cells in rows]
        filled = [(line, cells) for line, cells in filled if any(cells)]
        filled = filled[: len(filled) - footer] if footer else filled
        if not filled:
            raise PanelError("the file holds no rows; give one with a header and figures")
        if names is not None:
            top, body = (0, [str(name) for name in names]), filled
        else:
            top, body = _below_header(filled, header)
        if not body:
            raise PanelError(f"nothing stands below the header in line {top[0]}; give figures")
        _refuse_ragged(top, body, headed=names is None)
        if names is None:
            _refuse_headless(top, body)
        kept = [j for j, name in enumerate(top[1]) if name or any(cells[j] for _, cells in body)]
        _refuse_nameless([top[1][j] for j in kept], top[0])
        return cls(
            [top[1][j] for j in kept],
            [line for line, _ in body],
            [[cells[j] for j in kept] for _, cells in body],
            plain_numbers,
        )


def _below_header(rows: list[Row], header: int | tuple[int, ...] | None) -> tuple[Row, list[Row]]:
    wanted = (rows[0][0],) if header is None else (header,) if isinstance(header, int) else header
    tops = [row for row in rows if row[0] in wanted]
    if len(tops) != len(set(wanted)):
        raise PanelError(
            f"header={header} names a line that is empty or not there; the file has lines "
            f"{rows[0][0]} to {rows[-1][0]}"
        )
    width = len(tops[-1][1])
    parts = [cells + [""] * (width - len(cells)) for _, cells in tops]
    names = [" ".join(dict.fromkeys(filter(None, words))) for words in zip(*parts, strict=False)]
    last = max(wanted)
    return (last, names), [row for row in rows if row[0] > last]


def _refuse_ragged(top: Row, body: list[Row], *, headed: bool) -> None:
    width = len(top[1])
    odd = [(line, cells) for line, cells in body if len(cells) != width]
    if not odd:
        return
    line, cells = odd[0]
    against = f"the header (line {top[0]}) has {width}" if headed else f"there are {width} names"
    raise PanelError(
        f"line {line} has {len(cells)} fields where {against}: {_quoted(cells)}; give every row "
        f"as many{_other_cause(body, width, odd[0])}"
    )


def _other_cause(body: list[Row], width: int, odd: Row) -> str:
    """What else may be the matter: titles above the header, or notes below the figures."""
    usual, count = Counter(len(cells) for _, cells in body).most_common(1)[0]
    line, names = next(row for row in body if len(row[1]) == usual)
    if usual != width and count > 1 and not is_month(names[0]):
        return f", or, if the header is line {line}, say header={line}"
    below = [row for row in body if row[0] >= odd[0]]
    if all(len([cell for cell in cells if cell]) == 1 for _, cells in below):
        return f", or, if notes begin there, say footer={len(below)}"
    return ""


def _refuse_headless(top: Row, body: list[Row]) -> None:
    line, cells = top
    if months_across(cells):
        return
    figure = next((c for c in cells if is_plain_number(c) and not is_month(c)), None)
    if is_month(cells[0]) or figure is not None:
        names = ", ".join(f"'{name}'" for name in ["month", "exports", "..."][: len(cells)])
        raise PanelError(
            f"line {line} is no header: {_quoted(cells)}; put one above the figures, or name all "
            f"{len(cells)} columns: names=[{names}]"
        )


def _refuse_nameless(names: list[str], line: int) -> None:
    # the column of months often has no name, and with two of them neither has
    for j, name in enumerate(names[2:], start=3):
        if not name:
            raise PanelError(f"column {j} has no name in the header (line {line}); give it one")
    places: dict[str, list[int]] = {}
    for j, name in enumerate(names, start=1):
        places.setdefault(name, []).append(j)
    for name, columns in places.items():
        if name and len(columns) > 1:
            raise PanelError(
                f"column {name!r} stands twice in the header (line {line}), as columns "
                f"{' and '.join(map(str, columns))}; rename one or drop it"
            )


def _quoted(cells: list[str]) -> str:
    text = ",".join(cells)
    return repr(text if len(text) <= 60 else text[:57] + "...")
