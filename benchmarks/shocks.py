"""Every figure of docs/shocks.md, from the embedded figures: about two minutes on one core.

Usage: python benchmarks/shocks.py [--write docs/shocks.md]

Protocol: a forecast stands on the eve of an episode and knows what was out then; the later paths of
some drivers are given (hard), and the share of the path's root mean squared error (of log medians)
that this removes is 1 - RMSE(given) / RMSE(nothing given). 0 is no help, below 0 is harm, 1 is all.
Placebos give the surprise of chips of another episode.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from pages import show

from tradeshock.features import Panel, load_panel
from tradeshock.features.errors import stale_series_noted
from tradeshock.forecast.scenarios import Carriers, Move, Scenario, Shock, find_shock
from tradeshock.forecast.scenarios.split import CHIPS, PRICE, Split
from tradeshock.models import (
    VAR,
    BayesianVAR,
    Conditions,
    DirectRidge,
    Recalibration,
    TradeBayesianVAR,
)

TARGET = "exports_total"
# Eve of each episode, and months that are scored.
EVES = {
    "Memory 2018": ("2018-11-01", 12),
    "COVID 2020": ("2020-02-01", 12),
    "Chip bust 2022": ("2022-09-01", 12),
    "Tariffs 2025": ("2025-03-01", 12),
    "AI boom 2025": ("2025-12-01", 5),
}
CHIP_EPISODES = ("Memory 2018", "Chip bust 2022", "Tariffs 2025")
MACRO = ("us_ip", "brent")
ALL_DRIVERS = ("us_ip", "usdkrw", "brent", "copper", "us_semiconductor_ip")
# The library's shocks on the eve of an episode, with the later paths of what they move.
OWN_EPISODES = {
    "memory_2018": "2018-11-01",
    "memory_2022": "2022-09-01",
    "ai_boom_goes_on": "2025-12-01",
    "chip_price_fall": "2018-11-01",
    "won_weak": "2022-09-01",
    "oil_up": "2022-03-01",
    "oil_down": "2014-11-01",
    "us_recession": "2008-09-01",
    "china_slowdown": "2014-11-01",
    "china_slowdown_2022": "2022-09-01",
    "global_crisis": "2008-09-01",
}
MODELS = (Recalibration, BayesianVAR, TradeBayesianVAR, DirectRidge, VAR)


def later(panel: Panel, eve: Panel, series: Sequence[str], end: pd.Period) -> Conditions:
    """What series were after an eve, up to a month."""
    values = {
        id: {
            str(month): float(value)
            for month, value in panel.series(id).items()
            if eve.last_month(id) < month <= end
        }
        for id in series
    }
    return Conditions({id: path for id, path in values.items() if path})


def rmse(panel: Panel, medians: pd.Series) -> float:
    """Root mean squared error of a path, 100 log points."""
    actual = panel.series(TARGET).reindex(medians.index).dropna()
    errors = 100.0 * np.log(actual / medians.loc[actual.index])
    return float(np.sqrt((errors**2).mean()))


class Eve:
    """Carriers on the eve of an episode, and what came later."""

    def __init__(self, panel: Panel, day: str, steps: int, model: object = None) -> None:
        self.panel, self.known = panel, panel.as_of(day)
        self.carriers = Carriers.fit(self.known, model, steps)  # type: ignore[arg-type]
        self.index = self.carriers.index
        self.nothing = rmse(panel, self.carriers.forecast.paths.median())

    def given(self, series: Sequence[str], carrier: str = "chips") -> Scenario:
        """Scenario in which series do what they did."""
        path = later(self.panel, self.known, series, self.index[-1])
        shock = Shock("replay", conditions=path, carrier=carrier)  # type: ignore[arg-type]
        return self.carriers.run([shock])

    def removed(self, medians: pd.Series) -> float:
        """Share of the error that a path removes."""
        return 1.0 - rmse(self.panel, medians) / self.nothing

    def surprise(self) -> tuple[float, ...]:
        """What chips were against what was expected of them, month by month, as shares."""
        split = self.carriers.split()
        expected = np.median(split.parts(None)[..., 0], axis=0)
        actual = self.panel.series(CHIPS).reindex(self.index).to_numpy()
        return tuple((actual / expected - 1.0).tolist())


def arithmetic_path(made: Scenario) -> pd.Series:
    """Median of the baseline plus share times size."""
    return made.baseline.median() + made.arithmetic.sum(axis=1)


def own_forecast_removed(eve: Eve) -> float:
    """Share that the price of chips removes of the error of its own system's forecast."""
    split: Split = eve.carriers.split(price=True)
    price = later(eve.panel, eve.known, [PRICE], eve.index[-1])
    paths = []
    for conditions in (None, price):
        total = split.parts(conditions).sum(axis=2)
        paths.append(pd.Series(np.median(total, axis=0), eve.index))
    return 1.0 - rmse(eve.panel, paths[1]) / rmse(eve.panel, paths[0])


