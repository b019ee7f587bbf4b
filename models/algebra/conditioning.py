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
condition at step 2 moves step 1. A target instead of an observation is met by every draw, each with
a value of its own: ``v`` stays in the correction and leaves the gain.

One law is solved by singular values, many at once (of origins, or of draws of the parameters) by
`innovations_of_many`.

Shapes: ``n`` series, ``p`` lags, ``T`` steps, ``k`` conditions, ``q`` independent innovations.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tradeshock.features.errors import ConditionError
from tradeshock.models.algebra.linear_conditions import LinearConditions
from tradeshock.models.algebra.recursion import moving_average, simulate

__all__ = ["GaussianFuture", "conditional_shift", "innovations_of_many", "root_of"]

Array = npt.NDArray[np.float64]

# A direction whose standard deviation is this small a part of the largest one is a duplicate.
_RANK_TOLERANCE = 1e-9
# Duplicated conditions may differ by so many standard deviations and still be called equal.
_CONSISTENCY_TOLERANCE = 1e-8
# Smallest eigenvalue of the correlation of conditions: below it some of them nearly repeat each
# other, and only singular values tell how to weigh them.
_LEAST_EIGENVALUE = 1e-6


def root_of(covariance: Array) -> Array:
    """Square root of one or many covariance matrices; singular ones are allowed."""
    values, vectors = np.linalg.eigh(covariance)
    root: Array = vectors * np.sqrt(np.clip(values, 0.0, None))[..., None, :]
    return root


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
        mean = simulate(coefs, lags, drift)[0]
        impact = np.broadcast_to(root_of(covariance), (steps, n, n))
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
        rows = conditions.rows
        seen = np.hstack([rows @ self.root, np.diag(conditions.noise)])
        scale = np.linalg.norm(seen, axis=1)
        scale[scale == 0.0] = 1.0
        innovations, certain = _by_singular_values(seen / scale[:, None], self.root.shape[1])
        surprise = conditions.values - (rows @ self.mean.ravel())
        _refuse_contradiction(surprise / scale, certain, conditions.labels)
        gain: Array = self.root @ innovations / scale
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
        rows = conditions.rows
        gain = self.gain(conditions)
        surprise = conditions.values[0] - rows @ self.mean.ravel()
        mean = self.mean + (gain @ surprise).reshape(self.mean.shape)
        root = np.hstack([self.root - gain @ (rows @ self.root), gain * conditions.sd])
        return GaussianFuture(mean, root)


def _by_singular_values(seen: Array, q: int) -> tuple[Array, Array]:
    """Least-norm innovations of one law, and the combinations of conditions that cannot vary.

    Singular values of the scaled rows rather than eigenvalues of their covariance: squaring would
    make duplicates and nearly equal conditions indistinguishable.
    """
    left, size, right = np.linalg.svd(seen, full_matrices=False)
    kept = size > _RANK_TOLERANCE * max(float(size.max()), _RANK_TOLERANCE)
    solution = right[kept].T[:q] / size[kept]
    return solution @ left[:, kept].T, left[:, ~kept]


def innovations_of_many(seen: Array, noise: Array) -> tuple[Array, npt.NDArray[np.bool_]]:
    """Innovations of least norm that answer a unit surprise in each condition, of many laws.

    ``H' (H H' + diag(noise**2))^-1`` by normal equations, which lose half of the digits; laws whose
    conditions nearly repeat each other are solved by singular values instead.

    Parameters
    ----------
    seen : ndarray, shape (L, k, q)
        ``H = R G`` of each law: its conditions as sums of independent innovations.
    noise : ndarray, shape (k,)
        Standard deviation of the noise of each condition, 0 for hard ones.

    Returns
    -------
    innovations : ndarray, shape (L, q, k)
    safe : ndarray of bool, shape (L,)
        Where normal equations were good enough.
    """
    k, q = seen.shape[1:]
    among = seen @ seen.swapaxes(1, 2)
    among[:, np.arange(k), np.arange(k)] += noise**2
    scale = np.sqrt(np.diagonal(among, axis1=1, axis2=2))
    scale = np.where(scale == 0.0, 1.0, scale)
    correlation = among / (scale[:, :, None] * scale[:, None, :])
    safe = np.linalg.eigvalsh(correlation)[:, 0] > _LEAST_EIGENVALUE
    correlation[~safe] = np.eye(k)
    scaled = seen / scale[:, :, None]
    answers = np.linalg.solve(correlation, scaled).swapaxes(1, 2) / scale[:, None, :]
    for i in np.flatnonzero(~safe).tolist():
        rows = np.hstack([scaled[i], np.diag(noise / scale[i])])
        answers[i] = _by_singular_values(rows, q)[0] / scale[i]
    return answers, safe


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
    rows = conditions.rows
    surprise = conditions.values - draws.reshape(len(draws), -1) @ rows.T
    if np.any(conditions.sd > 0.0):
        surprise = surprise - conditions.sd * rng.standard_normal(surprise.shape)
    return (surprise @ future.gain(conditions).T).reshape(draws.shape)
