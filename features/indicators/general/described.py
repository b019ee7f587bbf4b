"""What the columns of blocks are made of, who publishes it, and which sign theory expects."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatch

import pandas as pd

from tradeshock.features.indicators.memory_cycle import MemoryCycle
from tradeshock.features.indicators.pipeline import FeatureBlock, FeaturePipeline, default_blocks
from tradeshock.features.indicators.share_prices import SharePrices
from tradeshock.features.panel.panel import Panel

# First pattern that fits a column's name. Theory is silent where a column pulls both ways: growth
# of the target has momentum and works against last month's noise, a weak won makes exports cheap
# and each worth fewer dollars, supply-chain pressure lifts prices and holds up shipments.
EXPECTED_SIGNS = (
    ("semiconductors__share*", "either"),
    ("semiconductors__*", "+"),
    ("exchange_rates__*_volatility", "-"),
    ("partner_demand__*", "+"),
    ("prices__gscpi*", "either"),
    ("prices__*", "+"),
    ("uncertainty__*", "-"),
    ("calendar__working_days*", "+"),
    ("flash__*", "+"),
    ("memory__price_against_volume", "-"),
    ("memory__*", "+"),
    ("share_prices__*", "+"),
    ("*", "either"),
)


def shipped_blocks() -> list[tuple[str, FeatureBlock]]:
    """All blocks that know what their series are: the default ones, and those on request."""
    return [*default_blocks(), ("memory", MemoryCycle()), ("share_prices", SharePrices())]


def describe_blocks(
    panel: Panel,
    blocks: Sequence[FeatureBlock | tuple[str, FeatureBlock]] | None = None,
    target: str = "exports_total",
) -> pd.DataFrame:
    """Columns of blocks, one row each.

    Parameters
    ----------
    panel : Panel
    blocks : sequence of blocks or (name, block), optional
        Default: `shipped_blocks`.
    target : str

    Returns
    -------
    DataFrame
        ``block``, ``column`` as a `FeaturePipeline` calls it, ``series`` that it is made of, their
        ``publisher``, and the ``sign`` that theory expects for the target's growth: ``+``, ``-``
        or ``either`` (`EXPECTED_SIGNS`; always so for blocks of your own).
    """
    pipeline = FeaturePipeline(shipped_blocks() if blocks is None else blocks)
    names = pipeline.fit_transform(panel, target).columns
    rows = []
    for name, block in pipeline.blocks_:
        inputs = FeaturePipeline([(name, block)]).inputs(panel, target)
        for column in (str(each) for each in names if str(each).startswith(f"{name}__")):
            series = _behind(column.removeprefix(f"{name}__"), inputs)
            publishers = dict.fromkeys(panel.catalog[id].publisher for id in series)
            rows.append(
                {
                    "block": name,
                    "column": column,
                    "series": ", ".join(series),
                    "publisher": ", ".join(filter(None, publishers)),
                    "sign": next(sign for like, sign in EXPECTED_SIGNS if fnmatch(column, like)),
                }
            )
    return pd.DataFrame(rows, columns=["block", "column", "series", "publisher", "sign"])


def _behind(column: str, inputs: Sequence[str]) -> tuple[str, ...]:
    """Series that a column is named after, the longest id that fits; otherwise all inputs."""
    named = [id for id in inputs if column == id or column.startswith(f"{id}_")]
    if not named:
        return tuple(inputs)
    first = max(named, key=len)
    rest = column.removeprefix(first)
    others = [id for id in inputs if id != first and f"_{id}_" in f"{rest}_"]
    return (first, *others)
