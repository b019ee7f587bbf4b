"""What every model is: fit, update, forecast, replay."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from inspect import Parameter, signature
from typing import TYPE_CHECKING, Any, Self

import joblib
import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import BaseEstimator, clone

from tradeshock.features.errors import ConditionError, ModelError, ShortHistoryError
from tradeshock.features.panel.panel import Panel
from tradeshock.features.panel.validation import months_of
from tradeshock.models.assumptions.entries import Cell
from tradeshock.models.assumptions.odd_values import refuse_odd_values
from tradeshock.models.assumptions.plausibility import Plausibility, plausibility_of
from tradeshock.models.findings import Findings
from tradeshock.models.paths import ForecastPaths
from tradeshock.models.segments import by_segment, points_by_segment

if TYPE_CHECKING:
    from tradeshock.models.conditions import Conditions
    from tradeshock.models.record.record import Record

Floats = npt.NDArray[np.float64]


class Model(BaseEstimator, ABC):  # type: ignore[misc]  # scikit-learn ships no types
    """A forecaster of one or more series of a panel.

    A subclass takes its parameters in ``__init__`` as scikit-learn estimators do, among them
    ``n_draws`` and ``random_state``, and writes two methods: `_fit` learns from ``self.panel_``,
    which holds nothing that was published after its origin, and `_paths` draws. With a third one,
    `_refresh`, it can take new figures while all that was learned stays.

    Attributes
    ----------
    minimum_months : int
        Months of the target that it needs; of the class.
    takes_conditions : bool
        Whether `forecast` takes conditions; of the class.
    requires : tuple of str
        Importable packages that it needs besides the package's own dependencies; of the class.
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
    minimum_months = 36
    takes_conditions = False
    requires: tuple[str, ...] = ()
    scale_tolerance = 1e-8

    def __init_subclass__(cls, **options: Any) -> None:
        """Make a subclass's own replays go by segments where the panel revises its past."""
        super().__init_subclass__(**options)
        for name, door in (("replay", by_segment), ("replay_points", points_by_segment)):
            if name in vars(cls):
                setattr(cls, name, door(vars(cls)[name]))

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
            Whether to carry the paths of all series of the system, targets first.

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
        self._check_steps(steps)
        conditions = self._accepted(conditions)
        values_of = self._resolved(conditions, int(steps))
        if drivers:
            values, series = self._system_paths(int(steps), self._rng(), values_of)
            return self._forecast(values, conditions, series)
        return self._forecast(self._paths(int(steps), self._rng(), values_of), conditions)

    def plausibility(self, steps: int, conditions: Conditions) -> Plausibility:
        """Measure how far out conditions are by the model's own unconditional draws.

        Values that differ from draw to draw, as those of changes do, count with their median.
        Wrappers ask their first member.

        Parameters
        ----------
        steps : int
            Number of months of the forecast.
        conditions : Conditions

        Returns
        -------
        Plausibility

        Raises
        ------
        ConditionError
            If there are no conditions, or the model has no draws of a conditioned series.
        """
        self._check_fitted()
        self._check_steps(steps)
        given = self._accepted(conditions) or conditions
        draws = self._cell_draws(given.cells, int(steps), None)
        middle = [float(np.median(entry.value)) for entry in given.resolved(draws, self._last())]
        values = np.array(middle)
        for column, (series, _) in enumerate(given.cells):
            if self.panel_.catalog[series].transform == "log":
                draws[:, column], values[column] = np.log(draws[:, column]), np.log(values[column])
        return plausibility_of(draws, values, given.cells)

    @by_segment
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

    @points_by_segment
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
    def name(self) -> str:
        """Class name with the parameters that differ from their defaults."""
        changed = self._changed_parameters()
        return type(self).__name__ + (f"({', '.join(changed)})" if changed else "")

    # -- inside -------------------------------------------------------------------------------

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

    def _own_key(self) -> tuple[type, str]:
        """Class and parameters: what a finding of this model depends on besides figures."""
        return type(self), str(joblib.hash(self._given()))

    def _changed_parameters(self) -> list[str]:
        defaults = _parameters(type(self))
        return [
            value.name if isinstance(value, Model) else f"{key}={value!r}"
            for key, value in self._given().items()
            if key not in ("n_draws", "random_state") and not _same(value, defaults[key].default)
        ]

    def _given(self) -> dict[str, Any]:
        """Parameters as `get_params` gives them, without asking for the signature every time."""
        return {key: getattr(self, key) for key in sorted(_parameters(type(self)))}

    def _open(self, panel: Panel, target: str | Sequence[str], record: Record | None) -> None:
        if not isinstance(panel, Panel):
            raise ModelError(f"fit takes a Panel, got {type(panel).__name__}; see load_panel()")
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
        targets = (target,) if isinstance(target, str) else tuple(target)
        if not targets or len(set(targets)) < len(targets):
            raise ModelError(
                f"got {list(targets)} as targets; name at least one series of the panel, each once"
            )
        return targets

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

    def _accepted(self, conditions: Conditions | None) -> Conditions | None:
        """Conditions that the model can be asked to meet; None for empty ones."""
        if conditions is None or not len(conditions):
            return None
        if not self.takes_conditions:
            raise ModelError(
                f"{type(self).__name__} knows no other series and cannot be conditioned; use VAR "
                "or BayesianVAR"
            )
        refuse_odd_values(conditions, self.panel_)
        return conditions

    def _resolved(self, conditions: Conditions | None, steps: int) -> Conditions | None:
        """Changes turned into values by the model's own unconditional draws."""
        if conditions is None or not conditions.is_relative:
            return conditions
        draws = self._cell_draws(conditions.cells, steps, None)
        return conditions.resolved(draws, self._last())

    def _last(self) -> dict[str, float]:
        """Last published figure of every series."""
        return {
            str(id): float(self.panel_.series(str(id)).iloc[-1])
            for id in self.panel_.values.columns
        }

    def _lacking(self, conditions: Conditions) -> tuple[str, ...]:
        """Conditioned series that are not in the model; what wraps it steers its paths by them."""
        return () if self.takes_conditions else conditions.series

    def _cell_draws(
        self, cells: Sequence[Cell], steps: int, conditions: Conditions | None
    ) -> Floats:
        """Own draws of some series and months in own units, draws by cells.

        They are the draws that conditions correct in a forecast of `steps` months.
        """
        paths = self.forecast(steps, conditions)
        if strange := [f"{id} in {m}" for id, m in cells if id not in paths.series]:
            raise ConditionError(
                f"{type(self).__name__} has no paths of {', '.join(strange)}, which a change or "
                "a plausibility is measured by; give values, or use VAR or BayesianVAR"
            )
        return np.column_stack(
            [paths.draws(id)[:, self._ahead(steps).get_loc(month)] for id, month in cells]
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


def condition_notes(conditions: Conditions | None) -> tuple[str, ...]:
    """Note that names what is assumed; none where nothing is."""
    return (f"conditional on {conditions.text}",) if conditions else ()


class UnivariateModel(Model):
    """A model of one target's own history; conditions on other series mean nothing to it."""

    def _open(self, panel: Panel, target: str | Sequence[str], record: Record | None) -> None:
        super()._open(panel, target, record)
        self._refuse_several_targets()
        if (series := self.series_).min() <= 0.0:
            raise ModelError(
                f"{type(self).__name__} models logs, but {self.target_[0]} is {series.min():g} in "
                f"{series.idxmin()}; use VAR, which takes levels where the catalog says so"
            )

    @property
    def series_(self) -> pd.Series:
        """Published months of the target, without NaN."""
        return self.panel_.series(self.target_[0])


@cache
def _parameters(model: type[Model]) -> Mapping[str, Parameter]:
    return signature(model).parameters


def _same(value: object, default: object) -> bool:
    return value is default or (type(value) is type(default) and bool(value == default))
