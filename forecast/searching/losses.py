"""Losses of many specifications side by side, and what each specification's mean is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.forecast.judging.scorable import free_of_rounding

Floats = npt.NDArray[np.float64]
Loss = Literal["squared", "crps"]
# What is shown of a mean loss: its square root where errors were squared.
MEASURES: dict[str, str] = {"squared": "rmse", "crps": "crps"}


@dataclass(frozen=True, eq=False)
class Losses:
    """Losses of one target in one state.

    Parameters
    ----------
    labels : tuple of str
        Specifications, the reference last.
    origins : DatetimeIndex
        Ascending.
    months : ndarray of int, origins by steps
        Ordinals of the months that were forecast.
    values : ndarray, origins by steps by labels
        Squared errors of medians in ``100 * log``, or CRPS; NaN where the outcome is not known.
    """

    labels: tuple[str, ...]
    origins: pd.DatetimeIndex
    months: npt.NDArray[np.int64]
    values: Floats

    @classmethod
    def of(cls, frame: pd.DataFrame, labels: Sequence[str], state: str, loss: Loss) -> Self:
        """Losses of the forecasts of levels in a tidy frame."""
        rows = frame[(frame["quantity"] == "level") & (frame["state"] == state)]
        rows = rows[rows["model"].isin(labels)]
        value = rows["crps"].to_numpy(dtype=float)
        if loss == "squared":
            actual = 100.0 * np.log(rows["actual"].to_numpy(dtype=float))
            median = 100.0 * np.log(rows["q50"].to_numpy(dtype=float))
            value = free_of_rounding(actual - median, actual) ** 2
        steps = range(1, int(rows["step"].max()) + 1) if len(rows) else range(0)
        cells = pd.MultiIndex.from_product([steps, labels])
        table = rows.assign(loss=value).pivot(
            index="origin", columns=["step", "model"], values="loss"
        )
        origins = pd.DatetimeIndex(table.index)
        one = rows[rows["model"] == labels[0]].sort_values(["origin", "step"])
        shape = (len(origins), len(steps))
        return cls(
            tuple(labels),
            origins,
            np.asarray(pd.PeriodIndex(one["month"], freq="M").asi8).reshape(shape),
            table.reindex(columns=cells).to_numpy(dtype=float).reshape(*shape, len(labels)),
        )

    def within(self, first: pd.Period, last: pd.Period) -> Losses:
        """The same, unknown where the month is outside a window."""
        inside = (self.months >= first.ordinal) & (self.months <= last.ordinal)
        values = np.where(inside[:, :, None], self.values, np.nan)
        return Losses(self.labels, self.origins, self.months, values)

    @property
    def counts(self) -> npt.NDArray[np.intp]:
        """Number of known forecasts by steps; all specifications have the same."""
        known: npt.NDArray[np.intp] = (~np.isnan(self.values).any(axis=2)).sum(axis=0)
        return known

    def means(self) -> Floats:
        """Mean loss, steps by labels; NaN where nothing is known."""
        counts = self.counts[:, None]
        with np.errstate(invalid="ignore"):
            mean: Floats = np.nansum(self.values, axis=0) / np.where(counts, counts, np.nan)
        return mean


def best(means: Floats, each_step: bool) -> npt.NDArray[np.intp]:
    """Position of the best specification at each step.

    Parameters
    ----------
    means : ndarray, steps by labels
        Mean losses, the reference's last, no NaN.
    each_step : bool
        Whether every step has its own; otherwise all have the one with the smallest mean over
        steps of its loss divided by the reference's.

    Returns
    -------
    ndarray, steps
        The first of those that are equal. The reference is not among the choices.
    """
    tried = means[:, :-1]
    if each_step:
        return np.asarray(np.argmin(tried, axis=1))
    return np.full(len(means), np.argmin((tried / means[:, -1:]).mean(axis=0)))
