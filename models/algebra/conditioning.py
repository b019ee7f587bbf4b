"""The one Gaussian conditioning kernel: ragged edges and scenario conditions alike.

A vector autoregression in growth, ``z_t = d_t + A_1 z_{t-1} + ... + A_p z_{t-p} + e_t``, makes the
stacked future ``z = (z_1, ..., z_T)`` a linear function of its innovations, ``z = m + G u`` with
``u`` standard normal. Conditions are linear in ``z``: ``R z = r`` (hard) or ``R z + v = r`` with
``v ~ N(0, diag(sd**2))`` (soft). A path drawn without conditions becomes a path drawn under them by
one joint correction (Durbin and Koopman 2002, "simulate and correct"):

    z* = z + K (r - R z - v),    K = G H' (H H' + diag(sd**2))^+,    H = R G

which for Gaussian innovations is an exact draw from the conditional law of Waggoner and Zha (1999)
in the form of Andersson, Palmqvist and Waggoner (2010), and for resampled innovations meets the
conditions exactly with the least-norm change of the innovations. All conditions act jointly, so a
condition at step 2 moves step 1.

Shapes: ``n`` series, ``p`` lags, ``T`` steps, ``k`` conditions, ``q`` independent innovations.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.errors import ConditionError
from tradeshock.models.algebra.recursion import moving_average, simulate

__all__ = [
    "GaussianFuture",
    "LinearConditions",
    "conditional_shift",
    "level_conditions",
    "value_conditions",
]

Array = npt.NDArray[np.float64]

# A direction whose standard deviation is this small a part of the largest one is a duplicate.
_RANK_TOLERANCE = 1e-9
# Duplicated conditions may differ by so many standard deviations and still be called equal.
_CONSISTENCY_TOLERANCE = 1e-8


def _root(covariance: Array) -> Array:
    """Square root of one or many covariance matrices; singular ones are allowed."""
    values, vectors = np.linalg.eigh(covariance)
    root: Array = vectors * np.sqrt(np.clip(values, 0.0, None))[..., None, :]
    return root


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
    """

    weights: Array
    values: Array
    sd: Array
    labels: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.sd)


