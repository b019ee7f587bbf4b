"""The cycle of memory chips: prices, a maker's revenue, price against volume."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tradeshock.features.indicators.block import Block, values_of
from tradeshock.features.indicators.changes import below_peak, change, trailing_sum
from tradeshock.features.indicators.origin_rows import Floats, OriginRows, take
from tradeshock.features.panel.panel import Panel

MONTHS = (1, 3, 6, 12)
PEAK_MONTHS = 60


class MemoryCycle(Block):
    """Where memory chips stand in their cycle, from what is paid for them.

    Growth over 1, 3, 6 and 12 months of memory prices and of a maker's revenue (sign +, they lead
    chip exports by one to three months), their distance from the peak of five years (negative
    below it; sign +), and growth over a year of the unit value of memory exports less that of
    their weight: high where a boom is one of prices, which turn faster than volumes (sign - at
    long steps).

    Parameters
    ----------
    series : sequence of str
        Prices and revenues. Monthly revenue has a season; growth over less than a year contains
        it.
    value, weight : str
        Value and weight of memory exports; their columns are left out where the panel lacks one.
    """

    def __init__(
        self,
        series: Sequence[str] = ("dram_export_price", "nanya_revenue"),
        value: str = "exports_hs854232",
        weight: str = "weight_hs854232",
    ) -> None:
        self.series = series
        self.value = value
        self.weight = weight

    def inputs(self, panel: Panel, target: str = "exports_total") -> tuple[str, ...]:
        """Prices and revenues, and value and weight of exports where the panel has both."""
        both = (self.value, self.weight)
        pair = both if all(id in panel for id in both) else ()
        return tuple(dict.fromkeys([*self._series_of(panel), *pair]))

    def _columns(self, known: OriginRows, series: tuple[str, ...]) -> dict[str, Floats]:
        columns: dict[str, Floats] = {}
        for id in series:
            level = np.log(values_of(known, id))
            for months in MONTHS:
                columns[f"{id}_growth_{months}"] = known.last(id, change(level, months))
            columns[f"{id}_below_peak"] = known.last(id, below_peak(level, PEAK_MONTHS))
        if self.value in known.panel and self.weight in known.panel:
            columns["price_against_volume"] = self._price_against_volume(known)
        return columns

    def _price_against_volume(self, known: OriginRows) -> Floats:
        value, weight = (
            np.log(trailing_sum(values_of(known, id), 3)) for id in (self.value, self.weight)
        )
        # A ratio of both is out with the later one.
        rows = np.minimum(known.positions(self.value), known.positions(self.weight))
        return take(change(value - 2.0 * weight, 12), rows)
