"""Every figure of docs/accuracy.md, from the embedded figures: about 15 minutes on two cores.

Usage: python benchmarks/accuracy.py [--store DIR] [--write docs/accuracy.md]

With --write the pictures are drawn too, into the folder images beside the page, and the README's
block of figures is written.

Protocol: models are replayed in pseudo real time at the standard origins; point forecasts are
medians; errors are 100 * (log actual - log median), for nowcasts also percentage points of growth
over a year. Every step is scored on the same target months: origins begin eleven months before the
first of them, and tables give the number of months. Ratios are to `RandomWalk` on the same
origins, with the p-value of the test of Diebold and Mariano (1995) as corrected by Harvey,
Leybourne and Newbold (1997).
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
from pages import replace_between, show

from tradeshock.features import Panel, load_panel
from tradeshock.forecast import backtest
from tradeshock.forecast.backtesting.functionals import jan_feb, year_total
from tradeshock.forecast.backtesting.plan import Models
from tradeshock.forecast.backtesting.result import Backtest
from tradeshock.forecast.judging.scores import scores
from tradeshock.forecast.plots import plot_coverage, plot_csed, plot_pit
from tradeshock.models import (
    VAR,
    AutoRegression,
    BayesianVAR,
    BiasCorrection,
    Combination,
    DirectRidge,
    DynamicFactor,
    ExponentialSmoothing,
    FlashBridge,
    FlashRatio,
    GradientBoosting,
    LinearPool,
    Model,
    RandomWalk,
    Recalibration,
    SeasonalARIMA,
    SeasonalNaive,
    TradeBayesianVAR,
)
from tradeshock.models.systems.bvar import DEFAULT_SERIES

TARGET = "exports_total"
STEPS = (1, 3, 6, 12)
WINDOWS = {
    "2010-2019": ("2010-01", "2019-12"),
    "2010-2026.04": ("2010-01", "2026-04"),
    "2015-2025": ("2015-01", "2025-12"),
    "2022-2026.04": ("2022-01", "2026-04"),
}
NOWCASTS = {"2019-2026.04": ("2019-01", "2026-04"), "2022-2026.04": ("2022-01", "2026-04")}
# Step 12 of the first origin is the first month that is scored, so all steps have the same months.
ORIGINS, SCORED_FROM = ("2009-02", "2026-05"), "2010-01"
NOWCAST_ORIGINS = ("2018-02", "2026-04")
# Wrappers learn from origins since January 2005, after early counts since January 2017.
WARMUP, NOWCAST_WARMUP = 49, 13
README = Path(__file__).parents[1] / "README.md"
README_BEGIN, README_END = "<!-- accuracy:begin -->", "<!-- accuracy:end -->"
HEADLINE = {
    "2010 to 2019": "2010-2019",
    "2010 to April 2026": "2010-2026.04",
    "2022 to April 2026": "2022-2026.04",
}
CHIPS, SHARES = "us_semiconductor_ip", "share_prices_kr"


def monthly_models() -> dict[str, Model]:
    """Models of the table after the monthly total."""
    plain: list[Model] = [
        RandomWalk(),
        SeasonalNaive(),
        AutoRegression(),
        ExponentialSmoothing(),
        SeasonalARIMA(),
        VAR(),
        DynamicFactor(),
        DirectRidge(),
        GradientBoosting(),
        BayesianVAR(),
        BayesianVAR(sums=math.inf),
        TradeBayesianVAR(),
        Combination(),
        Combination(scheme="equal"),
        Combination(scheme="inverse_squared_error"),
        Combination(scheme="crps_learning"),
        LinearPool(),
        BiasCorrection(),
        BiasCorrection(series=("dram_export_price",)),
        Recalibration(),
    ]
    without = {
        f"BayesianVAR without {id}": BayesianVAR(series=[s for s in DEFAULT_SERIES if s != id])
        for id in (CHIPS, SHARES)
    }
    return {model.name: model for model in plain} | without


def printed_models() -> list[Model]:
    """Models of the table in which market prices are known when their publishers print them."""
    return [
        RandomWalk(),
        DirectRidge(),
        BayesianVAR(),
        TradeBayesianVAR(),
        Combination(),
        BiasCorrection(),
        Recalibration(),
    ]


def nowcast_models() -> list[Model]:
    """Models of the tables after early counts."""
    return [
        RandomWalk(),
        FlashRatio(),
        DirectRidge(),
        FlashBridge(),
        Combination(),
        BiasCorrection(),
        Recalibration(),
    ]


def markdown(rows: Iterable[Iterable[object]], header: Iterable[str]) -> str:
    """Lay out a table."""
    lines = [list(header), *([str(cell) for cell in row] for row in rows)]
    lines.insert(1, ["---"] + ["--:"] * (len(lines[0]) - 1))
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _cell(row: pd.Series, reference: bool) -> str:
    if reference:
        return f"{row.rmse:.2f}"
    if np.isnan(row.dm_p):
        return f"{row.rmse_ratio:.3f}"
    p = "<0.01" if row.dm_p < 0.005 else f"{row.dm_p:.2f}"
    return f"{row.rmse_ratio:.3f} ({p})"


def ratio_table(frame: pd.DataFrame, windows: dict[str, tuple[str, str]]) -> str:
    """Months, RMSE of the random walk and ratios of the others, by window and step."""
    level = frame[frame["quantity"] == "level"]
    table = scores(level, by=("window", "model", "step"), windows=windows)
    table = table.set_index(["model", "window", "step"])
    columns = [(window, step) for window in windows for step in STEPS]
    months = ["months (n)", *(table.loc["RandomWalk", w, s].n for w, s in columns)]
    models = (
        [f"`{m}`", *(_cell(table.loc[m, w, s], m == "RandomWalk") for w, s in columns)]
        for m in dict.fromkeys(level["model"])
    )
    return markdown([months, *models], ["model", *(f"{w}, {s}" for w, s in columns)])


def density_table(frame: pd.DataFrame, model: str, windows: dict[str, tuple[str, str]]) -> str:
    """CRPS ratio and coverage of one model."""
    level = frame[(frame["quantity"] == "level") & frame["model"].isin(["RandomWalk", model])]
    table = scores(level, by=("window", "model", "step"), windows=windows)
    table = table[(table["model"] == model) & table["step"].isin([1, 2, 3, 6, 9, 12])]
    columns = ["crps_ratio", *(f"coverage_{level}" for level in (50, 80, 90, 95))]
    rows = (
        [r.window, r.step, r.n, *(f"{getattr(r, c):.3f}" for c in columns)]
        for r in table.itertuples()
    )
    return markdown(rows, ["window", "step", "n", "CRPS ratio", "50 %", "80 %", "90 %", "95 %"])


def nowcast_table(frame: pd.DataFrame) -> str:
    """Errors of the running month: percentage points of growth, and ratio of log errors."""
    first = frame[frame["step"] == 1]
    table = scores(first, by=("window", "model"), windows=NOWCASTS)
    table = table.set_index(["model", "quantity", "window"])
    rows = []
    for model in dict.fromkeys(first["model"]):
        cells: list[object] = [f"`{model}`"]
        for window in NOWCASTS:
            growth, level = table.loc[model, "yoy", window], table.loc[model, "level", window]
            cells += [level.n, f"{growth.rmse:.2f}", f"{growth.mae:.2f}", _cell(level, False)]
            cells += [f"{level.coverage_80:.2f}"]
        rows.append(cells)
    parts = ("n", "RMSE, pp", "MAE, pp", "ratio (p)", "80 % covers")
    return markdown(rows, ["model", *(f"{w}: {part}" for w in NOWCASTS for part in parts)])


def episode_table(frame: pd.DataFrame, model: str) -> str:
    """Random walk's RMSE and the ratio of one model, by episode."""
    level = frame[(frame["quantity"] == "level") & frame["model"].isin(["RandomWalk", model])]
    table = scores(level, by=("episode", "model", "step")).set_index(["model", "episode", "step"])
    episodes = dict.fromkeys(table.loc[model].index.get_level_values("episode"))
    rows = []
    for episode in episodes:
        cells = [episode, str(table.loc[model, episode, 1].n)]
        for step in STEPS:
            key = (model, episode, step)
            if key in table.index:
                row = table.loc[key]
                cells.append(f"{row.rmse / row.rmse_ratio:.2f}, {row.rmse_ratio:.3f}")
            else:
                cells.append("")
        rows.append(cells)
    return markdown(rows, ["episode", "n", *(f"step {s}: walk, ratio" for s in STEPS)])


