"""The benchmark: a random walk on the calendar- and seasonally-adjusted log level."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from tradeshock.models.adjustment import CalendarAdjustment, Floats
from tradeshock.models.parameters import Rules, positive
from tradeshock.models.univariate.base import UnivariateModel

if TYPE_CHECKING:
    from tradeshock.models.conditions import Conditions


def error_paths(
    adjusted: Floats, draws: int, steps: int, half_life: float, rng: np.random.Generator
) -> Floats:
    """Bootstrap the random walk's own multi-step errors, draws by steps, log points.

    Each path is a stretch of the history's changes from a randomly chosen month, once as it was
    and once with its sign turned: the walk has no drift, so its errors are taken as symmetric,
    and the median of the paths is the forecast. Stretches of up to a year are chained.

    Parameters
    ----------
    adjusted : ndarray
        Adjusted log level of past months.
    draws, steps : int
    half_life : float
        Months after which the error of a month is half as likely to be drawn.
    rng : Generator
    """
    changes = np.diff(adjusted)
    length = min(12, steps, len(changes))
    starts = np.arange(len(changes) - length + 1)
    chance = 0.5 ** ((len(starts) - 1 - starts) / half_life)
    half = (draws + 1) // 2
    blocks = []
    for _ in range(-(-steps // length)):
        first = rng.choice(starts, size=half, p=chance / chance.sum())
        block = changes[first[:, None] + np.arange(length)]
        turn = rng.choice([-1.0, 1.0], size=(half, 1))
        blocks.append(block * turn)
    path = np.cumsum(np.hstack(blocks)[:, :steps], axis=1)
    return np.stack([path, -path], axis=1).reshape(-1, steps)[:draws]


class RandomWalk(UnivariateModel):
    """Last adjusted level carried forward, with the effects of each month ahead added.

    The benchmark of every ratio in this package.

    Parameters
    ----------
    half_life : float
        Months after which a month counts half in the calendar and seasonal effects.
    error_half_life : float
        The same for the past errors from which paths are drawn.
    n_draws : int
        Sample paths.
    random_state : int
        Seed.

    Attributes
    ----------
    adjustment_ : CalendarAdjustment
        Effects, and the level net of them.
    past_levels_ : ndarray
        Adjusted log levels at the fit, whose changes are the walk's past errors.
    """

    rules: ClassVar[Rules] = {"half_life": positive(), "error_half_life": positive()}

    def __init__(
        self,
        half_life: float = 60.0,
        error_half_life: float = 120.0,
        n_draws: int = 1000,
        random_state: int = 0,
    ) -> None:
        self.half_life = half_life
        self.error_half_life = error_half_life
        self.n_draws = n_draws
        self.random_state = random_state

    def _fit(self) -> None:
        self.adjustment_ = CalendarAdjustment.of_series(
            self.panel_, self.target_[0], self.half_life
        )
        self.past_levels_ = self.adjustment_.adjusted_.to_numpy()

    def _refresh(self) -> None:
        self.adjustment_ = self.adjustment_.with_figures(self.series_, self.panel_.calendar)

    def _paths(self, steps: int, rng: np.random.Generator, conditions: Conditions | None) -> Floats:
        adjusted = self.adjustment_.adjusted_.to_numpy()
        errors = error_paths(self.past_levels_, self.n_draws, steps, self.error_half_life, rng)
        effect = self.adjustment_.effect(self._ahead(steps), self.panel_.calendar)
        paths: Floats = np.exp(adjusted[-1] + effect + errors)[:, :, None]
        return paths
