"""Replaying the jobs of a backtest and gathering what comes of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import pandas as pd
from threadpoolctl import threadpool_limits

from tradeshock.features.panel.panel import Panel
from tradeshock.forecast.backtesting.chunks import (
    Chunk,
    ChunkStore,
    read_forecasts,
    write_forecasts,
)
from tradeshock.forecast.backtesting.functionals import Functional, reduce
from tradeshock.forecast.backtesting.plan import Job
from tradeshock.forecast.backtesting.progress import Advance
from tradeshock.forecast.backtesting.result import Backtest, Failure
from tradeshock.forecast.backtesting.stored_rows import StoredRows
from tradeshock.forecast.engines.base import Executor, Failed
from tradeshock.forecast.engines.queue import run_tasks
from tradeshock.models.paths import ForecastPaths
from tradeshock.models.pools.wrapper import Wrapper
from tradeshock.models.record.record import Record
from tradeshock.models.record.rows import empty_frame, forecast_rows

Outcome = list[ForecastPaths] | Failed


@dataclass(frozen=True)
class Settings:
    """What all jobs of a backtest have in common (see `tradeshock.forecast.backtest`)."""

    panel: Panel
    target: tuple[str, ...]
    origins: tuple[pd.Timestamp, ...]
    warmup: tuple[pd.Timestamp, ...]
    steps: int
    refit_every: int
    functionals: Mapping[str, Functional]
    store: ChunkStore | None


@dataclass
class Gathered:
    """What is kept of one job's calendar year."""

    frame: pd.DataFrame
    reduced: pd.DataFrame
    forecasts: list[ForecastPaths]


