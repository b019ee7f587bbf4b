"""Blocks whose series the user names: what is not there is a mistake, not a gap."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from tradeshock.features.errors import PanelError
from tradeshock.features.indicators.block import Block, ids_of, values_of
from tradeshock.features.indicators.changes import change
from tradeshock.features.indicators.origin_rows import Floats, OriginRows
from tradeshock.features.panel.panel import Panel


class NamedSeries(Block):
    """Columns made from each of some series that must be there.

    A subclass has a parameter `series` and writes `_columns`.

    Raises
    ------
    PanelError
        On fit, if the panel lacks one of them.
    """

    def _series_of(self, panel: Panel) -> tuple[str, ...]:
        return tuple(dict.fromkeys(panel.entry(id).id for id in ids_of(self)))


def whole_months(given: int | Sequence[int], what: str, least: int = 1) -> list[int]:
    """Numbers of months, at least so large.

    Raises
    ------
    PanelError
        If they are none.
    """
    months = list(given) if isinstance(given, Iterable) else [given]
    whole = [isinstance(k, int | np.integer) and not isinstance(k, bool) for k in months]
    if not months or not all(whole) or min(months) < least:
        raise PanelError(
            f"{what} is {given!r}; give whole numbers of months, at least {least}, such as "
            f"{[least, least + 2]}"
        )
    return [int(k) for k in dict.fromkeys(months)]


def level_of(known: OriginRows, id: str) -> Floats:
    """Log of a series that is modelled in logs, otherwise the series itself; one value a month."""
    x = values_of(known, id)
    return np.log(x) if known.panel.catalog[id].transform == "log" else x


def monthly_news(known: OriginRows, id: str) -> Floats:
    """Log growth over a month of a series that is modelled in logs, otherwise its level."""
    level = level_of(known, id)
    return change(level, 1) if known.panel.catalog[id].transform == "log" else level