def totals_table(functionals: pd.DataFrame) -> str:
    """Errors of January and February together, and of calendar years, by month of the origin."""
    medians = functionals[functionals["item"].str.endswith(" q50")].dropna(subset="actual")
    error = 100.0 * np.log(medians["actual"] / medians["value"])
    medians = medians.assign(error=error, month=medians["origin"].dt.month)
    rmse = medians.groupby(["functional", "month", "model"])["error"].agg(
        n="count", rmse=lambda e: float(np.sqrt((e**2).mean()))
    )
    rows = []
    for functional, month in (
        ("jan_feb", 1),
        ("jan_feb", 10),
        ("year_total", 1),
        ("year_total", 7),
    ):
        part = rmse.loc[functional, month]
        walk, best = part.loc["RandomWalk"], part.loc["Recalibration"]
        rows.append(
            [functional, month, int(walk.n), f"{walk.rmse:.2f}", f"{best.rmse / walk.rmse:.3f}"]
        )
    return markdown(rows, ["total", "origin's month", "n", "walk, RMSE", "ratio of Recalibration"])


def luck_table(frame: pd.DataFrame) -> str:
    """Reality Check of White (2000) and Hansen's (2005) version over all models of the table.

    The walk is the benchmark; squared errors, stationary bootstrap with blocks of a mean length of
    12 months, 2,000 draws.
    """
    from arch.bootstrap import SPA

    level = frame[frame["quantity"] == "level"]
    level = level.assign(loss=(100.0 * np.log(level["actual"] / level["q50"])) ** 2)
    rows = []
    for window, (first, last) in WINDOWS.items():
        inside = level[level["month"].between(pd.Period(first, "M"), pd.Period(last, "M"))]
        for step in STEPS:
            table = inside[inside["step"] == step].pivot(
                index="month", columns="model", values="loss"
            )
            table = table.dropna()
            walk, others = table["RandomWalk"], table.drop(columns="RandomWalk")
            test = SPA(walk, others, block_size=12, reps=2000, seed=0)
            test.compute()
            best = others.mean().idxmin()
            p = test.pvalues
            rows.append(
                [
                    window,
                    step,
                    len(table),
                    f"`{best}`",
                    f"{p['upper']:.3f}",
                    f"{p['consistent']:.3f}",
                ]
            )
    return markdown(rows, ["window", "step", "n", "best", "Reality Check, p", "Hansen, p"])


