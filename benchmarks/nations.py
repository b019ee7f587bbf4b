"""Exports of six nations, with nothing but their own past: docs/other-nations.md.

Usage: python benchmarks/nations.py [--store DIR]        (about twelve minutes on two cores)

Figures: tests/data/nations. Protocol: pseudo real time on the day of each monthly total by the
nation's release delay; errors are ``100 * (log actual - log median)``; target months 2010 to 2019
and from 2020. Wrappers learn from the replay that begins five years after the first figure. Ratios
are root mean squared errors over those of `RandomWalk` on the same days, geometric means over
nations, and so are those of the CRPS; coverage is that of 80 % intervals, mean over nations, with
its standard error by a bootstrap of blocks of months, the same months for all nations. The default
is the random walk with a record until a nation has ten years of figures, as for a user.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features import Panel, ReleaseRule, load_panel, with_global_drivers
from tradeshock.forecast import backtest
from tradeshock.models import (
    AutoRegression,
    BayesianVAR,
    Combination,
    DirectRidge,
    ExponentialSmoothing,
    Model,
    RandomWalk,
    Recalibration,
)
from tradeshock.models.adjustment import CalendarAdjustment
from tradeshock.models.pools.own_history import own_history_model, young_history_model

FOLDER = Path(__file__).parents[1] / "tests" / "data" / "nations"
# Calendar, days after the month's end, unit. Without a calendar: adjusted by the publisher.
NATIONS = {
    "china": ("CN", 9, "bn USD"),
    "india": ("IN", 15, "mn USD"),
    "united_states": (None, 37, "mn USD"),
    "japan": ("JP", 20, "100 mn JPY"),
    "canada": (None, 36, "mn CAD"),
    "australia": (None, 36, "bn AUD"),
}
# Chosen on these: another nation's partners and totals, each as if nothing else were known.
CHOSEN_ON = (
    "exports_total",
    "imports_total",
    "exports_to_us",
    "exports_to_china",
    "us_imports_from_kr",
    "exports_to_eu",
    "exports_to_asean",
)
# The same as if their figures began only then.
BEGUN = ("1996-01", "2000-01", "2004-01", "2008-01", "2010-01", "2012-01", "2014-01", "2016-01")
STEPS = (1, 3, 6, 12)
WINDOWS = {"2010s": ("2010-01", "2019-12"), "from 2020": ("2020-01", "2026-04")}
FIRST_ORIGIN, FEWEST_MONTHS, DEFAULT_MONTHS = "2005-01", 60, 120
PENALTY, LAGS = 200.0, 3
BLOCK_MONTHS, RESAMPLES = 24, 2000
YOUNG = "walk, with a record"
DEFAULT, WIDE_DEFAULT = "system, ridge, walk: the default", "the package's default"
# How the same paths' intervals are learned: not at all, each step for itself, together.
WIDTHS = (
    "the same, no record",
    "the same, steps alone: the former default",
    DEFAULT,
)

Array = npt.NDArray[np.float64]


def nation_panel(name: str) -> Panel:
    """Panel of one nation's file, years by months."""
    calendar, days, unit = NATIONS[name]
    table = pd.read_csv(FOLDER / f"{name}.csv", index_col="year")
    series = table.stack().dropna()
    months = [pd.Period(f"{year}-{int(month):02}", "M") for year, month in series.index]
    frame = pd.DataFrame({f"exports_{name}": series.to_numpy()}, pd.PeriodIndex(months))
    adjusted = calendar is None
    return Panel.from_frame(frame, ReleaseRule.after(days=days), calendar, unit, adjusted=adjusted)


