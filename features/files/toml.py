"""TOML files that people write, by hand and in editors of Windows."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from tradeshock.features.errors import TradeshockError
from tradeshock.features.files.text import BYTE_ORDER_MARKS


def toml_text(path: Path) -> str:
    """Text of a TOML file: UTF-8, or what a byte order mark says."""
    data = path.read_bytes()
    marked = (encoding for mark, encoding in BYTE_ORDER_MARKS if data.startswith(mark))
    return data.decode(next(marked, "utf-8")).replace("\r\n", "\n")


def read_toml(path: Path, error: type[TradeshockError], what: str) -> tuple[dict[str, Any], str]:
    """Tables of a TOML file, and its text.

    Parameters
    ----------
    path : Path
    error : type
        What is raised if it does not read.
    what : str
        What the file should be, for the message, such as "a catalog".

    Raises
    ------
    error
        With the name of the file.
    """
    try:
        text = toml_text(path)
        return tomllib.loads(text), text
    except (OSError, UnicodeDecodeError) as cause:
        raise error(f"{path} does not open as {what}: {cause}") from cause
    except tomllib.TOMLDecodeError as cause:
        raise error(f"{path} does not read as TOML, which {what} is: {cause}") from cause
