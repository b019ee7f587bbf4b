"""Share prices, which look ahead."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tradeshock.features.indicators.block import Block, movement, running_growth, values_of
from tradeshock.features.indicators.changes import below_peak
from tradeshock.features.indicators.origin_rows import Floats, OriginRows

PEAK_MONTHS = 12


class SharePrices(Block):
    """Growth over 1, 3 and 12 months of share prices, and their distance from the year's peak.

    Share prices of an exporting nation discount its exports: their growth leads (sign +) by some
    three to six months, and a market far below its peak comes before a fall (sign of the distance,
    which is negative there, +). Fama (1990), Journal of Finance 45, on the lead over production.

    Parameters
    ----------
    series : sequence of str
        Monthly means of share price indices.
    """

    def __init__(self, series: Sequence[str] = ("share_prices_kr",)) -> None:
        self.series = series

    def _columns(self, known: OriginRows, series: tuple[str, ...]) -> dict[str, Floats]:
        columns: dict[str, Floats] = {}
        for id in series:
            columns |= movement(known, id) | running_growth(known, id)
            peak = below_peak(np.log(values_of(known, id)), PEAK_MONTHS)
            columns[f"{id}_below_peak"] = known.last(id, peak)
        return columns
