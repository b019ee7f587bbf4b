"""Prices of goods and freight."""

from __future__ import annotations

from collections.abc import Sequence

from tradeshock.features.indicators.block import Block, movement, running_growth, values_of
from tradeshock.features.indicators.origin_rows import Floats, OriginRows


class Prices(Block):
    """Growth over 1, 3 and 12 months of prices; level and change of supply-chain pressure.

    Parameters
    ----------
    series : sequence of str
        Prices, and indices that are stationary as they are (catalog ``transform = "level"``),
        of which the level is a column too.
    """

    def __init__(self, series: Sequence[str] = ("brent", "dubai", "copper", "gscpi")) -> None:
        self.series = series

    def _columns(self, known: OriginRows, series: tuple[str, ...]) -> dict[str, Floats]:
        columns: dict[str, Floats] = {}
        for id in series:
            columns |= movement(known, id) | running_growth(known, id)
            if known.panel.catalog[id].transform == "level":
                columns[f"{id}_level"] = known.last(id, values_of(known, id))
        return columns
