"""Cost of a backtest by the number of series: 10, 100 and 1,000 targets. See docs/scaling.md.

Usage: OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 python benchmarks/scaling.py [--largest 1000]
       [--jobs 1] [--dask]

The panel has few exports series with a long history. For this benchmark alone they are repeated
under new names, each figure times seeded noise of 2 per cent: the work is that of so many series,
the forecasts mean nothing. With one process its CPU time is counted, so that other work on the
machine is not; with more, time by the clock. Ten series are run ten times. Three origins are few on
purpose: what depends on the number of series shows best where the rest is small.
"""

from __future__ import annotations

import argparse
import platform
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib.metadata import version
from os import cpu_count
from statistics import fmean
from time import perf_counter, process_time
from typing import Any

import numpy as np
import pandas as pd

from tradeshock.features import Panel, load_panel
from tradeshock.forecast.many import backtest_many
from tradeshock.forecast.result import Backtest
from tradeshock.models import VAR, AutoRegression, Model, RandomWalk
from tradeshock.models.replay_least_squares import forecast_means, replay_var

SIZES = (10, 100, 1000)
DRIVERS = ("usdkrw", "brent", "us_ip")
NOISE = 0.02
# Long histories alone, so that small and large panels cost the same a series.
SINCE = "2013-01"
DRAWS = 1000
FIRST, LAST, STEPS = "2026-02", "2026-04", 12
# Kernel: series of a system, lags, months that the first origin sees, and origins.
SYSTEM, LAGS, WINDOW, ORIGINS = 8, 6, 180, 240


def many_series(panel: Panel, count: int) -> tuple[Panel, list[str]]:
    """Panel of the drivers and `count` series made of the panel's exports, and their names."""
    rng = np.random.default_rng(0)
    sources = [
        id
        for id in panel.values.columns
        if id.startswith("exports_")
        and panel.catalog[id].flash_of is None
        and panel.series(id).index[0] <= pd.Period(SINCE, "M")
        and panel.last_month(id) >= pd.Period(LAST, "M") - 1
    ]
    columns, entries = {}, []
    for number in range(count):
        id = sources[number % len(sources)]
        name = f"{id}_noisy_{number}"
        noise = np.exp(NOISE * rng.standard_normal(len(panel.values)))
        columns[name] = panel.values[id] * noise
        entries.append(replace(panel.catalog[id], id=name))
    table = pd.concat([panel.values[list(DRIVERS)], pd.DataFrame(columns)], axis=1)
    catalog = panel.select(DRIVERS).catalog.with_series(*entries)
    return Panel(table, catalog, panel.calendar, panel.origin), list(columns)


def models() -> dict[str, Model]:
    """Models by name; a target joins the drivers of the vector autoregression."""
    return {
        "RandomWalk": RandomWalk(n_draws=DRAWS),
        "AutoRegression": AutoRegression(n_draws=DRAWS),
        f"VAR({LAGS}), {1 + len(DRIVERS)} series": VAR(list(DRIVERS), lags=LAGS, n_draws=DRAWS),
    }


def door(panel: Panel, targets: list[str], model: Model, engine: dict[str, Any]) -> float:
    """Seconds for a backtest of all targets through the public door, scored where it was run."""
    origins = panel.origins(FIRST, LAST, target=targets[0])
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
    assert table["target"].nunique() == len(targets)
    return clock() - began


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
        forecast_means(found.coefs, endog[rows], drift)
    return process_time() - began


@contextmanager
def engine(jobs: int, dask: bool) -> Iterator[dict[str, Any]]:
    """What runs the tasks, as arguments of a backtest."""
    if not dask:
        yield {"n_jobs": jobs}
        return
    from distributed import Client, LocalCluster

    from tradeshock.forecast.dask_executor import DaskExecutor

    given = {"threads_per_worker": 1, "host": "127.0.0.1", "dashboard_address": "127.0.0.1:0"}
    with LocalCluster(n_workers=jobs, **given) as cluster, Client(cluster) as client:
        yield {"executor": DaskExecutor(client)}


def repeats(size: int) -> range:
    """Runs of so many series, a hundred series at least."""
    return range(max(1, 100 // size))


def measured(sizes: list[int], jobs: int, dask: bool) -> dict[str, list[float]]:
    """Seconds for each series, by what was run and number of series."""
    panel, targets = many_series(load_panel(), sizes[-1])
    parts = {size: panel.select([*DRIVERS, *targets[:size]]) for size in sizes}
    costs: dict[str, list[float]] = {}
    with engine(jobs, dask) as runs:
        for name, model in models().items():
            door(panel, targets[:jobs], model, runs)
            costs[f"`{name}` through the door"] = [
                fmean(door(part, targets[:size], model, runs) / size for _ in repeats(size))
                for size, part in parts.items()
            ]
    kernel(1)
    costs[f"`VAR({LAGS})` kernel, {SYSTEM} series"] = [
        fmean(kernel(size) / size for _ in repeats(size)) for size in sizes
    ]
    return costs


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--largest", type=int, default=SIZES[-1])
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--dask", action="store_true", help="a local cluster of --jobs workers")
    given = parser.parse_args()
    sizes = [size for size in SIZES if size <= given.largest]
    print("| ms a series | " + " | ".join(f"{size:,}" for size in sizes) + " | most to least |")
    print("| --- |" + " --: |" * (len(sizes) + 1))
    for name, costs in measured(sizes, given.jobs, given.dask).items():
        cells = [f"{1000 * cost:.2f}" for cost in costs]
        print(f"| {name} | {' | '.join(cells)} | {max(costs) / min(costs):.2f} |")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    packages = ", ".join(f"{name} {version(name)}" for name in ("numpy", "pandas"))
    print(f"\n{platform.machine()}, {cpu_count()} cores, {given.jobs} used, {packages}.")
    print(f"Peak memory of this process: {memory:.0f} MiB.")


if __name__ == "__main__":
    main()
