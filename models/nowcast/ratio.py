"""The nowcast benchmark: the running month from its first 10 or 20 days by working-day ratio."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from tradeshock.features.panel.panel import FLASH_STATES, Panel
from tradeshock.models.adjustment import CalendarAdjustment, Floats
from tradeshock.models.parameters import Rules, positive
from tradeshock.models.univariate.base import UnivariateModel
from tradeshock.models.univariate.random_walk import error_paths

if TYPE_CHECKING:
    from tradeshock.models.conditions import Conditions

FEWEST_ERRORS = 12


def ratio_nowcast(panel: Panel, target: str, state: str) -> pd.Series:
    """Log of each month's figure as its early count implies, log of the target's unit.

    The month of a year before, times the growth of the early count a working day, times the
    growth of the month's working days::

        y[t-12] * (f[t] / d[t]) / (f[t-12] / d[t-12]) * w[t] / w[t-12]

    with y the month, f its early count, d and w the working days of the early count and of the
    month.
    """
    window = FLASH_STATES[state]
    months = panel.months
    flash = panel.values[panel.catalog.flash(target)[window]]
    early = np.maximum(panel.calendar.working_days(months, window), 0.5)
    whole = panel.calendar.working_days(months, "month")
    rate = pd.Series(np.log(flash.to_numpy() / early * whole), months)
    level = pd.Series(np.log(panel.values[target].to_numpy()), months)
    nowcast: pd.Series = level.shift(12) + rate - rate.shift(12)
    return nowcast.dropna()


class FlashRatio(UnivariateModel):
    """Step 1 from the customs count of the first 10 or 20 days, later steps from `RandomWalk`.

    Step 1's distribution resamples the past errors of the same ratio in the same state; later
    steps walk on from step 1's adjusted level. In state ``after_total``, and where fewer than 12
    past errors are known, all steps are those of the random walk.

    Parameters
    ----------
    half_life : float
        Months after which a month counts half in the calendar and seasonal effects.
    error_half_life : float
        The same for the walk's past errors from which paths are drawn.
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
    past_errors_ : dict of str to ndarray
        Past errors of the ratio in each state with early counts, log points, as known at the fit.
    errors_ : ndarray
        Those of the origin's state; only where they are used.
    nowcast_ : float or None
        Log of the running month.
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

    def _inputs(self) -> Iterable[str]:
        return self.panel_.catalog.flash(self.target_[0]).values()

    def _fit(self) -> None:
        self.adjustment_ = CalendarAdjustment.of_series(
            self.panel_, self.target_[0], self.half_life
        )
        self.past_levels_ = self.adjustment_.adjusted_.to_numpy()
        # Of both states: an update that holds them may come in the other one.
        states = self.panel_.states(self.target_[0])[1:]
        ratios = {state: ratio_nowcast(self.panel_, self.target_[0], state) for state in states}
        level = np.log(self.series_)
        self.past_errors_ = {
            state: (level - ratio).dropna().to_numpy() for state, ratio in ratios.items()
        }
        self._nowcast(ratios.get(self.state_))

    def _refresh(self) -> None:
        self.adjustment_ = self.adjustment_.with_figures(self.series_, self.panel_.calendar)
        counted = self.state_ in self.past_errors_
        target, state = self.target_[0], self.state_
        self._nowcast(ratio_nowcast(self.panel_, target, state) if counted else None)

    def _nowcast(self, ratio: pd.Series | None) -> None:
        """Take the running month's ratio where enough past errors of it are known."""
        self.nowcast_: float | None = None
        if ratio is None or len(self.past_errors_[self.state_]) < FEWEST_ERRORS:
            return
        running = ratio[ratio.index == self.last_ + 1]
        if len(running):
            self.nowcast_, self.errors_ = float(running.iloc[0]), self.past_errors_[self.state_]

    def _paths(self, steps: int, rng: np.random.Generator, conditions: Conditions | None) -> Floats:
        adjusted = self.adjustment_.adjusted_.to_numpy()
        effect = self.adjustment_.effect(self._ahead(steps), self.panel_.calendar)
        walk = error_paths(self.past_levels_, self.n_draws, steps, self.error_half_life, rng)
        if self.nowcast_ is None:
            carried: Floats = np.exp(adjusted[-1] + effect + walk)
            return carried[:, :, None]
        # past errors with both signs: the ratio itself is the point forecast
        half = rng.choice(self.errors_, size=(self.n_draws + 1) // 2)
        first = np.stack([half, -half], axis=1).reshape(-1, 1)[: self.n_draws]
        start = self.nowcast_ - effect[0] + first
        paths: Floats = np.exp(start + walk - walk[:, :1] + effect)
        return paths[:, :, None]
