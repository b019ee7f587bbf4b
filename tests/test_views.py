"""Exports per working day, and net of calendar and season: from the same paths, draw by draw."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from nations import figures

from tradeshock.features import Panel, ReleaseRule
from tradeshock.features.days.calendar import TradeCalendar
from tradeshock.forecast import monthly_forecast
from tradeshock.forecast.cli.main import main
from tradeshock.forecast.monthly.forecast import MonthlyForecast
from tradeshock.forecast.report import Report
from tradeshock.models import AutoRegression, DirectRidge, ExponentialSmoothing, RandomWalk
from tradeshock.models.adjustment import CalendarAdjustment

LEVELS = [0.5, 0.1, 0.9]


@pytest.fixture(scope="module")
def forecast(panel: Panel) -> MonthlyForecast:
    return monthly_forecast(panel, "2026-05-15", model=RandomWalk(n_draws=200))


def test_daily_average_is_paths_over_days_and_quantiles_come_after(
    forecast: MonthlyForecast,
) -> None:
    calendar = TradeCalendar("KR", origin="2026-05-15")
    days = calendar.working_days(forecast.paths.index)
    before = calendar.working_days(forecast.paths.index - 12)
    views = forecast.views()
    assert views.daily is not None
    table = views.daily.table()
    draws = forecast.paths.draws() / days
    expected = np.quantile(draws, LEVELS, axis=0).T
    np.testing.assert_allclose(table[["median", "low80", "high80"]], expected, rtol=1e-12)
    # Eleven months have a published one a year before; of April 2027 it is April 2026.
    published = forecast.paths.history["exports_total"].loc[forecast.paths.index - 12].to_numpy()
    growth = 100.0 * (draws / (published / before) - 1.0)
    columns = ["growth_median", "growth_low80", "growth_high80"]
    np.testing.assert_allclose(table[columns], np.quantile(growth, LEVELS, axis=0).T, rtol=1e-12)
    assert views.days.tolist() == days.tolist()
    last = views.daily.past_growth.iloc[-1]
    assert last == pytest.approx(forecast.last.yoy_daily, rel=1e-12)


def test_growth_a_working_day_of_the_second_year_is_draw_by_draw(panel: Panel) -> None:
    made = monthly_forecast(panel, "2026-05-15", model=RandomWalk(n_draws=100), steps=14)
    view = made.views().daily
    assert view is not None
    per_day = view.paths.draws()
    expected = np.quantile(100.0 * (per_day[:, 12] / per_day[:, 0] - 1.0), LEVELS)
    columns = ["growth_median", "growth_low80", "growth_high80"]
    np.testing.assert_allclose(view.table()[columns].iloc[12], expected, rtol=1e-12)


def test_a_holiday_that_was_announced_later_is_a_working_day(panel: Panel) -> None:
    # 27 January 2025 became a holiday on 14 January.
    early = monthly_forecast(panel, "2025-01-02", model=RandomWalk(n_draws=20), steps=2)
    late = monthly_forecast(panel, "2025-01-20", model=RandomWalk(n_draws=20), steps=2)
    january = pd.Period("2025-01")
    assert early.views().days[january] == late.views().days[january] + 1.0


def test_adjusted_growth_is_three_months_on_the_three_before(forecast: MonthlyForecast) -> None:
    view = forecast.views().adjusted
    assert view is not None
    history = forecast.paths.history["exports_total"]
    calendar = TradeCalendar("KR", origin="2026-05-15")
    effects = CalendarAdjustment().fit(history, calendar)
    past = np.exp(effects.adjusted_)
    ahead = forecast.paths.draws() / np.exp(effects.effect(forecast.paths.index, calendar))
    level = np.hstack([np.broadcast_to(past.iloc[-6:], (len(ahead), 6)), ahead])
    for step in range(1, 13):
        six = level[:, step : step + 6]
        growth = 100.0 * (six[:, 3:].mean(axis=1) / six[:, :3].mean(axis=1) - 1.0)
        row = view.table().iloc[step - 1]
        expected = np.quantile(growth, LEVELS)
        found = row[["growth_median", "growth_low80", "growth_high80"]]
        np.testing.assert_allclose(found.to_numpy(dtype=float), expected, atol=1e-10)
    six = past.iloc[-6:].to_numpy()
    assert view.past_growth.iloc[-1] == pytest.approx(
        100.0 * (six[3:].sum() / six[:3].sum() - 1.0), abs=1e-10
    )
    assert view.past_growth.iloc[:5].isna().all()


def test_the_working_days_of_an_early_count_are_those_that_it_counts(panel: Panel) -> None:
    id = "exports_total_first_20_days"
    made = monthly_forecast(panel, "2026-05-15", target=id, model=RandomWalk(n_draws=100), steps=6)
    view = made.views().adjusted
    assert view is not None
    calendar = TradeCalendar("KR", origin="2026-05-15")
    effects = CalendarAdjustment(window="first_20_days").fit(made.paths.history[id], calendar)
    ahead = np.log(made.paths.draws()) - effects.effect(made.paths.index, calendar)
    past = effects.adjusted_ - effects.adjusted_.iloc[-1]
    level = np.log(view.paths.history[id])
    np.testing.assert_allclose(level - level.iloc[-1], past, atol=1e-10)
    np.testing.assert_allclose(
        np.log(view.paths.draws()) - level.iloc[-1], ahead - effects.adjusted_.iloc[-1], atol=1e-10
    )


def test_adjusted_level_has_the_size_of_exports(forecast: MonthlyForecast) -> None:
    view = forecast.views().adjusted
    assert view is not None
    ratio = np.log(view.paths.history["exports_total"] / forecast.paths.history["exports_total"])
    assert ratio.iloc[-60:].mean() == pytest.approx(0.0, abs=1e-12)
    assert ratio.iloc[-60:].abs().max() > 0.03


def test_both_views_side_by_side_and_as_csv(forecast: MonthlyForecast) -> None:
    views = forecast.views()
    table = views.table()
    assert table.columns[0] == "working_days"
    lines = views.to_csv().splitlines()
    assert len(lines) == 13
    assert lines[0].split(",")[:3] == ["month", "working_days", "daily_median"]
    assert float(lines[1].split(",")[2]) == table["daily_median"].iloc[0]


def test_what_does_not_add_up_has_no_average_of_a_day(panel: Panel) -> None:
    made = monthly_forecast(panel, "2026-05-15", model="RandomWalk", steps=2, target="usdkrw")
    views = made.views()
    assert views.daily is None
    assert views.adjusted is not None
    made = monthly_forecast(panel, "2026-05-15", model="VAR", steps=2, target="gscpi")
    assert list(made.views().table()) == ["working_days"]


def test_views_leave_the_forecast_as_it_is(forecast: MonthlyForecast) -> None:
    before = forecast.paths.values.copy()
    with_notes = replace(forecast, paths=forecast.paths.with_note("a note"))
    assert with_notes.views().daily is not None
    np.testing.assert_array_equal(forecast.paths.values, before)


def test_what_is_adjusted_already_has_no_average_of_a_day(tmp_path: Path) -> None:
    file = tmp_path / "us.csv"
    figures("united_states").rename("exports_us").rename_axis("month").to_csv(file)
    ask = ["forecast", "--csv", str(file), "--release-after", "37", "--calendar", "US"]
    ask += ["--model", "RandomWalk", "--steps", "1"]
    adjusted = CliRunner().invoke(main, [*ask, "--adjusted"])
    assert adjusted.exit_code == 0, adjusted.output
    assert re.search(r"Last published .*, [+-]\d+\.\d % on a year before\n", adjusted.stdout)
    assert "a working day)" in CliRunner().invoke(main, ask).stdout
    us = Panel.from_csv(file, ReleaseRule.after(days=37), "US", adjusted=True)
    forecast = monthly_forecast(us, model="RandomWalk", steps=6)
    assert forecast.views().daily is None
    # Nothing was taken out, so nothing is put back, and the walk stays where it is.
    view = forecast.views().adjusted
    assert view is not None
    np.testing.assert_allclose(view.paths.draws(), forecast.paths.draws(), rtol=1e-9)
    last = us.series("exports_us").iloc[-1]
    np.testing.assert_allclose(forecast.table()["median"], last, rtol=2e-3)
    for model in (DirectRidge(), ExponentialSmoothing(), AutoRegression()):
        assert not model.fit(us, "exports_us").adjustment_.effects_.any()
    html = Report.from_forecast(forecast).html()
    said = re.sub("<[^>]+>", "", html)
    assert "er working day" not in said
    assert "aily average" not in said