def replay_table(panel: Panel) -> tuple[str, dict[str, Eve]]:
    """Rows of carriers by episode."""
    eves = {name: Eve(panel, day, steps) for name, (day, steps) in EVES.items()}
    rows: dict[str, dict[str, float]] = {}

    def row(name: str, removed: Iterable[float]) -> None:
        rows[name] = dict(zip(eves, removed, strict=True))

    all_of = list(eves.values())
    row("RMSE with nothing given", (e.nothing for e in all_of))
    macro = (e.removed(e.given(MACRO, "macro").paths.median()) for e in all_of)
    row("the model's own systems: US production, Brent", macro)
    drivers = (e.removed(e.given(ALL_DRIVERS, "macro").paths.median()) for e in all_of)
    row("the same: five drivers", drivers)
    row("chips", (e.removed(e.given([CHIPS]).paths.median()) for e in all_of))
    two = (e.removed(e.given([CHIPS, *MACRO]).paths.median()) for e in all_of)
    row("**two carriers**: chips, US production, Brent", two)
    wide = [CHIPS, *MACRO, "usdkrw", "copper"]
    row(
        "two carriers with won and copper too",
        (e.removed(e.given(wide).paths.median()) for e in all_of),
    )
    row("arithmetic alone: chips", (e.removed(arithmetic_path(e.given([CHIPS]))) for e in all_of))
    row(
        "price of chips, lent to the model",
        (e.removed(e.given([PRICE]).paths.median()) for e in all_of),
    )
    row(
        "price of chips, against its own system's forecast",
        (own_forecast_removed(e) for e in all_of),
    )
    row("arithmetic alone: price", (e.removed(arithmetic_path(e.given([PRICE]))) for e in all_of))
    body = []
    for name, values in rows.items():
        numbers = list(values.values())
        first = name.startswith("RMSE")
        cells = [f"{number:.1f}" if first else f"{number:.2f}" for number in numbers]
        body.append([name, *cells, "" if first else f"{np.mean(numbers):.2f}"])
    return markdown(body, ["given", *eves, "mean"]), eves


def placebo_table(eves: dict[str, Eve]) -> str:
    """Another episode's surprise of chips in the place of the own one."""
    surprises = {name: eve.surprise() for name, eve in eves.items()}
    body, better = [], 0
    for name, eve in eves.items():
        cells = []
        for other, path in surprises.items():
            move = Shock("placebo", moves=(Move(CHIPS, path=path),), carrier="chips")
            removed = eve.removed(eve.carriers.run([move]).paths.median())
            cells.append(f"({removed:.2f})" if other == name else f"{removed:.2f}")
            better += other != name and removed > 0.0
        body.append([name, *cells])
    table = markdown(body, ["episode", *(f"surprise of {name}" for name in eves)])
    cells_in_all = len(eves) * (len(eves) - 1)
    said = (
        f"{cells_in_all - better} of {cells_in_all} placebos are not better than nothing. In "
        "brackets: the own surprise."
    )
    return f"{table}\n\n{said}"


