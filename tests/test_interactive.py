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
    *ahead, published = (np.asarray(trace.y) for trace in figure.data)
    levels = [0.025, 0.975, 0.1, 0.9, 0.25, 0.75, 0.5]
    for line, level in zip(ahead, levels, strict=True):
        expected = forecast.paths.quantile([level]).iloc[:, 0] / 1000.0
        np.testing.assert_allclose(line[1:], expected, err_msg=str(level))
    assert {line[0] for line in ahead} == {published[-1]}
    assert len(published) == 36
    named = [trace.name for trace in figure.data if trace.showlegend is not False]
    assert named == ["95 %", "80 %", "50 %", "Median", "Published"]
    assert figure.data[2].hovertemplate == "80 %: from %{y:,.1f}<extra></extra>"
    assert [trace.fill for trace in figure.data[:6]] == [None, "tonexty"] * 3
    assert figure.layout.title.text == "Exports (KR): forecast"
    assert "RandomWalk, figures of 1 May 2026" in figure.layout.title.subtitle.text
    assert figure.layout.yaxis.title.text == "bn USD"
    assert "Median" in figure.to_html(include_plotlyjs="cdn")


def test_a_scenario_shows_both_medians_and_the_interval_of_the_difference(fall: Scenario) -> None:
    pytest.importorskip("plotly", reason="needs tradeshock[plotly]")
    low, high, before, after, _ = (np.asarray(t.y) for t in fall.plot_interactive().data)
    table = fall.table() / 1000.0
    np.testing.assert_allclose(before[1:], table["baseline"])
    np.testing.assert_allclose(after[1:], table["scenario"])
    np.testing.assert_allclose(low, table["baseline"] + table["difference_low80"])
    np.testing.assert_allclose(high, table["baseline"] + table["difference_high80"])
    assert "80 % interval of the difference" in {t.name for t in fall.plot_interactive().data}
    assert "band is of the difference" in fall.plot_interactive().layout.title.subtitle.text


def test_the_style_of_the_user_stays(
    forecast: MonthlyForecast, monkeypatch: pytest.MonkeyPatch
) -> None:
    io = pytest.importorskip("plotly.io", reason="needs tradeshock[plotly]")
    figure = interactive.fan(forecast.paths)
    assert figure.layout.template == io.templates["plotly_white"]
    assert figure.layout.title.text == "exports_total: forecast"
    monkeypatch.setattr(io.templates, "default", "plotly_dark")
    dark = interactive.fan(forecast.paths)
    assert dark.layout.template == io.templates["plotly_dark"]
    assert dark.data[-1].line.color == io.templates["plotly_dark"].layout.font.color