def candidates() -> dict[str, Model]:
    """Models that need no indicators, and what can be made of them."""
    system, ridge, walk = BayesianVAR(), DirectRidge(), RandomWalk()
    smooth, auto = ExponentialSmoothing(), AutoRegression(max_lags=3)

    def pooled(*members: Model) -> Model:
        return Recalibration(Combination(members, scheme="equal"), across_steps=True)

    return {
        "RandomWalk": walk,
        YOUNG: young_history_model(),
        "AutoRegression(max_lags=3)": auto,
        "ExponentialSmoothing": smooth,
        "BayesianVAR": system,
        "DirectRidge": ridge,
        "as before, no record": Combination(),
        "as before, with a record": Recalibration(),
        "system, ridge": pooled(system, ridge),
        DEFAULT: own_history_model(),
        "the same, steps alone: the former default": Recalibration(
            Combination([system, ridge, walk], scheme="equal")
        ),
        "the same, no record": Combination([system, ridge, walk], scheme="equal"),
        "system, ridge, walk, smoothing": pooled(system, ridge, walk, smooth),
        "all five": pooled(system, ridge, walk, smooth, auto),
    }


def with_drivers() -> dict[str, Model]:
    """What is run with world series beside the nation's own."""
    return {
        "RandomWalk": RandomWalk(),
        YOUNG: young_history_model(),
        "system, ridge, walk": own_history_model(),
        WIDE_DEFAULT: Recalibration(),
    }


def origins_of(panel: Panel, target: str) -> list[pd.Timestamp]:
    series = panel.series(target)
    first = max(pd.Period(FIRST_ORIGIN, "M"), series.index[0] + FEWEST_MONTHS)
    return panel.origins(first, target=target)


def forecasts(panel: Panel, target: str, models: Mapping[str, Model], store: Path) -> pd.DataFrame:
    """Tidy frame of a backtest; the defaults are a walk while figures are young."""
    made = backtest(models, panel, target, origins_of(panel, target), store=store).frame
    made = made[(made["quantity"] == "level") & made["actual"].notna()]
    ripe = panel.series(target).index[0] + DEFAULT_MONTHS
    young = pd.PeriodIndex(made["month"]) - made["step"].to_numpy() < ripe - 1
    own = [name for name in models if name.startswith(("as before", *WIDTHS)) or "default" in name]
    kept = made[~(made["model"].isin(own) & young)]
    walk = {name: YOUNG if name in (DEFAULT, WIDE_DEFAULT) else "RandomWalk" for name in own}
    rows = [made[(made["model"] == walk[name]) & young].assign(model=name) for name in own]
    return pd.concat([kept, *rows], ignore_index=True)


def judged(made: pd.DataFrame) -> pd.DataFrame:
    """Ratios and coverage by model, window and step."""
    month = pd.PeriodIndex(made["month"])
    rows = made.assign(
        squared=(100.0 * np.log(made["actual"] / made["q50"])) ** 2,
        held=made["actual"].between(made["q10"], made["q90"]).astype(float),
    )
    found = []
    for window, (first, last) in WINDOWS.items():
        inside = rows[(month >= pd.Period(first)) & (month <= pd.Period(last))]
        groups = inside[inside["step"].isin(STEPS)].groupby(["model", "step"], sort=False)
        table = groups.agg(
            squared=("squared", "mean"),
            crps=("crps", "mean"),
            held=("held", "mean"),
            n=("held", "size"),
        )
        for column, score in (("ratio", table["squared"] ** 0.5), ("crps", table["crps"])):
            table[column] = score / score.xs("RandomWalk").reindex(table.index, level="step")
        found.append(table.assign(window=window).set_index("window", append=True))
    return pd.concat(found)


