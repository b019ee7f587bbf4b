"""What a backtest gives back."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tradeshock.features.errors import BacktestError
from tradeshock.forecast.judging.scores import scores
from tradeshock.models.record.record import Record

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True)
class Failure:
    """One model's chunk that failed.

    Parameters
    ----------
    model : str
    year : int, optional
        Calendar year of the origins; None if it is about all of them.
    message : str
        Type and text of the exception.
    details : str
        Traceback, empty if there is none.
    """

    model: str
    year: int | None
    message: str
    details: str = ""


@dataclass(frozen=True, eq=False)
class Backtest:
    """Forecasts from past origins, with what came out.

    Parameters
    ----------
    frame : DataFrame
        One row a model, target, origin, step and quantity (see
        `tradeshock.models.record.rows.forecast_rows`), in the order of models and origins.
    functionals : DataFrame
        Reduced from whole paths (see `tradeshock.forecast.backtesting.functionals.reduce`).
    record : Record
        The same forecasts as a record, with those of wrappers' members and of the warm-up.
    failures : tuple of Failure
        What is missing, and why. Empty unless the result hangs on a `BacktestError`.
    """

    frame: pd.DataFrame
    functionals: pd.DataFrame
    record: Record
    failures: tuple[Failure, ...] = ()

    def __repr__(self) -> str:
        errors = self._errors()
        return self._headline if errors is None else f"{self._headline}\n{errors.to_string()}"

    def _repr_html_(self) -> str:
        errors = self._errors()
        table = "" if errors is None else errors.to_html()
        return f"<p>{escape(self._headline)}</p>{table}"

    @property
    def _headline(self) -> str:
        models = self.frame["model"].nunique()
        origins = self.frame["origin"].nunique()
        errors = "" if self._errors() is None else ", RMSE by step, 100 log"
        return f"Backtest: {models} models from {origins} origins{errors}"

    def _errors(self) -> pd.DataFrame | None:
        """Root mean squared errors of levels, models by step; None where nothing is out yet."""
        level = self.frame[(self.frame["quantity"] == "level") & self.frame["actual"].notna()]
        if level.empty:
            return None
        squared = (100.0 * np.log((level["actual"] / level["q50"]).to_numpy(dtype=float))) ** 2
        means = level.assign(squared=squared).groupby(["target", "model", "step"])["squared"].mean()
        return means.pow(0.5).unstack("step").round(2)

    def scores(
        self, by: tuple[str, ...] | list[str] = ("model", "step"), **kw: Any
    ) -> pd.DataFrame:
        """Score the forecasts, group by group.

        Parameters
        ----------
        by : sequence of str
            Columns of the frame, ``window``, ``episode``, ``phase``, ``month_of_year``, ``year``.
        **kw
            Passed to `tradeshock.forecast.judging.scores.scores`. The reference of ratios is
            the model labelled ``RandomWalk``; where none is, there are no ratios and no test, and
            ``note`` says how to name another reference.
        """
        labels = list(dict.fromkeys(self.frame["model"]))
        if "reference" in kw or "RandomWalk" in labels:
            return scores(self.frame, by=list(by), **kw)
        table = scores(self.frame, by=list(by), **kw, reference=None)
        why = (
            "no ratios, for no model is labelled RandomWalk: name the reference, such as "
            f"scores(reference={labels[0]!r})"
        )
        return table.assign(note=[f"{note}; {why}" if note else why for note in table["note"]])

    def plot(self, quantity: str = "level", ax: Axes | None = None) -> Axes:
        """Draw each model's root mean squared error by step.

        Parameters
        ----------
        quantity : {"level", "yoy"}
            Errors of levels in ``100 * log``, of growth rates in percentage points.
        ax : Axes, optional
            Default: new ones.

        Returns
        -------
        Axes
            One line a model, and target and state where there are several of these.

        Raises
        ------
        ScoreError
            If there are no forecasts of this quantity, or none has an outcome.
        """
        # A backtest is often run where nothing is drawn.
        from tradeshock.forecast.plots.judged.errors import plot_errors

        return plot_errors(_with_labels_as_models(self.frame), quantity=quantity, ax=ax)


def _with_labels_as_models(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame as if it had one target and state, with those of each model in its name."""
    several = [column for column in ("target", "state") if frame[column].nunique() > 1]
    if not several:
        return frame
    names = frame[["model", *several]].astype(str).agg(", ".join, axis=1)
    return frame.assign(model=names, **{column: f"several {column}s" for column in several})


class IncompleteBacktestError(BacktestError):
    """Models failed in a backtest; what the others gave is kept.

    Attributes
    ----------
    result : Backtest
        What was finished, and the failures with their tracebacks.
    """

    def __init__(self, result: Backtest) -> None:
        self.result = result
        failed = {failure.model: failure for failure in reversed(result.failures)}
        lines = []
        for model, failure in reversed(failed.items()):
            years = [other.year for other in result.failures if other.model == model]
            when = f" ({', '.join(map(str, years))})" if failure.year is not None else ""
            lines.append(f"  {model}{when}: {failure.message}")
        super().__init__(
            f"{len(failed)} of the models failed; what was finished is in this error's .result\n"
            + "\n".join(lines)
        )

    def __reduce__(self) -> tuple[Any, ...]:
        """Survive the way to another process with all that was finished."""
        return type(self), (self.result,)
