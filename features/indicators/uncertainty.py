"""Geopolitical risk and uncertainty of trade policy."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tradeshock.features.indicators.block import Block, values_of
from tradeshock.features.indicators.changes import windows
from tradeshock.features.indicators.origin_rows import Floats, OriginRows


class Uncertainty(Block):
    """How far uncertainty stands above its usual level.

    Such indices jump and fall back, so growth would mostly show the end of the last jump: the
    columns are logs of the last month and of the last three, less those of five years.

    Parameters
    ----------
    series : sequence of str
        Positive indices. The default leaves out US trade-policy uncertainty, which ends early in
        the embedded figures; add ``"epu_us_trade"`` where it is live.
    """

    def __init__(self, series: Sequence[str] = ("gpr", "gpr_kr")) -> None:
        self.series = series

    def _columns(self, known: OriginRows, series: tuple[str, ...]) -> dict[str, Floats]:
        columns: dict[str, Floats] = {}
        for id in series:
            x = np.log(values_of(known, id))
            usual = windows(x, 60).mean(axis=1)
            columns[f"{id}_1"] = known.last(id, x - usual)
            columns[f"{id}_3"] = known.last(id, windows(x, 3).mean(axis=1) - usual)
        return columns
