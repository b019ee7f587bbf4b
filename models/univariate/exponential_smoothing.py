"""Exponential smoothing with a damped trend, by statsmodels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from tradeshock.models.adjustment import CalendarAdjustment, Floats
from tradeshock.models.convergence import convergence_notes, quiet_fit
from tradeshock.models.parameters import Rules, positive, whole
from tradeshock.models.univariate.base import UnivariateModel

if TYPE_CHECKING:
    from tradeshock.models.conditions import Conditions

# Per cent of the last level: errors that are smaller are those of the logarithm.
ROUNDING = 1e-9


class ExponentialSmoothing(UnivariateModel):
    """Damped-trend exponential smoothing of the adjusted log level.

    Calendar and month effects come off first (`CalendarAdjustment`); the rest is fitted by
    `statsmodels.tsa.exponential_smoothing.ets.ETSModel` with additive error and damped trend
    (Gardner and McKenzie 1985). Paths simulate it from the last published month.

    Parameters
    ----------
    half_life : float
        Months after which a month counts half in the calendar and seasonal effects.
    years : int
        Length of the window in which the smoothing parameters are fitted.
    n_draws : int
        Sample paths.
    random_state : int
        Seed.
    """

    rules: ClassVar[Rules] = {"half_life": positive(), "years": whole(1)}

    scale_tolerance = 1e-3

    def __init__(
        self,
        half_life: float = 60.0,
        years: int = 20,
        n_draws: int = 1000,
        random_state: int = 0,
    ) -> None:
        self.half_life = half_life
        self.years = years
        self.n_draws = n_draws
        self.random_state = random_state

    def _fit(self) -> None:
        self.adjustment_ = CalendarAdjustment.of_series(
            self.panel_, self.target_[0], self.half_life
        )
        window = self.adjustment_.adjusted_.iloc[-12 * self.years :]
        self.start_, self.base_ = window.index[0], float(window.iloc[-1])
        with quiet_fit():
            self.result_ = self._model().fit(disp=False, maxiter=200)
        self.sigma_ = float(np.sqrt(self.result_.scale))
        # A level that never moves is met exactly at the start, which the optimiser cannot leave.
        exact = self.sigma_ < ROUNDING
        self.converged_ = exact or bool(self.result_.mle_retvals["converged"])

    def _notes(self, conditions: Conditions | None) -> tuple[str, ...]:
        return convergence_notes(self.converged_)

    def _refresh(self) -> None:
        self.adjustment_ = self.adjustment_.with_figures(self.series_, self.panel_.calendar)
        self.result_ = self._smoothed(self.result_.params)

    def _stored(self) -> dict[str, Any]:
        return super()._stored() | {"result_": np.asarray(self.result_.params)}

    def _restore(self, stored: Mapping[str, Any]) -> None:
        super()._restore(stored)
        self.result_ = self._smoothed(stored["result_"])

    def _smoothed(self, params: Floats) -> Any:
        """States of the window under given parameters."""
        with quiet_fit():
            return self._model().smooth(params)

    def _model(self) -> Any:
        """Model of the window: its first month stays, because the states there are parameters."""
        from statsmodels.tsa.exponential_smoothing.ets import ETSModel

        adjusted = self.adjustment_.adjusted_.loc[self.start_ :].to_numpy()
        # in per cent of the last level: the optimiser's tolerances suit numbers near one
        scaled = 100.0 * (adjusted - self.base_)
        return ETSModel(scaled, error="add", trend="add", damped_trend=True)

    def log_points(self, steps: int) -> Floats:
        """See `UnivariateModel.log_points`: the path without shocks."""
        effect = self.adjustment_.effect(self._ahead(steps), self.panel_.calendar)
        ahead = np.asarray(self.result_.forecast(steps)).reshape(-1)
        return np.asarray(self.base_ + ahead / 100.0 + effect)

    def _paths(self, steps: int, rng: np.random.Generator, conditions: Conditions | None) -> Floats:
        errors = rng.standard_normal((steps, self.n_draws)) * self.sigma_
        draws = self.result_.simulate(
            steps, anchor="end", repetitions=self.n_draws, random_errors=errors
        )
        effect = self.adjustment_.effect(self._ahead(steps), self.panel_.calendar)
        path = self.base_ + np.asarray(draws).reshape(steps, -1).T / 100.0
        return np.exp(path + effect)[:, :, None]
