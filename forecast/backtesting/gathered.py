"""What is kept of a backtest's chunks, and what is made of it in the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from tradeshock.forecast.backtesting.chunks import Chunk
from tradeshock.forecast.backtesting.functionals import reduce
from tradeshock.forecast.backtesting.plan import PlannedModel
from tradeshock.forecast.backtesting.result import Backtest, Failure
from tradeshock.forecast.backtesting.settings import Settings
from tradeshock.forecast.engines.base import Failed
from tradeshock.models.paths import ForecastPaths
from tradeshock.models.record.record import Record
from tradeshock.models.record.rows import empty_frame


@dataclass(frozen=True, eq=False)
class ScoredYear:
    """What is kept of one chunk.

    Parameters
    ----------
    frame : DataFrame
        Rows of all its forecasts, warm-up included.
    recorded : DataFrame
        The same with first prints as outcomes, for the record.
    reduced : DataFrame
        Functionals of those that are scored.
    forecasts : list of ForecastPaths
        Kept only if a wrapper needs them.
    """

    frame: pd.DataFrame
    recorded: pd.DataFrame
    reduced: pd.DataFrame
    forecasts: list[ForecastPaths]


class Gathered:
    """Chunks that are done, by planned model and year.

    Parameters
    ----------
    settings : Settings
    planned : mapping of str to PlannedModel
        By key, members before their wrappers.
    """

    def __init__(self, settings: Settings, planned: Mapping[str, PlannedModel]) -> None:
        self._settings = settings
        self._planned = planned
        self._years: dict[str, dict[int, ScoredYear]] = {key: {} for key in planned}
        self._failed: dict[str, dict[int, Failed]] = {key: {} for key in planned}

    def add(self, chunk: Chunk, outcome: ScoredYear | Failed) -> None:
        """Keep a chunk that is done, or that has failed."""
        if isinstance(outcome, Failed):
            self._failed[chunk.key][chunk.year] = outcome
        else:
            self._years[chunk.key][chunk.year] = outcome

    def lost(self, keys: Sequence[str]) -> list[str]:
        """Names of those planned models of which a chunk has failed."""
        return [self._planned[key].model.name for key in keys if self._failed[key]]

    def forecasts(self, key: str, chunk: Chunk) -> list[ForecastPaths]:
        """Forecasts of a planned model from the origins of a chunk of another."""
        origins = set(chunk.origins)
        return [
            paths for paths in self._years[key][chunk.year].forecasts if paths.origin in origins
        ]

    def record(self, keys: Sequence[str]) -> Record:
        """Record of some planned models, under the models' own names."""
        frames = [
            year.recorded.assign(model=self._planned[key].model.name)
            for key in keys
            for year in self._years[key].values()
        ]
        return Record(pd.concat(frames, ignore_index=True))

    def result(self) -> Backtest:
        """Put together what was gathered, in the order of models and origins."""
        scored = pd.DatetimeIndex(self._settings.origins)
        frames, reduced, recorded = [], [], []
        for key, planned in self._planned.items():
            years = [self._years[key][year] for year in sorted(self._years[key])]
            for name in planned.names:
                recorded += [year.recorded.assign(model=name) for year in years]
            for label in planned.labels:
                named = [year.frame.assign(model=label) for year in years]
                frames += [rows[rows["origin"].isin(scored)] for rows in named]
                reduced += [year.reduced.assign(model=label) for year in years]
        return Backtest(
            frame=_together(frames, empty_frame()),
            functionals=_together(reduced, reduce([], {}, self._settings.panel)),
            record=Record(_together(recorded, empty_frame())),
            failures=tuple(self._failures()),
        )

    def _failures(self) -> list[Failure]:
        return [
            Failure(name, year, failed.message, failed.details)
            for key, planned in self._planned.items()
            for name in planned.labels or [planned.model.name]
            for year, failed in sorted(self._failed[key].items())
        ]


def _together(frames: Sequence[pd.DataFrame], empty: pd.DataFrame) -> pd.DataFrame:
    filled = [frame for frame in frames if len(frame)]
    return pd.concat(filled, ignore_index=True) if filled else empty
