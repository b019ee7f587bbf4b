"""The semiconductor cycle."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tradeshock.features.indicators.block import Block, movement, values_of
from tradeshock.features.indicators.changes import below_peak, change, trailing_sum
from tradeshock.features.indicators.origin_rows import Floats, OriginRows, take

PEAK_MONTHS = 60


class SemiconductorCycle(Block):
    """Where chips stand in their cycle: growth and distance from the peak of five years.

    Parameters
    ----------
    series : sequence of str
        Chip exports (not seasonally adjusted), production, orders, prices. The default leaves
        out the Bank of Korea's chip export price, which ends early in the embedded figures; add
        ``"semiconductor_export_price"`` where it is live.
    exports : str, optional
        Which of them is a part of the target: its share in the last twelve months' total and
        how that has changed over a year are columns too.
    """

    def __init__(
        self,
        series: Sequence[str] = (
            "exports_semiconductors_ict",
            "us_semiconductor_ip",
            "us_electronics_orders",
        ),
        exports: str | None = "exports_semiconductors_ict",
    ) -> None:
        self.series = series
        self.exports = exports

    def _columns(self, known: OriginRows, series: tuple[str, ...]) -> dict[str, Floats]:
        columns: dict[str, Floats] = {}
        for id in series:
            columns |= movement(known, id)
            smooth = np.log(trailing_sum(values_of(known, id), 3))
            columns[f"{id}_below_peak"] = known.last(id, below_peak(smooth, PEAK_MONTHS))
        if self.exports in series and self.exports != known.target:
            columns |= self._share(known, self.exports)
        return columns

    def _share(self, known: OriginRows, part: str) -> dict[str, Floats]:
        # A ratio of both series is out with the later one, so neither's months run ahead.
        ratio = trailing_sum(values_of(known, part), 12) / trailing_sum(
            values_of(known, known.target), 12
        )
        out = known.positions(part)
        rows = np.where(out >= 0, np.minimum(out, known.positions(known.target)), -1)
        return {"share": take(ratio, rows), "share_change_12": take(change(ratio, 12), rows)}
