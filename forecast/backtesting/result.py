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
        models = self.frame["model"].nunique()
        origins = self.frame["origin"].nunique()
        return f"Backtest: {models} models from {origins} origins{self._summary()}"

    def _repr_html_(self) -> str:
        return f"<pre>{escape(repr(self))}</pre>"

    def _summary(self) -> str:
        """Root mean squared errors of levels, models by step; empty where nothing is out yet."""
        level = self.frame[(self.frame["quantity"] == "level") & self.frame["actual"].notna()]
        if level.empty:
            return ""
        squared = (100.0 * np.log((level["actual"] / level["q50"]).to_numpy(dtype=float))) ** 2
        means = level.assign(squared=squared).groupby(["target", "model", "step"])["squared"].mean()
        table = means.pow(0.5).unstack("step").round(2)
        return f", RMSE by step, 100 log\n{table.to_string()}"

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
            `RandomWalk` if it is among the models.
        """
        if "reference" not in kw and "RandomWalk" not in set(self.frame["model"]):
            kw["reference"] = None
        return scores(self.frame, by=list(by), **kw)

    def plot(self, quantity: str = "level", ax: Axes | None = None) -> Axes:
        """Draw each model's root mean squared error by step.

        Parameters
        ----------
        quantity : {"level", "yoy"}
            Errors of levels in ``100 * log``, of growth rates in percentage points.
        ax : Axes, optional
            Default: new ones.
        """
        from matplotlib import pyplot as plt

        if ax is None:
            ax = plt.subplots(layout="constrained")[1]
        table = self.scores(("model", "step"), reference=None)
        table = table[table["quantity"] == quantity]
        several = table["target"].nunique() > 1
        for (model, target), rows in table.groupby(["model", "target"], sort=False):
            label = f"{model}, {target}" if several else str(model)
            ax.plot(rows["step"], rows["rmse"], marker="o", markersize=3, label=label)
        unit = "100 log" if quantity == "level" else "percentage points"
        ax.set(xlabel="step (months ahead)", ylabel=f"RMSE, {unit}")
        ax.set_xticks(np.unique(table["step"]))
        ax.set_ylim(bottom=0.0)
        ax.legend(frameon=False)
        return ax


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
