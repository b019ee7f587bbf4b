"""Models of statsforecast as models of ours."""

from __future__ import annotations

from copy import deepcopy
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from tradeshock.models.adapters.forecaster import BorrowedForecaster
from tradeshock.models.adapters.law import LEVELS, Law
from tradeshock.models.base import Floats
from tradeshock.models.parameters import Rules, having

MIDDLE = LEVELS.index(0.5)
# Central intervals that end at the levels, per cent.
COVERAGES = [round(200.0 * level - 100.0) for level in LEVELS[MIDDLE + 1 :]]


class FromStatsForecast(BorrowedForecaster):
    """A model of statsforecast as one of ours (see `BorrowedForecaster`).

    Its laws come from its own intervals; a model that has none, and got no
    ``prediction_intervals``, lends its points.

    Parameters
    ----------
    model : statsforecast model
        Not fitted, such as ``AutoARIMA(season_length=12)``; stays as it is.
    years : int
        Length of the window that it is handed.
    adjusted : bool
        Whether it is handed levels without calendar and season, or plain ones.
    n_draws : int
        Sample paths.
    random_state : int
        Seed of the paths.
    """

    borrowed = "model"
    rules: ClassVar[Rules] = {
        "model": having(
            "fit",
            "predict",
            "forecast",
            "new",
            words="a model of statsforecast, such as AutoARIMA(season_length=12)",
        )
    }

    def __init__(
        self,
        model: Any,
        years: int = 20,
        adjusted: bool = True,
        n_draws: int = 1000,
        random_state: int = 0,
    ) -> None:
        self.model = model
        self.years = years
        self.adjusted = adjusted
        self.n_draws = n_draws
        self.random_state = random_state

    def _teach(self, series: pd.Series) -> Any:
        return deepcopy(self.model).fit(y=series.to_numpy(dtype=float))

    def _law(self, steps: int) -> Law:
        if not self._gives_intervals():
            return Law(_floats(self.taught_.predict(h=steps)["mean"]), None)
        said = self.taught_.predict(h=steps, level=COVERAGES)
        median = _floats(said["mean"])
        low = [_floats(said[f"lo-{coverage}"]) for coverage in reversed(COVERAGES)]
        high = [_floats(said[f"hi-{coverage}"]) for coverage in COVERAGES]
        return Law(median, np.stack([*low, median, *high]) - median)

    def _gives_intervals(self) -> bool:
        alone = getattr(self.model, "only_conformal_intervals", False)
        return not alone or self.model.prediction_intervals is not None


def _floats(values: Any) -> Floats:
    return np.asarray(values, dtype=float)