class Replaying:
    """A backtest under way.

    Parameters
    ----------
    settings : Settings
    jobs : mapping of str to Job
        By key, members before their wrappers.
    """

    def __init__(self, settings: Settings, jobs: Mapping[str, Job]) -> None:
        self._settings = settings
        self._jobs = jobs
        self._chunks = {key: self._divide(key, job) for key, job in jobs.items()}
        self._gathered: dict[str, dict[int, Gathered]] = {key: {} for key in jobs}
        self._failed: dict[str, dict[int, Failed]] = {key: {} for key in jobs}
        self._rows = StoredRows(settings.panel)
        self._advance: Advance | None = None

    @property
    def size(self) -> int:
        """Number of chunks."""
        return sum(map(len, self._chunks.values()))

    def run(self, n_jobs: int, executor: Executor | None, advance: Advance) -> None:
        """Replay all jobs: what is stored is read, the rest is run, wrappers come last."""
        self._advance = advance
        missing: list[list[Chunk]] = []
        for key in (key for key, job in self._jobs.items() if not job.parts):
            stored = [c for c in self._chunks[key] if c.file is not None and c.file.is_file()]
            for chunk in stored:
                self._take_stored(chunk)
            missing.append([chunk for chunk in self._chunks[key] if chunk not in stored])
        run_tasks(missing, self._settings.panel, n_jobs, executor, self._keep)
        for key in (key for key, job in self._jobs.items() if job.parts):
            self._wrap(key)

    def result(self) -> Backtest:
        """Put together what was gathered, in the order of models and origins."""
        scored = pd.DatetimeIndex(self._settings.origins)
        frames, reduced, recorded = [], [], []
        for key, job in self._jobs.items():
            years = [self._gathered[key][year] for year in sorted(self._gathered[key])]
            for name in job.names:
                recorded += [part.frame.assign(model=name) for part in years]
            for label in job.labels:
                named = [part.frame.assign(model=label) for part in years]
                frames += [rows[rows["origin"].isin(scored)] for rows in named]
                reduced += [part.reduced.assign(model=label) for part in years]
        return Backtest(
            frame=_together(frames, empty_frame()),
            functionals=_together(reduced, reduce([], {}, self._settings.panel)),
            record=Record(_together(recorded, empty_frame())),
            failures=tuple(self._failures()),
        )

    # -- inside -------------------------------------------------------------------------------

    def _divide(self, key: str, job: Job) -> list[Chunk]:
        given = self._settings
        origins = sorted([*(given.warmup if job.feeds else ()), *given.origins])
        chunks = [
            Chunk(key, job.model, given.target, year, tuple(days), given.steps, given.refit_every)
            for year, days in groupby(origins, key=lambda day: day.year)
        ]
        if given.store is None or job.parts:
            return chunks
        return [chunk.kept_in(given.store.file(chunk)) for chunk in chunks]

    def _keep(self, chunk: Chunk, outcome: Outcome) -> None:
        """Store what was computed; here, because workers may be on machines with other disks."""
        if chunk.file is not None and not isinstance(outcome, Failed):
            try:
                write_forecasts(chunk.file, outcome)
            except OSError as error:
                outcome = Failed.from_exception(error)
        self._take(chunk, outcome)

    def _take_stored(self, chunk: Chunk) -> None:
        """Take a finished chunk from disk, its paths only if more than their rows is needed."""
        assert chunk.file is not None
        rows, job = self._rows.read(chunk), self._jobs[chunk.job]
        needed = rows is None or job.feeds or self._settings.functionals
        self._take(chunk, read_forecasts(chunk.file) if needed else [], rows)

    def _take(self, chunk: Chunk, outcome: Outcome, rows: pd.DataFrame | None = None) -> None:
        """Keep what is needed of a chunk's forecasts; a failure to score them is one of its own."""
        if not isinstance(outcome, Failed):
            try:
                self._gathered[chunk.job][chunk.year] = self._gather(chunk, outcome, rows)
            except Exception as error:  # noqa: BLE001  # functionals may raise anything
                outcome = Failed.from_exception(error)
        if isinstance(outcome, Failed):
            self._failed[chunk.job][chunk.year] = outcome
        if self._advance is not None:
            self._advance(chunk.label)

    def _gather(
        self, chunk: Chunk, forecasts: list[ForecastPaths], rows: pd.DataFrame | None
    ) -> Gathered:
        given, job = self._settings, self._jobs[chunk.job]
        scored = [paths for paths in forecasts if paths.origin in given.origins]
        functionals = given.functionals if job.labels else {}
        if rows is None:
            rows = forecast_rows(forecasts, given.panel)
            self._rows.write(chunk, rows)
        return Gathered(
            frame=rows,
            reduced=reduce(scored, functionals, given.panel),
            forecasts=forecasts if job.feeds else [],
        )

    def _wrap(self, key: str) -> None:
        job = self._jobs[key]
        lost = [self._jobs[part].model.name for part in job.parts if self._failed[part]]
        record = Record() if lost else self._record_for(job)
        for chunk in self._chunks[key]:
            if lost:
                self._take(chunk, Failed(f"its members failed: {', '.join(lost)}"))
            else:
                self._take(chunk, self._wrapped(chunk, job, record))

    def _record_for(self, job: Job) -> Record:
        frames = [
            part.frame.assign(model=self._jobs[key].model.name)
            for key in job.parts
            for part in self._gathered[key].values()
        ]
        return Record(pd.concat(frames, ignore_index=True))

    def _wrapped(self, chunk: Chunk, job: Job, record: Record) -> Outcome:
        assert isinstance(job.model, Wrapper)
        origins = set(chunk.origins)
        members = [
            [p for p in self._gathered[part][chunk.year].forecasts if p.origin in origins]
            for part in job.parts
        ]
        try:
            with threadpool_limits(limits=1):
                return list(job.model.replay_from(members, record))
        except Exception as error:  # noqa: BLE001  # a wrapper may raise anything; all are reported
            return Failed.from_exception(error)

    def _failures(self) -> list[Failure]:
        return [
            Failure(name, year, failed.message, failed.details)
            for key, job in self._jobs.items()
            for name in job.labels or [job.model.name]
            for year, failed in sorted(self._failed[key].items())
        ]


def _together(frames: Sequence[pd.DataFrame], empty: pd.DataFrame) -> pd.DataFrame:
    filled = [frame for frame in frames if len(frame)]
    return pd.concat(filled, ignore_index=True) if filled else empty
