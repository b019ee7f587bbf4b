"""What is published or assumed of a system's future, as linear restrictions on it.

Shapes: ``n`` series, ``T`` steps, ``k`` conditions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["LinearConditions", "Soft", "level_conditions", "value_conditions"]

Array = npt.NDArray[np.float64]
Soft = Literal["observation", "target"]


@dataclass(frozen=True)
class LinearConditions:
    """Linear restrictions on the future of a system.

    Parameters
    ----------
    weights : ndarray, shape (k, T, n)
        Row ``j`` restricts ``sum(weights[j] * z)``.
    values : ndarray, shape (draws, k)
        What each row is to equal; one row of values serves every draw.
    sd : ndarray, shape (k,)
        Standard deviation of a soft condition, 0 for a hard one.
    labels : tuple of str
        What each row is called in an error message.
    soft : {"observation", "target"}
        Whether a soft row is a noisy observation of the future or the law that it shall have.
    """

    weights: Array
    values: Array
    sd: Array
    labels: tuple[str, ...]
    soft: Soft = "observation"

    def __len__(self) -> int:
        return len(self.sd)

    @property
    def rows(self) -> Array:
        """Weights of the stacked path, shape (k, T * n)."""
        return self.weights.reshape(len(self), -1)

    @property
    def noise(self) -> Array:
        """Standard deviation of the noise that hides the future, shape (k,): none of targets."""
        return np.zeros_like(self.sd) if self.soft == "target" else self.sd

    @property
    def noisy(self) -> npt.NDArray[np.bool_]:
        """Which rows are observations with noise; all others are met by every draw."""
        return self.noise > 0.0

    def where(self, kept: npt.NDArray[np.bool_]) -> LinearConditions:
        """Some of the rows."""
        labels = tuple(label for label, keep in zip(self.labels, kept, strict=True) if keep)
        return LinearConditions(
            self.weights[kept], self.values[:, kept], self.sd[kept], labels, self.soft
        )


def level_conditions(
    base: Array,
    known: Array,
    sd: Array,
    series: Sequence[str],
    index: pd.PeriodIndex,
    soft: Soft = "observation",
) -> LinearConditions:
    """Conditions on levels of series that the system models in first differences.

    The (log) level at step ``h`` is the last known one plus the cumulated growth, so a level is
    linear in the growth rates.

    Parameters
    ----------
    base : ndarray, shape (n,)
        (Log) level in the month before step 1.
    known : ndarray, shape (T, n) or (draws, T, n)
        (Log) levels that are published or assumed, NaN where the future is free. Free cells are
        the same in every draw.
    sd : ndarray, shape (T, n)
        Standard deviations of soft conditions in the unit of `known`; 0 is hard.
    series : sequence of str
        Names of the ``n`` series, for error messages.
    index : PeriodIndex
        The ``T`` months, for error messages.
    soft : {"observation", "target"}
        As in `LinearConditions`.

    Returns
    -------
    LinearConditions
    """
    rows = value_conditions(known, sd, series, index, soft)
    # The level of a step is the sum of the growth up to it: the cell's weight fills its past
    until = np.cumsum(rows.weights[:, ::-1], axis=1)[:, ::-1]
    column = rows.weights.any(axis=1).argmax(axis=1)
    return LinearConditions(until, rows.values - base[column], rows.sd, rows.labels, soft)


def value_conditions(
    known: Array,
    sd: Array,
    series: Sequence[str],
    index: pd.PeriodIndex,
    soft: Soft = "observation",
) -> LinearConditions:
    """Conditions on the very values that the system models.

    Parameters
    ----------
    known, sd, series, index, soft
        As in `level_conditions`, in the unit of the system's values.

    Returns
    -------
    LinearConditions
    """
    known = known[None] if known.ndim == 2 else known
    step, column = np.nonzero(~np.isnan(known[0]))
    weights = np.zeros((len(step), *known.shape[1:]))
    weights[np.arange(len(step)), step, column] = 1.0
    cells = zip(step.tolist(), column.tolist(), strict=True)
    labels = tuple(f"{series[j]} in {index[t]}" for t, j in cells)
    return LinearConditions(weights, known[:, step, column], sd[step, column], labels, soft)
