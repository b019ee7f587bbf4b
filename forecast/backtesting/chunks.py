"""Chunks of a backtest: a calendar year of one model's origins each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd
from sklearn.base import clone
from threadpoolctl import threadpool_limits

from tradeshock.features.errors import ModelError
from tradeshock.features.panel.panel import Panel
from tradeshock.models.base import Model
from tradeshock.models.paths import ForecastPaths


@dataclass(frozen=True)
class Chunk:
    """One model's origins of one calendar year.

    Parameters
    ----------
    key : str
        Of the planned model.
    model : Model
        Not fitted.
    target : tuple of str
    year : int
    origins : tuple of Timestamp
        Ascending.
    steps : int
    refit_every : int
        Origins until parameters are estimated again; the year's first origin always does.
    """

    key: str
    model: Model
    target: tuple[str, ...]
    year: int
    origins: tuple[pd.Timestamp, ...]
    steps: int
    refit_every: int = 1

    @property
    def label(self) -> str:
        """Model and year."""
        return f"{self.model.name} {self.year}"

    def run(self, panel: Panel) -> list[ForecastPaths]:
        """Forecast from each origin, with one BLAS thread.

        Raises
        ------
        ModelError
            If the model does not give one forecast for each origin, or as the model raises.
        """
        target = self.target[0] if len(self.target) == 1 else self.target
        with threadpool_limits(limits=1):
            replayed = self._replayed if self.refit_every == 1 else self._updated
            forecasts = list(replayed(panel, target))
        if tuple(paths.origin for paths in forecasts) != self.origins:
            raise ModelError(
                f"{self.model.name}.replay gave {len(forecasts)} forecasts, not one from each of "
                f"{len(self.origins)} origins in their order"
            )
        return forecasts

    def _replayed(self, panel: Panel, target: str | Sequence[str]) -> Iterator[ForecastPaths]:
        for plain, origins in panel.segments(self.origins):
            # Cut, so that the forecasts depend on nothing that the key of the chunk leaves out.
            known = plain.as_of(origins[-1])
            yield from clone(self.model).replay(known, target, origins, self.steps)

    def _updated(self, panel: Panel, target: str | Sequence[str]) -> Iterator[ForecastPaths]:
        model = clone(self.model)
        for i, origin in enumerate(self.origins):
            known = panel.as_of(origin)
            if i % self.refit_every == 0:
                model = clone(self.model).fit(known, target)
            else:
                model.update(known)
            yield model.forecast(self.steps)
