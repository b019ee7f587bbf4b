"""Text with separators as rows of cells."""

from __future__ import annotations

import csv
import io

from tradeshock.features.errors import PanelError
from tradeshock.features.files.grid import Row

SEPARATORS = (",", ";", "\t", "|")


def split_rows(
    text: str, sep: str | None = None, header: int | None = None
) -> tuple[list[Row], str]:
    """Rows of a text, and the separator between their fields.

    Parameters
    ----------
    sep : str, optional
        One character. Default: the only one of comma, semicolon, tab and bar that parts the header
        and gives every row the same number of fields.
    header : int, optional
        Line of the header. Default: the first that is not empty.

    Raises
    ------
    PanelError
        If the separator is in doubt, or quotation marks do not close.
    """
    if sep is not None:
        if len(sep) != 1:
            raise PanelError(f"sep={sep!r} is no separator; give one character, such as ';'")
        return _rows(text, sep), sep
    lines = text.splitlines()
    at = next(i for i, line in enumerate(lines) if line.strip())
    if header is not None and 0 < header <= len(lines):
        at = header - 1
    top = lines[at]
    found = [mark for mark in SEPARATORS if mark in top]
    if len(found) > 1:
        found = [mark for mark in found if _even(text, mark)] or found
    if len(found) == 1:
        return _rows(text, found[0]), found[0]
    if not found:
        raise PanelError(
            f"line {at + 1} has no separator: {top[:60]!r}; if it is a title, say on which line "
            "the header stands (header=4); otherwise give the separator (sep=';')"
        )
    raise PanelError(
        f"the fields of line {at + 1} can be parted by any of {found}: {top[:60]!r}; say which: "
        f"sep={found[0]!r}"
    )


def _even(text: str, sep: str) -> bool:
    """Whether all rows have the same number of fields with a separator."""
    try:
        widths = {len(cells) for _, cells in _rows(text, sep) if any(c.strip() for c in cells)}
    except PanelError:
        return False
    return len(widths) == 1 and widths != {1}


def _rows(text: str, sep: str) -> list[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=sep, strict=True)
    rows: list[Row] = []
    begins = 1
    try:
        for cells in reader:
            rows.append((begins, cells))
            begins = reader.line_num + 1
    except csv.Error as error:
        raise PanelError(
            f"line {begins} does not read: {error}; close its quotation marks, or give the "
            "separator (sep=';')"
        ) from error
    return rows
