"""What a user writes, as type checkers see it: mypy --strict and pyright, on an installed wheel.

Only checked, never run. Where a type must be exact, an assignment says so; where a check must fail,
an ignore says which, and mypy refuses one that is not needed.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

import tradeshock as ts
from tradeshock.features import FeaturePipeline, ReleaseRule, TradeCalendar
from tradeshock.features.errors import ConditionError, TradeshockError
from tradeshock.features.indicators import Growth
from tradeshock.forecast import Move, Shock, early_warning, explain, scenario, search
from tradeshock.forecast.archive import Archive
from tradeshock.models import (
    Conditions,
    DirectRidge,
    ForecastPaths,
    Model,
    Record,
    UnivariateModel,
    check_model,
    make_model,
)


class Walk(UnivariateModel):
    """A model of one's own."""

    def __init__(self, n_draws: int = 1000, random_state: int = 0) -> None:
        self.n_draws = n_draws
        self.random_state = random_state

    def _fit(self) -> None:
        self.changes_ = np.diff(np.log(self.series_.to_numpy()))

    def _paths(
        self, steps: int, rng: np.random.Generator, conditions: Conditions | None
    ) -> npt.NDArray[np.float64]:
        draws = rng.choice(self.changes_, size=(self.n_draws, steps)).cumsum(axis=1)
        last = float(self.series_.iloc[-1])
        paths: npt.NDArray[np.float64] = last * np.exp(draws)
        return paths[:, :, None]


def figures(file: Path) -> ts.Panel:
    own: ts.Panel = ts.Panel.from_file(file, ReleaseRule.after(40), calendar="TW", unit="mn USD")
    calendar: TradeCalendar = own.calendar
    return own if calendar.nation == "TW" else ts.load_panel().as_of("2026-04-21")


def forecasts(panel: ts.Panel, models: Sequence[Model | str]) -> float:
    paths: ForecastPaths = Walk().fit(panel, "exports_total").forecast(12)
    draws: npt.NDArray[np.float64] = paths.draws("exports_total")
    made = ts.monthly_forecast(panel, model=make_model("RandomWalk"), steps=6, threshold=900_000.0)
    Archive("kept").add(made)
    result = ts.backtest(models, panel, origins=panel.origins("2020-01", "2024-12"), n_jobs=2)
    record: Record = result.record
    best = search("BayesianVAR", {"lags": [6, 12]}, panel, nested=True, n_jobs=1)
    tables = [made.table(), made.year_total(), result.scores()]
    return float(np.median(draws)) + len(tables) + len(record.models) + len(repr(best))


def questions(panel: ts.Panel) -> list[str]:
    shock = Shock("chips", (Move("exports_semiconductors", -0.4),), title="Chips fall")
    try:
        made = scenario(panel, shock, steps=12)
    except ConditionError as error:
        return [str(error)]
    except TradeshockError:
        raise
    warned = early_warning(panel)
    explained = explain(ts.monthly_forecast(panel))
    check_model(Walk())
    own = DirectRidge().default_features().named_blocks
    pipeline: FeaturePipeline = FeaturePipeline([*own, Growth("copper", [1])])
    return [repr(one) for one in (made, warned, explained, pipeline)]


def misused(panel: ts.Panel) -> None:
    ts.backtest(["RandomWalk"], panel, steps="12")  # type: ignore[arg-type]
    ts.monthly_forcast(panel)  # type: ignore[attr-defined]
