"""Groups of releases: which series belong together when a forecast's change is explained."""

from __future__ import annotations

from collections.abc import Mapping

from tradeshock.features.panel.catalog import Catalog

OWN_TOTAL, EARLY_COUNTS, ITEMS, OTHER = "own total", "early counts", "items", "other"
GROUPS: Mapping[str, tuple[str, ...]] = {
    "chips": (
        "exports_semiconductors",
        "exports_semiconductors_ict",
        "semiconductor_export_price",
        "dram_export_price",
        "nanya_revenue",
        "us_semiconductor_ip",
        "exports_hs8542",
        "weight_hs8542",
        "exports_hs854232",
        "weight_hs854232",
        "exports_dram",
        "weight_dram",
        "exports_nand",
        "weight_nand",
    ),
    "exchange rates": ("usdkrw", "usdjpy", "usdcny", "usdtwd", "reer_kr"),
    "demand": ("us_ip", "us_electronics_orders", "us_imports_from_kr", "world_trade_volume"),
    "prices": ("brent", "dubai", "copper"),
    "share prices": ("share_prices_kr",),
    "uncertainty": ("gpr", "gpr_kr", "epu_us_trade", "gscpi"),
}
"""Series by the group under which news speaks of them (see `group_of`).

The target's own total, early counts, and all other exports and imports are groups of their own.
"""


def group_of(id: str, target: str, catalog: Catalog) -> str:
    """Group of releases that a series belongs to.

    Parameters
    ----------
    id, target : str
    catalog : Catalog

    Returns
    -------
    str
        "own total", "early counts", one of `GROUPS`, "items" (other exports and imports, by item
        and by destination), or "other".
    """
    if id == target:
        return OWN_TOTAL
    if catalog[id].flash_of is not None:
        return EARLY_COUNTS
    for group, ids in GROUPS.items():
        if id in ids:
            return group
    return ITEMS if id.startswith(("exports_", "imports_")) else OTHER
