"""Direct ridge regressions of all steps at many consecutive origins, from one factorisation.

The outcome of step h at row s is known at row s + h, so the cross-products of step h at origin t
are those of step 1 at origin t - h + 1. One pass over the rows therefore serves every step of every
origin: step h of origin t takes the coefficients that stand after row t - h.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tradeshock.features.errors import ShortHistoryError
from tradeshock.models.replay_least_squares import replay_regression

__all__ = ["replay_ridge"]

Array = npt.NDArray[np.float64]


def replay_ridge(X: Array, outcomes: Array, penalty: float, first: int) -> Array:
    """Forecasts of direct ridge regressions, ``x_t (X'X + penalty I)^-1 X'y``, at every origin.

    Parameters
    ----------
    X : ndarray, shape (N, k)
        Regressors of each row, in comparable units.
    outcomes : ndarray, shape (N, steps)
        Column h - 1 is what came ``h`` rows later: known of row s at row s + h. Rows whose outcome
        is not known by the last row may be NaN.
    penalty : float
        Of all regressors, positive.
    first : int
        Row of the first origin; every later row is one too.

    Returns
    -------
    ndarray, shape (N - first, steps)
        Forecasts from rows ``first``, ``first + 1``, ...; step h learns from rows up to t - h.

    Raises
    ------
    ShortHistoryError
        If the first origin knows no outcome of the last step.
    """
    steps, k = outcomes.shape[1], X.shape[1]
    if first < steps:
        raise ShortHistoryError(
            f"got a first origin in row {first}, which knows no outcome {steps} rows ahead; "
            f"expected at least row {steps}"
        )
    # The penalty is k rows more. Rows of no weight make the first window long enough.
    padding = steps + k
    head = np.zeros((k + padding, k))
    head[:k] = np.sqrt(penalty) * np.eye(k)
    rows = np.vstack([head, X[:-1]])
    known = np.vstack([np.zeros((k + padding, steps)), np.nan_to_num(outcomes[:-1])])
    begin = first - steps + 1
    # A row whose outcome is not known yet stands behind all that this step looks at.
    coefficients, _ = replay_regression(rows, known, k + padding + begin)
    origins = np.arange(first, len(X))
    after = origins[:, None] - np.arange(1, steps + 1) + 1 - begin
    picked = coefficients[after, :, np.arange(steps)]
    return np.asarray(np.einsum("tk,thk->th", X[origins], picked))
