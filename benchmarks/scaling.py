"""Cost of a backtest by the number of series: 10, 100 and 1,000 targets. See docs/scaling.md.

Usage: OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 python benchmarks/scaling.py [--largest 1000]
       [--jobs 1] [--dask]

The panel has few exports series with a long history. For this benchmark alone they are repeated
under new names, each figure times seeded noise of 2 per cent: the work is that of so many series,
the forecasts mean nothing. No series is used twice: what a process has worked out for one, such as
its calendar adjustment, would make the next run on it cheaper. Small runs are repeated, one half
before the large one and one half after it. Three origins are few on purpose: what depends on the
number of series shows best where the rest is small.

With one process its CPU time is counted, so that other work on the machine is not; with more, time
by the clock, to which starting the processes belongs. The last column has the rise from the second
largest number of series to the largest, divided by the series added: fixed costs are not in it.

With one process, a second table has the cost of each further origin, from some series of a panel of
10,000, and what all of them would take at 300 origins.
"""

from __future__ import annotations

import argparse
import logging
import math
import platform
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import version
from os import cpu_count
from statistics import fmean
from time import perf_counter, process_time
from typing import Any

import numpy as np
import pandas as pd

from tradeshock.features import Panel, load_panel
from tradeshock.forecast.backtesting.many_targets import backtest_many
from tradeshock.forecast.backtesting.result import Backtest
from tradeshock.models import VAR, AutoRegression, Model, RandomWalk
from tradeshock.models.algebra.expanding import replay_var
from tradeshock.models.algebra.recursion import simulate

SIZES = (10, 100, 1000)
DRIVERS = ("usdkrw", "brent", "us_ip")
NOISE = 0.02
# Long histories alone, so that small and large panels cost the same a series.
SINCE = "2013-01"
DRAWS = 1000
LAST, MONTHS, STEPS = "2026-04", 3, 12
# Few and many origins, and the number of series, from which the cost of an origin is found.
FEW, MANY, SERIES = 12, 48, 20
LARGE_SERIES, LARGE_ORIGINS = 10_000, 300
# Kernel: series of a system, lags, months that the first origin sees, and origins.
SYSTEM, LAGS, WINDOW, ORIGINS = 8, 6, 180, 240


@dataclass
class Supply:
    """Noisy exports series: each is given out once.

    Parameters
    ----------
    panel : Panel
        Of the real series.
    """

    panel: Panel
    given: int = 0

    def __post_init__(self) -> None:
        self.rng = np.random.default_rng(0)
        self.sources = [
            id
            for id in self.panel.values.columns
            if id.startswith("exports_")
            and self.panel.catalog[id].flash_of is None
            and self.panel.series(id).index[0] <= pd.Period(SINCE, "M")
            and self.panel.last_month(id) >= pd.Period(LAST, "M") - 1
        ]

    def take(self, count: int) -> tuple[Panel, list[str]]:
        """Panel of the drivers and so many new series, and their names."""
        columns, entries = {}, []
        for number in range(self.given, self.given + count):
            id = self.sources[number % len(self.sources)]
            name = f"{id}_noisy_{number}"
            noise = np.exp(NOISE * self.rng.standard_normal(len(self.panel.values)))
            columns[name] = self.panel.values[id] * noise
            entries.append(replace(self.panel.catalog[id], id=name))
        self.given += count
        table = pd.concat([self.panel.values[list(DRIVERS)], pd.DataFrame(columns)], axis=1)
        catalog = self.panel.select(DRIVERS).catalog.with_series(*entries)
        return Panel(table, catalog, self.panel.calendar, self.panel.origin), list(columns)


def models() -> dict[str, Model]:
    """Models by name; a target joins the drivers of the vector autoregression."""
    return {
        "RandomWalk": RandomWalk(n_draws=DRAWS),
        "AutoRegression": AutoRegression(n_draws=DRAWS),
        f"VAR({LAGS}), {1 + len(DRIVERS)} series": VAR(list(DRIVERS), lags=LAGS, n_draws=DRAWS),
    }


def door(
    panel: Panel, targets: list[str], model: Model, engine: dict[str, Any], months: int = MONTHS
) -> float:
    """Seconds for a backtest of all targets through the public door, scored where it was run."""
    origins = panel.origins(pd.Period(LAST, "M") - (months - 1), LAST, target=targets[0])
    clock = process_time if engine.get("n_jobs") == 1 else perf_counter
    began = clock()
    table = backtest_many(
        model,
        panel,
        targets,
        DRIVERS,
        origins=origins,
        steps=STEPS,
        reduce=Backtest.scores,
        progress=False,
        **engine,
    )
    spent = clock() - began
    assert table["target"].nunique() == len(targets)
    return spent


def backtest_new(supply: Supply, model: Model, engine: dict[str, Any], count: int) -> float:
    """Seconds for a backtest of so many new targets."""
    return door(*supply.take(count), model, engine)


def kernel(count: int) -> float:
    """Seconds of the bare vector autoregressions of so many targets, eight series each."""
    rng = np.random.default_rng(0)
    months = WINDOW + ORIGINS - 1
    drivers = 0.03 * rng.standard_normal((months, SYSTEM - 1))
    ones, names = np.ones((months, 1)), [f"series {i}" for i in range(SYSTEM)]
    rows = np.arange(WINDOW, months + 1)[:, None] - LAGS + np.arange(LAGS)
    began = process_time()
    for _ in range(count):
        endog = np.column_stack([0.03 * rng.standard_normal(months), drivers])
        found = replay_var(endog, ones, LAGS, WINDOW, names)
        drift = np.repeat(found.exog_coefs[:, :1], STEPS, axis=1)
        simulate(found.coefs, endog[rows], drift)
    return process_time() - began


