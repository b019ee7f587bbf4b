"""Structural shocks of a system, with draws of what they do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tradeshock.models.algebra.identification import responses
from tradeshock.models.structure.draws import Parameters
from tradeshock.models.structure.estimate import Estimate

__all__ = ["StructuralShocks"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class StructuralShocks:
    """Shocks that a system's innovations are made of, with draws of its parameters.

    They are for understanding, in standard deviations of a month's shock. As drivers of scenarios
    they mislead: one shock alone has to explain a whole path and explodes.

    Parameters
    ----------
    estimate : Estimate
        The system.
    names : tuple of str
        Names of the ``k`` shocks.
    scheme : str
        How they are told apart, in words.
    parameters : Parameters
        ``D`` draws of the system's parameters.
    impacts : ndarray, shape (D, n, k)
        What one standard deviation of each shock does to each series in its own month, in the
        values that the system models.
    point_impacts : ndarray, shape (1, n, k), optional
        The same of the estimate itself; none where shocks are known as a set.
    orthogonal : bool
        Whether shocks are uncorrelated.
    """

    estimate: Estimate
    names: tuple[str, ...]
    scheme: str
    parameters: Parameters
    impacts: Floats
    point_impacts: Floats | None
    orthogonal: bool = True

    def __repr__(self) -> str:
        return (
            f"{len(self.names)} shocks of {self.estimate.name}, {self.scheme}: "
            f"{', '.join(self.names)}; {len(self.impacts):,} draws"
        )

    @property
    def complete(self) -> bool:
        """Whether there are as many shocks as series, so that nothing is left over."""
        return len(self.names) == len(self.estimate.series)

    def responses(self, steps: int, growth: bool = False) -> Floats:
        """Responses of each draw, shape (D, k, steps + 1, n).

        Parameters
        ----------
        steps : int
            Months after the month of the shock, which is step 0.
        growth : bool
            Of monthly growth rather than of (log) levels.
        """
        return self.in_levels(responses(self.parameters.coefs, self.impacts, steps), growth)

    def point_responses(self, steps: int, growth: bool = False) -> Floats | None:
        """Responses of the estimate itself, shape (k, steps + 1, n); None of a set."""
        if self.point_impacts is None:
            return None
        made = responses(self.estimate.point.coefs, self.point_impacts, steps)
        point: Floats = self.in_levels(made, growth)[0]
        return point

    def in_levels(self, values: Floats, growth: bool = False) -> Floats:
        """Responses of (log) levels, or of growth, from those of the values; steps second last."""
        if growth and not self.estimate.growth:
            return np.diff(values, axis=-2, prepend=0.0)
        if self.estimate.growth and not growth:
            return np.cumsum(values, axis=-2)
        return values