def level_conditions(
    base: Array, known: Array, sd: Array, series: Sequence[str], index: pd.PeriodIndex
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

    Returns
    -------
    LinearConditions
    """
    rows = value_conditions(known, sd, series, index)
    # The level of a step is the sum of the growth up to it: the cell's weight fills its past
    until = np.cumsum(rows.weights[:, ::-1], axis=1)[:, ::-1]
    column = rows.weights.any(axis=1).argmax(axis=1)
    return LinearConditions(until, rows.values - base[column], rows.sd, rows.labels)


def value_conditions(
    known: Array, sd: Array, series: Sequence[str], index: pd.PeriodIndex
) -> LinearConditions:
    """Conditions on the very values that the system models.

    Parameters
    ----------
    known, sd, series, index
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
    return LinearConditions(weights, known[:, step, column], sd[step, column], labels)


@dataclass(frozen=True)
class GaussianFuture:
    """Joint normal law of a system's next months, ``z = mean + root @ u``.

    Parameters
    ----------
    mean : ndarray, shape (T, n)
        Expected path.
    root : ndarray, shape (T * n, q)
        Response of the stacked path, step by step, to ``q`` standard normal innovations.
    """

    mean: Array
    root: Array

    @classmethod
    def from_var(cls, coefs: Array, lags: Array, drift: Array, covariance: Array) -> GaussianFuture:
        """Law of the future of a vector autoregression.

        Parameters
        ----------
        coefs : ndarray, shape (p, n, n)
            ``coefs[l]`` multiplies the value ``l + 1`` months ago.
        lags : ndarray, shape (p, n)
            Last observed values, oldest first.
        drift : ndarray, shape (T, n)
            Deterministic part of each step.
        covariance : ndarray, shape (n, n) or (T, n, n)
            Covariance of the innovations, the same at every step or one for each.
        """
        steps, n = drift.shape
        mean = simulate(coefs, lags, drift, np.zeros((1, steps, n)))[0]
        impact = np.broadcast_to(_root(covariance), (steps, n, n))
        responses = moving_average(coefs, steps)
        root = np.zeros((steps, n, steps, n))
        for origin in range(steps):
            root[origin:, :, origin] = responses[: steps - origin] @ impact[origin]
        return cls(mean, root.reshape(steps * n, steps * n))

    @property
    def covariance(self) -> Array:
        """Covariance of the stacked path, shape (T * n, T * n)."""
        return self.root @ self.root.T

    def gain(self, conditions: LinearConditions) -> Array:
        """Change of the stacked path for a unit surprise in each condition.

        Parameters
        ----------
        conditions : LinearConditions
            Restrictions; those that repeat others are allowed if they agree.

        Returns
        -------
        ndarray, shape (T * n, k)

        Raises
        ------
        ConditionError
            If hard conditions contradict each other or the certain part of the future.
        """
        rows = conditions.weights.reshape(len(conditions), -1)
        seen = np.hstack([rows @ self.root, np.diag(conditions.sd)])
        scale = np.linalg.norm(seen, axis=1)
        scale[scale == 0.0] = 1.0
        # Singular values of the scaled rows rather than eigenvalues of their covariance: squaring
        # would make duplicates and nearly equal conditions indistinguishable.
        left, size, right = np.linalg.svd(seen / scale[:, None], full_matrices=False)
        kept = size > _RANK_TOLERANCE * max(float(size.max()), _RANK_TOLERANCE)
        surprise = conditions.values - (rows @ self.mean.ravel())
        _refuse_contradiction(surprise / scale, left[:, ~kept], conditions.labels)
        solution = right[kept].T[: self.root.shape[1]] / size[kept]
        gain: Array = self.root @ (solution @ left[:, kept].T) / scale
        return gain

    def conditioned(self, conditions: LinearConditions) -> GaussianFuture:
        """Law of the same future once the conditions hold.

        The covariance is taken in Joseph's form, ``(I - KR) G G' (I - KR)' + K diag(sd**2) K'``,
        so it stays positive semi-definite in floating point.

        Parameters
        ----------
        conditions : LinearConditions
            With one row of values (the same for every draw).

        Returns
        -------
        GaussianFuture

        Raises
        ------
        ConditionError
            If hard conditions contradict each other, or values differ from draw to draw.
        """
        if len(conditions) == 0:
            return self
        if len(conditions.values) != 1:
            raise ConditionError(
                f"got conditions with {len(conditions.values)} rows of values, expected one row: "
                "values that differ from draw to draw have no single conditional law; use "
                "conditional_shift on the draws"
            )
        rows = conditions.weights.reshape(len(conditions), -1)
        gain = self.gain(conditions)
        surprise = conditions.values[0] - rows @ self.mean.ravel()
        mean = self.mean + (gain @ surprise).reshape(self.mean.shape)
        root = np.hstack([self.root - gain @ (rows @ self.root), gain * conditions.sd])
        return GaussianFuture(mean, root)


def _refuse_contradiction(surprise: Array, free: Array, labels: tuple[str, ...]) -> None:
    """Raise if a combination of conditions that cannot vary is asked to differ from its value."""
    if free.shape[1] == 0:
        return
    gap = np.abs(surprise @ free).max(axis=0)
    worst = int(gap.argmax())
    if gap[worst] <= _CONSISTENCY_TOLERANCE:
        return
    loading = np.abs(free[:, worst])
    involved = [labels[row] for row in np.nonzero(loading > 1e-3 * loading.max())[0]]
    raise ConditionError(
        f"got hard conditions that cannot hold together: {', '.join(involved)}; drop one of them, "
        "make them agree, or give one a standard deviation so that it is soft"
    )


def conditional_shift(
    future: GaussianFuture,
    draws: Array,
    conditions: LinearConditions,
    rng: np.random.Generator,
) -> Array:
    """Conditional minus unconditional path, draw by draw.

    Added to the draws it makes them meet the conditions. Other models that contain no future
    drivers borrow it: their own draws plus the shift of the variable that both have.

    Parameters
    ----------
    future : GaussianFuture
        Law from which the draws come (or whose second moments they share).
    draws : ndarray, shape (draws, T, n)
        Unconditional paths.
    conditions : LinearConditions
        Restrictions; `values` has one row, or one row a draw.
    rng : numpy.random.Generator
        Source of the slack of soft conditions; untouched when all conditions are hard.

    Returns
    -------
    ndarray, shape (draws, T, n)
        Exact zeros when there are no conditions.

    Raises
    ------
    ConditionError
        If hard conditions contradict each other, or the number of rows of values is neither one
        nor the number of draws.
    """
    if len(conditions) == 0:
        return np.zeros_like(draws)
    if len(conditions.values) not in (1, len(draws)):
        raise ConditionError(
            f"got {len(conditions.values)} rows of condition values for {len(draws)} draws; give "
            "one value for all draws or one for each"
        )
    rows = conditions.weights.reshape(len(conditions), -1)
    surprise = conditions.values - draws.reshape(len(draws), -1) @ rows.T
    if np.any(conditions.sd > 0.0):
        surprise = surprise - conditions.sd * rng.standard_normal(surprise.shape)
    return (surprise @ future.gain(conditions).T).reshape(draws.shape)
