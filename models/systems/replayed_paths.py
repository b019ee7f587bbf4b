"""Sample paths of a vector autoregression from many origins that were estimated together."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.panel.validation import months_of
from tradeshock.models.algebra.least_squares import largest_root, surely_stationary
from tradeshock.models.paths import ForecastPaths
from tradeshock.models.systems.innovations import innovations
from tradeshock.models.systems.levels import SystemLevels
from tradeshock.models.systems.system import left_out_notes
from tradeshock.models.systems.var_replay import OriginsTogether, ReplayTask

__all__ = ["OriginLaw", "PathMaker", "explosive_note", "laws_by_origin"]

Floats = npt.NDArray[np.float64]

# Cells whose paths are one product: smaller ones save more zeros and lose more time.
_CELLS_AT_ONCE = 32
_FEWEST_MONTHS = 4


def explosive_note(root: float) -> str:
    """What a forecast says of a system whose largest root is not below 1."""
    return f"the system is explosive: largest root {root:.3f}, expected below 1"


class OriginLaw(NamedTuple):
    """What the paths of one origin are made of.

    Parameters
    ----------
    constant : ndarray, shape (q,)
    weights : ndarray, shape (q, T * n)
        (Log) levels of the ``q`` wanted cells, months by targets, from innovations.
    residuals : ndarray, shape (rows, n)
    covariance : ndarray, shape (n, n)
        Of the innovations.
    levels : SystemLevels
    edge : ndarray of int, shape (n,)
        Months that each series has after the last that all have.
    largest_root : float
        0 where it is surely below 1.
    """

    constant: Floats
    weights: Floats
    residuals: Floats
    covariance: Floats
    levels: SystemLevels
    edge: npt.NDArray[np.intp]
    largest_root: float


def laws_by_origin(groups: Iterator[OriginsTogether], task: ReplayTask) -> list[OriginLaw | None]:
    """Law of each origin; None where it has to be taken by itself."""
    laws: list[OriginLaw | None] = [None] * len(task.origins)
    for group in groups:
        law = group.wanted_levels(task.steps, task.targets)
        known = np.isfinite(law.constant.sum(axis=1))
        stationary = surely_stationary(group.found.coefs)
        for i, residuals in enumerate(group.residuals()):
            if known[i]:
                root = 0.0 if stationary[i] else largest_root(group.found.coefs[i])
                laws[int(group.places[i])] = OriginLaw(
                    law.constant[i],
                    law.weights[i],
                    residuals,
                    group.found.sigma_u[i],
                    group.levels,
                    group.edge,
                    root,
                )
    return laws


class PathMaker:
    """Forecasts from the laws of many origins.

    Parameters
    ----------
    task : ReplayTask
    bootstrap : bool
        Whether innovations are residuals drawn again, or normal.
    n_draws, random_state : int
    name : str
        Of the model.
    """

    def __init__(
        self, task: ReplayTask, bootstrap: bool, n_draws: int, random_state: int, name: str
    ) -> None:
        self.task = task
        self.bootstrap = bootstrap
        self.n_draws = n_draws
        self.random_state = random_state
        self.name = name
        self.last = task.panel.last_known(task.series[: task.targets], task.origins)
        self.states = list(task.panel.states_at(task.origins, task.series[0]))

    def paths(self, i: int, law: OriginLaw) -> ForecastPaths:
        """Forecast of the origin at a place."""
        task, origin = self.task, self.task.origins[i]
        left_out = tuple(id for id in task.series if id not in law.levels.series)
        explosive = (explosive_note(law.largest_root),) if law.largest_root >= 1.0 else ()
        ahead = int(self.last[i, 0]) + 1
        rng = np.random.default_rng([self.random_state, origin.toordinal()])
        return ForecastPaths(
            values=self._values(law, rng),
            index=self._months[ahead : ahead + task.steps],
            series=task.series[: task.targets],
            history=self._history(i),
            origin=origin,
            state=self.states[i],
            seed=self.random_state,
            model=self.name,
            notes=(*explosive, *left_out_notes(left_out)),
        )

    def _values(self, law: OriginLaw, rng: np.random.Generator) -> Floats:
        n = law.residuals.shape[1]
        covariance = None if self.bootstrap else law.covariance
        months = law.weights.shape[1] // n
        shocks = innovations(law.residuals, covariance, months, self.n_draws, rng)
        stacked = shocks.reshape(self.n_draws, -1)
        levels = np.empty((len(law.constant), self.n_draws))
        # Months after the last published one do not move earlier ones: many weights are zero.
        for rows, columns in _parts(law, self.task.steps):
            np.matmul(law.weights[rows, :columns], stacked[:, :columns].T, out=levels[rows])
        levels += law.constant[:, None]
        # Draws lie side by side in memory, where quantiles want them.
        shaped = levels.reshape(self.task.steps, self.task.targets, self.n_draws)
        return law.levels.own_units(shaped.transpose(2, 0, 1))

    @cached_property
    def _months(self) -> pd.PeriodIndex:
        """Months of the panel and as many as are forecast after them."""
        months = self.task.panel.months
        span = np.arange(len(months) + self.task.steps)
        return months_of(int(months.asi8[0]) + span).rename("month")

    @cached_property
    def _figures(self) -> pd.DataFrame:
        ids = list(self.task.series[: self.task.targets])
        return pd.DataFrame(self.task.panel.figures(ids), self.task.panel.months, ids)

    @cached_property
    def _first(self) -> int:
        return int((~np.isnan(self._figures.to_numpy()).all(axis=1)).argmax())

    def _history(self, i: int) -> pd.DataFrame:
        last = self.last[i]
        known = self._figures.iloc[self._first : int(last.max()) + 1]
        if (last < last.max()).any():
            later = np.arange(self._first, int(last.max()) + 1)[:, None] > last
            known = known.mask(later)
        return known


def _parts(law: OriginLaw, steps: int) -> Iterator[tuple[slice, int]]:
    """Rows of a few wanted months, and how many columns of weights move them."""
    cells, n = len(law.constant) // steps, law.residuals.shape[1]
    first, published = int(law.edge[0]), int(law.edge.max())
    together = max(_CELLS_AT_ONCE // cells, _FEWEST_MONTHS)
    for start in range(0, steps, together):
        stop = min(start + together, steps)
        yield slice(start * cells, stop * cells), max(first + stop, published) * n
