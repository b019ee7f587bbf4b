"""Sheets of a publisher's workbook, and files in a packed one, from bytes."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Sequence
from datetime import date, time, timedelta
from typing import Any

from tradeshock.features.errors import AnswerError, SourceError
from tradeshock.features.fetching.text import read_text, refuse_page

Cell = str | float | int | bool | date | time | timedelta
# Far more than any publisher's workbook; a packed file can claim to hold anything.
MOST_BYTES = 400_000_000
_PACKED = b"PK"
_BIFF = b"\xd0\xcf\x11\xe0"


def read_sheet(body: bytes, publisher: str, sheet: str) -> list[list[Cell]]:
    """Cells of one sheet, by its name in whichever case; .xls and .xlsx by their bytes.

    Raises
    ------
    AnswerError
        If it is a page or no workbook, or has no such sheet.
    SourceError
        If python-calamine is not installed.
    """
    try:
        import python_calamine
    except ImportError as error:
        raise SourceError(
            f"{publisher} sends workbooks, which need python-calamine: pip install "
            "'tradeshock[excel]'"
        ) from error
    _refuse_no_workbook(body, publisher)
    try:
        book = python_calamine.load_workbook(io.BytesIO(body))
        names = {name.strip().casefold(): name for name in book.sheet_names}
        name = names.get(sheet.strip().casefold())
        rows = None if name is None else book.get_sheet_by_name(name).to_python(False)
    except (python_calamine.CalamineError, OSError, ValueError, OverflowError) as error:
        raise AnswerError(f"{publisher} sent a workbook that is cut short or broken") from error
    except BaseException as error:
        # A panic of the reader on damaged bytes is no subclass of Exception.
        if type(error).__name__ != "PanicException":
            raise
        raise AnswerError(f"{publisher} sent a workbook that is broken") from None
    if rows is None:
        raise AnswerError(
            f"{publisher} sent a workbook without a sheet {sheet!r}; it has {book.sheet_names[:9]}"
        )
    return [list(row) for row in rows]


def read_packed(body: bytes, publisher: str, name: str) -> bytes:
    """Bytes of one file in a zip.

    Raises
    ------
    AnswerError
        If it is a page, damaged, lacks the file, or would unpack to too much.
    """
    if not body.startswith(_PACKED):
        refuse_page(read_text(body, publisher), publisher)
        raise AnswerError(f"{publisher} sent no zip file; its address may have changed")
    with _opened(body, publisher) as packed:
        if name not in packed.namelist():
            raise AnswerError(f"{publisher} sent a zip without {name}: {packed.namelist()[:9]}")
        try:
            return packed.read(name)
        except _DAMAGED as error:
            raise AnswerError(f"{publisher} sent a zip file that is cut short or broken") from error


_DAMAGED: tuple[type[Exception], ...] = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError,
    NotImplementedError, MemoryError,
)  # fmt: skip


def _opened(body: bytes, publisher: str) -> zipfile.ZipFile:
    """Packed file that would not unpack to too much."""
    try:
        packed = zipfile.ZipFile(io.BytesIO(body))
    except _DAMAGED as error:
        raise AnswerError(f"{publisher} sent a file that is cut short or broken") from error
    if (size := sum(item.file_size for item in packed.infolist())) > MOST_BYTES:
        raise AnswerError(f"{publisher} sent a file that unpacks to {size:,} bytes, too many")
    return packed


def _refuse_no_workbook(body: bytes, publisher: str) -> None:
    if body.startswith(_PACKED):
        _opened(body, publisher).close()
    elif not body.startswith(_BIFF):
        refuse_page(read_text(body, publisher), publisher)
        raise AnswerError(f"{publisher} sent no workbook; its address may have changed")


def column_named(header: Sequence[Any], name: str) -> int | None:
    """Place of the first column whose name contains `name`, in whichever case, without stars."""
    wanted = name.casefold()
    for place, cell in enumerate(header):
        if isinstance(cell, str) and wanted in " ".join(cell.replace("*", " ").split()).casefold():
            return place
    return None
