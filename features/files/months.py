"""The ways in which publishers write a month."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from tradeshock.features.errors import PanelError
from tradeshock.features.files.frequency import REMEDIES, other_frequency

Ordinals = npt.NDArray[np.int64]

_ENGLISH = "january february march april may june july august september october november december"
_GERMAN = "januar februar märz april mai juni juli august september oktober november dezember"
NAMES = {
    short: number
    for names in (_ENGLISH, _GERMAN)
    for number, name in enumerate(names.split(), start=1)
    for short in (name, name[:3])
} | {"sept": 9, "mrz": 3}

_ZONE = r"(?:[T ]00:00(?::00(?:\.0+)?)?(?:Z|[+-]\d\d:?\d\d)?)?"
# One pattern a way of writing: y year, yy its last two digits, m month, name its name, d day. Ways
# that could be taken for each other stand apart, so that a column decides by all its rows.
_WAYS = (
    r"(?P<y>\d{4})\s?[-/]\s?(?P<m>\d{1,2})",
    r"(?P<y>\d{4})\.\s?(?P<m>\d{1,2})(?:\s?월)?",
    # October as a spreadsheet leaves it: 2020.10 is the number 2020.1
    r"(?P<y>\d{4})\.(?:(?P<m>\d{2})|(?P<cut>1))",
    r"(?P<y>\d{4})(?P<m>\d{2})",
    r"(?P<y>\d{4})-?[Mm](?P<m>\d{1,2})",
    r"(?P<y>\d{4})\s?[년年]\s?(?P<m>\d{1,2})\s?[월月]",
    r"(?P<m>\d{1,2})[-/.](?P<y>\d{4})",
    r"(?P<name>[^\W\d_]+)\.?[-\s/]?(?P<y>\d{4})",
    r"(?P<name>[^\W\d_]+)\.?[-\s/'’](?P<yy>\d{2})",
    r"(?P<y>\d{4})[-\s/]?(?P<name>[^\W\d_]+)\.?",
    rf"(?P<y>\d{{4}})(?P<s>[-/.])(?P<m>\d{{1,2}})(?P=s)(?P<d>\d{{1,2}}){_ZONE}",
    r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})",
    r"(?P<d>\d{1,2})(?P<s>[-/.])(?P<m>\d{1,2})(?P=s)(?P<y>\d{4})",
    r"(?P<m>\d{1,2})(?P<s>[-/])(?P<d>\d{1,2})(?P=s)(?P<y>\d{4})",
)
WAYS = tuple(re.compile(way) for way in _WAYS)
_CLOCK = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*")
# Two digits are a year from 1950 to 2049.
CENTURY_TURNS = 50


def read_months(
    texts: Sequence[str], lines: Sequence[int], month_format: str | None = None
) -> Ordinals:
    """Read a column of months, all written in one way.

    Parameters
    ----------
    texts : sequence of str
        Such as "2020M01", "202001", "2020.01", "2020/01", "Jan-20", "2020년 1월" or an ISO day.
    lines : sequence of int
        Line of each, for messages.
    month_format : str, optional
        The way as `datetime.strptime` writes it, such as "%m/%d/%Y". Default: the only way that
        reads the whole column as months, each once.

    Returns
    -------
    ndarray of int
        Ordinal of each month, 0 for January 1970.

    Raises
    ------
    PanelError
        If no way reads all of them, two do and differ, or the way that is given has no year.
    """
    if month_format is not None:
        _refuse_yearless(month_format)
        return np.array([_by_format(t, n, month_format) for t, n in zip(texts, lines, strict=True)])
    unique = list(dict.fromkeys(texts))
    readings: dict[tuple[int, ...], None] = {}
    for way in WAYS:
        found = _reading(unique, way)
        if found is not None:
            readings[found] = None
    if len(readings) == 1:
        ordinal = dict(zip(unique, next(iter(readings)), strict=True))
        return np.array([ordinal[text] for text in texts], dtype=np.int64)
    place = dict(zip(reversed(texts), reversed(lines), strict=True))
    if readings:
        first, second, *_ = readings
        at = next(i for i in range(len(unique)) if first[i] != second[i])
        raise PanelError(
            f"line {place[unique[at]]}: {unique[at]!r} can be {_written(first[at])} or "
            f"{_written(second[at])}; write months such as '2024-09', or say "
            "how they are written: month_format='%Y.%m', for instance"
        )
    raise PanelError(_no_month(unique, place))


def is_month(text: str) -> bool:
    """Whether a cell by itself reads as a month."""
    return any(_ordinal(text, way) is not None for way in WAYS)


def read_name(text: str) -> int | None:
    """Number of a month given by its name, "1월" or "1"; None if it is none."""
    number = NAMES.get(text.rstrip(".").lower())
    if number is None and (found := re.fullmatch(r"(\d{1,2})\s?[월月]?", text)):
        number = int(found[1])
    return number if number is not None and 1 <= number <= 12 else None


def months_across(names: Sequence[str]) -> dict[int, int]:
    """Places of the twelve months in a header such as "Year, Jan, ..., Dec", and their numbers.

    Empty unless each month of a year stands there once, as a name or as a number from 1 to 12.
    """
    read = {j: number for j, name in enumerate(names) if (number := read_name(name)) is not None}
    return read if sorted(read.values()) == list(range(1, 13)) else {}


def _reading(texts: Sequence[str], way: re.Pattern[str]) -> tuple[int, ...] | None:
    """Ordinals if a way reads all texts as different months, starts or ends where it has days."""
    found: list[int] = []
    edges: set[bool] = set()
    for text in texts:
        read = _ordinal(text, way)
        if read is None:
            return None
        ordinal, starts = read
        found.append(ordinal)
        if starts is not None:
            edges.add(starts)
    return tuple(found) if len(set(found)) == len(found) and len(edges) < 2 else None


@lru_cache(maxsize=65536)
def _ordinal(text: str, way: re.Pattern[str]) -> tuple[int, bool | None] | None:
    """Ordinal of a month, and whether its first day is given rather than its last."""
    match = way.fullmatch(text)
    if match is None:
        return None
    parts = match.groupdict()
    if parts.get("name"):
        month = NAMES.get(parts["name"].lower(), 0)
    else:
        month = 10 if parts.get("cut") else int(parts["m"])
    if parts.get("yy"):
        short = int(parts["yy"])
        year = 1900 + short if short >= CENTURY_TURNS else 2000 + short
    else:
        year = int(parts["y"])
    if not 1 <= month <= 12 or not 1600 <= year <= 2199:
        return None
    day = parts.get("d")
    if day is not None and int(day) not in (1, monthrange(year, month)[1]):
        return None
    return 12 * (year - 1970) + month - 1, None if day is None else int(day) == 1


def _refuse_yearless(month_format: str) -> None:
    # `strptime` would put a month without a year into 1900, and a year without a month into January
    said = {found[0][-1] for found in re.finditer(r"%.", month_format)}
    if not (said & set("cxD") or (said & set("Yy") and said & set("mbBj"))):
        lacking = "month" if said & set("Yy") else "year"
        raise PanelError(
            f"month_format={month_format!r} has no {lacking}; say how both are written, such as "
            "'%Y-%m', and give years and months of two columns as month=['year', 'month']"
        )


def _by_format(text: str, line: int, month_format: str) -> int:
    try:
        day = datetime.strptime(text, month_format)
    except ValueError as error:
        raise PanelError(
            f"line {line}: {text!r} is no month in the way month_format={month_format!r}; "
            "correct the one or the other"
        ) from error
    if day.day not in (1, monthrange(day.year, day.month)[1]):
        raise PanelError(
            f"line {line}: {text!r} is neither start nor end of a month; aggregate daily or "
            "weekly figures to months first"
        )
    return 12 * (day.year - 1970) + day.month - 1


def _no_month(texts: Sequence[str], place: dict[str, int]) -> str:
    odd = [text for text in texts if not is_month(text)]
    if not odd:
        first = texts[0]
        return (
            f"the months from {first!r} in line {place[first]} on are not written in one way, or "
            "stand for the same month twice; write them in one, such as '2024-09'"
        )
    if _CLOCK.fullmatch(odd[0]):
        return (
            f"line {place[odd[0]]}: {odd[0]!r} is not midnight, so it is not clear which month it "
            "stands for: the start of a month in Seoul is the month before in UTC; give months "
            "such as '2024-09'"
        )
    if frequency := other_frequency(texts):
        return (
            f"line {place[odd[0]]}: {odd[0]!r} is no month, and the file looks {frequency}: only "
            f"months are taken; {REMEDIES[frequency]}"
        )
    return (
        f"line {place[odd[0]]}: {odd[0]!r} is no month; write it as '2024-09', or say how it is "
        "written: month_format='%d.%m.%Y', for instance"
    )


def _written(ordinal: int) -> str:
    return str(np.datetime64(ordinal, "M"))
