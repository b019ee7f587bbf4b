"""What every model is: fit, update, forecast, replay."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import BaseEstimator, clone

from tradeshock.features.errors import ModelError, PanelError, ShortHistoryError
from tradeshock.features.panel.naming import as_targets
from tradeshock.features.panel.panel import Panel
from tradeshock.features.panel.validation import months_of
from tradeshock.models.conditioned import Conditioned, condition_notes
from tradeshock.models.doors import Doors
from tradeshock.models.findings import Findings
from tradeshock.models.naming import Named
from tradeshock.models.parameters import Rules, check_parameters, whole
from tradeshock.models.paths import ForecastPaths
from tradeshock.models.saving.saved import Saved

if TYPE_CHECKING:
    from tradeshock.models.conditions import Conditions
    from tradeshock.models.record.record import Record

Floats = npt.NDArray[np.float64]


class Model(Conditioned, Doors, Named, Saved, BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """A forecaster of one or more series of a panel.

    A subclass takes its parameters in ``__init__`` as scikit-learn estimators do, among them
    ``n_draws`` and ``random_state``, and writes two methods: `_fit` learns from ``self.panel_``,
    which holds nothing that was published after its origin, and `_paths` draws. With a third one,
    `_refresh`, it can take new figures while all that was learned stays. They change nothing in
    place, so that a refused fit or update leaves the model as it was.

    Attributes
    ----------
    minimum_months : int
        Months of the target that it needs; of the class.
    takes_conditions : bool
        Whether `forecast` takes conditions; of the class.
    requires : tuple of str
        Importable packages that it needs besides the package's own dependencies; of the class.
    rules : mapping of str to Rule
        What its parameters may be (`tradeshock.models.parameters`); of the class.
    scale_tolerance : float
        How much growth may differ when money is counted in billions instead of millions; of the
        class, larger where an optimiser runs.
    panel_ : Panel
        What was known at the origin.
    fitted_on_ : Panel
        What was known when the model learned; another than `panel_` after an update that holds
        what was estimated.
    target_ : tuple of str
        Series that are forecast.
    state_ : str
        Which releases of the first target were out.
    last_ : Period
        Last published month of the first target; step 1 is the month after.
    """

    n_draws: int
    random_state: int
    rules: ClassVar[Rules] = {"n_draws": whole(1, 1_000_000), "random_state": whole(0)}
    minimum_months = 36
    takes_conditions = False
    requires: tuple[str, ...] = ()
    scale_tolerance = 1e-8

    @abstractmethod
    def _fit(self) -> None:
        """Learn from ``self.panel_``."""

    @abstractmethod
    def _paths(self, steps: int, rng: np.random.Generator, conditions: Conditions | None) -> Floats:
        """Draw paths in the targets' own units, draws by steps by targets."""

    def _refresh(self) -> None:
        """Take the figures of ``self.panel_``; all that was estimated stays as it is."""
        raise ModelError(
            f"{type(self).__name__} cannot hold what it has estimated: it has no method _refresh, "
            "which takes new figures without learning; write it, or update without freeze"
        )

    def fit(
        self,
        panel: Panel,
        target: str | Sequence[str] = "exports_total",
        record: Record | None = None,
    ) -> Self:
        """Learn from a panel.

        Parameters
        ----------
        panel : Panel
            Figures as they stood at its origin.
        target : str or sequence of str
            What to forecast.
        record : Record, optional
            Past forecasts and errors; only models that wrap others use it.

        Returns
        -------
        self

        Raises
        ------
        ShortHistoryError
            If the target has too few months.
        ModelError
            If the model cannot forecast these targets.
        """
        return self._learn_from(Findings(panel), panel, target, record)

    def update(self, panel: Panel, freeze: bool = False) -> Self:
        """Take new figures.

        Parameters
        ----------
        panel : Panel
            Figures as they stand at another origin.
        freeze : bool
            Whether all that was estimated stays as it was, bit for bit: calendar effects,
            coefficients, weights, past errors. Only figures are new then. Otherwise parameters
            stay where the model says so, and are estimated again where not.

        Returns
        -------
        self

        Raises
        ------
        ModelError
            If the model is not fitted, or cannot hold what it has estimated.
        """
        self._check_fitted()
        if not freeze:
            return self.fit(panel, self.target_, self.record_)
        self._open(panel, self.target_, self.record_)
        self._refresh()
        return self

    def forecast(
        self, steps: int, conditions: Conditions | None = None, drivers: bool = False
    ) -> ForecastPaths:
        """Draw joint paths from the month after the target's last published one.

        Parameters
        ----------
        steps : int
            Number of months, at least 1.
        conditions : Conditions, optional
            Future values that series are assumed to take, or changes against the model's own
            forecast. Empty ones are none.
        drivers : bool
            Whether to carry the paths of all series of the system, targets first. All begin with
            step 1 of the target: of what is published later than it, the months before that are
            drawn, but not carried.

        Returns
        -------
        ForecastPaths
            With a note that names the conditions.

        Raises
        ------
        ModelError
            If the model is not fitted, `steps` is no positive whole number, or conditions or
            drivers are asked of a model that has none.
        ConditionError
            If no path can meet the conditions, or they name what is not there.

        Warns
        -----
        OddConditionWarning
            For values so far from the last figure that their unit may be wrong.
        """
        self._check_fitted()
        self._check_reach(steps)
        conditions = self._accepted(conditions)
        values_of = self._resolved(conditions, int(steps))
        if drivers:
            values, series = self._system_paths(int(steps), self._rng(), values_of)
            return self._forecast(values, conditions, series)
        return self._forecast(self._paths(int(steps), self._rng(), values_of), conditions)

    def replay(
        self,
        panel: Panel,
        target: str | Sequence[str],
        origins: Sequence[pd.Timestamp],
        steps: int,
    ) -> Iterator[ForecastPaths]:
        """Forecast from many past origins, each with what was known then."""
        findings = Findings(panel)
        for origin in origins:
            model: Self = clone(self)
            model._fit_sharing(findings, panel.as_of(origin), target)
            yield model.forecast(steps)

    def points(self, steps: int) -> Floats:
        """Point forecasts: medians of the paths, or of their law where the model has it.

        Parameters
        ----------
        steps : int
            Number of months, at least 1.

        Returns
        -------
        ndarray, steps by targets
            In the targets' own units.
        """
        return np.asarray(np.median(self.forecast(steps).values, axis=0))

    def replay_points(
        self,
        panel: Panel,
        target: str | Sequence[str],
        origins: Sequence[pd.Timestamp],
        steps: int,
    ) -> Floats:
        """Point forecasts from many past origins, each with what was known then.

        Returns
        -------
        ndarray, origins by steps by targets
            What `points` gives at each.

        Raises
        ------
        ModelError
            If `replay` does not give one forecast for each origin.
        """
        self._check_steps(steps)
        replayed = self.replay(panel, target, origins, steps)
        points = [np.median(paths.values, axis=0) for paths in replayed]
        if len(points) != len(origins):
            raise ModelError(
                f"{self.name}.replay gave {len(points)} forecasts for {len(origins)} origins; it "
                "must give one from each, in their order"
            )
        return np.reshape(points, (len(origins), steps, len(self._targets(target))))

    @property
    def inputs_(self) -> tuple[str, ...]:
        """Series whose figures the fitted model reads, targets first.

        Also those that it left out for being stale. All of the panel for a model that does not
        say (`_inputs`).
        """
        self._check_fitted()
        read = [id for id in self._inputs() if id in self.panel_]
        return tuple(dict.fromkeys([*self.target_, *read]))

    # -- inside -------------------------------------------------------------------------------

    def _inputs(self) -> Iterable[str]:
        """Series that are read besides the targets."""
        return map(str, self.panel_.values.columns)

    def _fit_sharing(
        self,
        findings: Findings[Panel],
        panel: Panel,
        target: str | Sequence[str],
        record: Record | None = None,
    ) -> Self:
        """`fit`, with what other origins of the same panel have found (see `Findings`)."""
        if type(self).fit is not Model.fit:
            return self.fit(panel, target, record)
        return self._learn_from(findings, panel, target, record)

    def _learn_from(
        self,
        findings: Findings[Panel],
        panel: Panel,
        target: str | Sequence[str],
        record: Record | None,
    ) -> Self:
        self._open(panel, target, record)
        self.fitted_on_ = panel
        self._fit_from(findings)
        return self

    def _fit_from(self, findings: Findings[Panel]) -> None:
        """Learn; models that find what many origins share write this besides `_fit`."""
        self._fit()

    def _open(self, panel: Panel, target: str | Sequence[str], record: Record | None) -> None:
        if not isinstance(panel, Panel):
            raise ModelError(
                f"fit takes a Panel, got {type(panel).__name__}; load_panel() gives the package's "
                "own, Panel.from_frame(frame) makes one of a table"
            )
        check_parameters(self)
        self.panel_ = panel
        self.target_ = self._targets(target)
        self.record_ = record
        for id in self.target_:
            months = len(panel.series(id))
            if months < self.minimum_months:
                raise ShortHistoryError(
                    f"{self.name} needs {self.minimum_months} months of {id}, got {months} by "
                    f"{panel.origin.date()}; give more history or a simpler model"
                )
        self.state_ = panel.state(self.target_[0])
        self.last_ = panel.last_month(self.target_[0])

    def _targets(self, target: str | Sequence[str]) -> tuple[str, ...]:
        try:
            return as_targets(target)
        except PanelError as error:
            raise ModelError(str(error)) from error

    def _refuse_several_targets(self) -> None:
        if len(self.target_) != 1:
            raise ModelError(
                f"{type(self).__name__} forecasts one target at a time, got {list(self.target_)}; "
                "fit one model a target, or VAR for all of them jointly"
            )

    def _check_fitted(self) -> None:
        if not hasattr(self, "panel_"):
            raise ModelError(f"this {type(self).__name__} is not fitted; call fit(panel) first")

    def _check_steps(self, steps: int) -> None:
        if not isinstance(steps, int | np.integer) or steps < 1:
            raise ModelError(f"steps is {steps!r}; give a whole number of months, at least 1")

    def _check_reach(self, steps: int) -> None:
        """Refuse months without a calendar, before anything is drawn."""
        self._check_steps(steps)
        calendar = self.panel_.calendar
        if steps > (most := (calendar.known_until - self.last_).n):
            whose = f" of {calendar.nation}" if calendar.nation else ""
            raise ModelError(
                f"steps is {steps}, but the calendar{whose} ends in {calendar.known_until}; ask "
                f"for at most {most} steps"
            )

    def _rng(self) -> np.random.Generator:
        return np.random.default_rng([self.random_state, self.panel_.origin.toordinal()])

    def _system_paths(
        self, steps: int, rng: np.random.Generator, conditions: Conditions | None
    ) -> tuple[Floats, tuple[str, ...]]:
        """Draw paths of targets and drivers, and say which series they are, targets first."""
        raise ModelError(
            f"{type(self).__name__} forecasts no drivers beside its target; leave drivers=False, "
            "or use VAR or BayesianVAR"
        )

    def _forecast(
        self,
        values: Floats,
        conditions: Conditions | None,
        series: tuple[str, ...] | None = None,
    ) -> ForecastPaths:
        series = self.target_ if series is None else series
        return ForecastPaths(
            values=values,
            index=self._ahead(values.shape[1]),
            series=series,
            history=self._history(series),
            origin=self.panel_.origin,
            state=self.state_,
            seed=self.random_state,
            model=self.name,
            notes=(*self._notes(conditions), *condition_notes(conditions)),
            drivers=series[len(self.target_) :],
        )

    def _history(self, series: tuple[str, ...]) -> pd.DataFrame:
        figures = self.panel_.figures(series)
        published = np.flatnonzero(~np.isnan(figures).all(axis=1))
        rows = slice(published[0], published[-1] + 1)
        return pd.DataFrame(figures[rows], self.panel_.months[rows], list(series))

    def _ahead(self, steps: int) -> pd.PeriodIndex:
        months = self.last_.ordinal + np.arange(1, steps + 1)
        return months_of(months).rename("month")

    def _notes(self, conditions: Conditions | None) -> tuple[str, ...]:
        return ()
