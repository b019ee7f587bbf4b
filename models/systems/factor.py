"""A dynamic factor model, by statsmodels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import clone

from tradeshock.features.errors import PanelError, ShortHistoryError
from tradeshock.models.algebra.conditioning import GaussianFuture, root_of
from tradeshock.models.algebra.least_squares import refuse_constant
from tradeshock.models.convergence import convergence_notes, quiet_fit
from tradeshock.models.findings import Findings
from tradeshock.models.parameters import Rules, ids, optional, whole
from tradeshock.models.systems.levels import SystemLevels
from tradeshock.models.systems.membership import live_series
from tradeshock.models.systems.system import System

if TYPE_CHECKING:
    from tradeshock.features.panel.panel import Panel
    from tradeshock.models.adjustment import CalendarAdjustment
    from tradeshock.models.conditions import Conditions
    from tradeshock.models.record.record import Record

Floats = npt.NDArray[np.float64]

DEFAULT_SERIES = (
    "exports_total",
    "us_imports_from_kr",
    "us_ip",
    "us_semiconductor_ip",
    "us_electronics_orders",
    "usdkrw",
    "usdjpy",
    "usdtwd",
    "brent",
    "copper",
    "gscpi",
)
_MATRICES = (
    "design",
    "transition",
    "selection",
    "state_cov",
    "state_intercept",
    "obs_cov",
    "obs_intercept",
)


class DynamicFactor(System):
    """Common factors of monthly growth with autoregressive idiosyncratic parts.

    Fitted by the EM algorithm of Bańbura and Modugno (2014) in
    `statsmodels.tsa.statespace.dynamic_factor_mq.DynamicFactorMQ`, which takes the ragged edge as
    it is. Parameters are those of 1 January of the origin's year, so that they do not depend on
    where a replay begins (of the origin itself where January had too little); figures are filtered
    at every origin. Seasonal series enter net of
    calendar and month effects. Months after the target's last published one are not used.

    Parameters
    ----------
    series : sequence of str, optional
        Series of the system. Default: `DEFAULT_SERIES` as far as the panel has them. Stale ones
        are left out with a `StaleSeriesWarning`.
    factors, factor_orders : int
        Number of common factors and lags of their autoregression.
    maxiter : int
        Most rounds of EM; a note says where they were not enough. On the embedded figures it
        converges within 200.
    n_draws : int
        Sample paths.
    random_state : int
        Seed.
    """

    rules: ClassVar[Rules] = {
        "series": optional(ids()),
        "factors": whole(1),
        "factor_orders": whole(1),
        "maxiter": whole(1),
    }

    minimum_months = 72
    scale_tolerance = 1e-3

    def __init__(
        self,
        series: Sequence[str] | None = None,
        factors: int = 1,
        factor_orders: int = 2,
        maxiter: int = 500,
        n_draws: int = 1000,
        random_state: int = 0,
    ) -> None:
        self.series = series
        self.factors = factors
        self.factor_orders = factor_orders
        self.maxiter = maxiter
        self.n_draws = n_draws
        self.random_state = random_state

    def _open(self, panel: Panel, target: str | Sequence[str], record: Record | None) -> None:
        super()._open(panel, target, record)
        self._refuse_several_targets()

    def _fit(self) -> None:
        self._fit_from(Findings(self.panel_))

    def _fit_from(self, findings: Findings[Panel]) -> None:
        wanted = DEFAULT_SERIES if self.series is None else tuple(self.series)
        if self.series is None:
            wanted = tuple(id for id in wanted if id in self.panel_)
        self.series_, self.left_out_ = live_series(self.panel_, wanted, self.target_)
        self._read()
        refuse_constant(self.levels_.growth_by_series, "in growth")
        estimated = self._yearly_fit(findings)
        self.converged_ = estimated.mle_retvals.iter < self.maxiter
        self.result_ = estimated.apply(self.growth_)

    def _refresh(self) -> None:
        self._read(self.levels_.adjustments)
        self.result_ = self.result_.apply(self.growth_)

    def _read(self, held: Mapping[str, CalendarAdjustment] | None = None) -> None:
        self.levels_ = SystemLevels.read(self.panel_, self.series_, adjusted=True, held=held)
        self.levels_.refuse_fewer_than(self.minimum_months)
        frame = self.levels_.frame.loc[: self.last_]
        # per cent: the EM algorithm's tolerances suit numbers near one
        self.growth_ = frame.diff().iloc[1:] * np.where(self.levels_.logs, 100.0, 1.0)

    def _yearly_fit(self, findings: Findings[Panel]) -> Any:
        january = pd.Timestamp(self.panel_.origin.year, 1, 1)
        key = ("factors", self._own_key(), self.target_, self.series_, january)
        found = findings.find(key, lambda: self._estimate_on(january))
        # A young panel had too little in January: what is known now has to do, and is not shared.
        return self._estimate() if found is None else found

    def _estimate_on(self, day: pd.Timestamp) -> Any:
        """Fit as it would have been on an earlier day; None if too little was out."""
        earlier = clone(self)
        try:
            earlier._open(self.panel_.as_of(day), self.target_, None)
            earlier.series_ = self.series_
            earlier._read()
        except (ShortHistoryError, PanelError):
            return None
        return earlier._estimate()

    def _estimate(self) -> Any:
        model = self._model()
        with quiet_fit():
            return model.fit(disp=False, maxiter=self.maxiter)

    def _model(self, standardize: Any = True) -> Any:
        """Model of growth, in the units of each series' spread or of those given."""
        from statsmodels.tsa.statespace.dynamic_factor_mq import DynamicFactorMQ

        return DynamicFactorMQ(
            self.growth_,
            factors=self.factors if len(self.series_) > 1 else 1,
            factor_orders=self.factor_orders,
            idiosyncratic_ar1=True,
            standardize=standardize,
        )

    def _stored(self) -> dict[str, Any]:
        scale = (self.result_.model._endog_mean, self.result_.model._endog_std)
        return super()._stored() | {"result_": (*scale, np.asarray(self.result_.params))}

    def _restore(self, stored: Mapping[str, Any]) -> None:
        super()._restore(stored)
        *scale, parameters = stored["result_"]
        self.result_ = self._model(tuple(scale)).smooth(parameters)

    def _notes(self, conditions: Conditions | None) -> tuple[str, ...]:
        rounds = f"EM stopped after {self.maxiter} rounds"
        return (*super()._notes(conditions), *convergence_notes(self.converged_, rounds))

    def _paths(self, steps: int, rng: np.random.Generator, conditions: Conditions | None) -> Floats:
        draws = self.result_.simulate(steps, anchor="end", repetitions=self.n_draws, rng=rng)
        growth = np.asarray(draws).reshape(steps, len(self.series_), self.n_draws)[:, 0].T
        scale = 100.0 if self.levels_.logs[0] else 1.0
        last = self.levels_.frame.loc[[self.last_]].to_numpy()[0, 0]
        levels = last + np.cumsum(growth / scale, axis=1)
        return self.levels_.own_units(levels[:, :, None], self._ahead(steps))

    def law(self, steps: int) -> GaussianFuture:
        """Joint normal law of growth after the target's last published month, all series.

        The filtered state of that month, run forward: what its uncertainty, later innovations of
        the state and measurement errors do to each series.

        Parameters
        ----------
        steps : int

        Returns
        -------
        GaussianFuture
            Mean of shape (steps, n); log points for series in logs, else their own unit.
        """
        self._check_fitted()
        self._check_steps(steps)
        model = self.result_.model
        system = {name: np.asarray(model.ssm[name]) for name in _MATRICES}
        state = np.asarray(self.result_.predicted_state)[:, -1]
        response = root_of(np.asarray(self.result_.predicted_state_cov)[:, :, -1])
        shock = system["selection"] @ root_of(system["state_cov"])
        error = root_of(system["obs_cov"])
        means, roots = [], []
        for step in range(steps):
            means.append(system["design"] @ state + system["obs_intercept"])
            later = np.zeros((len(error), (steps - 1 - step) * shock.shape[1]))
            errors = np.zeros((len(error), steps, len(error)))
            errors[:, step] = error
            known = system["design"] @ response
            roots.append(np.hstack([known, later, errors.reshape(len(error), -1)]))
            state = system["transition"] @ state + system["state_intercept"]
            response = np.hstack([system["transition"] @ response, shock])
        unit = np.where(self.levels_.logs, 100.0, 1.0)
        spread, centre = model._endog_std.to_numpy(), model._endog_mean.to_numpy()
        scale = np.tile(spread / unit, steps)[:, None]
        return GaussianFuture((means * spread + centre) / unit, np.vstack(roots) * scale)

    def expected_levels(self, until: pd.Period) -> tuple[Floats, pd.PeriodIndex]:
        """(Log) levels that the model expects, as far as they are not published.

        Growth that is not out yet is that of the smoothed state, and after the target's last
        month the mean of `law`; levels go on from the last one of each series.

        Parameters
        ----------
        until : Period
            Last month, after the target's last published one.

        Returns
        -------
        levels : ndarray, shape (T, n)
            Net of calendar and month effects.
        months : PeriodIndex
            From the first month that some series lacks.
        """
        self._check_fitted()
        result = self.result_
        centre, spread = result.model._endog_mean.to_numpy(), result.model._endog_std.to_numpy()
        unit = np.where(self.levels_.logs, 100.0, 1.0)
        inside = np.asarray(result.smoother_results.smoothed_forecasts).T * spread + centre
        law = self.law((until - self.last_).n).mean
        growth = np.vstack([inside / unit, law])
        # Figures after the target's last month are not used.
        used = self.levels_.frame.loc[: self.last_].to_numpy()
        levels = np.vstack([used, np.full((len(growth) + 1 - len(used), len(unit)), np.nan)])
        last = [int(np.flatnonzero(~np.isnan(column))[-1]) for column in used.T]
        for column, row in enumerate(last):
            later = np.cumsum(growth[row:, column])
            levels[row + 1 :, column] = levels[row, column] + later
        months = pd.period_range(self.levels_.months[0], until, freq="M")
        return levels[min(last) + 1 :], months[min(last) + 1 :]
