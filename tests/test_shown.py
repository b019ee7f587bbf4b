"""What a notebook and a prompt show, and what a spreadsheet opens."""

import csv
import io
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tradeshock.features import Catalog, Panel, ReleaseRule, Series
from tradeshock.forecast import (
    backtest,
    early_warning,
    explain,
    monthly_forecast,
    scenario,
    search,
)
from tradeshock.forecast.csv_text import csv_text
from tradeshock.forecast.monthly.forecast import MonthlyForecast
from tradeshock.forecast.news import news
from tradeshock.forecast.scenarios import Comparison, find_shock
from tradeshock.models import AutoRegression, Combination, RandomWalk


@pytest.fixture(scope="module")
def forecast(panel: Panel) -> MonthlyForecast:
    notes = {"adjustments": {"2026-06": 500.0}, "note": '=HYPERLINK("http://example")'}
    return monthly_forecast(panel, "2026-05-01", model="RandomWalk", steps=3, **notes)


def test_a_forecast_shows_its_table(forecast: MonthlyForecast) -> None:
    shown = repr(forecast)
    assert shown.startswith("Exports (KR), mn USD: RandomWalk on 2026-05-01, knowing April 2026")
    median = forecast.table()["median"].round(1)
    assert all(str(value) in shown and str(month) in shown for month, value in median.items())
    assert "array" not in shown
    assert "<table" in forecast._repr_html_()


def test_notes_stand_under_a_forecast(panel: Panel) -> None:
    made = monthly_forecast(panel, "2026-05-01", model=Combination([RandomWalk()]), steps=2)
    assert made.notes == made.paths.notes
    assert made.notes[0].startswith("combines RandomWalk")
    assert repr(made).endswith("".join(f"\nNote: {note}" for note in made.notes))
    assert made._repr_html_().endswith(f"<p>Note: {made.notes[-1]}</p>")


def test_paths_show_their_quantiles(forecast: MonthlyForecast) -> None:
    shown = repr(forecast.paths)
    assert shown.startswith("exports_total by RandomWalk on 2026-05-01 (after_total): 1,000 paths")
    assert "0.5" in shown
    assert "array" not in shown
    assert "<table" in forecast.paths._repr_html_()


def test_a_backtest_shows_errors_by_step(panel: Panel) -> None:
    origins = panel.origins("2025-01", "2025-06")
    done = backtest(["RandomWalk"], panel, origins=origins, steps=2, n_jobs=1, progress=False)
    rmse = done.scores(("model", "step"), reference=None).query("quantity == 'level'")["rmse"]
    assert all(f"{value:.2f}" in repr(done) for value in rmse)
    assert "RandomWalk" in done._repr_html_()


@pytest.fixture(scope="module")
def results(panel: Panel, forecast: MonthlyForecast) -> dict[str, Any]:
    """One of each main result, made by quick models, with a title that HTML must not run."""
    origins = panel.origins("2025-01", "2025-06")
    tried = {"origins": origins, "steps": 2, "n_jobs": 1, "progress": False}
    shock = replace(find_shock("memory_oversupply"), title="<b>bust</b>")
    fall = scenario(panel, shock, model="RandomWalk", steps=3)
    entry = replace(forecast.entry, title="<b>exports</b>")
    return {
        "forecast": replace(forecast, entry=entry),
        "backtest": backtest({"<b>walk</b>": RandomWalk()}, panel, **tried),
        "news": news(RandomWalk(), "2026-04-01", "2026-05-01", panel, steps=3),
        "scenario": fall,
        "comparison": Comparison(fall.forecast, {"down": fall}),
        "warning": early_warning(panel, model="RandomWalk"),
        "search": search(AutoRegression(), {"lags": [1, 2]}, panel, nested=False, **tried),
        "explanation": explain(forecast),
        "views": forecast.views(),
        "daily view": forecast.views().daily,
        "catalog": panel.catalog,
    }


RESULTS = [
    *("forecast", "backtest", "news", "scenario", "comparison", "warning", "search"),
    *("explanation", "views", "daily view", "catalog"),
]


@pytest.mark.parametrize("name", RESULTS)
def test_a_notebook_shows_a_headline_and_a_table(results: dict[str, Any], name: str) -> None:
    shown = results[name]._repr_html_()
    headline = repr(results[name]).splitlines()[0]
    assert shown.startswith(f"<p>{escape(headline)}</p>")
    assert shown.count("<table") == 1
    assert "<b>" not in shown


def test_a_panel_shows_what_it_holds(panel: Panel) -> None:
    shown = panel._repr_html_()
    assert "75 series" in shown
    assert "exports_total" in shown


def test_views_show_their_tables_at_a_prompt(forecast: MonthlyForecast) -> None:
    views = forecast.views()
    assert repr(views).startswith(
        "Forecast per working day and net of calendar and season, 2026-05 to 2026-07\n"
    )
    assert repr(views.daily).startswith("exports_total in another view, RandomWalk on 2026-05-01\n")
    for shown, table in ((repr(views), views.table()), (repr(views.daily), views.daily.table())):
        assert all(column in shown for column in table)
        assert "array" not in shown


def test_a_catalog_shows_what_its_series_are(panel: Panel) -> None:
    ids = ("exports_total", "exports_total_first_20_days")
    shown = Catalog(panel.entry(id) for id in ids)._repr_html_()
    assert all(word in shown for word in ("exports_total_first_20_days", "mn USD", "first_20_days"))
    assert "day 1 of the next month" in shown
    assert "day 21 of the same month" in shown
    own = Catalog([Series(id="x", title="<b>", release=ReleaseRule.after(days=40))])
    assert "40 days after the month" in own._repr_html_()
    assert "<b>" not in own._repr_html_()


def test_csv_goes_to_a_file_as_well(forecast: MonthlyForecast, tmp_path: Path) -> None:
    text = forecast.to_csv(tmp_path / "new" / "may.csv")
    assert (tmp_path / "new" / "may.csv").read_text(encoding="utf-8") == text


def test_text_is_never_a_formula(forecast: MonthlyForecast) -> None:
    rows = list(csv.DictReader(io.StringIO(forecast.to_csv())))
    assert rows[1]["adjustment_reason"] == '\'=HYPERLINK("http://example")'
    table = pd.DataFrame({"a": ["@sum", "+1", "plain"], "b": [-1.5, 2.0, 3.0]})
    assert csv_text(table, index=False) == "a,b\n'@sum,-1.5\n'+1,2.0\nplain,3.0\n"
