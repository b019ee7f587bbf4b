"""The month of a year before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tradeshock.models.adjustment import Floats
from tradeshock.models.univariate.base import UnivariateModel

if TYPE_CHECKING:
    from tradeshock.models.conditions import Conditions


class SeasonalNaive(UnivariateModel):
    """Each month as it was in the last published year; errors are past growth over a year.

    Paths take whole stretches of past year-on-year growth from a randomly chosen month, so that
    neighbouring months of a path err together, each stretch once as it was and once with its
    sign turned.

    Parameters
    ----------
    n_draws : int
        Sample paths.
    random_state : int
        Seed.
    """

    def __init__(self, n_draws: int = 1000, random_state: int = 0) -> None:
        self.n_draws = n_draws
        self.random_state = random_state

    def _fit(self) -> None:
        self._refresh()
        self.growth_ = self.level_[12:] - self.level_[:-12]

    def _refresh(self) -> None:
        self.level_ = np.log(self.series_.to_numpy())

    def _paths(self, steps: int, rng: np.random.Generator, conditions: Conditions | None) -> Floats:
        years = -(-steps // 12)
        point = np.tile(self.level_[-12:], years)[:steps]
        half = (self.n_draws + 1) // 2
        errors = np.zeros((half, 12 * years))
        for year in range(years):
            # errors of the second year add to those of the first: it is carried forward too
            first = rng.integers(0, len(self.growth_) - 11, size=half)
            stretch = self.growth_[first[:, None] + np.arange(12)]
            stretch = stretch * rng.choice([-1.0, 1.0], (half, 1))
            errors[:, 12 * year :] += np.tile(stretch, years - year)
        both = np.stack([errors, -errors], axis=1).reshape(-1, 12 * years)
        return np.exp(point + both[: self.n_draws, :steps])[:, :, None]