def monthly(models: Models, panel: Panel, store: str | None) -> Backtest:
    """Replay after the monthly total."""
    return backtest(
        models,
        panel,
        TARGET,
        panel.origins(*ORIGINS),
        12,
        store=store,
        warmup=WARMUP,
        functionals={"jan_feb": jan_feb, "year_total": year_total},
    )


def nowcasts(panel: Panel, state: str, store: str | None) -> Backtest:
    """Replay after early counts, from the third year that has them."""
    origins = panel.origins(*NOWCAST_ORIGINS, state)
    return backtest(
        nowcast_models(), panel, TARGET, origins, 12, store=store, warmup=NOWCAST_WARMUP
    )


def draw(frame: pd.DataFrame, folder: Path) -> None:
    """Draw calibration and the squared error saved, of the default forecast."""
    import matplotlib.pyplot as plt

    names = ["RandomWalk", "Recalibration"]
    level = frame[(frame["quantity"] == "level") & frame["model"].isin(names)]
    figure, axes = plt.subplots(1, 3, figsize=(13, 4.2), layout="constrained")
    plot_pit(level, names[1], 1, ax=axes[0])
    plot_pit(level, names[1], 6, ax=axes[1])
    plot_coverage(level, names[1], ax=axes[2])
    figure.savefig(folder / "calibration.png", dpi=100)
    figure, axis = plt.subplots(figsize=(9, 4.5), layout="constrained")
    plot_csed(level, [names[1]], 1, ax=axis)
    figure.savefig(folder / "csed.png", dpi=100)


