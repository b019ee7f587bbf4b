"""What direct models share: one regression a step, and paths from their own past errors."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import clone

from tradeshock.features.errors import ShortHistoryError
from tradeshock.features.indicators.pipeline import FeaturePipeline
from tradeshock.models.adjustment import CalendarAdjustment, median
from tradeshock.models.base import Floats
from tradeshock.models.direct.features import Features, pipeline_of
from tradeshock.models.findings import Findings
from tradeshock.models.systems.steering import (
    Steering,
    steered_cells,
    steering_note,
    steering_system,
)
from tradeshock.models.univariate.base import UnivariateModel
from tradeshock.models.univariate.random_walk import error_paths

if TYPE_CHECKING:
    from tradeshock.features.panel.panel import Panel
    from tradeshock.models.assumptions.entries import Cell
    from tradeshock.models.conditions import Conditions
    from tradeshock.models.systems.bvar import BayesianVAR

ADJUSTED_LAGS = (1, 2, 3, 6, 12, 24)
# Outcomes are cut at so many robust standard deviations: a crash of half the exports must not
# alone decide what an ordinary month means.
OUTCOME_CUT = 2.0
FEWEST_VECTORS = 24
# A year before the first row, and two years of rows, besides the steps.
FEWEST_MONTHS = 36
WALK_HALF_LIFE = 120.0


@dataclass(frozen=True, eq=False)
class Rows:
    """What a direct model learns from at one origin; the last row is the origin's own.

    The outcome of step h at the row of month m is ``a[m + h - 1] - a[m - 1]``, cumulative growth
    of the adjusted log level ``a``, known only if month ``m + h - 1`` is published.

    Parameters
    ----------
    months : ndarray of int
        Ordinal of the month of step 1 of each row.
    X : ndarray, rows by columns
        Growth of the adjusted level over 1, 2, 3, 6, 12 and 24 months, then the features.
    names : tuple of str
        Names of the columns.
    adjusted : ndarray
        Adjusted log level of the target, from its first month on.
    start : int
        Ordinal of that month.
    """

    months: npt.NDArray[np.int64]
    X: Floats
    names: tuple[str, ...]
    adjusted: Floats
    start: int

    @classmethod
    def build(cls, table: pd.DataFrame, adjusted: Floats, start: int) -> Rows:
        """Join a feature table and the adjusted level's own lags.

        Parameters
        ----------
        table : DataFrame, months of step 1 by features
        adjusted : ndarray
            Adjusted log level of months ``start``, ``start + 1``, ...
        start : int
            Ordinal of the first month.
        """
        months = np.asarray(pd.PeriodIndex(table.index).asi8)
        old = months - start > 12
        last = months[old] - 1 - start
        lags = [
            np.where(last >= k, adjusted[last] - adjusted[last - k], np.nan) for k in ADJUSTED_LAGS
        ]
        names = (*(f"adjusted_growth_{k}" for k in ADJUSTED_LAGS), *map(str, table.columns))
        X = np.column_stack([*lags, table.to_numpy()[old]])
        return cls(months[old], X, names, adjusted, start)

    def cumulative_growth(self, step: int) -> Floats:
        """Growth from the last published month to that of a step, log points, NaN if unknown."""
        base = self.months - 1 - self.start
        known = base + step < len(self.adjusted)
        growth = np.full(len(base), np.nan)
        growth[known] = self.adjusted[base[known] + step] - self.adjusted[base[known]]
        return growth

    def outcome_table(self, steps: int) -> Floats:
        """Outcomes of steps 1, 2, ..., rows by steps, NaN if unknown, extreme ones cut.

        They are cut at two robust standard deviations of their step. Known ones come first.
        """
        table = np.column_stack([self.cumulative_growth(h) for h in range(1, steps + 1)])
        cut = OUTCOME_CUT * np.array([_usual_size(column) for column in table.T]) / 0.6745
        return np.clip(table, -cut, cut)

    def usable(self, fewest: int, upto: int) -> npt.NDArray[np.bool_]:
        """Columns that are known at the origin and were known in enough of the first rows."""
        seen = (~np.isnan(self.X[:upto])).sum(axis=0)
        usable: npt.NDArray[np.bool_] = ~np.isnan(self.X[-1]) & (seen >= fewest)
        return usable


def _usual_size(outcomes: Floats) -> float:
    """Median size of what is known: `numpy.nanmedian` goes by way of masked arrays."""
    known = np.abs(outcomes[~np.isnan(outcomes)])
    return median(known) if len(known) else np.nan


class Lesson(NamedTuple):
    """What was known at the origin of a January, and the rows of its year.

    Parameters
    ----------
    rows : Rows
        What was known.
    new : ndarray, rows of the year by columns
    outcomes : ndarray, rows of the year by steps
        What came of them, log points; NaN where it is not known yet.
    """

    rows: Rows
    new: Floats
    outcomes: Floats


@dataclass
class Past:
    """Feature tables of a panel, a model's past errors in it, and systems that steer it.

    All origins of a replay share one. A row of the tables and an error that is known are the same
    whether they come from the panel as it is now or as it was at any origin since, so nothing
    that is shared carries later news back.

    Parameters
    ----------
    model : DirectModel
        Whose errors.
    panel : Panel
    target : str
    """

    model: DirectModel
    panel: Panel
    target: str
    _tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    _errors: dict[tuple[pd.Period, str, int], Floats] = field(default_factory=dict)
    _systems: dict[Steering, BayesianVAR] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._pipeline = self.model.pipeline
        table = self._pipeline.fit_transform(self.panel, self.target)
        self._tables[self.panel.state(self.target)] = table
        self._start = int(pd.PeriodIndex(self.panel.series(self.target).index).asi8[0])

    def __deepcopy__(self, memo: dict[int, object]) -> Past:
        """Itself: what is added later is what every copy would find again."""
        return self

    def table(self, state: str) -> pd.DataFrame:
        """Features of all origins of a state."""
        if state not in self._tables:
            self._tables[state] = self._pipeline.transform(self.panel, state)
        return self._tables[state]

    def rows(self, state: str, last: pd.Period, adjusted: Floats) -> Rows:
        """Rows of the origin whose last published month is `last`."""
        return Rows.build(self.table(state).loc[: last + 1], adjusted, self._start)

    def row_of(self, panel: Panel, adjusted: Floats) -> Floats:
        """Row of another panel's own origin, 1 by columns."""
        table = self._pipeline.transform(panel)
        return Rows.build(table.iloc[-1:], adjusted, self._start).X

    def systems(self, panel: Panel) -> dict[Steering, BayesianVAR] | None:
        """Systems that have steered a model fitted on the whole panel; none for earlier origins."""
        return self._systems if panel.origin == self.panel.origin else None

    def errors(self, state: str, last: pd.Period, steps: int, years: int) -> Floats:
        """Error vectors that are complete by the month `last`, vectors by steps, log points.

        The forecasts of a calendar year come from one fit, on what was known at the origin of
        its January.
        """
        year = (last + 1).year
        found = [np.empty((0, steps))]
        for january in (pd.Period(f"{y}-01", "M") for y in range(year - years, year + 1)):
            # Row i of the year is complete once its last step is published.
            complete = (last - january).n - steps + 2
            if complete > 0:
                key = (january, state, steps)
                if key not in self._errors:
                    self._errors[key] = self._year(*key)
                found.append(self._errors[key][:complete])
        return np.vstack(found)

    def lesson(self, january: pd.Period, state: str, steps: int) -> Lesson | None:
        """What was known at the origin of a year's January, and what the year's rows came to.

        None where too few months were known then.
        """
        table = self.table(state)
        days = self.panel.origin_days(pd.PeriodIndex([january]), state, self.target)
        series = self.panel.series(self.target)
        before = series.loc[: january - 1]
        fewest = max(self.model.minimum_months, steps + FEWEST_MONTHS)
        if january not in table.index or len(before) < fewest:
            return None
        # A year whose December came late began on the day on which it was there.
        place = (
            (january - 1 - self.panel.months[0]).n,
            self.panel.values.columns.get_loc(self.target),
        )
        cut = self.panel.as_of(pd.Timestamp(max(days[0], self.panel.release_dates[place])))
        published = cut.series(self.target).loc[: january - 1]
        suited = CalendarAdjustment.for_entry(self.panel.entry(self.target))
        adjustment = suited.fit(published, cut.calendar)
        rows = self.rows(state, january - 1, adjustment.adjusted_.to_numpy())
        months = pd.PeriodIndex(series.index)
        effect = adjustment.effect(months, self.panel.calendar)
        realised = np.log(series.to_numpy(dtype=float)) - effect
        later = Rows.build(table.loc[: january + 11], realised, self._start)
        year = later.months >= january.ordinal
        outcomes = np.column_stack([later.cumulative_growth(h + 1) for h in range(steps)])
        return Lesson(rows, later.X[year], outcomes[year])

    def _year(self, january: pd.Period, state: str, steps: int) -> Floats:
        lesson = self.lesson(january, state, steps)
        if lesson is None:
            return np.empty((0, steps))
        return lesson.outcomes - self.model.predict(lesson.rows, lesson.new, steps)


