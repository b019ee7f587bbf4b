"""How long it takes to say why a forecast changed, on the embedded figures.

Usage: OMP_NUM_THREADS=1 python benchmarks/news.py

CPU seconds of one run, and their ratio to two fits and forecasts of the same model, which any
comparison of two days needs. Before it is timed, each table must add up to the change to 1e-9.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from tradeshock.features import load_panel
from tradeshock.features.errors import stale_series_noted
from tradeshock.forecast import monthly_forecast
from tradeshock.forecast.news import News, news, recent_news
from tradeshock.models import (
    BayesianVAR,
    DirectRidge,
    DynamicFactor,
    GradientBoosting,
    Model,
    Recalibration,
    TradeBayesianVAR,
)

OLD, NEW = "2026-04-21", "2026-05-15"
# Models and what their news may take, CPU seconds; None where no goal was set.
MODELS: tuple[tuple[Model, float | None], ...] = (
    (BayesianVAR(), None),
    (TradeBayesianVAR(), None),
    (DirectRidge(), None),
    (DynamicFactor(), None),
    (GradientBoosting(), None),
    (Recalibration(), 60.0),
)
CARRIERS, CARRIERS_GOAL = (BayesianVAR, TradeBayesianVAR, DirectRidge), 10.0


def timed(make: Callable[[], object]) -> tuple[float, object]:
    """CPU seconds of a call, and what it gives."""
    start = time.process_time()
    made = make()
    return time.process_time() - start, made


def checked(made: object) -> News:
    """News that adds up."""
    assert isinstance(made, News)
    table = made.table()
    gap = table.drop(index="sum").sum().iloc[:-1].to_numpy() - made.change.to_numpy()
    assert np.abs(gap).max() < 1e-9, made.model
    return made


def main() -> None:
    """Print the table."""
    panel = load_panel()
    news(BayesianVAR(n_draws=20), OLD, NEW)  # imports, and what is read once
    print("| what | groups | CPU s | two forecasts, CPU s | ratio | goal |")
    print("|---|--:|--:|--:|--:|---|")
    carriers = 0.0
    for model, goal in MODELS:
        both, _ = timed(lambda m=model: [monthly_forecast(panel, day, m) for day in (OLD, NEW)])
        seconds, made = timed(lambda m=model: news(m, OLD, NEW))
        groups = len(checked(made).parts.low)
        carriers += seconds * isinstance(model, CARRIERS)
        within = "" if goal is None else f"< {goal:.0f} s"
        name = "the default" if goal else type(model).__name__
        cells = f"{seconds:.1f} | {both:.1f} | {seconds / both:.1f} | {within}"
        print(f"| {name} | {groups} | {cells} |")
    print(f"| the carriers alone | | {carriers:.1f} | | | < {CARRIERS_GOAL:.0f} s |")
    forecast = monthly_forecast(panel)
    seconds, made = timed(lambda: recent_news(forecast))
    assert isinstance(made, dict)
    [checked(each) for each in made.values()]
    print(f"| the default, since the last origin and a month before | | {seconds:.1f} | | | |")


if __name__ == "__main__":
    with stale_series_noted():
        main()
