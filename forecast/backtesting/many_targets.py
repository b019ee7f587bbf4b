"""Backtests of many targets: each is a task of its own, here or on a cluster."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from os import PathLike

import pandas as pd

from tradeshock.features.days.reading import Day
from tradeshock.features.errors import BacktestError
from tradeshock.features.panel.catalog import Catalog
from tradeshock.features.panel.panel import Panel
from tradeshock.features.snapshot import panel_or_embedded
from tradeshock.forecast.backtesting.backtest import backtest, processes_for
from tradeshock.forecast.backtesting.plan import Models, plan
from tradeshock.forecast.backtesting.progress import progress_bar
from tradeshock.forecast.backtesting.result import Backtest, Failure, IncompleteBacktestError
from tradeshock.forecast.engines.base import Executor, Failed
from tradeshock.forecast.engines.queue import run_tasks
from tradeshock.models.record.record import Record

Reduction = Callable[[Backtest], pd.DataFrame]


def backtest_many(
    models: Models,
    panel: Panel | None = None,
    targets: Sequence[str] = (),
    drivers: Sequence[str] = (),
    *,
    origins: Sequence[Day] | None = None,
    steps: int = 12,
    warmup: int = 0,
    n_jobs: int = -1,
    executor: Executor | None = None,
    store: str | PathLike[str] | None = None,
    reduce: Reduction | None = None,
    progress: bool | None = None,
) -> pd.DataFrame:
    """Backtest the same models on each of many targets.

    A target's whole backtest, scores included, is one task, so that little travels: models see a
    panel of the target, its early counts and the drivers.

    Parameters
    ----------
    models, origins, steps, warmup, progress
        As in `tradeshock.forecast.backtest`. Default origins are each target's own.
    panel : Panel, optional
        Default: the embedded snapshot.
    targets : sequence of str
        Series to forecast, one at a time.
    drivers : sequence of str
        Other series that models may use, the same for all targets.
    n_jobs, executor
        What runs the tasks, as in `tradeshock.forecast.backtest`.
    store : path, optional
        Folder of finished chunks; with an executor, one that all its workers see.
    reduce : function, optional
        Called with each target's `Backtest` where it was run; its frame is kept. For thousands of
        targets take ``Backtest.scores``: their forecasts would not fit into memory. Default: the
        tidy frame.

    Returns
    -------
    DataFrame
        What `reduce` gave, target by target in their order.

    Raises
    ------
    BacktestError
        If the arguments make no sense, or, as `IncompleteBacktestError` with the finished part,
        if models failed.
    PanelError
        If the panel does not have a series.
    """
    panel = panel_or_embedded(panel)
    processes = processes_for(n_jobs, executor)
    plan(models)
    if not targets or len(set(targets)) < len(targets):
        raise BacktestError(f"got {list(targets)} as targets; give at least one, and each once")
    for id in (*targets, *drivers):
        panel.entry(id)
    counts = _counts(panel)
    tasks = [
        OneTarget(
            models=models,
            target=target,
            series=tuple(dict.fromkeys([target, *counts.get(target, ()), *drivers])),
            origins=None if origins is None else tuple(origins),
            steps=steps,
            warmup=warmup,
            store=store,
            reduce=reduce,
        )
        for target in targets
    ]
    done: dict[str, Reduced | Failed] = {}
    with progress_bar(len(tasks), progress) as advance:

        def finish(task: OneTarget, outcome: Reduced | Failed) -> None:
            done[task.target] = outcome
            advance(task.label)

        run_tasks([tasks], panel, processes, executor, finish)
    return _together([done[target] for target in targets], targets)


@dataclass(frozen=True)
class Reduced:
    """What is kept of one target."""

    frame: pd.DataFrame
    failures: tuple[Failure, ...]


@dataclass(frozen=True)
class OneTarget:
    """Backtest of one target, a task (see `backtest_many`)."""

    models: Models
    target: str
    series: tuple[str, ...]
    origins: tuple[Day, ...] | None
    steps: int
    warmup: int
    store: str | PathLike[str] | None
    reduce: Reduction | None

    @property
    def label(self) -> str:
        """The target."""
        return self.target

    def run(self, panel: Panel) -> Reduced:
        """Backtest here; models that fail do not lose the others."""
        part = panel.select(self.series)
        # The states of a target are looked for in the whole catalog, which may have thousands.
        part.catalog = Catalog(part.catalog[id] for id in self.series)
        try:
            result = backtest(
                self.models,
                part,
                self.target,
                self.origins,
                self.steps,
                n_jobs=1,
                store=self.store,
                warmup=self.warmup,
                progress=False,
            )
        except IncompleteBacktestError as error:
            result = error.result
        frame = result.frame if self.reduce is None else self.reduce(result)
        return Reduced(frame, result.failures)


def _counts(panel: Panel) -> dict[str, list[str]]:
    """Early counts in the panel, by series."""
    counts: dict[str, list[str]] = {}
    for id in panel.values.columns:
        flash_of = panel.catalog[id].flash_of
        if flash_of is not None:
            counts.setdefault(flash_of, []).append(id)
    return counts


def _together(outcomes: Sequence[Reduced | Failed], targets: Sequence[str]) -> pd.DataFrame:
    frames, failures = [], []
    for target, outcome in zip(targets, outcomes, strict=True):
        if isinstance(outcome, Failed):
            failures.append(Failure(target, None, outcome.message, outcome.details))
            continue
        frames.append(outcome.frame)
        failures += [replace(f, model=f"{f.model} of {target}") for f in outcome.failures]
    frame = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()
    if failures:
        raise IncompleteBacktestError(Backtest(frame, pd.DataFrame(), Record(), tuple(failures)))
    return frame