def shown(tables: Mapping[str, pd.DataFrame], head: str) -> Iterator[str]:
    """Lines of a table: geometric mean of ratios and mean coverage of some panels."""
    every = pd.concat(tables, names=["panel"])
    groups = every.groupby(["model", "window", "step"], sort=False)
    ratio = np.exp(groups["ratio"].apply(lambda r: np.log(r).mean()))
    held = 100.0 * groups["held"].mean()
    yield f"\n{head}: {', '.join(tables)}\n"
    yield "| model | " + " | ".join(f"{w}: 1 / 3 / 6 / 12 | held, % " for w in WINDOWS) + "|"
    yield "|---|" + "---|---|" * len(WINDOWS)
    for model in dict.fromkeys(every.index.get_level_values("model")):
        cells = [model]
        for window in WINDOWS:
            cells.append(" / ".join(f"{ratio[model, window, s]:.3f}" for s in STEPS))
            cells.append(" / ".join(f"{held[model, window, s]:.0f}" for s in STEPS))
        yield "| " + " | ".join(cells) + " |"


def widths(made: Mapping[str, pd.DataFrame], head: str) -> Iterator[str]:
    """Lines of a table: coverage with its standard error, and CRPS, by ways of learning widths."""
    every = pd.concat({name: judged(frame) for name, frame in made.items()}, names=["panel"])
    crps = np.exp(np.log(every["crps"]).groupby(["model", "window", "step"], sort=False).mean())
    yield f"\nWidths, {head}: {', '.join(made)}\n"
    columns = [f"{window}, {what}" for window in WINDOWS for what in ("held, %", "CRPS")]
    columns.append("both, held, %")
    yield f"| widths | {' | '.join(columns)} |"
    yield "|---|" + "---|" * len(columns)
    for model in WIDTHS:
        cells = [model]
        for window, span in WINDOWS.items():
            cells.append(_shares(made, model, span))
            cells.append(" / ".join(f"{crps[model, window, step]:.3f}" for step in STEPS))
        (first, _), (_, last) = WINDOWS.values()
        cells.append(_shares(made, model, (first, last)))
        yield "| " + " | ".join(cells) + " |"


def _shares(made: Mapping[str, pd.DataFrame], model: str, span: tuple[str, str]) -> str:
    held = [coverage(made, model, step, span) for step in STEPS]
    return " / ".join(f"{mean:.0f} ± {error:.0f}" for mean, error in held)


def coverage(
    made: Mapping[str, pd.DataFrame], model: str, step: int, span: tuple[str, str]
) -> tuple[float, float]:
    """Share that the 80 % intervals held, mean of the panels, and its standard error, percent.

    Circular blocks of months are drawn (Politis and Romano 1992), the same for all panels, whose
    months move together.
    """
    months = pd.period_range(*span, freq="M")
    columns = []
    for frame in made.values():
        rows = frame[(frame["model"] == model) & (frame["step"] == step)]
        held = rows["actual"].between(rows["q10"], rows["q90"]).to_numpy(float)
        columns.append(pd.Series(held, pd.PeriodIndex(rows["month"])).reindex(months).to_numpy())
    held = 100.0 * np.column_stack(columns)
    rng = np.random.default_rng(0)
    blocks = -(-len(months) // BLOCK_MONTHS)
    starts = rng.integers(len(months), size=(RESAMPLES, blocks, 1))
    drawn = (starts + np.arange(BLOCK_MONTHS)).reshape(RESAMPLES, -1)[:, : len(months)]
    known = ~np.isnan(held)
    total, count = (each[drawn % len(months)].sum(axis=1) for each in (np.nan_to_num(held), known))
    # A panel whose figures end early may have none of the months that are drawn.
    shares = np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)
    means = np.nanmean(shares, axis=1)
    return float(np.nanmean(held, axis=0).mean()), float(means.std())


# -- a panel of nations ------------------------------------------------------------------------


