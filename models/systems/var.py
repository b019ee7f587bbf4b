"""A vector autoregression of growth rates with calendar regressors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Literal, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import clone

from tradeshock.features.days.reading import as_days
from tradeshock.models.algebra.collinear import refuse_repeated
from tradeshock.models.algebra.least_squares import (
    CRITERIA,
    VarEstimate,
    estimate_var,
    largest_root,
    refuse_constant,
)
from tradeshock.models.algebra.linear_conditions import LinearConditions, Soft, level_conditions
from tradeshock.models.algebra.recursion import simulate
from tradeshock.models.parameters import Rules, flag, ids, one_of, optional, whole
from tradeshock.models.systems.calendar_regressors import calendar_regressors
from tradeshock.models.systems.innovations import innovations, rescaled
from tradeshock.models.systems.levels import SystemLevels
from tradeshock.models.systems.membership import live_series, refuse_early_counts
from tradeshock.models.systems.replayed_paths import PathMaker, explosive_note, laws_by_origin
from tradeshock.models.systems.system import LinearSystem
from tradeshock.models.systems.var_design import VarDesign
from tradeshock.models.systems.var_replay import ReplayTask, estimated_together

if TYPE_CHECKING:
    from tradeshock.features.panel.panel import Panel
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
_TOGETHER = 240
# What a subclass may override without a change of forecasts.
_NO_HOOKS = {"__init__", "__repr__", "__doc__", "__module__"}


class VAR(LinearSystem):
    """Vector autoregression of monthly growth, estimated by least squares.

    Series modelled in logs enter as log growth, the others as first differences. Every equation
    has a constant and, with `calendar`, the changes of log working days, of moving holidays and
    of month effects. Parameters come from the months that all series have; months that only some
    series have, and assumed future values alike, are conditions on the joint forecast, so no
    published month is dropped from it. A series that repeats others exactly is refused by name.

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
    levels_ : SystemLevels
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

    rules: ClassVar[Rules] = {
        "series": optional(ids()),
        "lags": optional(whole(1)),
        "criterion": one_of(*CRITERIA),
        "max_lags": whole(1),
        "window": optional(whole(1)),
        "calendar": flag(),
        "innovations": one_of(*INNOVATIONS),
    }

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

    @property
    def design(self) -> VarDesign:
        """How it learns."""
        return VarDesign(self.lags, self.criterion, self.max_lags, self.window)

    def update(self, panel: Panel, freeze: bool = False) -> Self:
        """Take new figures; series, lags and coefficients stay as they were in any case."""
        self._check_fitted()
        self._open(panel, self.target_, self.record_)
        self.levels_ = SystemLevels.read(panel, self.series_)
        self.levels_.refuse_fewer_than(self.lags_ + 1)
        return self

    def points(self, steps: int) -> Floats:
        """Medians of the law that `law` gives, free of the noise of draws (see `Model.points`)."""
        self._check_fitted()
        self._check_steps(steps)
        ahead = self._ahead(steps)
        at = self._index(steps, None).get_indexer(ahead)
        levels = self._levels_of(self.law(steps).mean[None, :, : len(self.target_)])
        points: Floats = self.levels_.own_units(levels[:, at], ahead)[0]
        return points

    def replay(
        self,
        panel: Panel,
        target: str | Sequence[str],
        origins: Sequence[pd.Timestamp],
        steps: int,
    ) -> Iterator[ForecastPaths]:
        """Forecast from many past origins, which are estimated and conditioned together.

        Warns
        -----
        StaleSeriesWarning
            For series that are left out at some origins.
        """
        self._check_steps(steps)
        if not self._replays_together():
            yield from super().replay(panel, target, origins, steps)
            return
        blank, design = clone(self), self.design
        days = as_days(origins)
        for start in range(0, len(days), _TOGETHER):
            task = blank._task(panel, target, days[start : start + _TOGETHER], steps)
            laws = laws_by_origin(estimated_together(design, self.calendar, task), task)
            bootstrap = self.innovations == "bootstrap"
            maker = PathMaker(task, bootstrap, self.n_draws, self.random_state, self.name)
            for i, law in enumerate(laws):
                if law is None:
                    known = panel.as_of(task.origins[i])
                    yield clone(self).fit(known, target).forecast(steps)
                else:
                    yield maker.paths(i, law)

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
        blank, design = clone(self), self.design
        self._check_steps(steps)
        days, targets = as_days(origins), self._targets(target)
        points = np.full((len(days), steps, len(targets)), np.nan)
        if self._replays_together() and len(days):
            task = blank._task(panel, target, days, steps)
            for group in estimated_together(design, self.calendar, task):
                law = group.wanted_levels(steps, len(targets), points=True)
                levels = law.constant.reshape(-1, steps, len(targets))
                points[group.places] = group.levels.own_units(levels)
        for i in np.flatnonzero(np.isnan(points).any(axis=(1, 2))).tolist():
            points[i] = blank.fit(panel.as_of(days[i]), targets).points(steps)
        return points

    def _replays_together(self) -> bool:
        """Whether a pass over many origins does what each of them does by itself.

        It does not for a subclass that overrides a method: that one is asked at every origin.
        """
        for cls in type(self).__mro__[: type(self).__mro__.index(VAR)]:
            for name, value in vars(cls).items():
                asked = callable(value) or isinstance(value, property | cached_property)
                if asked and hasattr(VAR, name) and name not in _NO_HOOKS:
                    return False
        return True

    def _task(
        self, panel: Panel, target: str | Sequence[str], origins: pd.DatetimeIndex, steps: int
    ) -> ReplayTask:
        """What to forecast from which origins.

        Raises
        ------
        PanelError
            If an origin is after the panel's own.
        ModelError
            If a series is an early count.
        """
        if origins.max() > panel.origin:
            panel.as_of(origins.max())  # says why that is refused
        targets = self._targets(target)
        series = tuple(dict.fromkeys([*targets, *self._wanted(panel)]))
        refuse_early_counts(panel, series)
        return ReplayTask(panel, series, len(targets), origins, int(steps), self.minimum_months)

    # -- learning -----------------------------------------------------------------------------

    def _fit(self) -> None:
        design = self.design
        self.series_, self.left_out_ = live_series(
            self.panel_, self._wanted(self.panel_), self.target_
        )
        self.levels_ = SystemLevels.read(self.panel_, self.series_)
        self.levels_.refuse_fewer_than(2)
        endog, exog = self.levels_.growth, self._exog(self.levels_.complete_months[1:])
        fewest = design.fewest(exog.shape[1], len(self.series_))
        self.levels_.refuse_fewer_than(fewest)
        design.refuse_short_window(fewest, len(self.series_))
        rows = design.rows(endog)
        endog, exog = endog[rows], exog[rows]
        refuse_constant(dict(zip(self.series_, endog.T, strict=True)), "in growth")
        self.lags_ = design.order(endog, exog)
        estimate = estimate_var(endog, exog, self.lags_)
        another = "use BayesianVAR, whose prior can"
        refuse_repeated(estimate.residuals, endog, self.series_, another)
        self._learn(estimate)

    def _wanted(self, panel: Panel) -> Sequence[str]:
        if self.series is None:
            return [id for id in DEFAULT_SERIES if id in panel]
        return self.series

    def _learn(self, fit: VarEstimate) -> None:
        # In one piece: products of views round otherwise than those of what a file gives back.
        self.intercept_, self.calendar_coefs_ = fit.exog_coefs[0].copy(), fit.exog_coefs[1:].copy()
        self.coefs_, self.sigma_u_ = fit.coefs.copy(), fit.sigma_u.copy()
        spent = len(fit.exog_coefs) + len(self.series_) * self.lags_
        self._residuals_: Floats = rescaled(fit.residuals, spent)
        self.largest_root_ = largest_root(fit.coefs)
        self.stationary_ = self.largest_root_ < 1.0

    def _exog(self, months: pd.PeriodIndex) -> Floats:
        return calendar_regressors(months, self.panel_.calendar if self.calendar else None)

    # -- the linear system --------------------------------------------------------------------

    @property
    def covariance_(self) -> Floats:
        """Covariance of the innovations: `sigma_u_`."""
        return self.sigma_u_

    @property
    def past(self) -> Floats:
        """Growth of the last months that all series have, oldest first."""
        return self.levels_.growth[-self.lags_ :]

    def drift(self, months: pd.PeriodIndex) -> Floats:
        """Constant and calendar effects in the growth of some months."""
        drift: Floats = self._exog(months) @ np.vstack([self.intercept_, self.calendar_coefs_])
        return drift

    def draws(self, months: pd.PeriodIndex, rng: np.random.Generator) -> Floats:
        """Draws of growth ahead from the estimated parameters."""
        shocks = self._shocks(len(months), rng)
        return simulate(self.coefs_, self.past, self.drift(months), shocks)

    def _linear(
        self, known: Floats, sd: Floats, months: pd.PeriodIndex, soft: Soft
    ) -> LinearConditions:
        return level_conditions(self.levels_.base, known, sd, self.series_, months, soft)

    def _levels_of(self, values: Floats) -> Floats:
        levels: Floats = self.levels_.base[: values.shape[2]] + np.cumsum(values, axis=1)
        return levels

    def _change_of_levels(self, change: Floats) -> Floats:
        return np.cumsum(change, axis=1)

    def _shocks(self, months: int, rng: np.random.Generator) -> Floats:
        covariance = None if self.innovations == "bootstrap" else self.sigma_u_
        return innovations(self._residuals_, covariance, months, self.n_draws, rng)

    def _notes(self, conditions: Conditions | None) -> tuple[str, ...]:
        explosive = () if self.stationary_ else (explosive_note(self.largest_root_),)
        return (*explosive, *super()._notes(conditions))
