"""What cannot be more than what: parts and totals, and early counts and their month."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import pairwise

import pandas as pd

from tradeshock.features.errors import OverlapError

# Rounding of thousands in each part.
SLACK = 1e-5
_ITEMS = (
    "auto_parts", "computer_peripherals", "home_appliances", "passenger_cars",
    "petroleum_products", "precision_instruments", "semiconductors", "ships", "steel",
    "wireless_devices",
)  # fmt: skip
_COUNTRIES = (
    "china", "eu", "hong_kong", "india", "japan", "malaysia", "singapore", "taiwan", "us",
    "vietnam",
)  # fmt: skip
_WINDOWS = ("_first_10_days", "_first_20_days", "")


@cache
def totals() -> dict[str, tuple[tuple[str, ...], ...]]:
    """Totals, and sets of series of which each adds up to no more."""
    found: dict[str, tuple[tuple[str, ...], ...]] = {
        f"exports_total{window}": (tuple(f"exports_{item}{window}" for item in _ITEMS),)
        for window in _WINDOWS
    }
    found["exports_total"] += (tuple(f"exports_to_{country}" for country in _COUNTRIES),)
    for what in ("exports", "weight"):
        found[f"{what}_hs8542"] = ((f"{what}_hs854232",),)
        found[f"{what}_hs854232"] = ((f"{what}_dram", f"{what}_nand"),)
    for early, later in pairwise(_WINDOWS):
        for name in ("total", *_ITEMS):
            counted = (f"exports_{name}{early}",)
            found[f"exports_{name}{later}"] = (
                *found.get(f"exports_{name}{later}", ()),
                counted,
            )
    return found


def refuse_more_than_total(fresh: pd.DataFrame, known: pd.DataFrame, who: str) -> None:
    """Refuse figures whose parts add up to more than their total.

    Parameters
    ----------
    fresh, known : DataFrame
        Months by series, million USD or tonnes; known figures stand in where fresh ones do not.
    who : str
        Source, for the message.

    Raises
    ------
    OverlapError
        With the month, the sum and the total.
    """
    concerned = list(_concerned(fresh))
    needed = {name for total, parts in concerned for name in (total, *parts)}
    names = [name for name in known if name in needed]
    merged = fresh.combine_first(known[names].reindex(fresh.index))
    for total, parts in concerned:
        if total not in merged:
            continue
        there = [part for part in parts if part in merged]
        sums = merged[there].sum(axis=1)
        above = sums > merged[total] * (1 + SLACK) + SLACK
        touched = fresh[[s for s in (total, *there) if s in fresh]].notna().any(axis=1)
        if (wrong := above & touched).any():
            when = sums.index[wrong.to_numpy()][-1]
            raise OverlapError(
                f"{who}: {', '.join(there[:3])}{' and others' if len(there) > 3 else ''} make "
                f"{sums[when]:,.0f} in {when}, more than {total} with {merged[total][when]:,.0f}"
            )


def _concerned(fresh: pd.DataFrame) -> Iterator[tuple[str, tuple[str, ...]]]:
    for total, sets in totals().items():
        for parts in sets:
            if not {total, *parts}.isdisjoint(fresh.columns):
                yield total, parts
