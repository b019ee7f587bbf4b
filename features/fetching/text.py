"""Bytes of an answer as text, and pages for people where figures should be."""

from __future__ import annotations

import re

from tradeshock.features.errors import AnswerError

_PAGE = re.compile(r"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|script)", re.I | re.S)
_TITLE = re.compile(r"<title[^>]*>([^<]{1,200})", re.I)
MOST_SHOWN = 120


def read_text(body: bytes, publisher: str) -> str:
    """Text of an answer, in UTF-8 or, from Korean hosts, in EUC-KR.

    Raises
    ------
    AnswerError
        If it is empty or in no such encoding.
    """
    if not body.strip():
        raise AnswerError(f"{publisher} sent an empty answer; try again later")
    for encoding in ("utf-8-sig", "cp949"):
        try:
            text = body.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            break
        return text
    raise AnswerError(f"{publisher} sent bytes that are no text; try again later")


def refuse_page(text: str, publisher: str) -> None:
    """Refuse a page that is made for people.

    Raises
    ------
    AnswerError
        If the text is HTML; the message has its title.
    """
    title = page_title(text)
    if title is not None:
        shown = f" ({title})" if title else ""
        raise AnswerError(
            f"{publisher} sent a page{shown} where figures should be; its site may be down, or "
            "may block this network: try again later"
        )


def page_title(text: str) -> str | None:
    """Title of a page that is made for people, empty where it has none; None of all else."""
    if not _PAGE.match(text):
        return None
    title = _TITLE.search(text)
    return shortened(title[1]) if title else ""


def shortened(text: str) -> str:
    """Words of a publisher, in one line that fits into a message."""
    line = " ".join(text.split())
    printable = "".join(c if c.isprintable() else "?" for c in line)
    return printable if len(printable) <= MOST_SHOWN else printable[:MOST_SHOWN] + "…"
