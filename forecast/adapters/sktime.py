"""Our models as forecasters of sktime: `pip install 'tradeshock[sktime]'`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from sklearn.base import clone

from tradeshock.features.errors import ConditionError, ModelError, PanelError
from tradeshock.features.panel.validation import months_of
from tradeshock.forecast.adapters.figures import MonthsOf, Periods, as_panel, transforms_of
from tradeshock.models.base import Floats, Model
from tradeshock.models.conditions import Conditions
from tradeshock.models.registry import make_model
from tradeshock.models.systems.system import LinearSystem

try:
    from sktime.forecasting.base import BaseForecaster
except ImportError as error:
    raise ModelError(
        f"TradeshockForecaster needs sktime: pip install 'tradeshock[sktime]' ({error})"
    ) from error

# What a series without a name is called in the panel.
TARGET = "y"


class LastValue(Model):
    """Last figure carried forward, errors drawn from past changes: for sktime's suite of checks.

    Its series are shorter than any of the other models takes, and some hold zeros.
    """

    minimum_months = 2

    def __init__(self, n_draws: int = 100, random_state: int = 0) -> None:
        self.n_draws = n_draws
        self.random_state = random_state

    def _fit(self) -> None:
        changes = np.diff(self.panel_.series(self.target_[0]).to_numpy(dtype=float))
        self.changes_: Floats = np.concatenate([changes, -changes])

    def _refresh(self) -> None:
        """Nothing to do: the last figure is read when a forecast is asked for."""

    def _paths(self, steps: int, rng: np.random.Generator, conditions: Conditions | None) -> Floats:
        last = float(self.panel_.series(self.target_[0]).iloc[-1])
        drawn = rng.choice(self.changes_, size=(self.n_draws, steps)).cumsum(axis=1)
        return np.asarray(last + drawn)[:, :, None]


class TradeshockForecaster(BaseForecaster):  # type: ignore[misc]  # sktime ships no types
    """Any of our models as a forecaster of sktime.

    Points are medians, as everywhere in this package. Quantiles, intervals and variances are
    those of the sample paths. Nothing in-sample: a model forecasts what is not out yet.

    Columns of ``X`` become series of the panel, which models of several series read; the target
    bears the name of ``y``, or is called "y" where that has none. What ``predict`` is given of
    them for the months ahead are conditions, for models that take any (`Model.takes_conditions`);
    others leave it aside, as they leave aside ``X`` altogether where they forecast from the
    target's own history.

    A ``y`` with figures of zero or below is taken in levels, which VAR, BayesianVAR and
    DynamicFactor can forecast; the others model logs and refuse it.

    ``update`` takes new, older and revised months (`Model.update`), and with
    ``update_params=False`` holds all that was estimated (``freeze``). One that is refused changes
    nothing.

    Parameters
    ----------
    model : Model or str
        Not fitted, or the name of one (see `tradeshock.models.find_models`).
    nation : str, optional
        ISO code such as "KR", whose working days and holidays count; default weekdays alone.
    periods : {"months", "counted"}
        "months": the index must be monthly. "counted": any index without gaps is taken for
        consecutive months without a calendar, counted from January 2000.

    Raises
    ------
    PanelError
        On fit, if the index is not monthly, has gaps, or a figure is missing, or if a column of
        ``X`` is called as ``y`` is. On update, if a series that was positive is not any more, or
        ``X`` has a column that it had not.
    ModelError
        On fit, if there is no such model, or it refuses the figures.
    ConditionError
        On fit and predict, if ``X`` has a column that a VAR or BayesianVAR does not read. On
        predict, if ``X`` lacks a month of the horizon and the model takes conditions.

    Attributes
    ----------
    model_ : Model
        The fitted model.

    Examples
    --------
    >>> from sktime.datasets import load_airline
    >>> from tradeshock.forecast.adapters.sktime import TradeshockForecaster
    >>> forecaster = TradeshockForecaster("RandomWalk", nation="US").fit(load_airline())
    >>> str(forecaster.predict(fh=[1, 2]).index[0])
    '1961-01'
    """

    _tags: ClassVar[dict[str, Any]] = {
        "authors": ["tradeshock"],
        "maintainers": ["tradeshock"],
        "python_dependencies": None,
        "y_inner_mtype": "pd.Series",
        "X_inner_mtype": "pd.DataFrame",
        "capability:multivariate": False,
        "capability:exogenous": True,
        "capability:insample": False,
        "capability:pred_int": True,
        "capability:pred_int:insample": False,
        "capability:missing_values": False,
        "capability:categorical_in_X": False,
        "capability:update": True,
        "requires-fh-in-fit": False,
        "X-y-must-have-same-index": True,
    }
    # Figures are kept here, so that an update has all of them whatever sktime keeps.
    _config: ClassVar[dict[str, Any]] = {"remember_data": False}

    def __init__(
        self,
        model: Model | str = "RandomWalk",
        nation: str | None = None,
        periods: Periods = "months",
    ) -> None:
        self.model = model
        self.nation = nation
        self.periods = periods
        super().__init__()
        # sktime's own copies, of which there are none unless its user has it remember data.
        self._X = None
        self._y = None

    @classmethod
    def get_test_params(cls, parameter_set: str = "default") -> list[dict[str, Any]]:
        """Parameters for sktime's suite of checks, whose series are daily, numbered and short."""
        return [
            {"model": LastValue(), "periods": "counted"},
            {"model": LastValue(random_state=1), "nation": "KR", "periods": "counted"},
        ]

    def _fit(self, y: pd.Series, X: pd.DataFrame | None, fh: Any) -> TradeshockForecaster:
        if not isinstance(self.model, Model | str):
            raise ModelError(f"got model={self.model!r}; give a model or the name of one")
        model = make_model(self.model) if isinstance(self.model, str) else clone(self.model)
        self._months = MonthsOf.index(y.index, self.periods)
        self._name = y.name
        self._figures = self._table(y, X)
        self._transforms = transforms_of(self._figures)
        panel = as_panel(self._figures, self.nation, self._transforms)
        self.model_: Model = model.fit(panel, str(self._figures.columns[0]))
        self._refuse_unread(X)
        self._keep_sktimes_own()
        return self

    def _update(
        self, y: pd.Series, X: pd.DataFrame | None = None, update_params: bool = True
    ) -> TradeshockForecaster:
        try:
            self._take(y, X, freeze=not update_params)
        except Exception:
            # sktime has moved them before it asks: a refused update must not have been.
            self._cutoff, self._y, self._X = self._sktimes_own
            raise
        # Older months that are revised or added end no later than what was known.
        self._cutoff = max(self._cutoff, self._sktimes_own[0], key=lambda cutoff: cutoff[0])
        self._keep_sktimes_own()
        return self

    def _take(self, y: pd.Series, X: pd.DataFrame | None, freeze: bool) -> None:
        """Take new figures, all of them or none."""
        new = self._table(y, X)
        if unknown := [id for id in new.columns if id not in self._figures.columns]:
            raise PanelError(
                f"X has a column {unknown[0]!r}, which it had not at the fit; there it had "
                f"{', '.join(self._figures.columns[1:]) or 'none'}"
            )
        figures = new.combine_first(self._figures)[list(self._figures.columns)]
        if unlike := [
            id
            for id, way in transforms_of(figures).items()
            if way != "log" and self._transforms[id] == "log"
        ]:
            raise PanelError(
                f"{unlike[0]} has a figure of zero or below, and was positive throughout at the "
                "fit, so it is modelled in logs; correct the figure, or fit again instead of update"
            )
        panel = as_panel(figures, self.nation, self._transforms)
        self.model_.update(panel, freeze=freeze)
        self._figures = figures

    def _keep_sktimes_own(self) -> None:
        """Remember what sktime moves in an update before the model is asked."""
        self._sktimes_own: tuple[Any, ...] = (self._cutoff, self._y, self._X)

    def _predict(self, fh: Any, X: pd.DataFrame | None) -> pd.Series:
        draws, index = self._draws(fh, X)
        return pd.Series(np.median(draws, axis=0), index, name=self._name)

    def _predict_quantiles(
        self, fh: Any, X: pd.DataFrame | None, alpha: Sequence[float]
    ) -> pd.DataFrame:
        draws, index = self._draws(fh, X)
        columns = pd.MultiIndex.from_product([self._get_varnames(), alpha])
        return pd.DataFrame(np.quantile(draws, alpha, axis=0).T, index, columns)

    def _predict_var(
        self, fh: Any, X: pd.DataFrame | None = None, cov: bool = False
    ) -> pd.DataFrame:
        draws, index = self._draws(fh, X)
        if cov:
            return pd.DataFrame(np.atleast_2d(np.cov(draws, rowvar=False)), index, index)
        return pd.DataFrame(draws.var(axis=0, ddof=1), index, self._get_varnames())

    # -- inside -------------------------------------------------------------------------------

    def _table(self, y: pd.Series, X: pd.DataFrame | None) -> pd.DataFrame:
        """Figures by month, the target first, called as at the fit."""
        name = TARGET if self._name is None else str(self._name)
        table = y.to_frame(name)
        if X is not None:
            if name in (beside := X.rename(columns=str)).columns:
                raise PanelError(f"X has a column {name!r}, as y is called; rename the column of X")
            table = pd.concat([table, beside], axis=1)
        return table.set_axis(self._months(table.index), axis=0)

    def _draws(self, fh: Any, X: pd.DataFrame | None) -> tuple[Floats, pd.Index]:
        """Draws by the months of a horizon, and their index."""
        ahead = fh.to_relative(self.cutoff).to_numpy().astype(int)
        if ahead.min() < 1:
            raise NotImplementedError(
                f"the horizon begins {ahead.min()} months after the last figure; in-sample "
                "forecasts are not to be had, a backtest makes honest ones"
            )
        paths = self.model_.forecast(int(ahead.max()), self._conditions(X, ahead))
        return paths.draws()[:, ahead - 1], fh.to_absolute_index(self.cutoff)

    def _refuse_unread(self, X: pd.DataFrame | None) -> None:
        """Refuse columns that a system, whose series must be named, does not read.

        Raises
        ------
        ConditionError
        """
        if X is None or not isinstance(self.model_, LinearSystem):
            return
        read = self.model_.inputs_
        if unread := [str(name) for name in X.columns if str(name) not in read]:
            name = type(self.model_).__name__
            raise ConditionError(
                f"X has a column {unread[0]!r}, which this {name} does not read; it reads "
                f"{', '.join(read)}: name the column in the model's series, such as "
                f"{name}(series={[*read, unread[0]]}), or leave it out of X"
            )

    def _conditions(self, X: pd.DataFrame | None, ahead: np.ndarray[Any, Any]) -> Conditions | None:
        """What X says of the months ahead, for a model that takes it."""
        if X is None or not self.model_.takes_conditions:
            return None
        self._refuse_unread(X)
        table = X.rename(columns=str).set_axis(self._months(X.index), axis=0)
        last = self.model_.last_
        asked = months_of(last.ordinal + ahead)
        if lacking := [str(month) for month in asked if month not in table.index]:
            raise ConditionError(
                f"X has rows from {table.index[0]} to {table.index[-1]} and none of "
                f"{', '.join(lacking)}, for which a forecast is asked; give a row for each month "
                "of the horizon, or no X"
            )
        table = table.loc[(table.index > last) & (table.index <= asked.max())]
        values: dict[str, dict[Any, Any]] = {
            str(id): column.dropna().to_dict() for id, column in table.items()
        }
        return Conditions(values)
