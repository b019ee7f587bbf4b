"""Windows of target months, as callers of scores and searches give them."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from tradeshock.features.days.reading import as_month
from tradeshock.features.errors import PanelError, ScoreError

Windows = Mapping[str, tuple[str, str]]
EXAMPLE = "{'2022 on': ('2022-01', '2026-04')}"


def spans_of(windows: Windows) -> dict[str, tuple[pd.Period, pd.Period]]:
    """First and last month of each window.

    Parameters
    ----------
    windows : mapping of str to (month, month)

    Raises
    ------
    ScoreError
        If it is no mapping, or one is not two months of which the first is not the later.
    """
    if not isinstance(windows, Mapping) or not windows:
        raise ScoreError(
            f"got {windows!r} as windows; give a name to first and last month, such as {EXAMPLE}"
        )
    return {str(name): _span(str(name), window) for name, window in windows.items()}


def _span(name: str, window: object) -> tuple[pd.Period, pd.Period]:
    if not isinstance(window, list | tuple) or len(window) != 2:
        raise ScoreError(
            f"the window {name!r} is {window!r}; give its first and last month, as in {EXAMPLE}"
        )
    try:
        first, last = map(as_month, window)
    except PanelError as error:
        raise ScoreError(f"the window {name!r} cannot be read: {error}") from error
    if last < first:
        raise ScoreError(f"the window {name!r} ends in {last}, before it begins in {first}")
    return first, last
