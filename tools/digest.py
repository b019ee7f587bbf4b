"""Digest of what the package forecasts, and what has changed against another one.

Usage: python tools/digest.py make FILE, then python tools/digest.py compare OLD NEW

For changes that must not move a number: make a digest before, one after, compare. It asks only
through public doors, so that it runs on both sides of a rebuilding. Comparing lists every entry
that differs by more than 1e-12, and ends with 1 if there are any.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tradeshock.features import Panel, load_panel
from tradeshock.forecast import backtest, monthly_forecast, screen
from tradeshock.models import VAR, Conditions, Model, find_models

Array = npt.NDArray[np.generic]
TARGET = "exports_total"
TOLERANCE = 1e-12
ORIGINS = {
    "after_total": ("2012-03", "2019-01", "2026-05"),
    "after_10d": ("2026-05",),
    "after_20d": ("2026-04",),
}
SLOW = {"GradientBoosting", "LightGBMBoosting", "SeasonalARIMA", "Combination", "LinearPool"}
# The default record makes these quick; alone they replay their carrier over ten years.
BRIDGES = {"Combination", "FlashBridge", "LinearPool", "Recalibration"}
ASSUMED = {
    "VAR": {"usdkrw": {"2026-06": 1600.0}},
    "BayesianVAR": {"usdkrw": {"2026-06": 1600.0}},
    "TradeBayesianVAR": {"usdkrw": {"2026-06": 1600.0}},
    "DirectRidge": {"us_ip": {"2026-08": 100.0}},
}


def forecasts(panel: Panel) -> Iterator[tuple[str, Array]]:
    """Paths of every model by name, few draws, in all states."""
    for name, cls in find_models().items():
        model: Model = cls(n_draws=60)
        for state, months in ORIGINS.items():
            if name in BRIDGES and state != "after_total":
                continue
            for month in months[-1:] if name in SLOW else months:
                (day,) = panel.origins(month, month, state)
                fitted = model.fit(panel.as_of(day), TARGET)
                yield f"{name} {day.date()}", fitted.forecast(6).values
                if name in ASSUMED and month == "2026-05":
                    assumed = Conditions(ASSUMED[name])
                    yield f"{name} {day.date()} assumed", fitted.forecast(6, assumed).values


def defaults(panel: Panel) -> Iterator[tuple[str, Array]]:
    """The default forecast on some days."""
    for day in ("2014-05-01", "2021-03-11", "2026-04-21", "2026-05-01", "2026-05-15"):
        made = monthly_forecast(panel, as_of=day, threshold=900_000.0)
        yield f"default {day}", made.paths.values
        yield f"default {day} table", made.table().to_numpy(dtype=float)
        yield f"default {day} year", made.year_total().to_numpy(dtype=float)


def frames(panel: Panel) -> Iterator[tuple[str, Array]]:
    """Columns of a backtest's frame, of its record, and of a screening."""
    days = [
        *panel.origins("2024-11", "2026-05"),
        *panel.origins("2025-03", "2025-05", "after_10d"),
        *panel.origins("2025-03", "2025-05", "after_20d"),
    ]
    names = ["RandomWalk", "VAR", "BayesianVAR", "DirectRidge", "FlashRatio", "AutoRegression"]
    run = backtest(names, panel, TARGET, days, 12, n_jobs=1, progress=False)
    for column in ("mean", "q025", "q50", "q975", "crps", "logscore", "pit", "scale", "actual"):
        yield f"backtest {column}", run.frame[column].to_numpy(dtype=float)
    yield "backtest known_on", run.frame["known_on"].to_numpy().astype("datetime64[D]")
    yield "record q50", run.record.frame["q50"].to_numpy(dtype=float)
    tried = {"bic": VAR(), "six": VAR(lags=6), "rolling": VAR(lags=2, window=160)}
    found = screen(tried, panel, ["exports_total", "usdkrw"], panel.origins("2016-01", "2026-05"))
    yield "screening", found.frame["point"].to_numpy(dtype=float)


def make(file: Path) -> None:
    """Write a digest."""
    panel = load_panel()
    warnings.simplefilter("ignore")
    entries = {}
    for part in (forecasts, defaults, frames):
        for name, values in part(panel):
            entries[name] = np.asarray(values)
            print(name, entries[name].shape, flush=True)
    np.savez_compressed(file, **entries)  # type: ignore[arg-type]


def distance(a: Array, b: Array) -> float:
    """Largest difference, relative to the size of the entry where that is above one."""
    if a.shape != b.shape:
        return np.inf
    if a.dtype.kind == "M":
        return 0.0 if np.array_equal(a, b, equal_nan=True) else np.inf
    x, y = a.astype(float), b.astype(float)
    if not np.array_equal(np.isnan(x), np.isnan(y)):
        return np.inf
    return float(np.nanmax(np.abs(x - y) / np.maximum(np.abs(x), 1.0), initial=0.0))


def compare(old: Path, new: Path) -> int:
    """Print what differs; the exit code."""
    with np.load(old) as before, np.load(new) as after:
        names = sorted({*before.files, *after.files})
        apart = {
            name: distance(before[name], after[name])
            if name in before and name in after
            else np.inf
            for name in names
        }
    moved = {name: gap for name, gap in apart.items() if gap > TOLERANCE}
    exact = sum(gap == 0.0 for gap in apart.values())
    print(f"{len(apart)} entries, {exact} bit-identical, {len(moved)} moved by more than 1e-12")
    for name, gap in sorted(moved.items(), key=lambda item: -item[1]):
        print(f"  {gap:9.2e}  {name}")
    return int(bool(moved))


def main() -> None:
    """Make or compare digests."""
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("make").add_argument("file", type=Path)
    for name in ("old", "new"):
        argument = commands.choices.get("compare") or commands.add_parser("compare")
        argument.add_argument(name, type=Path)
    given = parser.parse_args()
    if given.command == "make":
        make(given.file)
    else:
        sys.exit(compare(given.old, given.new))


if __name__ == "__main__":
    main()
