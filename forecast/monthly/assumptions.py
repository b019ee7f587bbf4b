"""Assumed future values: as they are written on the command line, and as machines read them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import reduce
from operator import or_
from typing import Any

import numpy as np

from tradeshock.features.errors import ConditionError
from tradeshock.models.conditions import Conditions, RelativeCondition

_WRITTEN = re.compile(
    r"(?P<series>\w+)\s*:\s*(?P<month>\d{4}-(?:0[1-9]|1[0-2]))\s*=\s*"
    r"(?P<value>[+-]?[\d.]+(?:[eE][+-]?\d+)?)(?P<share>\s*%)?(?:\s*~\s*(?P<sd>[\d.eE+-]+))?"
)


def parse_assumptions(texts: Iterable[str]) -> Conditions | None:
    """Read assumptions as they are written on the command line.

    Parameters
    ----------
    texts : iterable of str
        "usdkrw:2026-07=1550" is a value in the series' own unit, "usdkrw:2026-07=+10%" a change
        against the forecast without assumptions (the baseline), and "~0.02" after either makes it
        soft, with this standard deviation in log points (of a series that is not modelled in
        logs: in its own unit).

    Returns
    -------
    Conditions or None
        None where nothing is assumed.

    Raises
    ------
    ConditionError
        If one does not read, or a series is assumed twice for a month.

    Examples
    --------
    >>> parse_assumptions(["usdkrw:2026-07=1550", "us_ip:2026-12=-3%~0.01"]).text
    'us_ip 3 % below the baseline (sd 0.01) in 2026-12, usdkrw 1,550 in 2026-07'
    """
    parts = [_parsed(text) for text in texts]
    cells = [cell for part in parts for cell in part.cells]
    if twice := sorted({cell for cell in cells if cells.count(cell) > 1}):
        series, month = twice[0]
        raise ConditionError(f"{series} is assumed twice for {month}; give one value a month")
    return reduce(or_, parts) if parts else None


def conditions_from(given: Conditions | Mapping[str, Any] | None) -> Conditions | None:
    """Return conditions from a mapping of series to month to value too; None for empty ones."""
    made = given if given is None or isinstance(given, Conditions) else Conditions(given)
    return made or None


def condition_rows(conditions: Conditions | None) -> list[dict[str, Any]]:
    """Return one plain mapping a condition.

    Returns
    -------
    list of dict
        series, month, sd; value in the series' own unit, its median where it differs from draw
        to draw, else None; change (a share, or an amount where by is "amount") and relative_to,
        "baseline" or "last", else None.
    """
    rows = []
    for entry in conditions or ():
        middle = float(np.median(entry.value))
        relative = isinstance(entry, RelativeCondition)
        rows.append(
            {
                "series": entry.series,
                "month": str(entry.month),
                "value": None if relative else middle,
                "change": middle if relative else None,
                "by": entry.by if isinstance(entry, RelativeCondition) else None,
                "relative_to": entry.to if isinstance(entry, RelativeCondition) else None,
                "sd": entry.sd,
            }
        )
    return rows


def _parsed(text: str) -> Conditions:
    found = _WRITTEN.fullmatch(text.strip())
    if found is None:
        raise ConditionError(
            f"assumption {text!r} does not read; write series:month=value, such as "
            "usdkrw:2026-07=1550, or +10% for a change against the forecast without assumptions"
        )
    series, month = found["series"], found["month"]
    value = _number(text, found["value"])
    sd = None if found["sd"] is None else {series: _number(text, found["sd"])}
    if found["share"] is None:
        return Conditions({series: {month: value}}, sd)
    return Conditions.relative({series: {month: value / 100.0}}, sd=sd)


def _number(text: str, figure: str) -> float:
    try:
        return float(figure)
    except ValueError:
        raise ConditionError(f"assumption {text!r}: {figure!r} is no number") from None
