"""Products of the columns of two blocks."""

from __future__ import annotations

from tradeshock.features.errors import PanelError
from tradeshock.features.indicators.block import Block
from tradeshock.features.indicators.origin_rows import Floats, OriginRows
from tradeshock.features.panel.panel import Panel


class Interaction(Block):
    """Every column of one block times every column of another, row by row.

    For what matters only beside something else: a weak won where partners grow. Columns are not
    centred, as a centre would have to be learned; give the two blocks themselves as well, or a
    product also carries what each says alone.

    Parameters
    ----------
    first, second : Block
        Columns are ``{column of first}_x_{column of second}``.

    Raises
    ------
    PanelError
        On fit, if one of them is no block.
    """

    def __init__(self, first: Block, second: Block) -> None:
        self.first = first
        self.second = second

    @property
    def _pair(self) -> tuple[Block, Block]:
        for block in (self.first, self.second):
            if not isinstance(block, Block):
                raise PanelError(
                    f"Interaction takes two blocks, got {block!r}; give for instance "
                    "Interaction(Growth('usdkrw'), Growth('us_ip'))"
                )
        return self.first, self.second

    def _series_of(self, panel: Panel) -> tuple[str, ...]:
        ids = [id for block in self._pair for id in block._series_of(panel)]
        return tuple(dict.fromkeys(ids))

    def inputs(self, panel: Panel, target: str = "exports_total") -> tuple[str, ...]:
        """Series of the panel whose figures the columns are made of."""
        ids = [id for block in self._pair for id in block.inputs(panel, target)]
        return tuple(dict.fromkeys(ids))

    def _columns(self, known: OriginRows, series: tuple[str, ...]) -> dict[str, Floats]:
        one, other = (block._columns(known, block._series_of(known.panel)) for block in self._pair)
        return {f"{a}_x_{b}": one[a] * other[b] for a in one for b in other}
