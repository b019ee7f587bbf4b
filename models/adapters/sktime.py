"""Forecasters of sktime as models."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd
from sklearn.base import clone

from tradeshock.models.adapters.forecaster import BorrowedForecaster
from tradeshock.models.adapters.law import LEVELS, Law
from tradeshock.models.parameters import Rules, having


@contextmanager
def quiet_copies() -> Iterator[None]:
    """Silence what sktime announces about `update` whenever a forecaster is made.

    Whoever made the first one has read it; a backtest makes thousands, and updates none.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The default of config ``remember_data``", FutureWarning)
        yield


class FromSktime(BorrowedForecaster):
    """A forecaster of sktime as a model (see `BorrowedForecaster`).

    Its laws come from ``predict_quantiles`` where it has them; else it lends its points.

    Parameters
    ----------
    forecaster : sktime forecaster
        Not fitted, such as ``ThetaForecaster(sp=12)``; stays as it is.
    years : int
        Length of the window that it is handed.
    adjusted : bool
        Whether it is handed levels without calendar and season, or plain ones.
    n_draws : int
        Sample paths.
    random_state : int
        Seed of the paths; one of the forecaster's own belongs among its parameters.

    Examples
    --------
    ``FromSktime(NaiveForecaster())`` is the random walk, with sktime's intervals.
    """

    borrowed = "forecaster"
    rules: ClassVar[Rules] = {
        "forecaster": having(
            "fit", "predict", "get_tag", words="a forecaster of sktime, such as NaiveForecaster()"
        )
    }

    def __init__(
        self,
        forecaster: Any,
        years: int = 20,
        adjusted: bool = True,
        n_draws: int = 1000,
        random_state: int = 0,
    ) -> None:
        self.forecaster = forecaster
        self.years = years
        self.adjusted = adjusted
        self.n_draws = n_draws
        self.random_state = random_state

    def __sklearn_clone__(self) -> Self:
        with quiet_copies():
            copy: Self = super().__sklearn_clone__()
        return copy

    def _teach(self, series: pd.Series) -> Any:
        if self.forecaster.get_tag("requires-fh-in-fit"):
            # It must know how far ahead it is asked, which is known when it is.
            return None
        with quiet_copies():
            return clone(self.forecaster).fit(series)

    def _law(self, steps: int) -> Law:
        ahead = np.arange(1, steps + 1)
        taught = self.taught_
        if taught is None:
            with quiet_copies():
                taught = clone(self.forecaster).fit(self.learned_from_.copy(), fh=ahead)
        if not self._gives_intervals():
            return Law(np.asarray(taught.predict(fh=ahead), dtype=float).ravel(), None)
        table = taught.predict_quantiles(fh=ahead, alpha=list(LEVELS))
        quantiles = np.sort(np.asarray(table, dtype=float), axis=1).T
        median = quantiles[LEVELS.index(0.5)]
        return Law(median, quantiles - median)

    def _gives_intervals(self) -> bool:
        return bool(self.forecaster.get_tag("capability:pred_int"))
