"""A Bayesian vector autoregression in log levels."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import minimize
from sklearn.base import clone

from tradeshock.features.errors import PanelError, ShortHistoryError
from tradeshock.models.algebra.collinear import squared_distances
from tradeshock.models.algebra.conditioning import GaussianFuture, conditional_shift
from tradeshock.models.algebra.least_squares import refuse_constant
from tradeshock.models.algebra.linear_conditions import (
    LinearConditions,
    Soft,
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
from tradeshock.models.algebra.parameter_draws import Correction, ParameterDraws, soft_shift
from tradeshock.models.findings import Findings
from tradeshock.models.parameters import Rule, Rules, ids, number, optional, whole
from tradeshock.models.systems.levels import SystemLevels
from tradeshock.models.systems.membership import live_series
from tradeshock.models.systems.system import LinearSystem

if TYPE_CHECKING:
    from tradeshock.features.panel.panel import Panel
    from tradeshock.models.adjustment import CalendarAdjustment

Floats = npt.NDArray[np.float64]

DEFAULT_SERIES: tuple[str, ...] = (
    "exports_total",
    "us_ip",
    "usdkrw",
    "usdjpy",
    "usdtwd",
    "brent",
    "copper",
    "us_semiconductor_ip",
    "share_prices_kr",
)
# Centre and width of log-normal hyper-priors, around the values of Giannone, Lenza and Primiceri
# (2015): wide, but they keep the optimiser where the prior means something.
HYPERPRIORS = {"overall": (math.log(0.2), 0.7), "sums": (0.0, 0.8), "initial": (0.0, 0.8)}
SLACK = Rule(
    "a number, at least 0.0001, or inf to leave the prior out, or None to estimate it",
    lambda value: (
        value is None
        or number(1e-4).holds(value)
        or (isinstance(value, float) and value == math.inf)
    ),
)
TAILS = 5.0
ROUNDS = 3
AR_LAGS = 4
# Innovations of a series, as a part of its movements, below which a prior would be singular.
LEAST_SCALE = 1e-6


class BayesianVAR(LinearSystem):
    """Bayesian vector autoregression in log levels with heavy tails.

    Minnesota, sum-of-coefficients and dummy-initial-observation priors in natural-conjugate form.
    Hyper-parameters that are None maximise the marginal likelihood times their own priors
    (Giannone, Lenza and Primiceri 2015) on what was known on 1 January of the origin's year, so
    that they do not depend on where a replay begins (on what is known at the origin itself where
    January had too little). By default that is the overall tightness alone: with all three
    estimated the likelihood is higher and the forecasts of Korea's exports are worse
    (docs/models.md). Months are scaled
    by their volatility as in Lenza and Primiceri (2022); the scales are those of multivariate
    Student errors with 5 degrees of freedom (Lange, Little and Taylor 1989), estimated from past
    data alone, and future months draw theirs from the same law.
    Seasonal series enter net of calendar and month effects (`CalendarAdjustment`). Series that
    repeat each other are shrunk together; least squares (`VAR`) refuses them.

    Months that only some series have and assumed future values are conditions on the joint
    forecast. The gain of hard ones is that of the posterior mean, and every path meets them; soft
    ones move each draw by its own law (`tradeshock.models.algebra.parameter_draws`).

    Parameters
    ----------
    series : sequence of str, optional
        Series of the system; targets are added if they are missing. Default: `DEFAULT_SERIES` as
        far as the panel has them. Stale ones are left out with a `StaleSeriesWarning`.
    lags : int
        Number of lags.
    overall : float, optional
        Prior standard deviation of a series' own first lag around one; None estimates it.
    sums : float, optional
        Slack of the sum-of-coefficients prior (Doan, Litterman and Sims 1984); None estimates it,
        infinity leaves the prior out. It holds the system near unit roots without cointegration:
        safer when levels break, worse when they return to trend.
    initial : float, optional
        Slack of the dummy-initial-observation prior (Sims 1993); None estimates it, infinity
        leaves the prior out.
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

    rules: ClassVar[Rules] = {
        "series": optional(ids()),
        "lags": whole(1),
        "overall": optional(number(1e-4, 100.0)),
        "sums": SLACK,
        "initial": SLACK,
    }

    minimum_months = 60
    default_series: tuple[str, ...] = DEFAULT_SERIES
    scale_tolerance = 1e-3

    def __init__(
        self,
        series: Sequence[str] | None = None,
        lags: int = 3,
        overall: float | None = None,
        sums: float | None = 1.0,
        initial: float | None = 1.0,
        n_draws: int = 1000,
        random_state: int = 0,
    ) -> None:
        self.series = series
        self.lags = lags
        self.overall = overall
        self.sums = sums
        self.initial = initial
        self.n_draws = n_draws
        self.random_state = random_state

    # -- learning -----------------------------------------------------------------------------

    def _fit(self) -> None:
        self._fit_from(Findings(self.panel_))

    def _fit_from(self, findings: Findings[Panel]) -> None:
        wanted = self.default_series if self.series is None else tuple(self.series)
        if self.series is None:
            wanted = tuple(id for id in wanted if id in self.panel_)
        self.series_, self.left_out_ = live_series(self.panel_, wanted, self.target_)
        self._read()
        refuse_constant(self.levels_.growth_by_series, "in growth")
        self._centre()
        self.tightness_ = self._yearly_tightness(findings)
        self._learn()

    def update(self, panel: Panel, freeze: bool = False) -> Self:
        """Take new figures; series, tightness and coefficients stay as they were.

        Calendar and month effects are estimated again, unless `freeze` holds them too.
        """
        self._check_fitted()
        self._open(panel, self.target_, self.record_)
        self._read(self.levels_.adjustments if freeze else None)
        return self

    def _read(self, held: Mapping[str, CalendarAdjustment] | None = None) -> None:
        """Take (log) levels net of calendar and month effects from the panel."""
        needed = self.lags + AR_LAGS + 2 * len(self.series_) + 12
        self.levels_ = SystemLevels.read(
            self.panel_, self.series_, adjusted=True, held=held, quoted=True
        )
        self.levels_.refuse_fewer_than(needed)

    def _centre(self) -> None:
        self.centre_: Floats = self.levels_.complete[: self.lags].mean(axis=0)

    def _yearly_tightness(self, findings: Findings[Panel]) -> Tightness:
        january = pd.Timestamp(self.panel_.origin.year, 1, 1)
        key = ("tightness", self._own_key(), self.target_, self.series_, january)
        found = findings.find(key, lambda: self._tightness_on(january))
        # A young panel had too little in January: what is known now has to do, and is not shared.
        return self._optimise() if found is None else found

    def _tightness_on(self, day: pd.Timestamp) -> Tightness | None:
        """Tightness as it would have been chosen on an earlier day; None if too little was out."""
        earlier = clone(self)
        try:
            earlier._open(self.panel_.as_of(day), self.target_, None)
            earlier.series_ = self.series_
            earlier._read()
        except (ShortHistoryError, PanelError):
            return None
        earlier._centre()
        tightness: Tightness = earlier._optimise()
        return tightness

    def _scales(self) -> tuple[Floats, Floats]:
        """Innovation scale of each series on its own, and the size of its movements in level."""
        levels = self.levels_.complete - self.centre_
        sigma, spread = [], levels.std(axis=0)
        for column, size in zip(levels.T, spread.tolist(), strict=True):
            x = regressors(column[:, None], AR_LAGS)
            y = column[AR_LAGS:]
            residuals = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
            robust = float(np.median(np.abs(residuals))) / 0.6745
            # A series that stands still in most months has a median of zero.
            least = LEAST_SCALE * size
            sigma.append(robust if robust > least else max(float(residuals.std()), least))
        return np.array(sigma), spread

    def _optimise(self) -> Tightness:
        free = [name for name in HYPERPRIORS if getattr(self, name) is None]
        if not free:
            return self._tightness(free, np.zeros(0))
        sigma, spread = self._scales()
        x, y = self._rows()
        centre, width = np.transpose([HYPERPRIORS[name] for name in free])
        middle = self._tightness(free, centre)
        rows = Rows.scaled(x, y, self._volatility(x, y, middle, sigma, spread))

        def loss(theta: Floats) -> float:
            prior = dummy_observations(self._tightness(free, theta), self.lags, sigma, spread)
            penalty = 0.5 * float((((theta - centre) / width) ** 2).sum())
            return penalty - posterior(rows, prior, sigma).log_evidence

        # A simplex as wide as the priors: the default one is too small to leave the start.
        simplex = centre + np.vstack([np.zeros(len(free)), np.diag(width)])
        options = {"initial_simplex": simplex, "xatol": 1e-3, "fatol": 1e-3}
        best = minimize(loss, centre, method="Nelder-Mead", options=options)
        return self._tightness(free, best.x)

    def _tightness(self, free: Sequence[str], theta: Floats) -> Tightness:
        """Hyper-parameters as given, with logs for those that are free."""
        values = {name: getattr(self, name) for name in HYPERPRIORS}
        values |= dict(zip(free, np.exp(theta).tolist(), strict=True))
        # An infinitely loose prior is none.
        sums, initial = (None if values[v] == math.inf else values[v] for v in ("sums", "initial"))
        return Tightness(float(values["overall"]), sums, initial)

    def _rows(self) -> tuple[Floats, Floats]:
        levels = self.levels_.complete - self.centre_
        return regressors(levels, self.lags), levels[self.lags :]

    def _volatility(
        self, x: Floats, y: Floats, tightness: Tightness, sigma: Floats, spread: Floats
    ) -> Floats:
        """Scale of each row: a few rounds of the EM algorithm for Student errors."""
        prior = dummy_observations(tightness, self.lags, sigma, spread)
        volatility = np.ones(len(y))
        for _ in range(ROUNDS):
            law = posterior(Rows.scaled(x, y, volatility), prior, sigma)
            residuals = y - x @ law.mean
            scaled = residuals / volatility[:, None]
            covariance = scaled.T @ scaled / len(scaled)
            distance, directions = squared_distances(residuals, covariance)
            volatility = np.sqrt((TAILS + distance) / (TAILS + directions))
        return volatility

    def _learn(self) -> None:
        sigma, spread = self._scales()
        x, y = self._rows()
        volatility = self._volatility(x, y, self.tightness_, sigma, spread)
        prior = dummy_observations(self.tightness_, self.lags, sigma, spread)
        self.posterior_: Posterior = posterior(Rows.scaled(x, y, volatility), prior, sigma)
        self.volatility_ = pd.Series(volatility, self.levels_.complete_months[self.lags :])

    # -- the linear system --------------------------------------------------------------------

    @property
    def coefs_(self) -> Floats:  # type: ignore[override]
        """Posterior mean of the lag matrices, shape (p, n, n)."""
        return _lag_matrices(self.posterior_.mean, self.lags)

    @property
    def covariance_(self) -> Floats:
        """Covariance of a month's Student innovations at the posterior mean, shape (n, n)."""
        return self.posterior_.covariance * TAILS / (TAILS - 2.0)

    @property
    def past(self) -> Floats:
        """Centred levels of the last months that all series have, oldest first."""
        return self.levels_.complete[-self.lags :] - self.centre_

    def drift(self, months: pd.PeriodIndex) -> Floats:
        """Posterior mean of the constant, for each month."""
        return np.tile(self.posterior_.mean[0], (len(months), 1))

    def draws(self, months: pd.PeriodIndex, rng: np.random.Generator) -> Floats:
        """Draws of centred levels ahead, each with its own parameters."""
        return self._parameter_draws(len(months), rng).paths

    def _parameter_draws(self, months: int, rng: np.random.Generator) -> ParameterDraws:
        coefs, roots = draw(self.posterior_, self.n_draws, rng)
        half, n = (self.n_draws + 1) // 2, len(self.series_)
        scales = self._month_scales(half, months, rng)
        normal = rng.standard_normal((half, months, n))
        both = np.stack([normal, -normal], axis=1).reshape(-1, months, n)[: self.n_draws]
        return ParameterDraws(
            coefs=_lag_matrices(coefs, self.lags),
            drift=np.repeat(coefs[:, :1], months, axis=1),
            roots=roots,
            scales=np.repeat(scales, 2, axis=0)[: self.n_draws],
            past=self.past,
            normal=both,
        )

    def _month_scales(self, half: int, months: int, rng: np.random.Generator) -> Floats:
        """Sizes of the months of Student innovations, shape (half, months, 1)."""
        return np.sqrt(TAILS / rng.chisquare(TAILS, size=(half, months, 1)))

    def _linear(
        self, known: Floats, sd: Floats, months: pd.PeriodIndex, soft: Soft
    ) -> LinearConditions:
        return value_conditions(known - self.centre_, sd, self.series_, months, soft)

    def _levels_of(self, values: Floats) -> Floats:
        return values + self.centre_[: values.shape[2]]

    def _change_of_levels(self, change: Floats) -> Floats:
        return change

    def _future(self, index: pd.PeriodIndex) -> GaussianFuture:
        # Heavy tails are one factor on the covariance, of which gains of hard conditions are free.
        covariance = self.posterior_.covariance
        return GaussianFuture.from_var(self.coefs_, self.past, self.drift(index), covariance)

    def _conditional_draws(
        self, index: pd.PeriodIndex, known: LinearConditions, rng: np.random.Generator
    ) -> Floats:
        drawn, future = self._parameter_draws(len(index), rng), self._future(index)
        hard, soft = known.where(~known.noisy), known.where(known.noisy)
        draws = drawn.paths + conditional_shift(future, drawn.paths, hard, rng)
        if not len(soft):
            return draws
        met = [Correction.of(future, hard)] if len(hard) else []
        return draws + soft_shift(drawn, met, soft, draws, rng)

    def _steering(
        self,
        index: pd.PeriodIndex,
        theirs: LinearConditions,
        assumed: LinearConditions,
        certain: LinearConditions,
    ) -> tuple[Floats, Floats]:
        if not assumed.noisy.any():
            return super()._steering(index, theirs, assumed, certain)
        published, future, rng = self._known(index, None), self._future(index), self._rng()
        drawn = self._parameter_draws(len(index), rng)
        draws = drawn.paths + conditional_shift(future, drawn.paths, published, rng)
        law = future.conditioned(certain)
        rng = self._steering_rng()
        draws = draws + conditional_shift(law, draws, theirs, rng)
        hard, soft = assumed.where(~assumed.noisy), assumed.where(assumed.noisy)
        met = [Correction.of(future, certain)] if len(certain) else []
        shift = conditional_shift(law, draws, hard, rng)
        met += [Correction.of(law, hard)] if len(hard) else []
        return draws, shift + soft_shift(drawn, met, soft, draws + shift, rng)


def _lag_matrices(coefs: Floats, lags: int) -> Floats:
    """Lag matrices (..., p, n, n) of stacked coefficients (..., 1 + n p, n)."""
    n = coefs.shape[-1]
    return coefs[..., 1:, :].reshape(*coefs.shape[:-2], lags, n, n).swapaxes(-1, -2)
