"""A vector autoregression of growth rates with calendar regressors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import copy
from typing import TYPE_CHECKING, Literal, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import clone

from tradeshock.features.errors import ModelError
from tradeshock.features.panel.panel import as_days
from tradeshock.models.algebra.conditioning import GaussianFuture, conditional_shift
from tradeshock.models.algebra.least_squares import (
    CRITERIA,
    VarEstimate,
    estimate_var,
    lag_criteria,
    largest_root,
    refuse_constant,
)
from tradeshock.models.algebra.many_origins import (
    Sample,
    Start,
    WantedLevels,
    estimate_together,
    laws_together,
)
from tradeshock.models.algebra.recursion import simulate
from tradeshock.models.base import Model
from tradeshock.models.systems.cells import draws_of_cells
from tradeshock.models.systems.growth_system import (
    GrowthSystem,
    calendar_regressors,
    live_series,
    refuse_early_counts,
)
from tradeshock.models.systems.var_points import point_replay

if TYPE_CHECKING:
    from tradeshock.features.panel.panel import Panel
    from tradeshock.models.assumptions.entries import Cell
    from tradeshock.models.conditions import Conditions
    from tradeshock.models.paths import ForecastPaths

Floats = npt.NDArray[np.float64]

# Live and long: all of them start by 1998 and come out on time, so that a record of past forecasts
# describes the model that runs today.
DEFAULT_SERIES = (
    "exports_total",
    "us_imports_from_kr",
    "us_ip",
    "usdkrw",
    "dubai",
    "copper",
    "gscpi",
)
INNOVATIONS = ("bootstrap", "gaussian")
# Origins that a replay takes together.
_TOGETHER = 120
# Fewer rows a regressor, and the criteria reward lag orders for exhausting the sample.
_ROWS_A_REGRESSOR = 1.5


class VAR(Model):
    """Vector autoregression of monthly growth, estimated by least squares.

    Series modelled in logs enter as log growth, the others as first differences. Every equation
    has a constant and, with `calendar`, the changes of log working days, of moving holidays and
    of month effects. Parameters come from the months that all series have; months that only some
    series have, and assumed future values alike, are conditions on the joint forecast, so no
    published month is dropped from it.

    Parameters
    ----------
    series : sequence of str, optional
        Series of the system; targets are added if they are missing. Default: `DEFAULT_SERIES`, as
        far as the panel has them. Series older than their release rule allows are left out with a
        `StaleSeriesWarning`, targets never.
    lags : int, optional
        Number of lags; chosen by `criterion` if None.
    criterion : {"aic", "bic", "hq"}
        Information criterion, all orders compared on the same sample.
    max_lags : int
        Largest order tried; fewer where less than 1.5 months a regressor would be left.
    window : int, optional
        Last months of growth that are learned from, as far as there are so many: a rolling
        window. Default: all.
    calendar : bool
        Whether equations have calendar regressors; False for seasonally adjusted systems.
    innovations : {"bootstrap", "gaussian"}
        Whole months of residuals drawn with replacement, or normal draws.
    n_draws : int
        Number of sample paths.
    random_state : int
        Seed.

    Attributes
    ----------
    series_ : tuple of str
        Series of the system, targets first.
    left_out_ : tuple of str
        Series that were too old.
    system_ : GrowthSystem
        Their figures and the ragged edge.
    lags_ : int
        Number of lags ``p``.
    coefs_ : ndarray, shape (p, n, n)
        ``coefs_[l]`` multiplies growth ``l + 1`` months ago.
    intercept_ : ndarray, shape (n,)
    calendar_coefs_ : ndarray, shape (m, n)
        Coefficients of the calendar regressors; no rows without them.
    sigma_u_ : ndarray, shape (n, n)
        Covariance of the innovations, corrected for degrees of freedom (log points squared for
        series in logs).
    largest_root_ : float
        Largest modulus of the eigenvalues of the companion matrix.
    stationary_ : bool
        Whether it is below 1. Nothing is changed if it is not, but every forecast says so.
    """

    takes_conditions = True

    def __init__(
        self,
        series: Sequence[str] | None = None,
        lags: int | None = None,
        criterion: Literal["aic", "bic", "hq"] = "bic",
        max_lags: int = 12,
        window: int | None = None,
        calendar: bool = True,
        innovations: Literal["bootstrap", "gaussian"] = "bootstrap",
        n_draws: int = 1000,
        random_state: int = 0,
    ) -> None:
        self.series = series
        self.lags = lags
        self.criterion = criterion
        self.max_lags = max_lags
        self.window = window
        self.calendar = calendar
        self.innovations = innovations
        self.n_draws = n_draws
        self.random_state = random_state

    def update(self, panel: Panel) -> Self:
        """Take new figures; series, lags and coefficients stay as they were."""
        self._check_fitted()
        self._open(panel, self.target_, self.record_)
        self.system_ = GrowthSystem.read(panel, self.series_)
        self.system_.refuse_fewer_than(self.lags_ + 1)
        return self

    def law(self, steps: int, conditions: Conditions | None = None) -> GaussianFuture:
        """Joint normal law of the system's growth, given what is published and assumed.

        Parameters
        ----------
        steps : int
            Months after the target's last published one.
        conditions : Conditions, optional
            Assumed future values, the same for all draws.

        Returns
        -------
        GaussianFuture
            Of the months after the last one that all series have; mean of shape (T, n).
        """
        self._check_fitted()
        index = self.system_.ahead(self.last_ + steps, conditions)
        known = self.system_.known(index, conditions, self.n_draws)
        return self._future(self._drift(index)).conditioned(known)

    def conditional_shift(self, steps: int, conditions: Conditions) -> Floats:
        """Conditional minus unconditional forecast, draw by draw.

        What models without future drivers add to their own paths.

        Parameters
        ----------
        steps : int
            Months after the target's last published one.
        conditions : Conditions
            Assumed future values.

        Returns
        -------
        ndarray, shape (n_draws, steps, targets)
            In log points for targets modelled in logs, else in their own unit.
        """
        bound, free = self.forecast(steps, conditions).values, self.forecast(steps).values
        shift = bound - free
        logs = self.system_.logs[: len(self.target_)]
        shift[:, :, logs] = np.log(bound[:, :, logs] / free[:, :, logs])
        return shift

    def replay(
        self,
        panel: Panel,
        target: str | Sequence[str],
        origins: Sequence[pd.Timestamp],
        steps: int,
    ) -> Iterator[ForecastPaths]:
        """Forecast from many past origins, which are estimated and conditioned together."""
        if type(self) is not VAR:
            yield from super().replay(panel, target, origins, steps)
            return
        self._check_steps(steps)
        blank = clone(self)
        for start in range(0, len(origins), _TOGETHER):
            models, samples = [], []
            for origin in origins[start : start + _TOGETHER]:
                model = copy(blank)
                model._open(panel.as_of(origin), target, None)
                samples.append(model._read())
                models.append(model)
            _learn_together(models, samples)
            yield from _forecast_together(models, int(steps))

    def points(self, steps: int) -> Floats:
        """Medians of the law that `law` gives, free of the noise of draws (see `Model.points`)."""
        self._check_fitted()
        self._check_steps(steps)
        index = self.system_.ahead(self.last_ + steps, None)
        law = self.law(steps)
        values = self.system_.values(law.mean[None], len(self.target_))[0]
        points: Floats = values[index.get_indexer(self._ahead(steps))]
        return points

    def replay_points(
        self,
        panel: Panel,
        target: str | Sequence[str],
        origins: Sequence[pd.Timestamp],
        steps: int,
    ) -> Floats:
        """Point forecasts from many past origins, without a panel or paths for each.

        Warns
        -----
        StaleSeriesWarning
            For series that are left out at some origins.
        """
        blank, targets = clone(self), self._targets(target)
        blank._check_parameters()
        self._check_steps(steps)
        days = as_days(origins)
        points = np.full((len(days), steps, len(targets)), np.nan)
        if len(days) and days.max() > panel.origin:
            panel.as_of(days.max())  # says why that is refused
        if type(self) is VAR and len(days):
            wanted = tuple(dict.fromkeys([*targets, *blank._wanted(panel)]))
            refuse_early_counts(panel, wanted)
            points = point_replay(blank, panel, wanted, len(targets), days, int(steps))
        for i in np.flatnonzero(np.isnan(points).any(axis=(1, 2))).tolist():
            points[i] = blank.fit(panel.as_of(days[i]), targets).points(steps)
        return points

    # -- learning -----------------------------------------------------------------------------

    def _fit(self) -> None:
        self._estimate(self._read())

    def _estimate(self, sample: Sample) -> None:
        rows = self._window(sample.endog)
        endog, exog = sample.endog[rows], sample.exog[rows]
        self.lags_ = self.lags or self._choose_lags(endog, exog)
        self._learn(estimate_var(endog, exog, self.lags_))

    def _read(self) -> Sample:
        """Take from the panel what there is to learn from."""
        self._check_parameters()
        wanted = self._wanted(self.panel_)
        self.series_, self.left_out_ = live_series(self.panel_, wanted, self.target_)
        self.system_ = GrowthSystem.read(self.panel_, self.series_)
        self.system_.refuse_fewer_than(2)
        endog, exog = self.system_.growth, self._exog(self.system_.growth_months)
        fewest = self._fewest(exog.shape[1], len(self.series_))
        self.system_.refuse_fewer_than(fewest)
        if self._too_short(fewest):
            raise ModelError(
                f"got window={self.window}, but {len(self.series_)} series with {self.lags or 1} "
                f"lags need {fewest - 1} months; use a longer window, fewer series or lags"
            )
        seen = endog[self._window(endog)]
        refuse_constant(dict(zip(self.series_, seen.T, strict=True)), "in growth")
        return Sample(self.series_, endog, exog)

    def _too_short(self, fewest: int) -> bool:
        """Whether the window is, where so many months are needed, the first one for growth."""
        return self.window is not None and self.window < fewest - 1

    def _window(self, endog: Floats) -> slice:
        """Rows that are learned from."""
        return slice(max(len(endog) - (self.window or len(endog)), 0), None)

    def _fewest(self, columns: int, n: int) -> int:
        """Months that all of `n` series must have, with so many exogenous columns."""
        lags = self.lags or 1
        # One month more for the first difference; rows for a covariance of full rank.
        return columns + n * lags + n + lags + 1

    def _wanted(self, panel: Panel) -> Sequence[str]:
        if self.series is None:
            return [id for id in DEFAULT_SERIES if id in panel]
        return self.series

    def _learn(self, fit: VarEstimate) -> None:
        self.intercept_, self.calendar_coefs_ = fit.exog_coefs[0], fit.exog_coefs[1:]
        self.coefs_, self.sigma_u_ = fit.coefs, fit.sigma_u
        # Least squares shrinks residuals by the regressors it has spent.
        rows, spent = len(fit.residuals), len(fit.exog_coefs) + len(self.series_) * self.lags_
        self._residuals_: Floats = fit.residuals * np.sqrt(rows / (rows - spent))
        self.largest_root_ = largest_root(fit.coefs)
        self.stationary_ = self.largest_root_ < 1.0

    def _check_parameters(self) -> None:
        for name, value, allowed in (
            ("criterion", self.criterion, CRITERIA),
            ("innovations", self.innovations, INNOVATIONS),
        ):
            if value not in allowed:
                raise ModelError(f"got {name}={value!r}, expected one of {', '.join(allowed)}")
        for name, number in (
            ("lags", self.lags),
            ("max_lags", self.max_lags),
            ("window", self.window),
        ):
            whole = number is None or isinstance(number, int | np.integer)
            if not whole or (number is not None and number < 1):
                raise ModelError(f"got {name}={number}, expected a whole number, at least 1")

    def _choose_lags(self, endog: Floats, exog: Floats) -> int:
        highest = self._highest_order(len(endog), endog.shape[1], exog.shape[1])
        if highest == 1:
            return 1
        return int(lag_criteria(endog, exog, highest)[self.criterion].argmin()) + 1

    def _highest_order(self, months: int, n: int, columns: int) -> int:
        orders = np.arange(1, self.max_lags + 1)
        enough = months - orders >= _ROWS_A_REGRESSOR * (columns + n * orders)
        return max(int(enough.sum()), 1)

    def _exog(self, months: pd.PeriodIndex) -> Floats:
        return calendar_regressors(months, self.panel_.calendar if self.calendar else None)

    # -- forecasting --------------------------------------------------------------------------

    @property
    def _past(self) -> Floats:
        """Growth of the last months that all series have, oldest first."""
        return self.system_.growth[-self.lags_ :]

    def _drift(self, index: pd.PeriodIndex) -> Floats:
        drift: Floats = self._exog(index) @ np.vstack([self.intercept_, self.calendar_coefs_])
        return drift

    def _future(self, drift: Floats) -> GaussianFuture:
        return GaussianFuture.from_var(self.coefs_, self._past, drift, self.sigma_u_)

    def _paths(self, steps: int, rng: np.random.Generator, conditions: Conditions | None) -> Floats:
        index = self.system_.ahead(self.last_ + steps, conditions)
        drift = self._drift(index)
        known = self.system_.known(index, conditions, self.n_draws)
        growth = simulate(self.coefs_, self._past, drift, self._shocks(len(index), rng))
        growth = growth + conditional_shift(self._future(drift), growth, known, rng)
        values = self.system_.values(growth, len(self.target_))
        return values[:, index.get_indexer(self._ahead(steps))]

    def _start(self, steps: int) -> Start:
        index = self.system_.ahead(self.last_ + steps, None)
        published = np.full((len(index), len(self.series_)), np.nan)
        edge = self.system_.levels[self.system_.common :] - self.system_.base
        published[: len(edge)] = edge
        first = self.last_.ordinal + 1 - int(index.asi8[0])
        wanted = (first, first + steps, len(self.target_))
        drift = self._drift(index)
        return Start(self.coefs_, self.sigma_u_, self._past, drift, published, wanted)

    def _drawn(self, law: WantedLevels, steps: int) -> Floats:
        months = law.weights.shape[1] // len(self.series_)
        shocks = self._shocks(months, self._rng()).reshape(self.n_draws, -1)
        rise = (shocks @ law.weights.T + law.constant).reshape(self.n_draws, steps, -1)
        return self.system_.own_units(self.system_.base[: rise.shape[2]] + rise)

    def _shocks(self, months: int, rng: np.random.Generator) -> Floats:
        # Month by month, so that a longer forecast starts with the draws of a shorter one.
        if self.innovations == "bootstrap":
            picked = rng.integers(len(self._residuals_), size=(months, self.n_draws))
            # Row by row of the transpose, so that a draw's months lie side by side in memory.
            return self._residuals_.take(picked.T, axis=0)
        normal = rng.standard_normal((months, self.n_draws, len(self.series_)))
        return (normal @ np.linalg.cholesky(self.sigma_u_).T).transpose(1, 0, 2)

    def _notes(self, conditions: Conditions | None) -> tuple[str, ...]:
        notes = []
        if not self.stationary_:
            notes.append(
                f"the system is explosive: largest root {self.largest_root_:.3f}, expected below 1"
            )
        if self.left_out_:
            notes.append(f"left out as stale: {', '.join(self.left_out_)}")
        return tuple(notes)

    def _lacking(self, conditions: Conditions) -> tuple[str, ...]:
        return tuple(id for id in conditions.series if id not in self.series_)

    def _cell_draws(
        self, cells: Sequence[Cell], steps: int, conditions: Conditions | None
    ) -> Floats:
        return draws_of_cells(self, cells, steps, conditions)


def _learn_together(models: Sequence[VAR], samples: Sequence[Sample]) -> None:
    some = models[0]
    found = estimate_together(samples, some.lags, some.window, some.criterion, some._highest_order)
    for i, (model, sample) in enumerate(zip(models, samples, strict=True)):
        if i in found:
            model.lags_, estimate = found[i]
            model._learn(estimate)
        else:
            model._estimate(sample)


def _forecast_together(models: Sequence[VAR], steps: int) -> Iterator[ForecastPaths]:
    laws = laws_together([model._start(steps) for model in models])
    for model, law in zip(models, laws, strict=True):
        if law.trusted:
            yield model._forecast(model._drawn(law, steps), None)
        else:
            yield model.forecast(steps)