@contextmanager
def engine(jobs: int, dask: bool) -> Iterator[dict[str, Any]]:
    """What runs the tasks, as arguments of a backtest."""
    if not dask:
        yield {"n_jobs": jobs}
        return
    from distributed import Client, LocalCluster

    from tradeshock.forecast.engines.dask import DaskExecutor

    given = {"threads_per_worker": 1, "host": "127.0.0.1", "dashboard_address": "127.0.0.1:0"}
    # A worker that has run thousands of tasks takes its time to end, and Dask remarks on it.
    given |= {"silence_logs": logging.ERROR}
    with LocalCluster(n_workers=jobs, **given) as cluster, Client(cluster) as client:
        yield {"executor": DaskExecutor(client)}


def schedule(sizes: list[int]) -> list[int]:
    """Sizes of the runs: small ones on both sides of the largest, fifty series a side at least."""
    side = [size for size in sizes[:-1] for _ in range(max(1, 50 // size))]
    return [*side, sizes[-1], *side]


def seconds_by_size(sizes: list[int], run: Callable[[int], float]) -> list[float]:
    """Mean seconds of a run, by number of series."""
    spent: dict[int, list[float]] = {size: [] for size in sizes}
    for size in schedule(sizes):
        spent[size].append(run(size))
    return [fmean(spent[size]) for size in sizes]


def measured(
    supply: Supply, sizes: list[int], runs: dict[str, Any]
) -> Iterator[tuple[str, list[float]]]:
    """What was run, and its seconds by number of series."""
    for name, model in models().items():
        run = partial(backtest_new, supply, model, runs)
        run(2)
        yield f"`{name}` through the door", seconds_by_size(sizes, run)
    kernel(1)
    yield f"`VAR({LAGS})` kernel, {SYSTEM} series", seconds_by_size(sizes, kernel)


def cost_table(supply: Supply, sizes: list[int], runs: dict[str, Any]) -> Iterator[str]:
    """Lines with the cost of a series by their number."""
    heads = [*(f"{size:,}" for size in sizes), "most to least"]
    if len(sizes) > 1:
        heads.append(f"each further, {sizes[-2]:,} to {sizes[-1]:,}")
    yield f"| ms a series | {' | '.join(heads)} |"
    yield "| --- |" + " --: |" * len(heads)
    for name, spent in measured(supply, sizes, runs):
        costs = [1e3 * seconds / size for seconds, size in zip(spent, sizes, strict=True)]
        cells = [*(f"{cost:.2f}" for cost in costs), f"{max(costs) / min(costs):.2f}"]
        if len(sizes) > 1:
            further = (spent[-1] - spent[-2]) / (sizes[-1] - sizes[-2])
            cells.append(f"{1e3 * further:.2f}")
        yield f"| {name} | {' | '.join(cells)} |"


def large_table(supply: Supply, runs: dict[str, Any]) -> Iterator[str]:
    """Lines with the cores that a large backtest needs, extrapolated along the origins.

    Some targets of a panel of that size are run.
    """
    heads = ("ms an origin", "s a series", "core hours", "cores for one hour", "for ten minutes")
    yield f"| {LARGE_SERIES:,} series, {LARGE_ORIGINS} origins | {' | '.join(heads)} |"
    yield "| --- |" + " --: |" * len(heads)
    panel, targets = supply.take(LARGE_SERIES)
    parts = (targets[start : start + SERIES] for start in range(0, len(targets), SERIES))
    total = 0.0
    for name, model in models().items():
        few, many = (
            door(panel, next(parts), model, runs, months) / SERIES for months in (FEW, MANY)
        )
        origin = (many - few) / (MANY - FEW)
        series = many + (LARGE_ORIGINS - MANY) * origin
        hours = LARGE_SERIES * series / 3600
        total += hours
        yield f"| `{name}` | {1e3 * origin:.1f} | {series:.1f} | {cores(hours)} |"
    yield f"| all | | | {cores(total)} |"


def cores(hours: float) -> str:
    """Core hours, cores for one hour and for ten minutes, as cells."""
    return f"{hours:.1f} | {math.ceil(hours)} | {math.ceil(6 * hours)}"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--largest", type=int, default=SIZES[-1])
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--dask", action="store_true", help="a local cluster of --jobs workers")
    given = parser.parse_args()
    sizes = [size for size in SIZES if size <= given.largest]
    supply = Supply(load_panel())
    with engine(given.jobs, given.dask) as runs:
        for line in cost_table(supply, sizes, runs):
            print(line, flush=True)
        if runs.get("n_jobs") == 1:
            print()
            for line in large_table(supply, runs):
                print(line, flush=True)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    packages = ", ".join(f"{name} {version(name)}" for name in ("numpy", "pandas"))
    print(f"\n{platform.machine()}, {cpu_count()} cores, {given.jobs} used, {packages}.")
    print(f"Peak memory of this process: {memory:.0f} MiB.")


if __name__ == "__main__":
    main()
