"""Which keys there are, what each brings, and where it is."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from tradeshock.features.fetching.keys import PORTALS, Keys
from tradeshock.features.fetching.source import Source

COLUMNS = ("key", "place", "brings", "betters", "portal")


def access(sources: Iterable[Source], keys: Keys) -> pd.DataFrame:
    """Say of each key where it is and what it is good for; never the key itself.

    Parameters
    ----------
    sources : iterable of Source
        Such as `all_sources()`.
    keys : Keys

    Returns
    -------
    DataFrame
        One row a key: its name, the place where it was found ("environment", "file", "keyring" or
        empty), the series of services that need it, those of services that give more with it (each
        a tuple of str), and the portal that gives it.
    """
    asked = list(sources)
    rows = []
    for name, portal in PORTALS.items():
        needed = [id for s in asked if s.needs_key == name for id in s.series]
        better = [id for s in asked if s.better_with == name for id in s.series]
        place = keys.places.get(name, "")
        rows.append((name, place, tuple(dict.fromkeys(needed)), tuple(better), portal))
    return pd.DataFrame(rows, columns=list(COLUMNS))
