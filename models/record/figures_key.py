"""Of which figures a record speaks: fingerprints of the target at its origins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import takewhile

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
    ids = [target]
    if state in FLASH_STATES:
        ids.append(panel.catalog.flash(target).get(FLASH_STATES[state], ""))
    if any(id not in panel for id in ids):
        return None
    part, keys = panel.select(ids), {}
    for origin in origins:
        try:
            keys[origin] = part.as_of(origin).fingerprint()
        except PanelError:
            continue
    return keys


def newest_agreeing(
    panel: Panel, target: str, state: str, keys: Mapping[pd.Timestamp, str]
) -> pd.Timestamp | None:
    """Newest origin at which a panel's figures are those of the keys; None if there is none.

    It vouches for those before it, which saw a part of the same figures. Origins after the
    panel's own cannot be compared.
    """
    known = [origin for origin in sorted(keys) if origin <= panel.origin]

    def agrees(origin: pd.Timestamp) -> bool:
        found = figures_keys(panel, target, state, [origin])
        return found is not None and found.get(origin) == keys[origin]

    # Other figures altogether differ from the first origin on; most panels agree up to the last.
    if not known or not agrees(known[0]):
        return None
    if panel.revises_the_past:
        # An origin may differ though later ones agree: those before the first that does count.
        return list(takewhile(agrees, known))[-1]
    return next(origin for origin in reversed(known) if agrees(origin))
