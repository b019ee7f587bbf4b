"""The newest value of each figure, and what an answer adds to it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tradeshock.features.vintages.kept import Kept


class Change(NamedTuple):
    """How many figures of an answer were new, revised, or withdrawn."""

    new: int
    revised: int
    withdrawn: int


class Newest:
    """The newest value of each figure, by its key."""

    def __init__(self) -> None:
        self.keys = np.empty(0, dtype=np.int64)
        self.values = np.empty(0)

    def compare(self, kept: Kept) -> tuple[npt.NDArray[np.bool_], Change]:
        """Say which rows of an answer are another than before, and count them."""
        place, there = self._find(kept.keys)
        gone = np.isnan(kept.values)
        before = np.full(len(kept.values), np.nan)
        before[there] = self.values[place[there]]
        known = ~np.isnan(before)
        new, revised = ~known & ~gone, known & ~gone & (before != kept.values)
        withdrawn = known & gone
        counts = Change(*(int(rows.sum()) for rows in (new, revised, withdrawn)))
        return new | revised | withdrawn, counts

    def take(self, kept: Kept) -> None:
        """Take an answer that is newer than all before."""
        keys = kept.keys
        place, there = self._find(keys)
        self.values[place[there]] = kept.values[there]
        if not there.all():
            more, order = kept.values[~there], np.argsort(keys[~there])
            at, sorted_keys = place[~there][order], keys[~there][order]
            self.keys = np.insert(self.keys, at, sorted_keys)
            self.values = np.insert(self.values, at, more[order])

    def _find(
        self, keys: npt.NDArray[np.int64]
    ) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.bool_]]:
        place = np.searchsorted(self.keys, keys)
        there = np.zeros(len(keys), dtype=bool)
        inside = place < len(self.keys)
        there[inside] = self.keys[place[inside]] == keys[inside]
        return place, there
