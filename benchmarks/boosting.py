"""The quick settings of `GradientBoosting` against slow ones: time and accuracy of the same work.

Usage: OMP_NUM_THREADS=1 python benchmarks/boosting.py [ORIGINS]      # eight minutes

The last 60 origins (or as many as asked for) of exports on the embedded figures, 12 steps with
intervals, two worker processes, from nothing: errors of ten earlier years and the start of the
processes are in the time. Slow are scikit-learn's own defaults, which see every column as it is and
cut it into 255 bins: on the residual of the same ridge regression, and on growth alone.
"""

from __future__ import annotations

import argparse
from time import perf_counter

import numpy as np
import pandas as pd
from speed import machine

from tradeshock.features import load_panel
from tradeshock.forecast import backtest
from tradeshock.forecast.judging.scores import scores
from tradeshock.models import DirectRidge, GradientBoosting
from tradeshock.models.base import Floats
from tradeshock.models.direct.base import Rows
from tradeshock.models.direct.ridge import FEWEST_KNOWN

STEPS = 12
SHOWN = (1, 3, 6, 12)
WORKERS = 2


class ScikitLearnDefaults(GradientBoosting):
    """Boosters with scikit-learn's defaults, for the same outcomes and the same start."""

    def predict(self, rows: Rows, new: Floats, steps: int) -> Floats:
        """Learn from rows, forecast new ones."""
        from sklearn.ensemble import HistGradientBoostingRegressor
        from threadpoolctl import threadpool_limits

        outcomes = rows.outcome_table(steps)
        base = self._base(rows, new, outcomes)
        columns = rows.usable(FEWEST_KNOWN, int((~np.isnan(outcomes[:, 0])).sum()))
        added = np.empty((len(new), steps))
        with threadpool_limits(1):
            for step in range(steps):
                known = np.flatnonzero(~np.isnan(outcomes[:, step]))
                left = outcomes[known, step] - base[known, step]
                booster = HistGradientBoostingRegressor(random_state=self.random_state)
                booster.fit(rows.X[known][:, columns], left - left.mean())
                added[:, step] = booster.predict(new[:, columns])
        return base[len(rows.X) :] + added


MODELS = {
    "`GradientBoosting`": GradientBoosting(),
    "the same with scikit-learn's defaults": ScikitLearnDefaults(),
    "scikit-learn's defaults, no ridge": ScikitLearnDefaults(residual_of=None),
    "`DirectRidge`, its start": DirectRidge(),
}


def measured(frame: pd.DataFrame, walk: pd.DataFrame) -> list[float]:
    """Ratios of RMSE to the random walk's at some steps, and the share inside 80 % intervals."""
    table = scores(pd.concat([frame, walk], ignore_index=True), ("model", "step"))
    table = table[(table["quantity"] == "level") & (table["model"] != "RandomWalk")]
    ratios = table.set_index("step")["rmse_ratio"].loc[list(SHOWN)]
    return [*ratios.tolist(), float(np.average(table["coverage_80"], weights=table["n"]))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("origins", nargs="?", type=int, default=60)
    panel = load_panel()
    days = panel.origins("2010-01", "2026-04")[-parser.parse_args().origins :]
    given = {"panel": panel, "origins": days, "steps": STEPS, "progress": False}
    print(machine(("scikit-learn", "numpy", "pandas")))
    print(f"{len(days)} origins from {days[0].date()} to {days[-1].date()}\n")
    steps = " | ".join(f"step {step}" for step in SHOWN)
    print(f"| model | an origin | slower | {steps} | in 80 % |")
    print("|---|" + "--:|" * (3 + len(SHOWN)))
    walk = backtest("RandomWalk", **given).frame  # type: ignore[arg-type]
    quickest = np.nan
    for name, model in MODELS.items():
        began = perf_counter()
        frame = backtest({name: model}, n_jobs=WORKERS, **given).frame  # type: ignore[arg-type]
        took = (perf_counter() - began) / len(days)
        quickest = took if np.isnan(quickest) else quickest
        cells = " | ".join(f"{figure:.3f}" for figure in measured(frame, walk))
        print(f"| {name} | {took:.2f} s | {took / quickest:.1f} | {cells} |", flush=True)


if __name__ == "__main__":
    main()
