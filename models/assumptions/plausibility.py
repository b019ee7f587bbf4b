"""How far out assumed values are, measured by a model's own draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import chi2

from tradeshock.features.errors import ConditionError
from tradeshock.models.assumptions.entries import Cell

Floats = npt.NDArray[np.float64]
# Directions whose standard deviation is this small a part of the largest are no directions.
_RANK_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Plausibility:
    """How far out a set of assumed values is.

    Parameters
    ----------
    distance : float
        Mahalanobis distance of the assumed values from the mean of the draws.
    share : float
        Share of the model's own unconditional draws that are at least as far out, 0 to 1. With
        heavy tails and uncertain coefficients this is the one to look at.
    normal_share : float
        The same share if the draws were normal: the chi-squared tail of the distance.
    furthest : dict of str to Period
        For each series the month in which it is furthest out, alone.
    scores : dict of (str, Period) to float
        For each value its distance from the mean in standard deviations of the draws.
    """

    distance: float
    share: float
    normal_share: float
    furthest: dict[str, pd.Period]
    scores: dict[Cell, float]

    @property
    def text(self) -> str:
        """One sentence for people."""
        return f"{self.share:.0%} of the model's own draws are as far out as what is assumed"


def plausibility_of(draws: Floats, values: Floats, cells: Sequence[Cell]) -> Plausibility:
    """Measure assumed values by draws of the same cells.

    The squared distance is ``(v - m)' S^+ (v - m)`` with mean ``m`` and covariance ``S`` of the
    draws (Mahalanobis 1936); the share counts draws whose own distance is at least that.

    Parameters
    ----------
    draws : ndarray, draws by cells
        Unconditional draws, in logs where the series is modelled in logs.
    values : ndarray, shape (cells,)
        Assumed values in the same measure.
    cells : sequence of (str, Period)
        Series and month of each column.

    Raises
    ------
    ConditionError
        If there are no cells, or no more draws than cells.

    Examples
    --------
    >>> draws = np.random.default_rng(0).standard_normal((10_000, 1))
    >>> found = plausibility_of(draws, np.array([1.96]), [("usdkrw", pd.Period("2026-07", "M"))])
    >>> round(found.share, 2), round(found.normal_share, 2)
    (0.05, 0.05)
    """
    n, k = draws.shape
    if k == 0 or n <= k:
        raise ConditionError(
            f"got {k} assumed values and {n} draws; plausibility needs at least one value and more "
            "draws than values: give conditions, or raise n_draws"
        )
    apart = draws - draws.mean(axis=0)
    gap = values - draws.mean(axis=0)
    scale = apart.std(axis=0, ddof=1)
    scale[scale == 0.0] = 1.0
    _, size, right = np.linalg.svd(apart / scale, full_matrices=False)
    kept = size > _RANK_TOLERANCE * max(float(size.max()), 1.0)
    white = right[kept].T * (np.sqrt(n - 1) / size[kept])
    squared = (((gap / scale) @ white) ** 2).sum()
    own = (((apart / scale) @ white) ** 2).sum(axis=1)
    scores = dict(zip(cells, (gap / scale).tolist(), strict=True))
    # Of equal keys the last one stays, which is the furthest out.
    furthest = dict(sorted(scores, key=lambda cell: abs(scores[cell])))
    return Plausibility(
        distance=float(np.sqrt(squared)),
        share=float((own >= squared).mean()),
        normal_share=float(chi2.sf(squared, kept.sum())),
        furthest=furthest,
        scores=scores,
    )
