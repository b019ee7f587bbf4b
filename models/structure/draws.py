"""Parameters of a system: those of an estimate, or draws of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Parameters"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Parameters:
    """Parameters of a system, of one estimate or of many draws.

    Parameters
    ----------
    exog_coefs : ndarray, shape (D, m, n)
        Coefficients of the deterministic columns.
    coefs : ndarray, shape (D, p, n, n)
        ``coefs[d, l]`` multiplies values ``l + 1`` months ago.
    covariance : ndarray, shape (D, n, n)
        Of a month's innovations.
    """

    exog_coefs: Floats
    coefs: Floats
    covariance: Floats

    def __getitem__(self, chosen: npt.NDArray[np.intp] | slice) -> Parameters:
        return Parameters(self.exog_coefs[chosen], self.coefs[chosen], self.covariance[chosen])
