"""What models of one target's own history share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tradeshock.features.errors import ModelError
from tradeshock.models.base import Floats, Model

if TYPE_CHECKING:
    from tradeshock.features.panel.panel import Panel
    from tradeshock.models.record.record import Record


class UnivariateModel(Model):
    """A model of one target's own history; conditions on other series mean nothing to it."""

    def _open(self, panel: Panel, target: str | Sequence[str], record: Record | None) -> None:
        super()._open(panel, target, record)
        self._refuse_several_targets()
        if (series := self.series_).min() <= 0.0:
            raise ModelError(
                f"{type(self).__name__} models logs, but {self.target_[0]} is {series.min():g} in "
                f"{series.idxmin()}; take model='VAR' or BayesianVAR, which forecast it in "
                "levels"
            )

    def log_points(self, steps: int) -> Floats:
        """Point forecasts in natural logs: medians, or free of the draws' noise where it can be.

        Parameters
        ----------
        steps : int
            Months after the target's last published one.

        Returns
        -------
        ndarray, steps
        """
        return np.asarray(np.median(np.log(self.forecast(steps).draws()), axis=0))

    def _inputs(self) -> Iterable[str]:
        return ()

    @property
    def series_(self) -> pd.Series:
        """Published months of the target, without NaN."""
        return self.panel_.series(self.target_[0])
