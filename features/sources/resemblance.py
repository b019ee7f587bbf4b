"""Which known series fresh figures look like."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

# Known months that are compared, and months in common below which nothing looks alike.
MONTHS, WANTED = 24, 3


class Resemblance:
    """Distances between fresh figures and the last known months of series.

    Parameters
    ----------
    fresh, known : DataFrame
        Months by series, in the same units. Figures that are not above zero are left out.
    """

    def __init__(self, fresh: pd.DataFrame, known: pd.DataFrame) -> None:
        recent = known.where(known[::-1].notna().cumsum()[::-1] <= MONTHS).dropna(how="all")
        with np.errstate(invalid="ignore", divide="ignore"):
            self._known = np.log(recent.to_numpy(float))
            self._fresh = np.log(fresh.reindex(recent.index).to_numpy(float))
        self._place = {str(name): i for i, name in enumerate(recent.columns)}
        self._column = {str(name): i for i, name in enumerate(fresh.columns)}

    def distances(self, name: str, among: Iterable[str]) -> dict[str, float]:
        """Median absolute distance of logs to each series, infinite where too few months meet."""
        found = {}
        fresh = self._fresh[:, self._column[name]]
        for other in among:
            away = np.abs(fresh - self._known[:, self._place[other]])
            away = away[np.isfinite(away)]
            found[other] = float(np.median(away)) if len(away) >= WANTED else float("inf")
        return found

    def closest(self, name: str, among: Iterable[str]) -> tuple[str, float]:
        """Series with the smallest distance; its name is empty where nothing is compared."""
        distances = self.distances(name, among)
        best = min(distances, key=lambda other: distances[other], default="")
        return best, distances.get(best, float("inf"))
