"""What adapters of other libraries' forecasters share."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd

from tradeshock.features.errors import ModelError
from tradeshock.models.adapters.borrowing import Borrowing
from tradeshock.models.adapters.law import Law, errors_of
from tradeshock.models.adjustment import CalendarAdjustment
from tradeshock.models.base import Floats
from tradeshock.models.parameters import Rules, flag, whole
from tradeshock.models.univariate.base import UnivariateModel
from tradeshock.models.univariate.random_walk import error_paths

if TYPE_CHECKING:
    from tradeshock.models.conditions import Conditions

# Logs of an index that is 100 in the last month: free of the unit, and positive, which some
# seasonal decompositions demand.
LAST = float(np.log(100.0))
WALK_HALF_LIFE = 120.0


class BorrowedForecaster(Borrowing, UnivariateModel):
    """A forecaster of another library on the log of an index of the target.

    It is handed the last `years` of the target as natural logs, moved so that the last month is
    the log of 100; ``adjusted`` without the effects of working days, moving holidays and seasons
    that `RandomWalk` takes off too, which come back in the months ahead.

    Paths have the laws that it says by month, where it gives intervals; from month to month they
    hang together as the random walk's past errors do (`tradeshock.models.adapters.law`). A
    forecaster without intervals lends its points alone, and the errors around them are the
    random walk's.

    Held by `update` with ``freeze``, it forecasts what it did at the fit, moved by what it missed
    in the newest month. That is the same for all forecasters; what a library itself makes of new
    figures under old parameters is not asked.

    A saved one keeps the forecaster's parameters and what it was handed, and teaches it again when
    it is loaded; a forecaster of chance has to have its seed among its parameters.

    A subclass has the parameters `years`, `adjusted`, `n_draws` and `random_state` besides the
    forecaster, and writes `_teach` and `_law`.

    Attributes
    ----------
    adjustment_ : CalendarAdjustment
        Effects at the fit, on the figures of today.
    learned_from_ : Series
        What the forecaster was handed, by month.
    base_ : float
        Log level of its last month.
    taught_ : object
        The forecaster, fitted.
    past_levels_ : ndarray
        Adjusted log levels at the fit, whose changes are the walk's past errors.
    """

    rules: ClassVar[Rules] = {"years": whole(5), "adjusted": flag()}
    # An optimiser may run inside.
    scale_tolerance = 1e-3

    years: int
    adjusted: bool

    @abstractmethod
    def _teach(self, series: pd.Series) -> Any:
        """Return a new forecaster, fitted to a series by month."""

    @abstractmethod
    def _law(self, steps: int) -> Law:
        """What ``self.taught_`` says of the months after the ones that it learned from."""

    @abstractmethod
    def _gives_intervals(self) -> bool:
        """Whether the forecaster says more than points."""

    # -- learning -----------------------------------------------------------------------------

    def _fit(self) -> None:
        self.adjustment_ = CalendarAdjustment.of_series(self.panel_, self.target_[0])
        self.past_levels_ = self.adjustment_.adjusted_.to_numpy()
        level = self._level().iloc[-12 * self.years :]
        self.base_ = float(level.iloc[-1])
        self.learned_from_: pd.Series = level - self.base_ + LAST
        self.taught_ = self._teach(self.learned_from_.copy())

    def _refresh(self) -> None:
        self.adjustment_ = self.adjustment_.with_figures(self.series_, self.panel_.calendar)

    def _level(self) -> pd.Series:
        """Log levels of the published months, adjusted or not."""
        if self.adjusted:
            return self.adjustment_.adjusted_
        series = self.series_
        return pd.Series(np.log(series.to_numpy(dtype=float)), pd.PeriodIndex(series.index))

    def _stored(self) -> dict[str, Any]:
        return {name: value for name, value in super()._stored().items() if name != "taught_"}

    def _restore(self, stored: Mapping[str, Any]) -> None:
        super()._restore(stored)
        self.taught_ = self._teach(self.learned_from_.copy())

    # -- forecasting --------------------------------------------------------------------------

    def log_points(self, steps: int) -> Floats:
        """See `UnivariateModel.log_points`: the forecaster's medians."""
        return self._points_and_spread(steps)[0]

    def _paths(self, steps: int, rng: np.random.Generator, conditions: Conditions | None) -> Floats:
        points, spread = self._points_and_spread(steps)
        walk = error_paths(self.past_levels_, self.n_draws, steps, WALK_HALF_LIFE, rng)
        errors = walk if spread is None else errors_of(spread, walk)
        return np.asarray(np.exp(points + errors)[:, :, None])

    def _points_and_spread(self, steps: int) -> tuple[Floats, Floats | None]:
        until = pd.PeriodIndex(self.learned_from_.index)[-1]
        gap = (self.last_ - until).n
        if gap < 0:
            raise ModelError(
                f"{self.name} has learned from figures up to {until} and cannot be held for a day "
                f"on which {self.last_} was the last month; fit it on that day"
            )
        law = self._law(gap + steps)
        if not np.isfinite(law.median).all():
            raise ModelError(
                f"{self.name} forecast {law.median.tolist()} by {self.panel_.origin.date()}, "
                "expected finite numbers; choose other settings or a longer history"
            )
        expected = law.median[gap - 1] if gap else LAST
        missed = (float(self._level().iloc[-1]) - self.base_) - (expected - LAST)
        points = self.base_ + missed + law.median[gap:] - LAST
        if self.adjusted:
            points = points + self.adjustment_.effect(self._ahead(steps), self.panel_.calendar)
        return points, None if law.spread is None else law.spread[:, :steps]

    def _notes(self, conditions: Conditions | None) -> tuple[str, ...]:
        if self._gives_intervals():
            return ()
        return (f"{self.name} gives points alone: the errors around them are the random walk's",)
