"""Exchange rates against the US dollar."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tradeshock.features.block import Block, movement, values_of
from tradeshock.features.changes import volatility
from tradeshock.features.known import Floats, Known

VOLATILITY_MONTHS = 6


class ExchangeRates(Block):
    """Growth over 1, 3 and 12 months, and volatility over six, of exchange rates.

    Parameters
    ----------
    series : sequence of str
        Monthly means in national currency a dollar, or indices. The default leaves out the real
        effective rate, which ends early in the embedded figures.
    """

    def __init__(
        self, series: Sequence[str] = ("usdkrw", "usdjpy", "usdcny", "usdtwd")
    ) -> None:
        self.series = series

    def _columns(self, known: Known, series: tuple[str, ...]) -> dict[str, Floats]:
        columns: dict[str, Floats] = {}
        for id in series:
            columns |= movement(known, id)
            wild = volatility(np.log(values_of(known, id)), VOLATILITY_MONTHS)
            columns[f"{id}_volatility_{VOLATILITY_MONTHS}"] = known.last(id, wild)
        return columns