def model_table(panel: Panel) -> str:
    """Two carriers lent to other models."""
    body = []
    for model in MODELS:
        cells, removed = [], []
        for day, steps in EVES.values():
            eve = Eve(panel, day, steps, model())
            share = eve.removed(eve.given([CHIPS, *MACRO]).paths.median())
            removed.append(share)
            cells.append(f"{eve.nothing:.1f}, {share:.2f}")
        body.append([f"`{model.__name__}`", *cells, f"{np.mean(removed):.2f}"])
    return markdown(body, ["model", *EVES, "mean"])


def library_table(panel: Panel) -> str:
    """Each shock of the library from the eve of an episode of its kind."""
    body = []
    for name, day in OWN_EPISODES.items():
        shock = find_shock(name)
        eve = Eve(panel, day, 12)
        series = list(dict.fromkeys(move.series for move in shock.moves))
        made = eve.given(series, shock.carrier)
        arithmetic = "" if made.arithmetic.empty else f"{eve.removed(arithmetic_path(made)):.2f}"
        change = made.table()["difference_pct"].iloc[-1]
        body.append(
            [
                f"`{name}`",
                day,
                ", ".join(series),
                f"{eve.nothing:.1f}",
                f"{eve.removed(made.paths.median()):.2f}",
                arithmetic,
                f"{change:+.1f}",
            ]
        )
    for name in ("us_tariff_cars", "us_tariff", "us_tariff_all"):
        eve = Eve(panel, "2025-03-01", 12)
        made = eve.carriers.run([find_shock(name)])
        removed = f"{eve.removed(made.paths.median()):.2f}"
        change = made.table()["difference_pct"].iloc[-1]
        body.append(
            [
                f"`{name}`",
                "2025-03-01",
                "as in the library",
                f"{eve.nothing:.1f}",
                "",
                removed,
                f"{change:+.1f}",
            ]
        )
    header = [
        "shock",
        "eve",
        "given",
        "RMSE, nothing given",
        "removed",
        "by arithmetic",
        "last month, %",
    ]
    return markdown(body, header)


def size_table(panel: Panel) -> str:
    """The library on the embedded figures, and how long it takes."""
    from tradeshock.forecast.scenarios import read_shocks

    carriers = Carriers.fit(panel)
    carriers.split(), carriers.split(price=True)
    body = []
    for name, shock in read_shocks().items():
        start = time.process_time()
        made = carriers.run([shock])
        seconds = time.process_time() - start
        table = made.table()
        share = 100.0 * table["of_which_arithmetic"] / table["baseline"]
        far = made.plausibility
        steps = (0, 2, 5, 11)
        body.append(
            [
                f"`{name}`",
                " / ".join(f"{table['difference_pct'].iloc[s]:+.1f}" for s in steps),
                " / ".join(f"{share.iloc[s]:+.1f}" for s in steps),
                f"{table['difference'].sum() / 1000.0:+.0f}",
                "" if far is None else f"{far.tail:.2f}",
                f"{seconds:.1f}",
            ]
        )
    header = [
        "shock",
        "% of the baseline at 1 / 3 / 6 / 12 months",
        "of which arithmetic",
        "12 months, bn USD",
        "tail of the month furthest out",
        "CPU seconds",
    ]
    return markdown(body, header)


def markdown(rows: Iterable[Sequence[str]], header: Sequence[str]) -> str:
    """Lay out a table."""
    lines = [list(header), ["---"] + ["--:"] * (len(header) - 1), *map(list, rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def page() -> str:
    """All tables of the page."""
    panel = load_panel()
    replays, eves = replay_table(panel)
    parts = {
        "Carriers, by episode": replays,
        "Placebos": placebo_table(eves),
        "Two carriers lent to each model (RMSE with nothing given, share removed)": model_table(
            panel
        ),
        "Shocks of the library on the eve of an episode": library_table(panel),
        "The library on the embedded figures": size_table(panel),
    }
    return "\n\n".join(f"### {title}\n\n{table}" for title, table in parts.items())


def main() -> None:
    """Print the tables, or put them into the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path, help="page whose tables are replaced")
    given = parser.parse_args()
    with stale_series_noted():
        tables = page()
    show(tables, given.write)


if __name__ == "__main__":
    main()
