"""Reconciliation of forecasts that must add up, on arrays alone."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tradeshock.features.errors import ModelError

Floats = npt.NDArray[np.float64]
# Newton's full steps swing about the least move where a draw is far off, half steps do not.
DAMPED_STEPS = 40
LONGEST_STEP = 2.0
# Then draws are brought to add up, which is quick: an error is squared with each step.
RESTORING_STEPS = 50
NEAR = 1e-8


def shrunk_covariance(errors: Floats) -> Floats:
    """Covariance of errors about zero, correlations shrunk towards none.

    The share by which they are shrunk is the one of least expected squared error, estimated from
    the errors (Schäfer and Strimmer 2005, target D: variances as they are), as in MinT-shrink of
    Wickramasuriya, Athanasopoulos and Hyndman (2019).

    Parameters
    ----------
    errors : ndarray, observations by series

    Returns
    -------
    ndarray, series by series
    """
    n = len(errors)
    scale = np.sqrt((errors**2).mean(axis=0))
    standard = errors / np.where(scale > 0.0, scale, 1.0)
    products = standard.T @ standard
    variances = ((standard**2).T @ standard**2 - products**2 / n) / (n * (n - 1))
    correlations = products / n
    off = ~np.eye(len(scale), dtype=bool)
    squares = (correlations[off] ** 2).sum()
    shrinkage = np.clip(variances[off].sum() / squares, 0.0, 1.0) if squares > 0.0 else 1.0
    return np.outer(scale, scale) * np.where(off, (1.0 - shrinkage) * correlations, 1.0)


def reconciled(values: Floats, covariance: Floats, constraints: Floats) -> Floats:
    """Amounts that add up, moved least in the metric of the covariance of their log errors.

    Minimum trace reconciliation (Wickramasuriya, Athanasopoulos and Hyndman 2019) of each draw,
    in logs: of all ``y * exp(e)`` with ``C (y * exp(e)) = 0`` the one of least ``e' V^-1 e``.
    To first order that is MinT itself with ``W = diag(y) V diag(y)``, in the form with
    constraints, ``y - W C' (C W C')^-1 C y``, which needs no inverse of ``W``. In logs, what is
    positive stays so; a linear projection of draws far from their median makes negative parts and
    even totals.

    Parameters
    ----------
    values : ndarray, draws by series
        ``y``, above zero.
    covariance : ndarray, series by series
        ``V``: of the errors of the logs.
    constraints : ndarray, constraints by series
        ``C``: a total has 1, its parts -1.

    Returns
    -------
    ndarray, draws by series

    Raises
    ------
    ModelError
        If the errors of a constraint do not vary, or a draw cannot be made to add up.
    """
    moves = np.zeros_like(values)
    moved: Floats = values
    for count in range(DAMPED_STEPS):
        slopes = constraints * moved[:, None, :]
        wanted = (slopes @ moves[:, :, None])[:, :, 0] - moved @ constraints.T
        step = _least(slopes, wanted, covariance) - moves
        longest = np.abs(step).max(axis=1, keepdims=True)
        damping = 1.0 if count == 0 else 0.5
        moves = moves + damping * step * (LONGEST_STEP / np.maximum(longest, LONGEST_STEP))
        moved = values * np.exp(moves)
    for _ in range(RESTORING_STEPS):
        gaps = moved @ constraints.T
        near = (np.abs(gaps) <= NEAR * moved.max(axis=1, keepdims=True)).all()
        slopes = constraints * moved[:, None, :]
        moved = moved * np.exp(_least(slopes, -gaps, covariance).clip(-LONGEST_STEP, LONGEST_STEP))
        if near:
            return moved
    raise ModelError(
        "a draw of the total and its parts cannot be made to add up; the forecasts of parts and "
        "total are too far from each other for their past errors"
    )


def _least(slopes: Floats, wanted: Floats, covariance: Floats) -> Floats:
    """Least ``e`` in the metric of a covariance with ``slopes e = wanted``, draws by series."""
    lifted = slopes @ covariance
    try:
        weights = np.linalg.solve(lifted @ slopes.transpose(0, 2, 1), wanted[:, :, None])
    except np.linalg.LinAlgError:
        raise ModelError(
            "past errors of a total and its parts do not vary, so nothing says which of the "
            "forecasts to move; give errors of real forecasts"
        ) from None
    least: Floats = (lifted.transpose(0, 2, 1) @ weights)[:, :, 0]
    return least
