"""How far out assumed values are, measured by a model's own draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import chi2

from tradeshock.features.errors import ConditionError
from tradeshock.features.shown import HeadlineOverTable
from tradeshock.models.assumptions.entries import Cell
from tradeshock.models.paths import chance_words

Floats = npt.NDArray[np.float64]
# Directions whose standard deviation is this small a part of the largest are no directions.
_RANK_TOLERANCE = 1e-9


@dataclass(frozen=True, repr=False)
class Plausibility(HeadlineOverTable):
    """How far out a set of assumed values is.

    The figure to read is `tail`. The joint share speaks of all values at once and grows with their
    number: over twelve months nearly any smooth path is nearer to the mean of the draws than most
    draws, which are ragged, so that it is no chance of the shock.

    Parameters
    ----------
    lower, upper : dict of (str, Period) to float
        For each value the share of the model's own unconditional draws that are at or below it, and
        of those at or above it, 0 to 1.
    scores : dict of (str, Period) to float
        For each value its distance from the mean in standard deviations of the draws.
    distance : float
        Mahalanobis distance of all values together from the mean of the draws.
    joint_share : float
        Share of draws whose own distance is at least that.
    normal_joint_share : float
        The same share if the draws were normal: the chi-squared tail of the distance.
    """

    lower: dict[Cell, float]
    upper: dict[Cell, float]
    scores: dict[Cell, float]
    distance: float
    joint_share: float
    normal_joint_share: float

    @property
    def tails(self) -> dict[Cell, float]:
        """For each value the share of draws at or beyond it, on the side on which it lies.

        With draws ``x`` and value ``v`` that is ``min(P(x <= v), P(x >= v))``: half at the median,
        the less the further out, whatever the law of the draws.
        """
        return {cell: min(low, self.upper[cell]) for cell, low in self.lower.items()}

    @property
    def cell(self) -> Cell:
        """Series and month that are furthest out: of the smallest tail.

        Where no draw reaches several values, it is the one of the greatest score.
        """
        return self._outward[-1]

    @property
    def tail(self) -> float:
        """Tail of the cell that is furthest out."""
        return self.tails[self.cell]

    @property
    def furthest(self) -> dict[str, pd.Period]:
        """For each series the month in which it is furthest out."""
        # Of equal keys the last one stays.
        return dict(self._outward)

    @property
    def _outward(self) -> list[Cell]:
        tails = self.tails
        return sorted(tails, key=lambda cell: (-tails[cell], abs(self.scores[cell])))

    @property
    def text(self) -> str:
        """The tail in one sentence."""
        series, month = self.cell
        sentence = (
            f"{chance_words(self.tail)} of the model's own draws have {series} as "
            f"{self._side(self.cell)} in {month.strftime('%B %Y')}"
        )
        n = len(self.scores)
        return sentence if n == 1 else f"{sentence}, furthest out of {n} assumed values"

    @property
    def joint_text(self) -> str:
        """The joint share in one sentence."""
        n = len(self.scores)
        return (
            f"{chance_words(self.joint_share)} of draws are as far out by the joint distance of "
            f"all {n} values, a share that grows with the number of months"
        )

    def table(self) -> pd.DataFrame:
        """Return how far out each value is, alone.

        Returns
        -------
        DataFrame
            Index series and month; columns side ("low" or "high"), tail, score.
        """
        cells = list(self.scores)
        return pd.DataFrame(
            {
                "side": [self._side(cell) for cell in cells],
                "tail": [self.tails[cell] for cell in cells],
                "score": [self.scores[cell] for cell in cells],
            },
            index=pd.MultiIndex.from_tuples(cells, names=["series", "month"]),
        )

    @property
    def _shown(self) -> pd.DataFrame:
        return self.table().round(3)

    @property
    def _headline(self) -> str:
        return self.text if len(self.scores) == 1 else f"{self.text}; {self.joint_text}"

    def _side(self, cell: Cell) -> str:
        return "low" if self.lower[cell] <= self.upper[cell] else "high"


def plausibility_of(draws: Floats, values: Floats, cells: Sequence[Cell]) -> Plausibility:
    """Measure assumed values by draws of the same cells.

    Tails are counted cell by cell (`Plausibility.tails`). The squared joint distance is
    ``(v - m)' S^+ (v - m)`` with mean ``m`` and covariance ``S`` of the draws (Mahalanobis 1936);
    the joint share counts draws whose own distance is at least that.

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
    >>> round(found.tail, 3), round(found.joint_share, 2), round(found.normal_joint_share, 2)
    (0.025, 0.05, 0.05)
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
    return Plausibility(
        lower=_by_cell(cells, (draws <= values).mean(axis=0)),
        upper=_by_cell(cells, (draws >= values).mean(axis=0)),
        scores=_by_cell(cells, gap / scale),
        distance=float(np.sqrt(squared)),
        joint_share=float((own >= squared).mean()),
        normal_joint_share=float(chi2.sf(squared, kept.sum())),
    )


def _by_cell(cells: Sequence[Cell], numbers: Floats) -> dict[Cell, float]:
    return dict(zip(cells, numbers.tolist(), strict=True))
