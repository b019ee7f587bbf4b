"""Bytes of a file as text: the encoding where there is only one that fits."""

from __future__ import annotations

import codecs
import gzip
import re
import zlib
from pathlib import Path

from tradeshock.features.errors import PanelError

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_GZIP = b"\x1f\x8b"
_NOT_HANGUL = re.compile(r"[^\x00-\x7f가-힣\u3000-\u303f\uff00-\uffef·]")


def read_text(path: Path, encoding: str | None = None) -> str:
    """Text of a file, unpacked if it is packed with gzip.

    Parameters
    ----------
    encoding : str, optional
        Such as "cp949" or "cp1252". Default: what a byte order mark says, UTF-8, or Korean
        (cp949) where all that is not ASCII reads as Hangul.

    Raises
    ------
    PanelError
        If the file is damaged, empty, or its encoding is in doubt.
    """
    data = path.read_bytes()
    if data.startswith(_GZIP):
        try:
            data = gzip.decompress(data)
        except (OSError, EOFError, zlib.error) as error:
            raise PanelError(f"{path.name} cannot be unpacked: {error}; fetch it again") from error
    text = _decoded(data, path.name, encoding)
    if "\x00" in text:
        raise PanelError(
            f"{path.name} holds null characters; if it is UTF-16, say encoding='utf-16-le'"
        )
    if not text.strip():
        raise PanelError(f"{path.name} is empty; give a file with a header and figures")
    return text


def _decoded(data: bytes, name: str, encoding: str | None) -> str:
    if encoding is None:
        encoding = next((e for mark, e in BYTE_ORDER_MARKS if data.startswith(mark)), None)
        if encoding is None:
            return _guessed(data, name)
    try:
        return data.decode(encoding)
    except LookupError as error:
        raise PanelError(
            f"there is no encoding {encoding!r}; give one such as 'utf-8', 'cp949' or 'cp1252'"
        ) from error
    except UnicodeError as error:
        raise PanelError(
            f"{name} is not in {encoding} ({error}); give its encoding, such as 'cp949' or 'cp1252'"
        ) from error


def _guessed(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
    try:
        # In the narrower set, where both bytes of a syllable are beyond ASCII, no European text
        # reads as Hangul throughout.
        korean = data.decode("euc_kr")
    except UnicodeDecodeError:
        korean = None
    if korean is not None and not _NOT_HANGUL.search(korean):
        return korean
    raise PanelError(
        f"{name} is neither UTF-8 nor Korean (line {line}); give its encoding, such as "
        "encoding='cp1252' (Western European), 'cp949' (Korean) or 'cp932' (Japanese)"
    )
