"""Time of replays, boosting and the command line, as ratios within one run.

Usage: OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 python benchmarks/speed.py [PART ...]

Parts: kernels, targets, door, models, boosting, commands. See benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from importlib.metadata import version
from os import cpu_count
from statistics import median
from time import perf_counter

import kernels
import numpy as np
import pandas as pd
from sklearn.base import clone

from tradeshock.features import Panel, load_panel
from tradeshock.features.panel.release import ReleaseRule
from tradeshock.forecast import screen
from tradeshock.forecast.judging.scores import scores
from tradeshock.models import (
    VAR,
    BayesianVAR,
    Combination,
    DirectRidge,
    GradientBoosting,
    Model,
    RandomWalk,
    Recalibration,
)
from tradeshock.models.direct.ridge import linear_blocks
from tradeshock.models.record.rows import forecast_rows
from tradeshock.models.systems.calendar_regressors import calendar_regressors

TARGET = "exports_total"
STEPS = kernels.STEPS
ALL = range(kernels.FIRST, kernels.MONTHS + 1)
# Slow loops are run on every twelfth origin, and their time is multiplied.
SOME = range(kernels.FIRST, kernels.MONTHS + 1, 12)
# Seconds; what takes less is run more often.
QUICK = 0.05
Row = tuple[str, float, str, float, str]


def seconds(work: Callable[[], object], repeats: int) -> float:
    """Median time of a piece of work."""
    times = []
    for _ in range(repeats):
        began = perf_counter()
        work()
        times.append(perf_counter() - began)
    return median(times)


def kernel_rows() -> list[Row]:
    """Numerics alone: one pass over 240 origins against a loop."""
    for name, distance in kernels.distances(every=20).items():
        if distance > 1e-10:
            raise AssertionError(f"{name}: {distance:.1e} from an orthogonal factorisation")
    growth = kernels.systems()["growth"]
    pairs: tuple[tuple[str, Callable[..., object], str, Callable[..., object], range, str], ...] = (
        ("VAR(6), points", kernels.var_pass, "statsmodels", kernels.var_statsmodels, ALL, "150"),
        (
            "lag orders 1 to 12",
            kernels.orders_pass,
            "statsmodels",
            kernels.orders_statsmodels,
            SOME,
            "300",
        ),
        (
            "rolling VAR(6)",
            kernels.rolling_pass,
            "statsmodels",
            kernels.rolling_statsmodels,
            ALL,
            "20",
        ),
    )
    rows: list[Row] = []
    for what, fast, rival, slow, origins, goal in pairs:
        fast(growth)
        ours, theirs = in_turn(partial(fast, growth), partial(slow, growth, origins), rounds=5)
        theirs *= len(ALL) / len(origins)
        rows.append((what, ours, rival, theirs, f">= {goal}" if goal else ""))
    return rows


def in_turn(*works: Callable[[], object], rounds: int = 2) -> list[float]:
    """Best time of each, all of them in turn: other work on the machine only ever adds."""
    first = [seconds(work, 1) for work in works]
    repeats = [1 if time > QUICK else 9 for time in first]
    times = [first, *(list(map(seconds, works, repeats)) for _ in range(rounds))]
    return [min(each) for each in zip(*times, strict=True)]


def target_rows() -> list[Row]:
    """A thousand targets, 240 origins each."""
    systems = [kernels.growth_rates(seed) for seed in range(20)]
    began = perf_counter()
    for i in range(1000):
        kernels.var_pass(systems[i % len(systems)])
    return [("1,000 targets, VAR(6), points", perf_counter() - began, "", np.nan, "< 4 s")]


def synthetic_panel() -> Panel:
    """The reference system as a panel, released on the first of the next month."""
    levels = pd.DataFrame(kernels.systems()["raw levels"], columns=list(kernels.SERIES))
    start = pd.DataFrame(np.full((1, levels.shape[1]), np.exp(8.0)), columns=levels.columns)
    table = pd.concat([start, levels], ignore_index=True)
    table.index = pd.period_range("1988-01", periods=len(table), freq="M")
    return Panel.from_frame(table, ReleaseRule(day=1))


def reference_door() -> tuple[Panel, list[pd.Timestamp], Callable[[], pd.DataFrame]]:
    """Reference system as a panel, its origins, and the screen of all of them."""
    panel = synthetic_panel()
    last = panel.values.index[-1] + 1
    origins = panel.origins(last - len(ALL) + 1, last, target=kernels.SERIES[0])

    def screened() -> pd.DataFrame:
        model = VAR(kernels.SERIES, lags=kernels.LAGS, calendar=False)
        return screen(model, panel, kernels.SERIES[0], origins, STEPS).scores()

    return panel, origins, screened


def door_rows() -> list[Row]:
    """Through `screen` and `VAR.replay`: frame and scores made, panels cut and paths drawn."""
    ids = kernels.SERIES
    panel, origins, screened = reference_door()
    growth = kernels.systems()["growth"]

    def replay(targets: str | tuple[str, ...], draws: int) -> list[object]:
        model = VAR(ids, lags=kernels.LAGS, calendar=False, n_draws=draws)
        return list(model.replay(panel, targets, origins, STEPS))

    def quantiles(targets: str | tuple[str, ...]) -> None:
        for paths in replay(targets, 1000):
            for series in paths.series:  # type: ignore[attr-defined]
                paths.quantile(series=series)  # type: ignore[attr-defined]

    screened()
    quick, loop = in_turn(screened, partial(kernels.var_statsmodels, growth, ALL), rounds=5)
    what = "VAR(6) replay, 240 origins: "
    sm = "statsmodels, points"
    return [
        (
            "VAR(6) screened, 240 origins: points, tidy frame, scores",
            quick,
            sm,
            loop,
            ">= 40",
        ),
        (what + "one draw", seconds(lambda: replay(ids[0], 1), 5), sm, loop, ""),
        (
            what + "1,000 paths, tidy frame, scores",
            seconds(lambda: scores(forecast_rows(replay(ids[0], 1000), panel), reference=None), 3),  # type: ignore[arg-type]
            sm,
            loop,
            "",
        ),
        (
            what + "1,000 paths, quantiles",
            seconds(lambda: quantiles(ids[0]), 5),
            sm,
            loop,
            "< 0.8 s",
        ),
        (what + "8 series jointly, quantiles", seconds(lambda: quantiles(ids), 3), sm, loop, ""),
    ]


def ragged_rows() -> list[Row]:
    """As models really run, on the embedded figures: a calendar, and series that end in turn."""
    panel, lags = load_panel(), 3
    model = VAR(lags=lags)
    origins = panel.origins("2010-01", "2026-04")
    system = model.fit(panel).levels_
    exog = calendar_regressors(system.months[1:], panel.calendar)[:, 1:]
    last = len(system.growth) - STEPS

    def statsmodels() -> None:
        """Fits with the calendar as exogenous, on the months that all series have."""
        from statsmodels.tsa.api import VAR

        for seen in range(last - len(origins), last):
            fit = VAR(system.growth[:seen], exog[:seen]).fit(lags)
            fit.forecast(system.growth[seen - lags : seen], STEPS, exog[seen : seen + STEPS])

    def screened() -> None:
        screen(clone(model), panel, TARGET, origins, STEPS).scores()

    def one_by_one() -> None:
        fit_each(model, panel, origins[::12])

    quick, loop = in_turn(screened, statsmodels, rounds=5)
    slow = seconds(one_by_one, 1) * len(origins) / len(origins[::12])
    what = f"VAR({lags}), calendar, ragged edge: screened, {len(origins)} origins"
    return [
        (what, quick, "statsmodels, points, no edge", loop, ""),
        (what, quick, "fits one by one", slow, ""),
    ]


def fit_each(model: Model, panel: Panel, origins: Iterable[pd.Timestamp]) -> None:
    for origin in origins:
        list(Model.replay(model, panel, TARGET, [origin], 12))


def model_rows() -> list[Row]:
    """Default models on the embedded figures: replay of three years against fits one by one."""
    panel = load_panel()
    origins = panel.origins("2021-01", "2023-12")
    models = (RandomWalk(), VAR(), BayesianVAR(), DirectRidge())
    rows: list[Row] = []
    for model in models:
        # Before the replay, which leaves adjusted levels behind.
        alone = seconds(lambda model=model: fit_each(model, panel, origins[::12]), 1) * 12  # type: ignore[misc]
        began = perf_counter()
        list(model.replay(panel, TARGET, origins, 12))
        replayed = perf_counter() - began
        rows.append((f"{model.name}, 36 origins", replayed, "fits one by one", alone, ""))
    forecasts = list(RandomWalk().replay(panel, TARGET, origins, 12))
    rows.append(
        ("tidy, 36 origins", seconds(lambda: forecast_rows(forecasts, panel), 3), "", np.nan, "")
    )
    members = [RandomWalk(), VAR(), RandomWalk(half_life=30.0)]
    for wrapper in (Combination(members), Recalibration(RandomWalk())):
        took = seconds(lambda w=wrapper: list(w.replay(panel, TARGET, origins, 12)), 1)  # type: ignore[misc]
        rows.append((f"{type(wrapper).__name__} of quick members", took, "", np.nan, ""))
    return rows


def boosting_rows() -> list[Row]:
    """Twelve steps with intervals an origin, against scikit-learn alone with its defaults."""
    from sklearn.ensemble import HistGradientBoostingRegressor

    panel = load_panel()
    origins = panel.origins("2023-01", "2023-12")
    model = GradientBoosting()
    half = seconds(lambda: list(model.replay(panel, TARGET, origins[:6], 12)), 1)
    whole = seconds(lambda: list(model.replay(panel, TARGET, origins, 12)), 1)
    known = panel.as_of(origins[-1])
    table = linear_blocks().fit_transform(known, TARGET)
    level = np.log(known.series(TARGET)).reindex(table.index - 1)
    X = table.to_numpy()
    X = X[:, (~np.isnan(X)).sum(axis=0) >= 24]

    def plain() -> None:
        for step in range(1, 13):
            outcome = level.shift(-step).to_numpy() - level.to_numpy()
            seen = ~np.isnan(outcome)
            fit = HistGradientBoostingRegressor().fit(X[seen], outcome[seen])
            fit.predict(X[-1:])

    loop, rival = seconds(plain, 1), "HistGradientBoostingRegressor(), points"
    return [
        (
            "GradientBoosting, one more origin of a year",
            (whole - half) / 6,
            rival,
            loop,
            ">= 3.5, <= 0.30 s",
        ),
        (
            "GradientBoosting, an origin of a year from nothing (errors of ten years)",
            whole / len(origins),
            rival,
            loop,
            "",
        ),
    ]


def command_rows() -> list[Row]:
    """Fresh processes."""
    run = [sys.executable, "-c", "from tradeshock.forecast.cli.main import main; main()"]
    with tempfile.TemporaryDirectory() as folder:
        commands = (
            ("tradeshock --help", [*run, "--help"], "< 0.4 s"),
            (
                "import tradeshock.forecast",
                [sys.executable, "-c", "import tradeshock.forecast"],
                "< 0.6 s",
            ),
            (
                "import tradeshock.features",
                [sys.executable, "-c", "import tradeshock.features"],
                "< 1.0 s",
            ),
            (
                "from tradeshock.features import load_panel",
                [sys.executable, "-c", "from tradeshock.features import load_panel"],
                "",
            ),
            (
                "from tradeshock.forecast import backtest",
                [sys.executable, "-c", "from tradeshock.forecast import backtest"],
                "",
            ),
            ("tradeshock forecast", [*run, "forecast"], "< 8 s"),
        )
        rows: list[Row] = []
        for what, command, goal in commands:

            def work(command: list[str] = command) -> None:
                subprocess.run(command, check=True, capture_output=True, cwd=folder)

            work()
            rows.append((what, seconds(work, 3), "", np.nan, goal))
    return rows


PARTS: dict[str, Callable[[], list[Row]]] = {
    "kernels": kernel_rows,
    "targets": target_rows,
    "door": lambda: door_rows() + ragged_rows(),
    "models": model_rows,
    "boosting": boosting_rows,
    "commands": command_rows,
}


def line(row: Row) -> str:
    what, ours, rival, theirs, goal = row
    against = "" if np.isnan(theirs) else f"{rival}: {shown(theirs)}"
    ratio = "" if np.isnan(theirs) else f"{theirs / ours:.1f}"
    return f"| {what} | {shown(ours)} | {against} | {ratio} | {goal} |"


def shown(time: float) -> str:
    return f"{1e3 * time:.1f} ms" if time < 0.1 else f"{time:.2f} s"


def machine(packages: Iterable[str]) -> str:
    """Cores, and versions of Python and of packages."""
    versions = ", ".join(f"{name} {version(name)}" for name in packages)
    return f"{cpu_count()} cores, Python {platform.python_version()}, {versions}"


def print_table(
    usage: str | None, parts: Mapping[str, Callable[[], list[Row]]], packages: Iterable[str]
) -> None:
    """Print the rows of the parts that the command line names, of all if it names none."""
    parser = argparse.ArgumentParser(description=usage)
    parser.add_argument("parts", nargs="*", choices=[*parts, []], help="default: all")
    chosen = parser.parse_args().parts or list(parts)
    print(machine(packages))
    print("\n| what | time | against | ratio | goal |\n|---|--:|---|--:|---|")
    for part in chosen:
        for row in parts[part]():
            print(line(row), flush=True)


def main() -> None:
    print_table(__doc__, PARTS, ("numpy", "scipy", "pandas", "scikit-learn", "statsmodels"))


if __name__ == "__main__":
    main()