class DirectModel(UnivariateModel):
    """Cumulative growth of each step regressed on what was known, one regression a step.

    The target is adjusted for working days, moving holidays and season inside the origin, so the
    calendar of the target month is in the forecast and costs the regressions nothing. Regressors
    are the adjusted target's own growth and a feature pipeline.

    Paths are whole vectors of past errors, drawn with either sign, so that the median is the
    point and errors of different steps belong together. They are out of sample: those of a year
    come from a fit on what was known at its January's origin. With fewer than 24 of them, the
    errors are the random walk's.

    The regressions have no future drivers, so conditions move the paths draw by draw as they move
    those of a `BayesianVAR` that holds the conditioned series (`BayesianVAR.steer`).

    A subclass takes `features`, `error_years`, `n_draws` and `random_state` among its parameters
    and writes `predict`. It must not depend on what came before: `replay` shares fits.

    What is learned is kept as what it is learned from: how many steps are wanted is known only
    when a forecast is asked for, and `predict` makes the same of the same rows every time.

    Attributes
    ----------
    past_ : Past
        Feature tables and past errors, of the panel that was fitted or of the one replayed.
    learned_from_ : tuple of Period and ndarray
        Last published month of the target at the fit, and its adjusted log levels.
    rows_ : Rows
        What the regressions learn from: as known at the fit, in the origin's state.
    row_ : ndarray, 1 by columns
        The origin's own row.
    """

    features: Features | None
    error_years: int
    minimum_months = 60
    takes_conditions = True

    @abstractmethod
    def predict(self, rows: Rows, new: Floats, steps: int) -> Floats:
        """Learn from rows, forecast new ones.

        Parameters
        ----------
        rows : Rows
            What was known at an origin.
        new : ndarray, new rows by columns
            Of the same columns; the origin's own row or those of the months after.
        steps : int

        Returns
        -------
        ndarray, new rows by steps
            Cumulative growth of the adjusted level, log points.
        """

    @abstractmethod
    def default_features(self) -> FeaturePipeline:
        """Pipeline for ``features=None``."""

    @property
    def pipeline(self) -> FeaturePipeline:
        """Its features, not fitted."""
        return self.default_features() if self.features is None else pipeline_of(self.features)

    # -- learning -----------------------------------------------------------------------------

    def _inputs(self) -> Iterable[str]:
        return self.pipeline.inputs(self.panel_, self.target_[0])

    def _fit(self) -> None:
        self._fit_from(Findings(self.panel_))

    def _fit_from(self, findings: Findings[Panel]) -> None:
        target, panel = self.target_[0], findings.source
        key = ("past", self._own_key(), target)
        self.past_: Past = findings.find(key, lambda: Past(clone(self), panel, target))
        self.adjustment_ = CalendarAdjustment.of_series(self.panel_, target)
        self.learned_from_ = (self.last_, self.adjustment_.adjusted_.to_numpy())
        self.rows_ = self.past_.rows(self.state_, *self.learned_from_)
        self.row_: Floats = self.rows_.X[-1:]

    def _refresh(self) -> None:
        self.adjustment_ = self.adjustment_.with_figures(self.series_, self.panel_.calendar)
        self.rows_ = self.past_.rows(self.state_, *self.learned_from_)
        self.row_ = self.past_.row_of(self.panel_, self.adjustment_.adjusted_.to_numpy())

    # -- forecasting --------------------------------------------------------------------------

    def log_points(self, steps: int) -> Floats:
        """See `UnivariateModel.log_points`: what the regressions say."""
        adjusted = self.adjustment_.adjusted_.to_numpy()
        effect = self.adjustment_.effect(self._ahead(steps), self.panel_.calendar)
        return np.asarray(adjusted[-1] + effect + self.predict(self.rows_, self.row_, steps)[0])

    def _paths(self, steps: int, rng: np.random.Generator, conditions: Conditions | None) -> Floats:
        adjusted = self.adjustment_.adjusted_.to_numpy()
        months = len(self.learned_from_[1])
        if months < steps + FEWEST_MONTHS:
            raise ShortHistoryError(
                f"{self.name} needs {steps + FEWEST_MONTHS} months of {self.target_[0]} for "
                f"{steps} steps, got {months} by {self.fitted_on_.origin.date()}; ask for "
                "fewer steps or give more history"
            )
        last, past_levels = self.learned_from_
        point = self.predict(self.rows_, self.row_, steps)[0]
        vectors = self.past_.errors(self.state_, last, steps, self.error_years)
        if len(vectors) < FEWEST_VECTORS:
            errors = error_paths(past_levels, self.n_draws, steps, WALK_HALF_LIFE, rng)
        else:
            half = vectors[rng.integers(len(vectors), size=(self.n_draws + 1) // 2)]
            errors = np.stack([half, -half], axis=1).reshape(-1, steps)[: self.n_draws]
        effect = self.adjustment_.effect(self._ahead(steps), self.panel_.calendar)
        values: Floats = np.exp(adjusted[-1] + effect + point + errors)
        if conditions is not None and len(conditions):
            values = self._steered(values, conditions)
        return values[:, :, None]

    def _steered(self, values: Floats, conditions: Conditions) -> Floats:
        """Paths moved as those of a Bayesian VAR move under the conditions."""
        systems = self.past_.systems(self.fitted_on_)
        return steering_system(self, conditions.series, systems).steer(values, conditions)

    def _lacking(self, conditions: Conditions) -> tuple[str, ...]:
        return tuple(id for id in conditions.series if id not in self.target_)

    def _cell_draws(
        self, cells: Sequence[Cell], steps: int, conditions: Conditions | None
    ) -> Floats:
        free = self._paths(steps, self._rng(), None)[:, :, 0]
        return steered_cells(self, free, cells, conditions)

    def _notes(self, conditions: Conditions | None) -> tuple[str, ...]:
        return () if conditions is None else (steering_note(self, self._lacking(conditions)),)
