"""Size and speed of the store: the snapshot, then six years of updates on working days.

The figures are made up, as many as publishers revise: each working day some series get a new
month, and some of their last months are revised. Run:

    python benchmarks/store.py [FOLDER]
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd

from tradeshock.features import load_panel
from tradeshock.features.vintages import Answer, Store
from tradeshock.features.vintages.live import panel_of

UPDATES, ROWS = 1560, 196_678
FIRST = np.datetime64("2026-05-18")


def updates() -> list[Answer]:
    """One answer a working day, of changed cells alone: as many rows as the prototype had."""
    rng = np.random.default_rng(1)
    panel = load_panel()
    ids = np.array([id for id in panel.values if panel.catalog[id].flash_of is None], dtype=object)
    last = {id: panel.last_month(id).ordinal for id in ids}
    level = {id: float(panel.series(id).iloc[-1]) for id in ids}
    at = {
        id: dict(zip(panel.months.asi8, panel.values[id].fillna(level[id]), strict=True))
        for id in ids
    }
    days = np.busday_offset(FIRST, np.arange(UPDATES))
    base = int(panel.values.notna().to_numpy().sum())
    each = (ROWS - base) / UPDATES
    made, rows = [], 0
    for k, day in enumerate(days):
        month = pd.Period(pd.Timestamp(day), "M").ordinal
        cells: list[tuple[str, int, float]] = []
        for id in rng.permutation(ids):
            if rows + len(cells) >= each * (k + 1):
                break
            new = min(last[id] + 1, month - 1)
            last[id] = max(last[id], new)
            back = int(rng.integers(6, 24))
            months = [last[id] - j for j in range(back)]
            known = [at[id].get(each_month, level[id]) for each_month in months]
            noise = np.exp(0.001 * rng.standard_normal(back))
            values = [float(f"{value:.6g}") for value in known * noise]
            cells += list(zip([id] * back, months, values, strict=True))
        rows += len(cells)
        table = pd.DataFrame(cells, columns=["series", "month", "value"])
        table["month"] = pd.PeriodIndex.from_ordinals(table["month"], freq="M")
        moment = datetime.combine(pd.Timestamp(day).date(), datetime.min.time(), tzinfo=UTC)
        made.append(Answer("benchmark", moment, table))
    return made


def best(work: Callable[[], object], times: int = 5) -> float:
    """Shortest time of some runs, in milliseconds."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        found.append(1000 * (time.perf_counter() - start))
    return min(found)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(sys.argv[1] if len(sys.argv) > 1 else folder) / "benchmark.sqlite"
        path.unlink(missing_ok=True)
        answers, store = updates(), Store(path)
        start, cpu = time.perf_counter(), time.process_time()
        for answer in answers:
            store.append(answer)
        seconds, busy = time.perf_counter() - start, time.process_time() - cpu
        history = Store(path).history()
        rows = sum(len(kept.values) for kept in history.answers)
        print(f"{len(history.answers)} answers, {rows} rows: {path.stat().st_size / 1e6:.2f} MB")
        print(f"append {1e3 * seconds / UPDATES:.1f} ms, {1e3 * busy / UPDATES:.1f} of them cpu")
        print(f"read the file {best(lambda: Store(path).history()):.0f} ms")
        panel = panel_of(history).panel
        print(f"make the panel {best(lambda: panel_of(history)):.0f} ms")
        day = pd.Timestamp(FIRST) + pd.Timedelta(days=700)
        panel.as_of(day)
        assert panel.vintages is not None
        print(
            f"as_of {best(lambda: panel.as_of(day), 20):.1f} ms, "
            f"{len(panel.vintages.table)} vintages of revised figures"
        )
        print(f"cores {os.cpu_count()}, load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
