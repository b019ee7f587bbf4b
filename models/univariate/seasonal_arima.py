"""Seasonal ARIMA with calendar regressors, by statsmodels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd
from scipy.linalg import toeplitz

from tradeshock.models.adjustment import Floats, calendar_columns
from tradeshock.models.convergence import convergence_notes, quiet_fit
from tradeshock.models.parameters import Rules, several, whole
from tradeshock.models.univariate.base import UnivariateModel

if TYPE_CHECKING:
    from tradeshock.models.conditions import Conditions

CONTRASTS = 11


class SeasonalARIMA(UnivariateModel):
    """Seasonal ARIMA of the log level with working days and moving holidays as regressors.

    Fitted by `statsmodels.tsa.statespace.sarimax.SARIMAX`; the default order is the airline
    model of Box and Jenkins (1976). Paths add weighted normal innovations to its forecast.

    Parameters
    ----------
    order, seasonal_order : tuple of int
        As in statsmodels.
    years : int
        Length of the window; older months slow the fit and say little.
    n_draws : int
        Sample paths.
    random_state : int
        Seed.
    """

    rules: ClassVar[Rules] = {
        "order": several(whole(0), "three whole numbers (p, d, q), at least 0", size=3),
        "seasonal_order": several(whole(0), "four whole numbers (P, D, Q, period)", size=4),
        "years": whole(1),
    }

    minimum_months = 60
    scale_tolerance = 1e-3

    def __init__(
        self,
        order: tuple[int, int, int] = (0, 1, 1),
        seasonal_order: tuple[int, int, int, int] = (0, 1, 1, 12),
        years: int = 20,
        n_draws: int = 1000,
        random_state: int = 0,
    ) -> None:
        self.order = order
        self.seasonal_order = seasonal_order
        self.years = years
        self.n_draws = n_draws
        self.random_state = random_state

    def _columns(self, months: pd.PeriodIndex) -> Floats:
        """Calendar regressors without the month contrasts, which seasonal differences remove."""
        window = self.panel_.entry(self.target_[0]).window
        return calendar_columns(months, self.panel_.calendar, window)[:, :-CONTRASTS]

    def _fit(self) -> None:
        series = self.series_.iloc[-12 * self.years :]
        self.start_, self.base_ = series.index[0], float(np.log(series.iloc[-1]))
        model = self._model()
        with quiet_fit():
            self.result_ = model.fit(disp=False, maxiter=100)
        self.converged_ = bool(self.result_.mle_retvals["converged"])

    def _notes(self, conditions: Conditions | None) -> tuple[str, ...]:
        return convergence_notes(self.converged_)

    def _refresh(self) -> None:
        level, x = self._window()
        self.result_ = self.result_.apply(level, exog=x)

    def _model(self) -> Any:
        """Model of the window."""
        from statsmodels.tsa.statespace.sarimax import SARIMAX

        level, x = self._window()
        return SARIMAX(level, x, order=self.order, seasonal_order=self.seasonal_order)

    def _stored(self) -> dict[str, Any]:
        return super()._stored() | {"result_": np.asarray(self.result_.params)}

    def _restore(self, stored: Mapping[str, Any]) -> None:
        super()._restore(stored)
        self.result_ = self._model().smooth(stored["result_"])

    def _window(self) -> tuple[Floats, Floats]:
        """Log levels from the window's first month on, less the last one at the fit; regressors."""
        series = self.series_.loc[self.start_ :]
        level = np.log(series.to_numpy()) - self.base_
        return level, self._columns(pd.PeriodIndex(series.index))

    def log_points(self, steps: int) -> Floats:
        """See `UnivariateModel.log_points`: the mean of the law."""
        exog = self._columns(self._ahead(steps))
        mean = self.result_.get_forecast(steps, exog=exog).predicted_mean
        return np.asarray(self.base_ + np.asarray(mean))

    def _paths(self, steps: int, rng: np.random.Generator, conditions: Conditions | None) -> Floats:
        # weight of an innovation in the level h months later (Box and Jenkins 1976, section 5.1)
        psi = np.asarray(self.result_.impulse_responses(steps - 1)).reshape(-1)
        sigma = float(np.sqrt(self.result_.params[-1]))
        shocks = sigma * rng.standard_normal((self.n_draws, steps))
        errors = shocks @ toeplitz(psi, np.zeros(steps)).T
        return np.asarray(np.exp(self.log_points(steps) + errors)[:, :, None])
