"""Sheets of a publisher's workbook, and files in a packed one, from bytes."""

from __future__ import annotations

import io
import json
import math
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from tradeshock.features.errors import AnswerError
from tradeshock.features.fetching.sheet_reader import MISSING
from tradeshock.features.fetching.text import read_text, refuse_page, shortened

Cell = str | float | int | datetime
# Far more than any publisher's workbook; a packed file can claim to hold anything.
MOST_BYTES = 400_000_000
# What reading a workbook may take.
SECONDS = 60.0
_READER = Path(__file__).with_name("sheet_reader.py")
_PACKED = b"PK"
_BIFF = b"\xd0\xcf\x11\xe0"


def read_sheet(body: bytes, publisher: str, *names: str) -> list[list[Cell]]:
    """Cells of the first sheet of these names, in whichever case; .xls and .xlsx by their bytes.

    Raises
    ------
    AnswerError
        If it is a page or no workbook, or has no such sheet.
    """
    _refuse_no_workbook(body, publisher)
    command = [sys.executable, "-I", str(_READER), *names]
    try:
        run = subprocess.run(command, input=body, capture_output=True, timeout=SECONDS, check=False)
        text = run.stdout.decode("utf-8") if run.returncode in (0, MISSING) else ""
        found = json.loads(text)
    except (subprocess.TimeoutExpired, OSError, ValueError) as error:
        raise AnswerError(f"{publisher} sent a workbook that is cut short or broken") from error
    if run.returncode == MISSING:
        raise AnswerError(
            f"{publisher} sent a workbook without a sheet {names[0]!r}; it has "
            f"{shortened(str(found))}"
        )
    return [[_cell(cell) for cell in row] for row in found]


def _cell(cell: object) -> Cell:
    if isinstance(cell, list):
        return datetime.fromisoformat(cell[0])
    if isinstance(cell, float) and not math.isfinite(cell):
        return ""
    return cell if isinstance(cell, str | int | float) else str(cell)


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
            raise AnswerError(
                f"{publisher} sent a zip without {name}: {shortened(str(packed.namelist()))}"
            )
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
