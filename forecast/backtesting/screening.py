"""Screening: point forecasts of many specifications from many origins, as quickly as may be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.days.reading import Day
from tradeshock.features.errors import BacktestError, ModelError, ScoreError
from tradeshock.features.panel.naming import as_targets
from tradeshock.features.panel.panel import Panel
from tradeshock.features.panel.validation import months_of
from tradeshock.features.snapshot import panel_or_embedded
from tradeshock.forecast.backtesting.backtest import at_least, origins_for
from tradeshock.forecast.backtesting.plan import Models, labelled
from tradeshock.models.base import Floats
from tradeshock.models.record.rows import Outcomes

KEYS = ["target", "origin", "step"]


@dataclass(frozen=True, eq=False)
class Screening:
    """Point forecasts from past origins, with what came out.

    Parameters
    ----------
    frame : DataFrame
        One row a model, target, origin and step: ``model, target, origin, state, month, step,
        point, actual, error``. Points and outcomes are in the target's unit, errors are
        ``100 * (log actual - log point)``, NaN where the outcome is not out.
    """

    frame: pd.DataFrame

    def __repr__(self) -> str:
        models, origins = self.frame["model"].nunique(), self.frame["origin"].nunique()
        return f"Screening: {models} models from {origins} origins"

    def scores(
        self, by: Sequence[str] = ("model", "step"), reference: str | None = None
    ) -> pd.DataFrame:
        """Score the points, group by group.

        Parameters
        ----------
        by : sequence of str
            Columns of the frame; targets are never pooled.
        reference : str, optional
            Model of the ratios. Default: ``RandomWalk`` if it is among the models.

        Returns
        -------
        DataFrame
            One row a group: ``n`` points with an outcome, ``rmse``, ``mae``, ``bias`` (mean error,
            positive where forecasts were too low), and with a reference ``rmse_ratio`` over the
            forecasts that both have made.

        Raises
        ------
        ScoreError
            If a column is unknown, no outcome is out, or the reference is not among the models.
        """
        if unknown := [key for key in by if key not in self.frame]:
            raise ScoreError(f"cannot group by {unknown}; give columns of the frame")
        reference = self._reference(reference)
        keys = list(dict.fromkeys([*(["target"] if "target" not in by else []), *by]))
        error = self.frame["error"].to_numpy()
        if np.isnan(error).all():
            raise ScoreError("no outcome is out yet; use origins further back")
        groups = _Groups.of_frame(self.frame, keys)
        measures = {
            "n": groups.total(~np.isnan(error)).astype(np.int64),
            "rmse": np.sqrt(groups.mean(error**2)),
            "mae": groups.mean(np.abs(error)),
            "bias": groups.mean(error),
        }
        if reference is not None:
            base = self._errors_of(reference)
            both = np.where(np.isnan(base), np.nan, error)
            # Without an error of the reference there is no ratio.
            with np.errstate(divide="ignore", invalid="ignore"):
                measures["rmse_ratio"] = np.sqrt(groups.mean(both**2) / groups.mean(base**2))
        table = pd.DataFrame({**groups.keys, **measures})
        scored = measures["n"] > 0
        return table if scored.all() else table[scored].reset_index(drop=True)

    def _reference(self, given: str | None) -> str | None:
        model = self.frame["model"]
        if given is None:
            return "RandomWalk" if (model == "RandomWalk").any() else None
        if not (model == given).any():
            raise ScoreError(f"no forecasts of the reference {given!r}; there are {set(model)}")
        return given

    def _errors_of(self, model: str) -> Floats:
        """Errors of a model beside every row, NaN where it has made no forecast."""
        its = self.frame.loc[self.frame["model"] == model, [*KEYS, "error"]]
        if its.duplicated(KEYS).any():
            raise ScoreError(f"some forecasts of {model!r} are there twice; drop duplicates first")
        return self.frame[KEYS].merge(its, on=KEYS, how="left")["error"].to_numpy()


class _Groups(NamedTuple):
    """Rows that have the same keys: pandas' own grouping takes as long as all forecasts do."""

    keys: Mapping[str, Any]
    group: npt.NDArray[np.intp]

    @classmethod
    def of_frame(cls, frame: pd.DataFrame, keys: Sequence[str]) -> _Groups:
        found = [pd.factorize(frame[key], sort=True, use_na_sentinel=False) for key in keys]
        sizes = [len(values) for _, values in found]
        cells = np.ravel_multi_index([codes for codes, _ in found], sizes)
        present, group = np.unique(cells, return_inverse=True)
        places = zip(keys, found, np.unravel_index(present, sizes), strict=True)
        return cls({key: values.take(place) for key, (_, values), place in places}, group)

    def total(self, values: npt.ArrayLike) -> Floats:
        """Sum of each group."""
        return np.asarray(np.bincount(self.group, np.asarray(values)), dtype="float64")

    def mean(self, values: Floats) -> Floats:
        """Mean of what is not NaN; NaN where nothing is."""
        there = ~np.isnan(values)
        with np.errstate(invalid="ignore"):
            return self.total(np.where(there, values, 0.0)) / self.total(there)


