"""Forecasters of other libraries through our adapters, beside the default: docs/other-libraries.md.

Usage: pip install 'tradeshock[sktime,statsforecast,lightgbm]'
       export OMP_NUM_THREADS=1
       python benchmarks/other_libraries.py scores [--write docs/other-libraries.md]
       python benchmarks/other_libraries.py overhead

`scores`: the origins after each monthly total of 2015-01 to 2026-04. Each forecaster is fitted from
nothing at each of them, through `backtest`; the default, `Recalibration`, is read from the record
that ships with the package. About twelve minutes, most of it AutoARIMA and LightGBM.

`overhead`: what an adapter adds to a fit and a forecast of twelve months, processor time, median of
several runs of both by turns. What sktime itself takes for the same calls is measured by a
forecaster that does nothing, and set beside its own naive one.
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any

import numpy as np
import pandas as pd
from pages import show

from tradeshock.features import load_panel
from tradeshock.forecast import backtest
from tradeshock.forecast.judging.scores import scores
from tradeshock.models import FromRegressor, FromSktime, FromStatsForecast, Model, make_model
from tradeshock.models.adapters.law import LEVELS
from tradeshock.models.adapters.statsforecast import COVERAGES
from tradeshock.models.record.shipped import shipped_record

TARGET = "exports_total"
STATE = "after_total"
HORIZON = 12
STEPS = (1, 3, 6, 12)
WINDOWS = {"2015-2026.04": ("2015-01", "2026-04"), "2020-2026.04": ("2020-01", "2026-04")}
FIRST, LAST = "2015-01", "2026-04"
PACKAGES = ("sktime", "statsforecast", "lightgbm", "scikit-learn", "pandas", "numpy")
RUNS = 21
# Through sktime: what takes next to nothing, what defaults are made of, what is slow.
INWARD = (
    "RandomWalk",
    "ExponentialSmoothing",
    "DirectRidge",
    "OwnHistory",
    "Recalibration",
    "SeasonalARIMA",
)


def guests() -> dict[str, Model]:
    """Three forecasters, each by the adapter of its library."""
    from lightgbm import LGBMRegressor
    from sktime.forecasting.theta import ThetaForecaster
    from statsforecast.models import AutoARIMA

    # Small trees, the better of the settings that benchmarks/peers.py tried.
    trees = LGBMRegressor(
        n_estimators=50, num_leaves=7, learning_rate=0.05, n_jobs=1, verbosity=-1, random_state=0
    )
    return {
        "AutoARIMA of statsforecast": FromStatsForecast(AutoARIMA(season_length=12)),
        "Theta of sktime": FromSktime(ThetaForecaster(sp=12)),
        "LightGBM on our indicators": FromRegressor(trees),
    }


def score_tables() -> str:
    """RMSE ratio to the walk, and coverage, by window and step."""
    panel = load_panel()
    origins = panel.origins(FIRST, LAST, STATE)
    frames, seconds = [], {}
    for label, model in {"RandomWalk": make_model("RandomWalk"), **guests()}.items():
        began = perf_counter()
        done = backtest({label: model}, panel, TARGET, origins, HORIZON, n_jobs=1, progress=False)
        seconds[label] = perf_counter() - began
        frames.append(done.frame)
        print(f"{label}: {seconds[label]:.0f} s", flush=True)
    ours = shipped_record().frame
    ours = ours[(ours["model"] == "Recalibration") & (ours["target"] == TARGET)]
    frames.insert(1, ours[(ours["state"] == STATE) & ours["origin"].isin(origins)])
    frame = pd.concat(frames, ignore_index=True)
    table = scores(frame, by=["window", "model", "step"], windows=WINDOWS)
    table = table[(table["quantity"] == "level") & table["step"].isin(STEPS)]
    models = list(dict.fromkeys(frame["model"]))
    text = [
        f"RMSE over that of `RandomWalk`, {len(origins)} origins:",
        _markdown(table, models, "rmse_ratio", "{:.3f}"),
        "CRPS over that of `RandomWalk`:",
        _markdown(table, models, "crps_ratio", "{:.3f}"),
        "Share of outcomes inside the 80 % interval:",
        _markdown(table, models, "coverage_80", "{:.2f}"),
        "Versions: " + ", ".join(f"{name} {version(name)}" for name in PACKAGES) + ".",
        "Seconds of the backtest, one process: "
        + "; ".join(f"{label} {value:.0f}" for label, value in seconds.items())
        + ".",
    ]
    return "\n\n".join(text)


def _markdown(table: pd.DataFrame, models: list[str], column: str, form: str) -> str:
    wide = table.set_index(["window", "step", "model"])
    cells = [(window, step) for window in WINDOWS for step in STEPS]
    counts = [int(wide.loc[(*cell, models[0]), "n"]) for cell in cells]
    head = [f"{w}, step {s} (n = {n})" for (w, s), n in zip(cells, counts, strict=True)]
    lines = [["model", *head], ["---", *["--:"] * len(head)]]
    for model in models:
        values = [form.format(wide.loc[(*cell, model), column]) for cell in cells]
        lines.append([f"`{model}`" if " " not in model else model, *values])
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def overhead_table() -> str:
    """Seconds of a fit and forecast, bare and through the adapter."""
    from sktime.forecasting.theta import ThetaForecaster
    from statsforecast.models import AutoARIMA

    from tradeshock.forecast.adapters.figures import as_panel, transforms_of
    from tradeshock.forecast.adapters.sktime import TradeshockForecaster

    panel = load_panel().as_of("2026-05-01")
    series = panel.series(TARGET)
    arima, theta = AutoARIMA(season_length=12), ThetaForecaster(sp=12)
    lent = FromStatsForecast(arima).fit(panel).learned_from_

    def through(model: Model) -> Callable[[], object]:
        return lambda: model.fit(panel).forecast(HORIZON)

    figures = series.to_frame()
    alone = as_panel(figures, "KR", transforms_of(figures))

    def inward(name: str) -> Callable[[], object]:
        model = make_model(name)
        return lambda: model.fit(alone).forecast(HORIZON)

    def outward(name: str) -> Callable[[], object]:
        return _through_sktime(TradeshockForecaster(make_model(name), nation="KR"), series)

    def bare_arima() -> object:
        return arima.new().fit(lent.to_numpy()).predict(HORIZON, level=COVERAGES)

    def bare_theta() -> object:
        ahead = np.arange(1, HORIZON + 1)
        return theta.clone().fit(lent).predict_quantiles(ahead, alpha=list(LEVELS))

    pairs: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
        "AutoARIMA in `FromStatsForecast`": (bare_arima, through(FromStatsForecast(arima))),
        "Theta in `FromSktime`": (bare_theta, through(FromSktime(theta))),
    }
    for name in INWARD:
        pairs[f"`{name}` in `TradeshockForecaster`"] = (inward(name), outward(name))
    lines = ["| what | bare | through the adapter | added |", "|---|--:|--:|--:|"]
    for what, (bare, adapted) in pairs.items():
        a, b = _seconds(bare, adapted)
        lines.append(
            f"| {what} | {1e3 * a:.1f} ms | {1e3 * b:.1f} ms | {1e3 * (b - a):.1f} ms, "
            f"{100.0 * (b / a - 1.0):.1f} % |"
        )
    empty, naive = _seconds(*(_through_sktime(each, series) for each in _of_sktime_alone()))
    return (
        "\n".join(lines) + f"\n\nThe same calls of sktime: {1e3 * empty:.1f} ms for a forecaster "
        f"that does nothing, {1e3 * naive:.1f} ms for its `NaiveForecaster`."
    )


def _of_sktime_alone() -> tuple[Any, Any]:
    """A forecaster of sktime that does nothing, and sktime's own naive one."""
    from sktime.forecasting.naive import NaiveForecaster

    from tradeshock.forecast.adapters.sktime import TradeshockForecaster

    class Empty(TradeshockForecaster):
        def _fit(self, y: pd.Series, X: pd.DataFrame | None, fh: Any) -> TradeshockForecaster:
            return self

        def _predict_quantiles(
            self, fh: Any, X: pd.DataFrame | None, alpha: Sequence[float]
        ) -> pd.DataFrame:
            index = fh.to_absolute_index(self.cutoff)
            columns = pd.MultiIndex.from_product([self._get_varnames(), alpha])
            return pd.DataFrame(0.0, index, columns)

    return Empty(), NaiveForecaster()


def _through_sktime(forecaster: Any, series: pd.Series) -> Callable[[], object]:
    ahead = list(range(1, HORIZON + 1))
    return lambda: forecaster.fit(series).predict_quantiles(ahead, alpha=[0.1, 0.5, 0.9])


def _seconds(*runs: Callable[[], object]) -> list[float]:
    """Processor time of each, median; by turns, so that a busy machine treats them alike."""
    times: list[list[float]] = [[] for _ in runs]
    for turn in range(RUNS + 1):
        for run, taken in zip(runs, times, strict=True):
            began = process_time()
            run()
            if turn:  # The first one loads modules and fills caches.
                taken.append(process_time() - began)
    return [median(taken) for taken in times]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["scores", "overhead"])
    parser.add_argument("--write", type=Path, help="page whose tables are replaced")
    given = parser.parse_args()
    with warnings.catch_warnings():
        # What sktime and statsmodels remark on a fit is not the table's business.
        warnings.simplefilter("ignore")
        text = score_tables() if given.what == "scores" else overhead_table()
    show(text, given.write)


if __name__ == "__main__":
    main()
