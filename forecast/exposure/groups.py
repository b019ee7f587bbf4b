"""Which series of the catalog are parts of the exports' total: items, and destinations."""

from __future__ import annotations

from collections.abc import Sequence

from tradeshock.features.errors import PanelError
from tradeshock.features.panel.naming import as_targets
from tradeshock.features.panel.panel import Panel

ITEMS = (
    "exports_semiconductors",
    "exports_passenger_cars",
    "exports_auto_parts",
    "exports_steel",
    "exports_petroleum_products",
    "exports_ships",
    "exports_wireless_devices",
    "exports_computer_peripherals",
    "exports_home_appliances",
    "exports_precision_instruments",
)
DESTINATIONS = (
    "exports_to_us",
    "exports_to_china",
    "exports_to_eu",
    "exports_to_hong_kong",
    "exports_to_india",
    "exports_to_japan",
    "exports_to_malaysia",
    "exports_to_singapore",
    "exports_to_taiwan",
    "exports_to_vietnam",
    "exports_to_asean",
)
# The ministry's chips, wider than those of the customs' items.
CHIPS = "exports_semiconductors_ict"
WHOLE = "exports_total"
GROUPS = {"item": ITEMS, "destination": DESTINATIONS}
# A region and those of its members that are parts of their own: never both, or they count twice.
MEMBERS = {
    "exports_to_asean": ("exports_to_malaysia", "exports_to_singapore", "exports_to_vietnam"),
}


def group_ids(panel: Panel, by: str | Sequence[str]) -> tuple[str, ...]:
    """Ids of the parts that are asked for.

    Parameters
    ----------
    panel : Panel
    by : {"item", "destination"} or sequence of str
        A group of the catalog, of which the panel's series are taken, or ids of its own.

    Raises
    ------
    PanelError
        If the panel has none of the group, or not all of the ids.
    """
    if isinstance(by, str):
        if by not in GROUPS:
            raise PanelError(
                f"cannot split by {by!r}; choose one of {list(GROUPS)}, or give a list of ids"
            )
        ids = tuple(id for id in GROUPS[by] if id in panel)
        if not ids:
            raise PanelError(
                f"the panel has no series of the group {by!r}, such as {GROUPS[by][0]}; name the "
                "parts of your own figures, by=[...]"
            )
        return ids
    return tuple(panel.entry(id).id for id in as_targets(by))


def refuse_part_of_another(panel: Panel, part: str, target: str) -> None:
    """Refuse an item, a destination or chips as a part of what it is no part of.

    Of series of one's own whoever names them knows what they are parts of.

    Raises
    ------
    PanelError
        If the part is one of `exports_total`, and the target is one as well, or another series
        beside that total. What `excluding` leaves of the total has the other parts.
    """
    parts = (*ITEMS, *DESTINATIONS, CHIPS)
    if part not in parts:
        return
    if target in parts:
        raise PanelError(
            f"{target} is itself a part of {WHOLE}, and of its own parts no figures are known"
        )
    left_out = target.removeprefix(f"{WHOLE}_ex_")
    rest = left_out != target and left_out != part.removeprefix("exports_")
    if WHOLE in panel and target != WHOLE and not rest:
        raise PanelError(f"{part} is a part of {WHOLE}, and not one of {target}")