def screen(
    models: Models,
    panel: Panel | None = None,
    target: str | Sequence[str] = "exports_total",
    origins: Sequence[Day] | None = None,
    steps: int = 12,
) -> Screening:
    """Point forecasts of many specifications from many past origins.

    For trying out series, lags and penalties: nothing is drawn where a model knows the median of
    its law (`VAR` takes all origins in one pass, in milliseconds). What survives goes to
    `tradeshock.forecast.backtest`, which adds distributions, intervals and tests.

    Parameters
    ----------
    models : Model, name, sequence of them, or mapping of label to them
    panel : Panel, optional
        Default: the embedded snapshot. Outcomes are its current figures.
    target : str or sequence of str
        What to forecast; several are forecast jointly, by models that can.
    origins : sequence of days, optional
        Default: as in `tradeshock.forecast.backtest`.
    steps : int
        Months ahead.

    Returns
    -------
    Screening

    Raises
    ------
    BacktestError
        If the arguments make no sense or two models have one name.
    PanelError
        If an origin is outside what the panel knows.
    ModelError
        If a model cannot forecast, or forecasts what is not positive.
    """
    panel = panel_or_embedded(panel)
    targets = as_targets(target)
    named = labelled(models)
    if twice := [name for name, count in Counter(name for name, _ in named).items() if count > 1]:
        raise BacktestError(f"two models are called {twice[0]!r}; give a mapping of label to model")
    if not targets or len(set(targets)) < len(targets):
        raise BacktestError(f"got {list(targets)} as targets; name at least one, and each once")
    steps, days = at_least(1, steps=steps), origins_for(panel, targets[0], origins)
    table = _Table(panel, targets, pd.DatetimeIndex(days), steps)
    points = {name: model.replay_points(panel, targets, days, steps) for name, model in named}
    return Screening(table.filled(points))


class _Table:
    """The rows of all models: origins by steps by targets, one model after the other."""

    def __init__(
        self, panel: Panel, targets: tuple[str, ...], days: pd.DatetimeIndex, steps: int
    ) -> None:
        last = panel.last_known(targets[:1], days)[:, 0] + int(panel.months.asi8[0])
        months = last[:, None] + np.arange(1, steps + 1)
        outcomes = [Outcomes(panel, id).at(months.copy(), "level")[0] for id in targets]
        self._targets, self._days, self._steps = targets, days, steps
        self._months, self._actual = months, np.stack(outcomes, axis=2)
        self._states = panel.states_at(days, targets[0])

    def filled(self, points: Mapping[str, Floats]) -> pd.DataFrame:
        """Table with the points of each model."""
        for name, values in points.items():
            self._refuse_unusable(name, values)
        models, targets, steps = list(points), len(self._targets), self._steps
        size, each = self._actual.size, steps * targets
        days = np.tile(np.repeat(np.arange(len(self._days)), each), len(models))
        point = np.concatenate([values.reshape(-1) for values in points.values()])
        actual = np.tile(self._actual.reshape(-1), len(models))
        month = np.tile(np.repeat(self._months.reshape(-1), targets), len(models))
        column = np.arange(len(models) * size)
        return pd.DataFrame(
            {
                "model": pd.Categorical.from_codes(column // size, pd.Index(models)),
                "target": pd.Categorical.from_codes(column % targets, pd.Index(self._targets)),
                "origin": self._days.to_numpy().astype("datetime64[ns]")[days],
                "state": self._states.take(days),
                "month": months_of(month),
                "step": column % each // targets + 1,
                "point": point,
                "actual": actual,
                "error": 100.0 * (np.log(actual) - np.log(point)),
            }
        )

    def _refuse_unusable(self, name: str, points: Floats) -> None:
        usable = np.isfinite(points) & (points > 0.0)
        if usable.all():
            return
        day, step, id = np.argwhere(~usable)[0]
        raise ModelError(
            f"{name} gave {points[day, step, id]:g} for {self._targets[id]} (step {step + 1}, "
            f"origin {self._days[day].date()}); a target must stay positive and finite, because "
            "errors are taken in logs"
        )
