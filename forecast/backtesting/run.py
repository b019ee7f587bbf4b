"""Running the chunks of a backtest: those on disk are read, the others replayed."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Mapping, Sequence

import pandas as pd
from threadpoolctl import threadpool_limits

from tradeshock.forecast.backtesting.chunks import Chunk
from tradeshock.forecast.backtesting.functionals import reduce
from tradeshock.forecast.backtesting.gathered import Gathered, ScoredYear
from tradeshock.forecast.backtesting.plan import PlannedModel
from tradeshock.forecast.backtesting.progress import Advance
from tradeshock.forecast.backtesting.result import Backtest
from tradeshock.forecast.backtesting.settings import Settings
from tradeshock.forecast.backtesting.store import ChunkStore
from tradeshock.forecast.backtesting.stored_rows import StoredRows
from tradeshock.forecast.engines.base import Executor, Failed
from tradeshock.forecast.engines.queue import run_tasks
from tradeshock.models.paths import ForecastPaths
from tradeshock.models.pools.wrapper import Wrapper
from tradeshock.models.record.record import Record
from tradeshock.models.record.rows import forecast_rows

Outcome = list[ForecastPaths] | Failed
LOG = logging.getLogger(__name__)


class BacktestRun:
    """A backtest under way.

    Parameters
    ----------
    settings : Settings
    planned : mapping of str to PlannedModel
        By key, members before their wrappers.
    chunks : mapping of str to list of Chunk
        Of each planned model.
    store : ChunkStore, optional
    advance : callable
        Called with the label of each chunk that is done.
    """

    def __init__(
        self,
        settings: Settings,
        planned: Mapping[str, PlannedModel],
        chunks: Mapping[str, Sequence[Chunk]],
        store: ChunkStore | None,
        advance: Advance,
    ) -> None:
        self._settings = settings
        self._planned = planned
        self._chunks = chunks
        self._store = store
        self._rows = None if store is None else StoredRows(store, settings.actual)
        self._advance = advance
        self._gathered = Gathered(settings, planned)

    def run(self, n_jobs: int, executor: Executor | None) -> Backtest:
        """Take what is stored, run the rest, and wrappers last; put all of it together."""
        missing = [
            self._without_stored(self._chunks[key])
            for key, planned in self._planned.items()
            if not planned.members
        ]
        every, left = sum(map(len, self._chunks.values())), sum(map(len, missing))
        LOG.info("%d of %d chunks to be run; the others are stored, or of wrappers", left, every)
        run_tasks(missing, self._settings.panel, n_jobs, executor, self._store_and_gather)
        for key, planned in self._planned.items():
            if planned.members:
                self._replay_wrapper(key, planned)
        return self._gathered.result()

    # -- single models ------------------------------------------------------------------------

    def _without_stored(self, chunks: Sequence[Chunk]) -> list[Chunk]:
        """Take finished chunks from disk; the others."""
        stored = [c for c in chunks if self._store is not None and self._store.holds(c)]
        for chunk in stored:
            self._gather_stored(chunk)
        return [chunk for chunk in chunks if chunk not in stored]

    def _gather_stored(self, chunk: Chunk) -> None:
        """Take a finished chunk, its paths only if more than their rows is needed."""
        assert self._store is not None
        assert self._rows is not None
        rows = self._rows.read(chunk)
        needed = (
            rows is None or self._planned[chunk.key].feeds_wrapper or self._settings.functionals
        )
        self._gather(chunk, self._store.read(chunk) if needed else [], rows)

    def _store_and_gather(self, chunk: Chunk, outcome: Outcome) -> None:
        """Store what was computed; here, because workers may be on machines with other disks."""
        if self._store is not None and not isinstance(outcome, Failed):
            self._try_to_store(self._store, chunk, outcome)
        self._gather(chunk, outcome)

    def _try_to_store(self, store: ChunkStore, chunk: Chunk, outcome: list[ForecastPaths]) -> None:
        """Write a chunk; once that fails, go on without a store: forecasts are worth more."""
        try:
            store.write(chunk, outcome)
        except OSError as error:
            self._store = self._rows = None
            why = error.strerror or error
            warnings.warn(
                f"the store {store.folder} cannot be written ({why}); forecasts are returned, but "
                "from here on not kept there",
                RuntimeWarning,
                stacklevel=2,
            )

    # -- wrappers -----------------------------------------------------------------------------

    def _replay_wrapper(self, key: str, planned: PlannedModel) -> None:
        lost = self._gathered.lost(planned.members)
        record = Record() if lost else self._gathered.record(planned.members)
        for chunk in self._chunks[key]:
            if lost:
                self._gather(chunk, Failed(f"its members failed: {', '.join(lost)}"))
            else:
                self._gather(chunk, self._wrapped(chunk, planned, record))

    def _wrapped(self, chunk: Chunk, planned: PlannedModel, record: Record) -> Outcome:
        assert isinstance(planned.model, Wrapper)
        members = [self._gathered.forecasts(part, chunk) for part in planned.members]
        try:
            with threadpool_limits(limits=1):
                return list(planned.model.replay_from(members, record, self._settings.panel))
        except Exception as error:  # noqa: BLE001  # a wrapper may raise anything; all are reported
            return Failed.from_exception(error)

    # -- all of them --------------------------------------------------------------------------

    def _gather(self, chunk: Chunk, outcome: Outcome, rows: pd.DataFrame | None = None) -> None:
        """Keep what is needed of a chunk's forecasts; a failure to score them is one of its own."""
        if isinstance(outcome, Failed):
            LOG.info("failed: %s", chunk.label)
            self._gathered.add(chunk, outcome)
        else:
            try:
                self._gathered.add(chunk, self._scored(chunk, outcome, rows))
            except Exception as error:  # noqa: BLE001  # functionals may raise anything
                self._gathered.add(chunk, Failed.from_exception(error))
        LOG.info("done: %s", chunk.label)
        self._advance(chunk.label)

    def _scored(
        self, chunk: Chunk, forecasts: list[ForecastPaths], rows: pd.DataFrame | None
    ) -> ScoredYear:
        given, planned = self._settings, self._planned[chunk.key]
        scored = [paths for paths in forecasts if paths.origin in given.origins]
        functionals = given.functionals if planned.labels else {}
        if rows is None:
            rows = forecast_rows(forecasts, given.panel, given.actual)
            if self._rows is not None and not planned.members:
                self._rows.write(chunk, rows)
        recorded = rows
        if given.panel.revises_the_past and given.actual != "first":
            recorded = forecast_rows(forecasts, given.panel, "first")
        return ScoredYear(
            frame=rows,
            recorded=recorded,
            reduced=reduce(scored, functionals, given.panel),
            forecasts=forecasts if planned.feeds_wrapper else [],
        )
