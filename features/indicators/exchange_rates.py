"""Exchange rates against the US dollar."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tradeshock.features.indicators.block import Block, movement, running_growth, values_of
from tradeshock.features.indicators.changes import volatility
from tradeshock.features.indicators.origin_rows import Floats, OriginRows


class ExchangeRates(Block):
    """Growth over 1, 3 and 12 months of exchange rates, and their volatility.

    Parameters
    ----------
    series : sequence of str
        Monthly means in national currency a dollar, or indices. The default leaves out the real
        effective rate, which ends early in the embedded figures.
    volatility_months : int, optional
        Months over which the standard deviation of growth is taken; None leaves it out, as
        linear models do better without.
    """

    def __init__(
        self,
        series: Sequence[str] = ("usdkrw", "usdjpy", "usdcny", "usdtwd"),
        volatility_months: int | None = 6,
    ) -> None:
        self.series = series
        self.volatility_months = volatility_months

    def _columns(self, known: OriginRows, series: tuple[str, ...]) -> dict[str, Floats]:
        columns: dict[str, Floats] = {}
        for id in series:
            columns |= movement(known, id) | running_growth(known, id)
            if self.volatility_months is not None:
                wild = volatility(np.log(values_of(known, id)), self.volatility_months)
                columns[f"{id}_volatility"] = known.last(id, wild)
        return columns
