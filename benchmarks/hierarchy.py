"""Parts and total made coherent: what it does to the total's accuracy and to intervals of sums.

Usage: OMP_NUM_THREADS=1 python benchmarks/hierarchy.py      # three minutes

Destinations (United States, China, European Union, the rest) every third month from 2012, and ten
items and the rest every month from September 2022. Origins are the days on which the last of a
month's parts come out; each forecast is coupled and reconciled by the errors of all earlier months
whose twelve steps were known by then. RMSE is of the logs of the total, over that of the same
model's own forecast of the total.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd
from speed import machine

from tradeshock.features import Panel, load_panel
from tradeshock.forecast.exposure.groups import ITEMS
from tradeshock.forecast.hierarchy import coherent, joint_errors, with_remainder
from tradeshock.forecast.hierarchy.copula import coupled
from tradeshock.models import BayesianVAR, ForecastPaths, Model, RandomWalk
from tradeshock.models.base import Floats

TARGET = "exports_total"
STEPS = 12
SHOWN = (1, 3, 6, 12)


class Split(NamedTuple):
    """Parts, first months of past errors and of what is scored, and how many months apart."""

    parts: tuple[str, ...]
    errors_from: str
    scored_from: str
    every: int


SPLITS = {
    "destinations": Split(
        ("exports_to_us", "exports_to_china", "exports_to_eu"), "2005-01", "2012-01", 3
    ),
    "items": Split(ITEMS, "2021-01", "2022-09", 1),
}


def origins(panel: Panel, first: str) -> list[pd.Timestamp]:
    """Days on which the last of a month's parts came out."""
    months = pd.period_range(first, panel.last_month("remainder"), freq="M")
    column = panel.values.columns.get_loc("remainder")
    rows = panel.months.get_indexer(months)
    return [pd.Timestamp(day) for day in panel.release_dates[rows, column]]


def totals(forecasts: tuple[ForecastPaths, ...], past: Floats) -> Iterator[tuple[str, Floats]]:
    """Paths of the total, draws by steps, by each way."""
    draws = np.stack([paths.draws() for paths in forecasts], axis=2)
    rng = np.random.default_rng(0)
    alone = np.stack([rng.permutation(draws[:, :, j]) for j in range(draws.shape[2])], axis=2)
    yield "total alone", draws[:, :, 0]
    yield "sum of independent parts", alone[:, :, 1:].sum(axis=2)
    yield "sum of coupled parts", coupled(draws, past, rng)[:, :, 1:].sum(axis=2)
    yield "coherent, total kept", coherent(forecasts, past).draws()
    yield "coherent, total moved", coherent(forecasts, past, keep_total=False).draws()


def measured(model: Model, split: Split) -> pd.DataFrame:
    """Errors of the logs and whether 80 % intervals held, by way, origin and step."""
    panel = with_remainder(load_panel(), split.parts)
    days = origins(panel, split.errors_from)
    nodes = (TARGET, *split.parts, "remainder")
    replays = [list(model.replay(panel, node, days, STEPS)) for node in nodes]
    joint = list(zip(*replays, strict=True))
    errors = np.array([joint_errors(forecasts, panel, STEPS) for forecasts in joint])
    first = next(
        i for i, paths in enumerate(replays[0]) if str(paths.index[0]) >= split.scored_from
    )
    rows = []
    for i in range(first, len(days), split.every):
        # The last month known at origin i is that of step 12 from origin i - 12.
        for way, draws in totals(joint[i], errors[: i - STEPS + 1]):
            actual = panel.values[TARGET].reindex(replays[0][i].index).to_numpy()
            low, middle, high = np.quantile(draws, (0.1, 0.5, 0.9), axis=0)
            for step in SHOWN:
                if np.isfinite(outcome := actual[step - 1]):
                    error = np.log(outcome / middle[step - 1])
                    held = low[step - 1] <= outcome <= high[step - 1]
                    rows.append((way, step, error, held))
    return pd.DataFrame(rows, columns=["way", "step", "error", "held"])


def main() -> None:
    print(machine(("numpy", "pandas", "statsmodels")))
    for name, split in SPLITS.items():
        for model in (RandomWalk(n_draws=500), BayesianVAR(n_draws=500)):
            print_table(f"{model.name}, {name}", measured(model, split))


def print_table(title: str, frame: pd.DataFrame) -> None:
    groups = frame.groupby(["way", "step"], sort=False)
    rmse = groups["error"].agg(lambda e: float(np.sqrt((e**2).mean()))).unstack("step")
    held, n = groups["held"].mean().unstack("step"), groups.size().unstack("step").iloc[0]
    print(f"\n{title}; origins by step: {', '.join(f'{s}: {n[s]}' for s in SHOWN)}\n")
    steps = " | ".join(f"{name} {s}" for name in ("RMSE", "in 80 %") for s in SHOWN)
    print(f"| the total as | {steps} |")
    print(f"|---|{'--:|' * 2 * len(SHOWN)}")
    for way in rmse.index:
        ratios = " | ".join(f"{x:.3f}" for x in rmse.loc[way] / rmse.loc["total alone"])
        print(f"| {way} | {ratios} | {' | '.join(f'{x:.2f}' for x in held.loc[way])} |")


if __name__ == "__main__":
    main()
