"""Tables and values as JSON: months as text, null where there is no number."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

import pandas as pd


def json_text(content: Mapping[str, Any]) -> str:
    """Return plain values as JSON that people can read.

    Raises
    ------
    ValueError
        If a number is not finite: `plain_values` and `plain_rows` leave none.
    """
    return json.dumps(content, indent=2, allow_nan=False, ensure_ascii=False)


def plain_rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return one mapping a row, the index first, with values that JSON knows."""
    return [plain_values(row) for row in table.reset_index().to_dict("records")]


def plain_values(values: Mapping[Any, Any]) -> dict[str, Any]:
    """Return values that JSON knows: months as text, None where nothing or no finite number is."""
    return {str(name): _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, pd.Period):
        return str(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return None if value is pd.NaT or value is pd.NA else value
