"""Demand of trading partners."""

from __future__ import annotations

from collections.abc import Sequence

from tradeshock.features.indicators.block import Block, movement
from tradeshock.features.indicators.origin_rows import Floats, OriginRows


class PartnerDemand(Block):
    """How partners' purchases and production have moved.

    Parameters
    ----------
    series : sequence of str
        Exports by destination, partners' imports, industrial production. The default leaves out
        exports to ASEAN and world trade volume, which end early in the embedded figures.
    """

    def __init__(
        self,
        series: Sequence[str] = (
            "exports_to_us",
            "exports_to_china",
            "exports_to_eu",
            "us_imports_from_kr",
            "us_ip",
        ),
    ) -> None:
        self.series = series

    def _columns(self, known: OriginRows, series: tuple[str, ...]) -> dict[str, Floats]:
        columns: dict[str, Floats] = {}
        for id in series:
            columns |= movement(known, id)
        return columns
