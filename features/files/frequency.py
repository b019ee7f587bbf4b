"""How often the figures of a file come, where it is not once a month."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

import numpy as np

_QUARTER = re.compile(
    r"\d{4}\s?[-/.]?\s?[Qq]\s?0?[1-4]|[Qq][1-4]\s?[-/.]?\s?\d{4}|\d{4}\s?[년年]?\s?[1-4]\s?(?:/4|분기)"
)
_WEEK = re.compile(r"\d{4}\s?[-/.]?\s?[Ww]\s?\d{1,2}(?:-\d)?")
_YEAR = re.compile(r"(?:1[6-9]|2[01])\d\d\s?[년年]?")
_DAYS = (
    "%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y",
)  # fmt: skip
REMEDIES = dict.fromkeys(("quarterly", "annual"), "give monthly figures of the same thing") | (
    dict.fromkeys(("weekly", "daily"), "aggregate them to months first")
)
WEEK_DAYS = 7
# A long weekend lies between two working days.
DAYS_APART = 4


def other_frequency(texts: Sequence[str]) -> str:
    """Say what rows of a file stand for, if not for months.

    Parameters
    ----------
    texts : sequence of str
        What the column of months holds.

    Returns
    -------
    str
        "quarterly", "annual", "weekly" or "daily"; empty if it looks like none of them.
    """
    written = ((_QUARTER, "quarterly"), (_WEEK, "weekly"), (_YEAR, "annual"))
    for way, name in written:
        if all(way.fullmatch(text) for text in texts):
            return name
    apart = _days_apart(texts)
    if apart is None or apart > WEEK_DAYS:
        return ""
    return "daily" if apart <= DAYS_APART else "weekly"


def _days_apart(texts: Sequence[str]) -> float | None:
    """Return the usual distance of days in order of time; None where texts are not several days."""
    for form in _DAYS:
        try:
            days = {datetime.strptime(text, form).toordinal() for text in texts}
        except ValueError:
            continue
        return float(np.median(np.diff(sorted(days)))) if len(days) > 1 else None
    return None
