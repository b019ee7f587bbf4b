"""Which known series fresh figures look like."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]
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
        self._wide, self._all = fresh, known
        self._place = {str(name): i for i, name in enumerate(known.columns)}
        self._column = {str(name): i for i, name in enumerate(fresh.columns)}

    @cached_property
    def _logs(self) -> tuple[Floats, Floats]:
        """Fresh and known logs of the months that are compared; months by series."""
        newer = self._all[::-1].notna().cumsum()[::-1]
        recent = self._all.where(newer <= MONTHS).dropna(how="all")
        with np.errstate(invalid="ignore", divide="ignore"):
            fresh = np.log(self._wide.reindex(recent.index).to_numpy(float))
            return fresh, np.log(recent.to_numpy(float))

    def distances(self, name: str, among: Iterable[str]) -> dict[str, float]:
        """Median absolute distance of logs to each series, infinite where too few months meet."""
        found = {}
        logs, known = self._logs
        fresh = logs[:, self._column[name]]
        for other in among:
            away = np.abs(fresh - known[:, self._place[other]])
            away = away[np.isfinite(away)]
            found[other] = float(np.median(away)) if len(away) >= WANTED else float("inf")
        return found

    def closest(self, name: str, among: Iterable[str]) -> tuple[str, float]:
        """Series with the smallest distance; its name is empty where nothing is compared."""
        distances = self.distances(name, among)
        best = min(distances, key=lambda other: distances[other], default="")
        return best, distances.get(best, float("inf"))
