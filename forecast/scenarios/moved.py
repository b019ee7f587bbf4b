"""What systems make of shocks, and what they were asked."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tradeshock.forecast.scenarios.split import Split
from tradeshock.models.base import Model
from tradeshock.models.conditions import Conditions

Floats = npt.NDArray[np.float64]


class Asked(NamedTuple):
    """What was asked of whom.

    Parameters
    ----------
    model : Model
        The forecasting model.
    split : Split or None
        System of chips and the rest, where there is one.
    macro : Conditions
        What the model was asked to meet.
    joint : Conditions or None
        What the system of chips and the rest was asked to meet.
    """

    model: Model
    split: Split | None
    macro: Conditions
    joint: Conditions | None


class Moved(NamedTuple):
    """Total and parts as systems move them.

    Parameters
    ----------
    total : ndarray, draws by steps
    before, after : ndarray of shape (draws, steps, 2), or None
        Chips and the rest without and under the shocks.
    asked : Asked
    notes : tuple of str
        Of the forecasting model.
    """

    total: Floats
    before: Floats | None
    after: Floats | None
    asked: Asked
    notes: tuple[str, ...]

    def centred(self, draws: Floats) -> Moved:
        """Put the median of each month where it is in other draws.

        The median of a sum of skewed parts is not the sum of their medians: chips that all take
        their median would lower the total by a point or more.
        """
        factor: Floats = np.median(draws, axis=0) / np.median(self.total, axis=0)
        after = None if self.after is None else self.after * factor[:, None]
        return self._replace(total=self.total * factor, after=after)

    def taken(self, on_chips: Floats, on_all: Floats) -> Moved:
        """Add effects that are shares of the total: those on chips, and all."""
        after = self.after
        if after is not None:
            shares = np.stack([on_chips, on_all - on_chips], axis=1)
            after = after + shares * self.total[:, :, None]
        return self._replace(total=self.total * (1.0 + on_all), after=after)
