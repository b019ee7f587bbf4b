"""What is no picture: other objects, other axes, frames of which nothing is out yet."""

from collections.abc import Callable
from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from tradeshock.features import Panel
from tradeshock.features.errors import ModelError, ScoreError
from tradeshock.forecast import backtest, monthly_forecast
from tradeshock.forecast.monthly.forecast import MonthlyForecast
from tradeshock.forecast.plots import (
    plot_coverage,
    plot_csed,
    plot_episodes,
    plot_errors,
    plot_fan,
    plot_history,
    plot_issued,
    plot_pit,
)

Draw = Callable[[pd.DataFrame], object]
OF_BACKTESTS: dict[str, Draw] = {
    "coverage": lambda frame: plot_coverage(frame, "RandomWalk"),
    "csed": lambda frame: plot_csed(frame, reference="RandomWalk"),
    "episodes": plot_episodes,
    "errors": plot_errors,
    "history": lambda frame: plot_history(frame, "RandomWalk"),
    "pit": lambda frame: plot_pit(frame, "RandomWalk"),
}


@pytest.fixture(scope="module")
def forecast(panel: Panel) -> MonthlyForecast:
    return monthly_forecast(panel, model="RandomWalk", steps=3)


def not_axes(what: str) -> Any:
    return {
        "a path": lambda: "fan.png",
        "a figure": plt.figure,
        "several": lambda: plt.subplots(2)[1],
        "round ones": lambda: plt.subplot(projection="polar"),
    }[what]()


@pytest.mark.parametrize("what", ["a path", "a figure", "several", "round ones"])
def test_what_is_no_pair_of_straight_axes_is_refused(what: str, forecast: MonthlyForecast) -> None:
    with pytest.raises(ModelError, match=r"^got ax of type \w+; give one pair of straight axes"):
        forecast.plot(ax=not_axes(what))


def test_a_forecast_is_drawn_by_its_paths(forecast: MonthlyForecast, panel: Panel) -> None:
    said = r"^got a MonthlyForecast; give the paths of a forecast: `forecast\.paths`$"
    with pytest.raises(ModelError, match=said):
        plot_fan(forecast)  # type: ignore[arg-type]
    with pytest.raises(ModelError, match=said):
        plot_issued([forecast], panel.series("exports_total"))  # type: ignore[list-item]


@pytest.mark.parametrize("name", OF_BACKTESTS)
def test_frames_without_an_outcome_or_of_something_else_are_refused(
    name: str, panel: Panel
) -> None:
    frame = backtest(
        ["RandomWalk"], panel, origins=panel.origins("2026-04", "2026-04"), steps=2
    ).frame
    draw = OF_BACKTESTS[name]
    with pytest.raises(ScoreError, match=r"^None of the \d+ rows has an outcome yet"):
        draw(frame[frame["actual"].isna()])
    with pytest.raises(ScoreError, match=r"^The frame has no columns \[.*'quantity'"):
        draw(frame[["origin", "actual"]])
