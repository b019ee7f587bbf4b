"""Figures of an answer as tidy frames, and the ways publishers write numbers and months."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import pandas as pd

from tradeshock.features.errors import AnswerError
from tradeshock.features.fetching.text import shortened
from tradeshock.features.files.months import NAMES
from tradeshock.features.files.numerals import MISSING, cleaned

Figure = tuple[str, pd.Period, float]
Quote = tuple[str, pd.Timestamp, float]
FIRST_YEAR, LAST_YEAR = 1900, 2199

_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d*)?(?:[eE][+-]?\d{1,3})?")
_MONTH = re.compile(
    r"(?P<y>\d{4})\s*(?:[-./]|[Mm])?\s*(?P<m>\d{2}|(?<=\D)\d)(?:-(?:01|28|29|30|31))?"
)
_DAY = re.compile(r"(?P<d>\d{1,2})[-\s/](?P<name>[A-Za-z]{3,9})[-\s/](?P<y>\d{4}|\d{2})")


def amount(cell: Any, publisher: str) -> float | None:
    """Number in a cell such as " 21,263,370"; None where there is no figure.

    Raises
    ------
    AnswerError
        If the cell is neither a number nor one of the signs for a missing figure.
    """
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return float(cell) if math.isfinite(cell) else None
    text = cleaned(str(cell)).strip()
    if text in MISSING:
        return None
    if not _NUMBER.fullmatch(text) or not any(c.isdigit() for c in text.split("e")[0]):
        raise AnswerError(f"{publisher} sent {shortened(text)!r} where a number should be")
    number = float(text.replace(",", ""))
    if not math.isfinite(number):
        raise AnswerError(f"{publisher} sent {shortened(text)!r}, which is beyond all numbers")
    return number


def month(cell: Any) -> pd.Period | None:
    """Month in a cell such as "202601", "2026.01", "2026M01", "2026-01-31" or a date, else None."""
    if isinstance(cell, datetime | date):
        return period(cell.year, cell.month)
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    match = _MONTH.fullmatch(str(cell).strip())
    return period(int(match["y"]), int(match["m"])) if match else None


def period(year: int, number: int) -> pd.Period | None:
    """Month of a year, or None where there is no such month."""
    if not (FIRST_YEAR <= year <= LAST_YEAR and 1 <= number <= 12):
        return None
    return pd.Period(ordinal=12 * (year - 1970) + number - 1, freq="M")


def day(cell: Any) -> pd.Timestamp | None:
    """Day in a cell such as "3-JAN-00", "20260102" or a date, else None.

    Two digits are a year from 1950 to 2049.
    """
    if isinstance(cell, datetime | date):
        return _timestamp(cell.year, cell.month, cell.day)
    text = str(cell).strip()
    if re.fullmatch(r"\d{8}", text):
        return _timestamp(int(text[:4]), int(text[4:6]), int(text[6:]))
    match = _DAY.fullmatch(text)
    number = NAMES.get(match["name"].lower()) if match else None
    if match is None or number is None:
        return None
    year = int(match["y"])
    if len(match["y"]) == 2:
        year += 1900 if year >= 50 else 2000
    return _timestamp(year, number, int(match["d"]))


def _timestamp(year: int, number: int, of_month: int) -> pd.Timestamp | None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        return pd.Timestamp(date(year, number, of_month))
    except ValueError:
        return None


def figures(rows: Iterable[Figure], publisher: str) -> pd.DataFrame:
    """Frame of monthly figures, columns series, month and value.

    Raises
    ------
    AnswerError
        If a figure has two values.
    """
    table = pd.DataFrame(list(rows), columns=["series", "month", "value"]).drop_duplicates()
    table = table.astype({"month": "period[M]", "value": "float64"})
    return _sorted(table, "month", publisher)


def quotes(rows: Iterable[Quote], publisher: str) -> pd.DataFrame:
    """Frame of daily quotes, columns series, day and value.

    Raises
    ------
    AnswerError
        If a quote has two values.
    """
    table = pd.DataFrame(list(rows), columns=["series", "day", "value"]).drop_duplicates()
    table = table.astype({"day": "datetime64[s]", "value": "float64"})
    return _sorted(table, "day", publisher)


def _sorted(table: pd.DataFrame, when: str, publisher: str) -> pd.DataFrame:
    if (twice := table.duplicated(["series", when], keep=False)).any():
        row = table[twice].iloc[0]
        raise AnswerError(
            f"{publisher} sent two values for {row['series']} of {row[when]}; its form has changed"
        )
    return pd.DataFrame(table.sort_values(["series", when], ignore_index=True))


def monthly_means(daily: pd.DataFrame, before: pd.Period) -> pd.DataFrame:
    """Means of the quotes of each month that is over.

    Parameters
    ----------
    before : Period
        First month that is not over.
    """
    months = daily["day"].dt.to_period("M")
    over = daily.assign(month=months)[months < before]
    means: pd.DataFrame = over.groupby(["series", "month"])["value"].mean().reset_index()
    return means


def without_months_to_come(table: pd.DataFrame) -> pd.DataFrame:
    """Figures without the zeros that stand for months to come at the end of each series."""
    kept = table["value"].ne(0)
    last = table["month"].where(kept).groupby(table["series"]).transform("max")
    return table[table["month"] <= last].reset_index(drop=True)
