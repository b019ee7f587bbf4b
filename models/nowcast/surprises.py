"""What a month's early counts say beyond what was expected of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tradeshock.models.algebra.robust import huber_regressions

Floats = npt.NDArray[np.float64]
EXPECTED, READ, COUNTED, ACTUAL = 0, slice(1, 3), 3, 4
HALF_LIFE = 60.0
PRIOR_MONTHS = 12.0


def bridge_weights(past: Sequence[Floats], counted: Floats) -> Floats:
    """Weights of the two surprises, from robust ridge regressions of surprises on surprises.

    Parameters
    ----------
    past : sequence of ndarray, months by (expected, ratio, share, counted, actual)
        In logs; one for each running month.
    counted : ndarray
        Share of each running month's working days that is in.

    Returns
    -------
    ndarray, running months by 2
        Shrunk toward equal weights that sum to that share, as if 12 months had said so.
    """
    count = np.array([len(table) for table in past]) + 2
    x = np.zeros((len(past), count.max(), 2))
    y, discount = np.zeros(x.shape[:2]), np.zeros(x.shape[:2])
    prior = np.tile(counted[:, None] / 2.0, (1, 2))
    for i, table in enumerate(past):
        n = len(table)
        x[i, :n] = table[:, READ] - table[:, [EXPECTED]]
        x[i, n : n + 2] = np.sqrt(PRIOR_MONTHS * np.mean(x[i, :n] ** 2)) * np.eye(2)
        y[i, :n] = table[:, ACTUAL] - table[:, EXPECTED] - x[i, :n] @ prior[i]
        discount[i, :n] = 0.5 ** (np.arange(n)[::-1] / HALF_LIFE)
        discount[i, n : n + 2] = 1.0
    weights: Floats = prior + huber_regressions(x, y, discount, count)
    return weights


def missed_by(table: Floats, rows: Sequence[int]) -> list[float]:
    """Error of the nowcast of some months by what the months before them say, log points."""
    now = table[rows]
    weights = bridge_weights([table[:row] for row in rows], now[:, COUNTED])
    surprise = ((now[:, READ] - now[:, [EXPECTED]]) * weights).sum(axis=1)
    return [float(error) for error in now[:, ACTUAL] - now[:, EXPECTED] - surprise]