def monthly_parts(
    panel: Panel, store: str | None, folder: Path | None
) -> tuple[dict[str, str], pd.DataFrame]:
    """Tables after the monthly total with the frame that they are of, and the pictures."""
    result = monthly(monthly_models(), panel, store)
    printed = monthly(printed_models(), load_panel(quoted=False), store)
    # Earlier months have the short steps only.
    frame = result.frame[result.frame["month"] >= pd.Period(SCORED_FROM, freq="M")]
    totals = result.functionals[result.functionals["origin"] >= SCORED_FROM]
    if folder is not None:
        draw(frame, folder)
    fifteen = {"2010-2025": ("2010-01", "2025-12")}
    default = "Recalibration"
    parts = {
        "After the monthly total: RMSE of the random walk, ratio (p) of the others": ratio_table(
            frame, WINDOWS
        ),
        "Intervals of the default forecast after the monthly total": density_table(
            frame, default, fifteen | WINDOWS
        ),
        "The same before recalibration": density_table(frame, "BiasCorrection", fifteen | WINDOWS),
        "Whether the best of all models beats the walk by more than luck": luck_table(frame),
        "The default forecast by episode": episode_table(frame, default),
        "Totals of periods": totals_table(totals),
        "The same months with market prices as printed": ratio_table(printed.frame, WINDOWS),
    }
    return parts, frame


def nowcast_parts(
    panel: Panel, store: str | None
) -> tuple[dict[str, str], dict[str, pd.DataFrame]]:
    """Tables after early counts, and the frames that they are of, by state."""
    parts, frames = {}, {}
    for state, words in (("after_20d", "20 days"), ("after_10d", "10 days")):
        frame = frames[state] = nowcasts(panel, state, store).frame
        parts[f"The running month after {words}"] = nowcast_table(frame)
        parts[f"All steps after {words}"] = ratio_table(frame, NOWCASTS)
    return parts, frames


def headline(frame: pd.DataFrame, nowcasts: dict[str, pd.DataFrame]) -> str:
    """Block of the README: the default forecast against the walk, with n and window."""
    model = "Recalibration"
    level = frame[(frame["quantity"] == "level") & frame["model"].isin(["RandomWalk", model])]
    windows = WINDOWS | {"2010-2025": ("2010-01", "2025-12")}
    table = scores(level, by=("window", "model", "step"), windows=windows)
    table = table[table["model"] == model].set_index(["window", "step"])
    rows = [
        [words, table.loc[(window, 1), "n"]]
        + [f"{table.loc[(window, step), 'rmse_ratio']:.2f}" for step in STEPS]
        for words, window in HEADLINE.items()
    ]
    missed = {}
    for state, found in nowcasts.items():
        first = found[(found["step"] == 1) & (found["quantity"] == "yoy")]
        growth = scores(first, by=("window", "model"), windows=NOWCASTS)
        missed[state] = growth.set_index(["window", "model"]).loc["2019-2026.04"]
    held = 100.0 * table.loc["2010-2025", "coverage_80"]
    later = held.loc[[2, 3, 6, 9, 12]]
    return (
        "Root mean squared error of the default forecast over that of a random walk that knows the "
        "calendar\nand the season, on the days of the monthly total:\n\n"
        + markdown(rows, ["targets", "months (n)", *(f"step {step}" for step in STEPS)])
        + "\n\nThe running month's growth over a year, 2019 to April 2026 "
        f"(n = {missed['after_20d'].loc[model, 'n']}): after the first 20 days it\nmisses by "
        f"{missed['after_20d'].loc[model, 'rmse']:.1f} percentage points (the random walk by "
        f"{missed['after_20d'].loc['RandomWalk', 'rmse']:.1f}), after the first 10 days by "
        f"{missed['after_10d'].loc[model, 'rmse']:.1f}.\nIts 80 % intervals held "
        f"{held.loc[1]:.0f} % of the months of 2010 to 2025 "
        f"(n = {table.loc[('2010-2025', 1), 'n']}) at step 1, and\n"
        f"{later.min():.0f} to {later.max():.0f} % further ahead."
    )


def page(store: str | None, folder: Path | None) -> tuple[str, str]:
    """Make all tables, and the README's block."""
    panel = load_panel()
    parts, frame = monthly_parts(panel, store, folder)
    early, frames = nowcast_parts(panel, store)
    tables = "\n\n".join(f"### {title}\n\n{table}" for title, table in (parts | early).items())
    return tables, headline(frame, frames)


def main() -> None:
    """Print the tables, or put them into a page between its marks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", help="folder that keeps finished chunks")
    parser.add_argument("--write", type=Path, help="page whose tables are replaced")
    given = parser.parse_args()
    tables, block = page(given.store, given.write and given.write.parent / "images")
    show(tables, given.write)
    if given.write is not None:
        replace_between(README, block, README_BEGIN, README_END, "\n")


if __name__ == "__main__":
    main()
