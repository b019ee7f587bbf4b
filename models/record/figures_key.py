"""Of which figures a record speaks: fingerprints of the target at its origins."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import pandas as pd

from tradeshock.features.errors import PanelError
from tradeshock.features.panel.origins import FLASH_STATES
from tradeshock.features.panel.panel import Panel

Keys = dict[pd.Timestamp, str]


def figures_keys(
    panel: Panel, target: str, state: str, origins: Sequence[pd.Timestamp]
) -> Keys | None:
    """Fingerprints of a target as it stood at some origins, with the early count of the state.

    Other series do not count: who adds or corrects one may still learn from how well the target
    was forecast.

    Returns
    -------
    dict of Timestamp to str, or None
        None if the panel lacks one of the series. An origin is left out if nothing was published
        by then, or if it is after the panel's own.
    """
    ids = series_of(panel, target, state)
    if ids is None:
        return None
    part = panel.select(ids)
    keys = {origin: _key(part, origin) for origin in origins}
    return {origin: key for origin, key in keys.items() if key is not None}


def newest_agreeing(
    panel: Panel, target: str, state: str, keys: Mapping[pd.Timestamp, Collection[str]]
) -> pd.Timestamp | None:
    """Newest origin at which a panel's figures are those of the keys; None if there is none.

    It vouches for those before it, which saw a part of the same figures. Origins after the
    panel's own cannot be compared.
    """
    ids, known = series_of(panel, target, state), sorted(o for o in keys if o <= panel.origin)
    if ids is None or not known:
        return None
    part = panel.select(ids)

    def agrees(figures: Panel, origin: pd.Timestamp) -> bool:
        return _key(figures, origin) in keys[origin]

    # Other figures altogether differ from the first origin on; most panels agree up to the last.
    if not agrees(part, known[0]):
        return None
    newest = None
    # Between two revisions an origin vouches for those before it, across a revision it does not.
    for figures, origins in part.segments(known):
        agreeing = next((o for o in reversed(origins) if agrees(figures, o)), None)
        newest = agreeing or newest
        if agreeing != origins[-1]:
            break
    return newest


def series_of(panel: Panel, target: str, state: str) -> list[str] | None:
    """Return the series by which a state's figures are told apart; None if one is missing."""
    ids = [target]
    if state in FLASH_STATES:
        ids.append(panel.catalog.flash(target).get(FLASH_STATES[state], ""))
    return ids if all(id in panel for id in ids) else None


def _key(part: Panel, origin: pd.Timestamp) -> str | None:
    """Fingerprint of figures at an origin; None if nothing was published by then."""
    try:
        return part.as_of(origin).fingerprint()
    except PanelError:
        return None
