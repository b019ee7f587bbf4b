"""XML without entities, and rows of tables in HTML."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from xml.etree import ElementTree

from tradeshock.features.errors import AnswerError
from tradeshock.features.fetching.text import read_text, refuse_page, shortened

# What declares entities can also make an answer of gigabytes out of a kilobyte, or read files here.
_DECLARES = re.compile(r"<!\s*(?:DOCTYPE|ENTITY)", re.I)
_ENCODING = re.compile(r"^\s*<\?xml[^>]*\?>")


def read_xml(body: bytes, publisher: str) -> ElementTree.Element:
    """Root of an XML answer.

    Raises
    ------
    AnswerError
        If it is a page, plain text, cut short, or declares a document type or entities.
    """
    text = read_text(body, publisher)
    refuse_page(text, publisher)
    if not text.lstrip().startswith("<"):
        raise AnswerError(f"{publisher} sent words instead of XML: {shortened(text)!r}")
    if _DECLARES.search(text):
        raise AnswerError(f"{publisher} sent XML that declares entities, which is not read")
    try:
        # Its declared encoding is that of the bytes, which are text by now.
        return ElementTree.fromstring(_ENCODING.sub("", text))
    except (ElementTree.ParseError, ValueError) as error:
        raise AnswerError(f"{publisher} sent XML that is cut short or broken: {error}") from error


def child_text(element: ElementTree.Element, name: str) -> str:
    """Text of the first element of a name, anywhere below; empty where there is none."""
    found = element.find(f".//{name}")
    return (found.text or "").strip() if found is not None else ""


def table_rows(body: bytes, publisher: str) -> list[list[str]]:
    """Cells of all table rows of a page.

    Raises
    ------
    AnswerError
        If the answer is no text or has no table.
    """
    reader = _Rows()
    try:
        reader.feed(read_text(body, publisher))
        reader.close()
    except (AssertionError, ValueError) as error:
        raise AnswerError(f"{publisher} sent a page that does not read: {error}") from error
    if not reader.rows:
        raise AnswerError(f"{publisher} sent a page without a table; it may have moved")
    return [[" ".join(cell.split()) for cell in row] for row in reader.rows]


def links(body: bytes, publisher: str) -> list[str]:
    """Addresses that a page or a sitemap names, in their order.

    Raises
    ------
    AnswerError
        If the answer is no text.
    """
    text = read_text(body, publisher)
    found = re.findall(r"""(?:href|src)\s*=\s*["']([^"'<>\s]+)["']|<loc>\s*([^<\s]+)""", text)
    return [(first or second).replace("&amp;", "&") for first, second in found]


class _Rows(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[str]] = []
        self._open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
            self._open = False
        elif tag in ("td", "th") and self.rows:
            self.rows[-1].append("")
            self._open = True

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr"):
            self._open = False

    def handle_data(self, data: str) -> None:
        if self._open:
            self.rows[-1][-1] += data