class Rows:
    """A nation's own growth as regressors of what came next, known on a day.

    In units of the standard deviation of its monthly growth, so that nations can be stacked.
    """

    def __init__(self, panel: Panel, target: str) -> None:
        fitted = CalendarAdjustment.of_series(panel, target)
        self.level = fitted.adjusted_.to_numpy()
        growth = np.diff(self.level)
        self.scale = float(np.std(growth))
        z = np.clip(growth / self.scale, -3.0, 3.0)
        sums = np.cumsum(np.concatenate([[0.0], z]))
        ends = np.arange(12, len(z) + 1)
        lags = [z[ends - lag] for lag in range(1, LAGS + 1)]
        self.x = np.column_stack([*lags, (sums[ends] - sums[ends - 12]) / np.sqrt(12.0)])
        self.ends = ends
        months = panel.last_month(target) + np.arange(1, 13)
        self.effect = fitted.effect(pd.PeriodIndex(months), panel.calendar)

    def outcomes(self, step: int) -> tuple[Array, Array]:
        n = len(self.ends) - step
        gone = self.level[self.ends[:n] + step] - self.level[self.ends[:n]]
        return self.x[:n], gone / self.scale

    def forecast(self, coefs: Array, step: int) -> float:
        return float(self.level[-1] + self.scale * self.x[-1] @ coefs + self.effect[step - 1])


def learned(rows: list[Rows], step: int) -> Array:
    """Ridge regression of growth over some months on stacked rows."""
    pairs = [each.outcomes(step) for each in rows]
    x, y = np.vstack([p[0] for p in pairs]), np.concatenate([p[1] for p in pairs])
    ridge = PENALTY * np.sqrt(step) * np.eye(x.shape[1])
    return np.asarray(np.linalg.solve(x.T @ x + ridge, x.T @ y))


def together(panels: Mapping[str, Panel]) -> Iterator[str]:
    """One regression a nation, one for all, and half of each, with the same columns."""
    errors: dict[tuple[str, str, int], list[tuple[pd.Period, float]]] = {}
    for name, panel in panels.items():
        target = str(panel.values.columns[0])
        actual = np.log(panel.series(target))
        for origin in origins_of(panel, target):
            known = {
                n: p.as_of(min(origin, p.origin)) for n, p in panels.items() if _begun(p, origin)
            }
            rows = {n: Rows(p, str(p.values.columns[0])) for n, p in known.items()}
            last = known[name].last_month(target)
            for step in STEPS:
                if last + step not in actual.index:
                    continue
                alone, pooled = learned([rows[name]], step), learned(list(rows.values()), step)
                zero = np.zeros_like(alone)
                ways = {"walk": zero, "alone": alone, "together": pooled}
                ways["half of each"] = (alone + pooled) / 2.0
                for way, coefs in ways.items():
                    error = 100.0 * (actual[last + step] - rows[name].forecast(coefs, step))
                    errors.setdefault((name, way, step), []).append((last + step, error))
    yield f"\nOne regression a nation or one for all: {', '.join(panels)}\n"
    yield "| way | " + " | ".join(f"{window}: 1 / 3 / 6 / 12" for window in WINDOWS) + " |"
    yield "|---|" + "---|" * len(WINDOWS)
    for way in ("alone", "together", "half of each"):
        cells = [way]
        for first, last_month in WINDOWS.values():
            span = (pd.Period(first), pd.Period(last_month))
            ratios = [
                np.mean(
                    [
                        np.log(_rmse(errors[n, way, s], span) / _rmse(errors[n, "walk", s], span))
                        for n in panels
                    ]
                )
                for s in STEPS
            ]
            cells.append(" / ".join(f"{np.exp(r):.3f}" for r in ratios))
        yield "| " + " | ".join(cells) + " |"


def _begun(panel: Panel, origin: pd.Timestamp) -> bool:
    """Whether a nation has five years of figures by a day."""
    return bool(origin >= origins_of(panel, str(panel.values.columns[0]))[0])


def _rmse(errors: list[tuple[pd.Period, float]], span: tuple[pd.Period, pd.Period]) -> float:
    inside = [error for month, error in errors if span[0] <= month <= span[1]]
    return float(np.sqrt(np.mean(np.square(inside))))


