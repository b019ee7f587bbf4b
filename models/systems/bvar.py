"""A Bayesian vector autoregression in log levels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import minimize
from sklearn.base import clone

from tradeshock.features.errors import PanelError, ShortHistoryError
from tradeshock.models.algebra.conditioning import (
    GaussianFuture,
    conditional_shift,
    value_conditions,
)
from tradeshock.models.algebra.minnesota import (
    Posterior,
    Rows,
    Tightness,
    draw,
    dummy_observations,
    posterior,
    regressors,
)
from tradeshock.models.base import Model
from tradeshock.models.systems.adjusted_levels import AdjustedLevels
from tradeshock.models.systems.cells import draws_of_cells
from tradeshock.models.systems.growth_system import live_series

if TYPE_CHECKING:
    from tradeshock.features.panel.panel import Panel
    from tradeshock.models.assumptions.entries import Cell
    from tradeshock.models.conditions import Conditions

Floats = npt.NDArray[np.float64]

DEFAULT_SERIES = (
    "exports_total",
    "us_ip",
    "usdkrw",
    "usdjpy",
    "usdtwd",
    "brent",
    "copper",
    "us_semiconductor_ip",
)
# Log-normal hyper-priors around the values of Giannone, Lenza and Primiceri (2015): wide, but they
# keep the optimiser where the prior means something.
CENTRE = np.log([0.2, 1.0, 1.0])
WIDTH = np.array([0.7, 0.8, 0.8])
TAILS = 5.0
ROUNDS = 3
AR_LAGS = 4


class BayesianVAR(Model):
    """Bayesian vector autoregression in log levels with heavy tails.

    Minnesota, sum-of-coefficients and dummy-initial-observation priors in natural-conjugate form;
    their tightness maximises the marginal likelihood (Giannone, Lenza and Primiceri 2015) on what
    was known on 1 January of the origin's year, so that it does not depend on where a replay
    begins. Months are scaled by their volatility as in Lenza and Primiceri (2022); the scales
    are those of multivariate Student errors with 5 degrees of freedom (Lange, Little and Taylor
    1989), estimated from past data alone, and future months draw theirs from the same law.
    Seasonal series enter net of calendar and month effects (`CalendarAdjustment`).

    Months that only some series have and assumed future values are conditions on the joint
    forecast; their gain is that of the posterior mean, and every path meets them.

    Parameters
    ----------
    series : sequence of str, optional
        Series of the system; targets are added if they are missing. Default: `DEFAULT_SERIES` as
        far as the panel has them. Stale ones are left out with a `StaleSeriesWarning`.
    lags : int
        Number of lags.
    sum_of_coefficients : bool
        Whether to use that prior. It holds the system near unit roots without cointegration:
        safer when levels break, worse when they return to trend.
    n_draws : int
        Number of sample paths, in antithetic pairs.
    random_state : int
        Seed.

    Attributes
    ----------
    series_ : tuple of str
        Series of the system, targets first.
    tightness_ : Tightness
        Chosen hyper-parameters.
    volatility_ : Series
        Scale of each month's innovations; 1 is a month of middling size.
    posterior_ : Posterior
        Law of the coefficients of centred (log) levels.
    """

    minimum_months = 60
    takes_conditions = True
    default_series = DEFAULT_SERIES
    scale_tolerance = 1e-3

    def __init__(
        self,
        series: Sequence[str] | None = None,
        lags: int = 3,
        sum_of_coefficients: bool = True,
        n_draws: int = 1000,
        random_state: int = 0,
    ) -> None:
        self.series = series
        self.lags = lags
        self.sum_of_coefficients = sum_of_coefficients
        self.n_draws = n_draws
        self.random_state = random_state

    # -- learning -----------------------------------------------------------------------------

    def _fit(self) -> None:
        wanted = self.default_series if self.series is None else tuple(self.series)
        if self.series is None:
            wanted = tuple(id for id in wanted if id in self.panel_)
        self.series_, self.left_out_ = live_series(self.panel_, wanted, self.target_)
        self._read()
        self._centre()
        self.tightness_ = self._yearly_tightness()
        self._learn()

    def update(self, panel: Panel) -> BayesianVAR:
        """Take new figures; series, tightness and coefficients stay as they were."""
        self._check_fitted()
        self._open(panel, self.target_, self.record_)
        self._read()
        return self

    def _read(self) -> None:
        """Take (log) levels net of calendar and month effects from the panel."""
        needed = self.lags + AR_LAGS + 2 * len(self.series_) + 12
        self.levels_ = AdjustedLevels.read(self.panel_, self.series_, needed)
        self.complete_ = self.levels_.complete

    def _centre(self) -> None:
        self.centre_: Floats = self.complete_.to_numpy()[: self.lags].mean(axis=0)

    def _yearly_tightness(self) -> Tightness:
        key = (self.panel_.origin.year, self.series_)
        if key not in self._shared:
            self._shared[key] = self._tightness_in_january(self.panel_.origin.year)
        tightness: Tightness = self._shared[key]
        return tightness

    def _tightness_in_january(self, year: int) -> Tightness:
        january = clone(self)
        try:
            past = self.panel_.as_of(pd.Timestamp(year, 1, 1))
            january._open(past, self.target_, None)
            january.series_ = self.series_
            january._read()
            january._centre()
        except (ShortHistoryError, PanelError):
            # a young panel had too little in January: what is known now has to do
            return self._optimise()
        tightness: Tightness = january._optimise()
        return tightness

    def _scales(self) -> tuple[Floats, Floats]:
        """Innovation scale of each series on its own, and the size of its movements in level."""
        levels = self.complete_.to_numpy() - self.centre_
        sigma = []
        for column in levels.T:
            x = regressors(column[:, None], AR_LAGS)
            y = column[AR_LAGS:]
            residuals = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
            sigma.append(np.median(np.abs(residuals)) / 0.6745)
        return np.array(sigma), levels.std(axis=0)

    def _optimise(self) -> Tightness:
        sigma, spread = self._scales()
        x, y = self._rows()
        volatility = self._volatility(x, y, self._tightness(CENTRE), sigma, spread)
        rows = Rows.scaled(x, y, volatility)

        def loss(theta: Floats) -> float:
            prior = dummy_observations(self._tightness(theta), self.lags, sigma, spread)
            penalty = 0.5 * float((((theta - CENTRE) / WIDTH) ** 2).sum())
            return penalty - posterior(rows, prior, sigma).log_evidence

        best = minimize(
            loss,
            CENTRE,
            method="Nelder-Mead",
            options={"xatol": 0.02, "fatol": 0.02, "maxiter": 200},
        )
        return self._tightness(best.x)

    def _tightness(self, theta: Floats) -> Tightness:
        overall, sums, initial = np.exp(theta)
        return Tightness(
            float(overall), float(sums) if self.sum_of_coefficients else None, float(initial)
        )

    def _rows(self) -> tuple[Floats, Floats]:
        levels = self.complete_.to_numpy() - self.centre_
        return regressors(levels, self.lags), levels[self.lags :]

    def _volatility(
        self, x: Floats, y: Floats, tightness: Tightness, sigma: Floats, spread: Floats
    ) -> Floats:
        """Scale of each row: a few rounds of the EM algorithm for Student errors."""
        prior = dummy_observations(tightness, self.lags, sigma, spread)
        n = y.shape[1]
        volatility = np.ones(len(y))
        for _ in range(ROUNDS):
            law = posterior(Rows.scaled(x, y, volatility), prior, sigma)
            residuals = y - x @ law.mean
            scaled = residuals / volatility[:, None]
            covariance = scaled.T @ scaled / len(scaled)
            distance = np.einsum("ti,ti->t", residuals, np.linalg.solve(covariance, residuals.T).T)
            volatility = np.sqrt((TAILS + distance) / (TAILS + n))
        return volatility

    def _learn(self) -> None:
        sigma, spread = self._scales()
        x, y = self._rows()
        volatility = self._volatility(x, y, self.tightness_, sigma, spread)
        prior = dummy_observations(self.tightness_, self.lags, sigma, spread)
        self.posterior_: Posterior = posterior(Rows.scaled(x, y, volatility), prior, sigma)
        self.volatility_ = pd.Series(volatility, self.complete_.index[self.lags :])

    # -- forecasting --------------------------------------------------------------------------

    def steer(self, values: Floats, conditions: Conditions) -> Floats:
        """Move another model's paths of the first target as this system moves under conditions.

        For models that contain no future drivers. The other model's draws take the place of this
        system's own target, and its other series move along, as they do with a condition; the
        joint correction of the kernel for the conditions is then added to them. Conditions on the
        target are met by every path.

        Parameters
        ----------
        values : ndarray, shape (n_draws, steps)
            Paths in the target's own unit.
        conditions : Conditions
            Assumed future values of series of this system.

        Returns
        -------
        ndarray, shape (n_draws, steps)
        """
        index, _, change = self._steering(values, conditions)
        shift = change[:, index.get_indexer(self._ahead(values.shape[1])), 0]
        return np.asarray(values * np.exp(shift) if self.levels_.logs[0] else values + shift)

    def steered_draws(
        self, values: Floats, conditions: Conditions | None, until: pd.Period
    ) -> tuple[Floats, pd.PeriodIndex]:
        """Draws of all series of this system beside another model's paths of the first target.

        Parameters
        ----------
        values : ndarray, shape (n_draws, steps)
            As in `steer`.
        conditions : Conditions or None
            As in `steer`.
        until : Period
            Last month, if it is after those of `values`.

        Returns
        -------
        draws : ndarray, shape (n_draws, T, n)
            In own units, the first series steered.
        months : PeriodIndex
            From the first month that some series lacks.
        """
        index, draws, change = self._steering(values, conditions, until)
        return self.levels_.own_units(draws + change + self.centre_, index), index

    def _steering(
        self, values: Floats, conditions: Conditions | None, until: pd.Period | None = None
    ) -> tuple[pd.PeriodIndex, Floats, Floats]:
        """Months, draws with another model's paths in the place of the target, their change."""
        self._check_fitted()
        ahead = self._ahead(values.shape[1])
        last = ahead[-1] if until is None else max(ahead[-1], until)
        index = self._months((last - self.last_).n, conditions)
        places = index.get_indexer(ahead)
        draws, law = self._published_law(index)
        levels = np.log(values) if self.levels_.logs[0] else values
        own = levels - self.levels_.effects(ahead)[:, 0] - self.centre_[0]
        # What the other model expects of the target moves what is expected of the other series.
        beside = np.full(draws.shape, np.nan)
        beside[:, places, 0] = own
        theirs = value_conditions(beside, np.zeros(draws.shape[1:]), self.series_, index)
        rng = np.random.default_rng([self.random_state, self.panel_.origin.toordinal(), 1])
        draws = draws + conditional_shift(law, draws, theirs, rng)
        if conditions is None:
            return index, draws, np.zeros_like(draws)
        assumed, sd = self._assumed(index, conditions)
        rows = value_conditions(assumed - self.centre_, sd, self.series_, index)
        return index, draws, conditional_shift(law, draws, rows, rng)

    def _published_law(self, index: pd.PeriodIndex) -> tuple[Floats, GaussianFuture]:
        """Draws of centred levels, and their law, once the ragged edge is met."""
        rng = np.random.default_rng([self.random_state, self.panel_.origin.toordinal()])
        past = self.complete_.to_numpy()[-self.lags :] - self.centre_
        coefs, roots = draw(self.posterior_, self.n_draws, rng)
        draws = self._simulate(coefs, self._shocks(roots, len(index), rng), past)
        published = self.levels_.frame.reindex(index).to_numpy() - self.centre_
        rows = value_conditions(published, np.zeros(published.shape), self.series_, index)
        law = self._law(past, len(index))
        return draws + conditional_shift(law, draws, rows, rng), law.conditioned(rows)

    def _paths(self, steps: int, rng: np.random.Generator, conditions: Conditions | None) -> Floats:
        index = self._months(steps, conditions)
        past = self.complete_.to_numpy()[-self.lags :] - self.centre_
        coefs, roots = draw(self.posterior_, self.n_draws, rng)
        draws = self._simulate(coefs, self._shocks(roots, len(index), rng), past)
        known, sd = self._known(index, conditions)
        rows = value_conditions(known - self.centre_, sd, self.series_, index)
        future = self._law(past, len(index))
        draws = draws + conditional_shift(future, draws, rows, rng) + self.centre_
        ahead = index.get_indexer(self._ahead(steps))
        return self.levels_.own_units(draws[:, ahead, : len(self.target_)], self._ahead(steps))

    def _months(self, steps: int, conditions: Conditions | None) -> pd.PeriodIndex:
        """Months from the first that some series lacks to the last that is wanted."""
        ends = [self.last_ + steps, self.levels_.frame.index[-1]]
        if conditions is not None and conditions.last_month is not None:
            ends.append(conditions.last_month)
        return pd.period_range(self.complete_.index[-1] + 1, max(ends), freq="M")

    def _simulate(self, coefs: Floats, shocks: Floats, past: Floats) -> Floats:
        draws, months, n = shocks.shape
        path = np.empty((draws, self.lags + months, n))
        path[:, : self.lags] = past
        for month in range(months):
            window = path[:, month : month + self.lags][:, ::-1].reshape(draws, 1, -1)
            step = coefs[:, 0] + (window @ coefs[:, 1:])[:, 0]
            path[:, self.lags + month] = step + shocks[:, month]
        return path[:, self.lags :]

    def _shocks(self, roots: Floats, months: int, rng: np.random.Generator) -> Floats:
        """Student innovations in antithetic pairs, draws by months by series."""
        half, n = (self.n_draws + 1) // 2, len(self.series_)
        scale = np.sqrt(TAILS / rng.chisquare(TAILS, size=(half, months, 1)))
        normal = scale * rng.standard_normal((half, months, n))
        both = np.stack([normal, -normal], axis=1).reshape(-1, months, n)[: self.n_draws]
        return both @ roots.transpose(0, 2, 1)

    def _law(self, past: Floats, months: int) -> GaussianFuture:
        mean, n = self.posterior_.mean, len(self.series_)
        lag_coefs = mean[1:].reshape(self.lags, n, n).transpose(0, 2, 1)
        drift = np.tile(mean[0], (months, 1))
        return GaussianFuture.from_var(lag_coefs, past, drift, self.posterior_.covariance)

    def _known(self, index: pd.PeriodIndex, conditions: Conditions | None) -> tuple[Floats, Floats]:
        """(Log) levels net of effects that are published or assumed, NaN where free."""
        published = self.levels_.frame.reindex(index).to_numpy()
        if conditions is None:
            return published, np.zeros(published.shape)
        assumed, sd = self._assumed(index, conditions)
        return np.where(np.isnan(assumed), published, assumed), sd

    def _assumed(self, index: pd.PeriodIndex, conditions: Conditions) -> tuple[Floats, Floats]:
        last = {id: self.panel_.last_month(id) for id in self.series_}
        assumed, sd = conditions.for_(
            self.series_, index, self.n_draws, logs=self.levels_.logs.tolist(), published=last
        )
        return assumed - self.levels_.effects(index), sd

    def _notes(self, conditions: Conditions | None) -> tuple[str, ...]:
        if self.left_out_:
            return (f"left out as stale: {', '.join(self.left_out_)}",)
        return ()

    def _lacking(self, conditions: Conditions) -> tuple[str, ...]:
        return tuple(id for id in conditions.series if id not in self.series_)

    def _cell_draws(
        self, cells: Sequence[Cell], steps: int, conditions: Conditions | None
    ) -> Floats:
        return draws_of_cells(self, cells, steps, conditions)
