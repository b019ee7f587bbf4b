"""An autoregression of adjusted growth."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from tradeshock.features.errors import ShortHistoryError
from tradeshock.models.adjustment import CalendarAdjustment, Floats
from tradeshock.models.parameters import Rules, optional, positive, whole
from tradeshock.models.univariate.base import UnivariateModel

if TYPE_CHECKING:
    from tradeshock.models.conditions import Conditions


def lag_rows(growth: Floats, lags: int, skip: int) -> tuple[Floats, Floats]:
    """Regressors (constant, lag 1 .. lag p) and outcomes of an autoregression.

    Parameters
    ----------
    growth : ndarray
    lags : int
    skip : int
        Rows left out at the start, at least `lags`, so that orders are compared on equal rows.
    """
    n = len(growth)
    columns = [growth[skip - lag : n - lag] for lag in range(1, lags + 1)]
    return np.column_stack([np.ones(n - skip), *columns]), growth[skip:]


class AutoRegression(UnivariateModel):
    """Autoregression of growth, net of calendar and month effects, order by Akaike's criterion.

    Effects come first, by robust regression (`CalendarAdjustment`); the growth of what remains
    is regressed on its own lags by least squares. Paths resample the residuals.

    Parameters
    ----------
    lags : int, optional
        Order; None chooses 0 to `max_lags` by AIC on equal rows.
    max_lags : int
        Highest order tried.
    half_life : float
        Months after which a month counts half in the calendar and seasonal effects.
    n_draws : int
        Sample paths.
    random_state : int
        Seed.
    """

    rules: ClassVar[Rules] = {
        "lags": optional(whole(0)),
        "max_lags": whole(0),
        "half_life": positive(),
    }

    def __init__(
        self,
        lags: int | None = None,
        max_lags: int = 12,
        half_life: float = 60.0,
        n_draws: int = 1000,
        random_state: int = 0,
    ) -> None:
        self.lags = lags
        self.max_lags = max_lags
        self.half_life = half_life
        self.n_draws = n_draws
        self.random_state = random_state

    def _fit(self) -> None:
        self.adjustment_ = CalendarAdjustment.of_series(
            self.panel_, self.target_[0], self.half_life
        )
        growth = np.diff(self.adjustment_.adjusted_.to_numpy())
        self.order_ = self._choose(growth) if self.lags is None else self.lags
        if len(growth) < 2 * self.order_ + 2:
            raise ShortHistoryError(
                f"{self.name} needs {2 * self.order_ + 3} months for {self.order_} lags, got "
                f"{len(growth) + 1}; give more history or fewer lags"
            )
        x, y = lag_rows(growth, self.order_, self.order_)
        self.coefs_ = np.linalg.lstsq(x, y, rcond=None)[0]
        residuals = y - x @ self.coefs_
        # least squares shrinks residuals by the columns it has spent
        self.residuals_ = residuals * np.sqrt(len(y) / max(len(y) - x.shape[1], 1))
        self.recent_ = growth[len(growth) - self.order_ :]

    def _refresh(self) -> None:
        self.adjustment_ = self.adjustment_.with_figures(self.series_, self.panel_.calendar)
        growth = np.diff(self.adjustment_.adjusted_.to_numpy())
        self.recent_ = growth[len(growth) - self.order_ :]

    def _choose(self, growth: Floats) -> int:
        skip = min(self.max_lags, len(growth) // 4)
        criteria = []
        for order in range(skip + 1):
            x, y = lag_rows(growth, order, skip)
            coefs = np.linalg.lstsq(x, y, rcond=None)[0]
            # Growth that never moves is met exactly: of equals the lowest order is taken.
            variance = max(np.mean((y - x @ coefs) ** 2), np.finfo(float).tiny)
            criteria.append(np.log(variance) + 2.0 * (order + 1) / len(y))
        return int(np.argmin(criteria))

    def log_points(self, steps: int) -> Floats:
        """See `UnivariateModel.log_points`: the path without shocks."""
        growth = list(self.recent_)
        for _ in range(steps):
            lags = growth[len(growth) - self.order_ :][::-1]
            growth.append(self.coefs_[0] + float(np.dot(lags, self.coefs_[1:])))
        adjusted = self.adjustment_.adjusted_.to_numpy()[-1]
        effect = self.adjustment_.effect(self._ahead(steps), self.panel_.calendar)
        return np.asarray(adjusted + np.cumsum(growth[self.order_ :]) + effect)

    def _paths(self, steps: int, rng: np.random.Generator, conditions: Conditions | None) -> Floats:
        p = self.order_
        growth = np.empty((self.n_draws, p + steps))
        growth[:, :p] = self.recent_
        shocks = rng.choice(self.residuals_, size=(self.n_draws, steps))
        for h in range(steps):
            lags = growth[:, h : p + h][:, ::-1]
            growth[:, p + h] = self.coefs_[0] + lags @ self.coefs_[1:] + shocks[:, h]
        adjusted = self.adjustment_.adjusted_.to_numpy()[-1]
        effect = self.adjustment_.effect(self._ahead(steps), self.panel_.calendar)
        paths: Floats = np.exp(adjusted + np.cumsum(growth[:, p:], axis=1) + effect)
        return paths[:, :, None]
