"""Charts for a browser: the same numbers as the pictures."""

import sys

import numpy as np
import pytest

from tradeshock.features import Panel
from tradeshock.features.errors import ModelError
from tradeshock.forecast import monthly_forecast, scenario
from tradeshock.forecast.monthly.forecast import MonthlyForecast
from tradeshock.forecast.plots import interactive
from tradeshock.forecast.scenarios import Scenario


@pytest.fixture(scope="module")
def forecast(panel: Panel) -> MonthlyForecast:
    return monthly_forecast(panel, "2026-05-01", model="RandomWalk", steps=6)


@pytest.fixture(scope="module")
def fall(panel: Panel) -> Scenario:
    return scenario(panel, "memory_oversupply", model="RandomWalk", steps=6)


def test_without_the_extra_it_is_named(
    forecast: MonthlyForecast, fall: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "plotly.graph_objects", None)
    for result in (forecast, fall):
        with pytest.raises(ModelError, match=r"needs plotly: pip install 'tradeshock\[plotly\]'"):
            result.plot_interactive()


def test_the_fan_has_the_quantiles_and_the_published_months(forecast: MonthlyForecast) -> None:
    pytest.importorskip("plotly", reason="needs tradeshock[plotly]")
    figure = forecast.plot_interactive()
    traces = {trace.name: np.asarray(trace.y) for trace in figure.data}
    ends = {"80 %, from": 0.1, "80 %, to": 0.9, "95 %, from": 0.025, "50 %, to": 0.75}
    for name, level in {"Median": 0.5, **ends}.items():
        expected = forecast.paths.quantile([level]).iloc[:, 0] / 1000.0
        np.testing.assert_allclose(traces[name][1:], expected, err_msg=name)
    assert {lines[0] for name, lines in traces.items() if name != "Published"} == {
        traces["Published"][-1]
    }
    assert len(traces["Published"]) == 36
    assert [trace.fill for trace in figure.data[:6]] == [None, "tonexty"] * 3
    assert figure.layout.title.text == "Exports (KR): forecast"
    assert "RandomWalk, figures of 1 May 2026" in figure.layout.title.subtitle.text
    assert figure.layout.yaxis.title.text == "bn USD"
    assert "Median" in figure.to_html(include_plotlyjs="cdn")


def test_a_scenario_shows_both_medians_and_the_interval_of_the_difference(fall: Scenario) -> None:
    pytest.importorskip("plotly", reason="needs tradeshock[plotly]")
    traces = {trace.name: np.asarray(trace.y) for trace in fall.plot_interactive().data}
    table = fall.table() / 1000.0
    np.testing.assert_allclose(traces["Baseline"][1:], table["baseline"])
    np.testing.assert_allclose(traces["Scenario"][1:], table["scenario"])
    np.testing.assert_allclose(
        traces["80 % of differences, from"], table["baseline"] + table["low80"]
    )
    np.testing.assert_allclose(
        traces["80 % of differences, to"], table["baseline"] + table["high80"]
    )


def test_the_style_of_the_user_stays(forecast: MonthlyForecast) -> None:
    plotly = pytest.importorskip("plotly", reason="needs tradeshock[plotly]")
    figure = interactive.fan(forecast.paths)
    assert figure.layout.template == plotly.io.templates[plotly.io.templates.default]
    assert figure.layout.title.text == "exports_total: forecast"
