"""Whether an issued forecast was made from the figures at hand."""

from __future__ import annotations

import json

import numpy as np

from tradeshock.features.errors import PanelError
from tradeshock.features.panel.panel import Panel
from tradeshock.forecast.archive.issued import Issued

MONTHS = 12
# Revisions are smaller, other nations and units are further off.
TOLERANCE = 0.2


def other_figures(one: Issued, panel: Panel) -> str:
    """Say why an issued forecast was not made from a panel's figures; empty where it was.

    Names do not count: two nations' files may call their column the same. Unit and nation must be
    the same, where both are known, and so must be the figures, but for revisions: those that were
    published when it was issued are set against the panel's as of that day, and over the last
    `MONTHS` months that both have the median of relative differences is at most `TOLERANCE`.

    Parameters
    ----------
    one : Issued
    panel : Panel
        Has the target.
    """
    target = one.paths.series[0]
    entry = panel.entry(target)
    unit = json.loads(one.json).get("unit", entry.unit)
    if unit != entry.unit:
        return f"it is in {unit}, these are in {entry.unit}"
    if one.nation and entry.nation and one.nation != entry.nation:
        return f"it is of {one.nation}, these are of {entry.nation}"
    day = min(one.paths.origin, panel.origin)
    try:
        figures = panel.select([target]).as_of(day).series(target)
    except PanelError:
        return f"these have nothing by {day.date()}"
    known = one.paths.history[target].dropna()
    known = known[known.index < one.paths.index[0]]
    both = known.index.intersection(figures.index)[-MONTHS:]
    if not len(both):
        return f"these have nothing of {known.index[0]} to {known.index[-1]}"
    there, here = known[both].to_numpy(), figures[both].to_numpy()
    size = np.maximum(np.abs(there), np.abs(here))
    apart = float(np.median(np.abs(there - here) / np.where(size > 0.0, size, 1.0)))
    if apart <= TOLERANCE:
        return ""
    return f"its last figures are {100.0 * apart:.0f} % off these in the median"