def chosen_on(store: Path) -> Iterator[str]:
    """The candidates on the series by which the default was chosen."""
    korea = load_panel()
    models = {name: m for name, m in candidates().items() if not name.startswith("as before")}
    made = {id: forecasts(korea.select([id]), id, models, store / id) for id in CHOSEN_ON}
    tables = {id: judged(frame) for id, frame in made.items()}
    yield from shown(tables, "Chosen on")
    yield from widths(made, "Chosen on")
    worst = pd.concat(tables).groupby(["model", "window", "step"])["ratio"].max()
    yield "\nLargest ratio over series, windows and steps:"
    for model, ratio in worst.groupby("model").max().sort_values().items():
        yield f"{model}: {ratio:.3f}"


def young(store: Path) -> Iterator[str]:
    """Months of the sixth to the tenth year of figures, of the series as if they began later."""
    korea = load_panel()
    models = {
        "RandomWalk": RandomWalk(),
        YOUNG: young_history_model(),
        "system, ridge, walk, no record": candidates()["the same, no record"],
        "system, ridge, walk, with a record": own_history_model(),
    }
    rows = []
    for id in CHOSEN_ON:
        figures = korea.series(id)
        days = ReleaseRule.after(days=37 if id == "us_imports_from_kr" else 1)
        for begun in (each for each in BEGUN if pd.Period(each) >= figures.index[0]):
            frame = figures[figures.index >= pd.Period(begun)].to_frame()
            panel = Panel.from_frame(frame, days, "KR", korea.catalog[id].unit)
            first = pd.Period(begun) + FEWEST_MONTHS
            last = min(first + FEWEST_MONTHS - 1, panel.last_month(id))
            made = backtest(models, panel, id, panel.origins(first, last, target=id), store=store)
            kept = made.frame[(made.frame["quantity"] == "level") & made.frame["actual"].notna()]
            rows.append(kept.assign(crps=kept["crps"] / kept["actual"], panel=f"{id} {begun}"))
    every = pd.concat(rows)
    every["squared"] = np.log(every["actual"] / every["q50"]) ** 2
    every["held"] = every["actual"].between(every["q10"], every["q90"])
    table = every.groupby(["model", "step"], sort=False)[["squared", "crps", "held"]].mean()
    walk = table.loc["RandomWalk"]
    yield f"\nYoung figures: {', '.join(CHOSEN_ON)}, begun {', '.join(BEGUN)}\n"
    yield "| model | RMSE ratio: 1 / 3 / 6 / 12 | CRPS ratio | held, % |"
    yield "|---|---|---|---|"
    for model in models:
        own = table.loc[model].loc[list(STEPS)]
        ratios = ((own["squared"] / walk["squared"]) ** 0.5, own["crps"] / walk["crps"])
        cells = [" / ".join(f"{ratio[step]:.3f}" for step in STEPS) for ratio in ratios]
        held = " / ".join(f"{100.0 * share:.0f}" for share in own["held"])
        yield f"| {model} | {' | '.join(cells)} | {held} |"
    counts = every[every["model"] == "RandomWalk"].groupby("step").size()
    yield f"\nn = {' / '.join(str(counts[step]) for step in STEPS)}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", type=Path, default=Path("nations-store"))
    store = parser.parse_args().store
    panels = {name: nation_panel(name) for name in NATIONS}
    for head, models in (("Judged on", candidates()), ("With world series", with_drivers())):
        made = {}
        for name, panel in panels.items():
            wide = panel if head == "Judged on" else with_global_drivers(panel)
            made[name] = forecasts(wide, f"exports_{name}", models, store / name)
        tables = {name: judged(frame) for name, frame in made.items()}
        print(*shown(tables, head), sep="\n", flush=True)
        if head == "Judged on":
            print(*widths(made, head), sep="\n", flush=True)
        for name, table in tables.items():
            print(*shown({name: table}, f"{head}, {table['n'].max()} months"), sep="\n")
    print(*together(panels), sep="\n", flush=True)
    print(*chosen_on(store), sep="\n", flush=True)
    print(*young(store / "young"), sep="\n")


if __name__ == "__main__":
    main()
