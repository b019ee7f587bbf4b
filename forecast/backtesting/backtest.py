"""Backtests: the same models from many past origins, and what came of their forecasts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from os import PathLike, cpu_count
from typing import get_args

import numpy as np
import pandas as pd

from tradeshock.features.days.reading import Day, as_days
from tradeshock.features.errors import BacktestError
from tradeshock.features.panel.naming import as_targets
from tradeshock.features.panel.panel import Panel
from tradeshock.features.snapshot import panel_or_embedded
from tradeshock.forecast.backtesting.functionals import Functional
from tradeshock.forecast.backtesting.plan import Models, chunks_of, plan
from tradeshock.forecast.backtesting.progress import progress_bar
from tradeshock.forecast.backtesting.result import Backtest, IncompleteBacktestError
from tradeshock.forecast.backtesting.run import BacktestRun
from tradeshock.forecast.backtesting.settings import Settings
from tradeshock.forecast.backtesting.store import ChunkStore
from tradeshock.forecast.engines.base import Executor
from tradeshock.models.record.rows import Actual

FIRST_ORIGIN = "2010-01"
FEWEST_MONTHS = 120


def backtest(
    models: Models,
    panel: Panel | None = None,
    target: str | Sequence[str] = "exports_total",
    origins: Sequence[Day] | None = None,
    steps: int = 12,
    *,
    n_jobs: int = -1,
    executor: Executor | None = None,
    store: str | PathLike[str] | None = None,
    refit_every: int = 1,
    functionals: Mapping[str, Functional] | None = None,
    warmup: int = 0,
    actual: Actual = "latest",
    progress: bool | None = None,
) -> Backtest:
    """Replay models over past origins and set their forecasts against what came out.

    Every model is run a calendar year of origins at a time, whatever `n_jobs`, so results do not
    depend on it. Wrappers run after their members, which are replayed once, however many wrappers
    share them.

    Parameters
    ----------
    models : Model, name, sequence of them, or mapping of label to them
    panel : Panel, optional
        Default: the embedded snapshot. Outcomes are its current figures.
    target : str or sequence of str
        What to forecast; several are forecast jointly, by models that can.
    origins : sequence of days, optional
        Default: the day of each monthly total from 2010 on (`default_origins`).
    steps : int
        Months ahead.
    n_jobs : int
        Worker processes for models that take longer than some seconds; -1 for one a core.
    executor : Executor, optional
        Another engine that runs everything but wrappers, such as
        `tradeshock.forecast.engines.dask.DaskExecutor`. Default: `n_jobs` processes here.
    store : path, optional
        Folder in which finished chunks are kept, and what was measured of them. A later call
        computes only what is missing there or has changed: figures, release days, parameters,
        code. Wrappers are always run, from their members' stored forecasts.
    refit_every : int
        Origins until parameters are estimated again; in between models are updated. Each calendar
        year begins with an estimation.
    functionals : mapping of str to function, optional
        What needs whole paths, such as `tradeshock.forecast.backtesting.functionals.year_total`.
    warmup : int
        Months of origins before the first that only feed wrappers' record and are not scored.
    actual : {"latest", "first"}
        Which figure counts as outcome where the panel has vintages; the record that wrappers learn
        from has the first, which was known when it came out. (Functionals go by the newest.)
    progress : bool, optional
        Progress bar on standard error. Default: if that is a terminal.

    Returns
    -------
    Backtest

    Raises
    ------
    BacktestError
        If the arguments make no sense, or, as `IncompleteBacktestError` with the finished part,
        if models failed.
    PanelError
        If an origin is outside what the panel knows.
    """
    panel = panel_or_embedded(panel)
    processes = processes_for(n_jobs, executor)
    targets = as_targets(target)
    refuse_no_actual(actual)
    days = origins_for(panel, targets[0], origins)
    settings = Settings(
        panel=panel,
        target=targets,
        origins=tuple(days),
        warmup=tuple(warmup_origins(panel, targets[0], days, at_least(0, warmup=warmup))),
        steps=at_least(1, steps=steps),
        refit_every=at_least(1, refit_every=refit_every),
        functionals=dict(functionals or {}),
        actual=actual,
    )
    planned = plan(models)
    chunks = {key: chunks_of(key, model, settings) for key, model in planned.items()}
    kept = None if store is None else ChunkStore(store, panel)
    with progress_bar(sum(map(len, chunks.values())), progress) as advance:
        result = BacktestRun(settings, planned, chunks, kept, advance).run(processes, executor)
    if result.failures:
        raise IncompleteBacktestError(result)
    return result


def default_origins(panel: Panel, target: str = "exports_total") -> list[pd.Timestamp]:
    """Days on which the target's monthly totals came out, from 2010 to the last.

    Later if the target's figures begin later than ten years before.

    Raises
    ------
    BacktestError
        If that leaves none.
    """
    series = panel.series(target)
    first = max(pd.Period(FIRST_ORIGIN, "M"), series.index[0] + FEWEST_MONTHS)
    last = series.index[-1] + 1
    if first > last:
        raise BacktestError(
            f"{target} has {len(series)} months, and origins begin after {FEWEST_MONTHS} of them; "
            "give origins of your own (panel.origins)"
        )
    return panel.origins(first, last, target=target)


def warmup_origins(
    panel: Panel, target: str, origins: Sequence[pd.Timestamp], months: int
) -> list[pd.Timestamp]:
    """Origins of the same states in the months before the first origin, ascending."""
    if months == 0:
        return []
    first = panel.as_of(origins[0]).last_month(target) + 1
    states = dict.fromkeys(panel.as_of(origin).state(target) for origin in origins)
    found = [
        day
        for state in states
        for day in panel.origins(first - months, first - 1, state=state, target=target)
    ]
    return sorted(day for day in found if day < origins[0])


def origins_for(panel: Panel, target: str, origins: Sequence[Day] | None) -> list[pd.Timestamp]:
    """Origins as days, ascending; `default_origins` if there are none.

    Raises
    ------
    BacktestError
        If the sequence is empty, or a day is given twice.
    PanelError
        If one is outside what the panel knows.
    """
    if origins is None:
        return default_origins(panel, target)
    days = sorted(as_days(origins))
    if not days:
        raise BacktestError("no origins were given; make some with panel.origins(first, last)")
    if twice := [a for a, b in pairwise(days) if a == b]:
        raise BacktestError(f"origin {twice[0].date()} is given twice; give each once")
    panel.as_of(days[0])
    panel.as_of(days[-1])
    return days


def at_least(smallest: int, **argument: int) -> int:
    """Return an argument, given by name, if it is a whole number and large enough.

    Raises
    ------
    BacktestError
        If it is not.
    """
    ((name, value),) = argument.items()
    if not isinstance(value, int | np.integer) or value < smallest:
        raise BacktestError(f"{name} is {value!r}; give a whole number, at least {smallest}")
    return int(value)


def refuse_no_actual(actual: object) -> None:
    """Refuse what does not say which figure counts as outcome.

    Raises
    ------
    BacktestError
    """
    if not isinstance(actual, str) or actual not in get_args(Actual):
        raise BacktestError(f"actual is {actual!r}; give one of {get_args(Actual)}")


def processes_for(n_jobs: int, executor: Executor | None) -> int:
    """Number of worker processes here.

    Raises
    ------
    BacktestError
        If it makes no sense, or is given beside an executor.
    """
    if executor is None:
        return (cpu_count() or 1) if n_jobs == -1 else at_least(1, n_jobs=n_jobs)
    if not isinstance(executor, Executor):
        raise BacktestError(
            f"got {executor!r} as an executor; give a tradeshock.forecast.engines.base.Executor, "
            "such as DaskExecutor(client)"
        )
    if n_jobs != -1:
        raise BacktestError(f"give n_jobs ({n_jobs}) or an executor, not both")
    return 1
