"""JSON answers, and rows of comma-separated ones."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from typing import Any

from tradeshock.features.errors import AnswerError
from tradeshock.features.fetching.text import read_text, refuse_page, shortened


def read_json(body: bytes, publisher: str) -> Any:
    """Document of a JSON answer.

    Raises
    ------
    AnswerError
        If it is a page, XML, plain words, or cut short.
    """
    text = read_text(body, publisher)
    refuse_page(text, publisher)
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        form = "XML" if text.lstrip().startswith("<") else "something"
        raise AnswerError(
            f"{publisher} sent {form} that is no JSON, or not all of it: {shortened(text[:300])!r}"
        ) from error


def read_records(document: Any, publisher: str) -> list[dict[str, str]]:
    """Rows of a JSON list of objects, every value as text, null as "".

    Raises
    ------
    AnswerError
        If it is no such list.
    """
    if not isinstance(document, list) or not all(isinstance(row, dict) for row in document):
        raise AnswerError(f"{publisher} sent JSON that is no list of records; its form has changed")
    return [{str(k): "" if v is None else str(v) for k, v in row.items()} for row in document]


def read_table(body: bytes, publisher: str, columns: Sequence[str]) -> Iterator[dict[str, str]]:
    """Rows of a comma-separated answer by the names of its first line.

    Raises
    ------
    AnswerError
        If it is a page, lacks one of `columns` or has it twice, or a row is cut.
    """
    text = read_text(body, publisher)
    refuse_page(text, publisher)
    rows = csv.reader(io.StringIO(text, newline=""))
    try:
        header = [name.strip() for name in next(rows, [])]
        if wrong := [name for name in columns if header.count(name) != 1]:
            raise AnswerError(
                f"{publisher} sent a table whose columns {shortened(str(wrong))} are missing or "
                f"doubled; it has {shortened(str(header))}"
            )
        for number, row in enumerate(rows, start=2):
            if not row:
                continue
            if len(row) != len(header):
                raise AnswerError(
                    f"{publisher} sent {len(row)} fields instead of {len(header)} in row {number}; "
                    "the answer is cut short or has changed"
                )
            yield dict(zip(header, row, strict=True))
    except csv.Error as error:
        raise AnswerError(f"{publisher} sent a table that does not read: {error}") from error
