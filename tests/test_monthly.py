"""The monthly forecast, its add-factors, its defaults, and what the panel holds."""

import io
import json
import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given, strategies as st

from tradeshock.features import Panel, ReleaseRule, Series, as_quoted
from tradeshock.features.errors import ModelError, PanelError, StaleSeriesWarning
from tradeshock.features.panel.status import data_status
from tradeshock.forecast import backtest, monthly_forecast
from tradeshock.forecast.cli.main import main
from tradeshock.forecast.monthly.defaults import (
    default_record,
    record_end,
    round_threshold,
    target_of,
    threshold_of,
)
from tradeshock.forecast.monthly.forecast import MonthlyForecast
from tradeshock.forecast.monthly.judgement import parse_adjustments
from tradeshock.forecast.monthly.wording import published_words
from tradeshock.forecast.plots.display_unit import DisplayUnit
from tradeshock.models import VAR, Combination, RandomWalk, Recalibration, Record, SeasonalNaive

# A model without members: most of these tests are about what is read off the paths.
QUICK = "FlashRatio"
MONTHS = [f"{year}-{month:02d}" for year in (2025, 2026) for month in range(1, 13)]


@pytest.fixture(scope="module")
def april(panel: Panel) -> MonthlyForecast:
    """Return the forecast on the day of April's first 20 days, 24 steps into March 2028."""
    return monthly_forecast(panel, "2026-04-21", model=QUICK, steps=24, threshold=800_000.0)


@pytest.fixture(scope="module")
def taiwan() -> Panel:
    """Return a target-only panel whose figures come 40 days after the month."""
    months = pd.period_range("2012-01", "2025-12", freq="M")
    noise = np.random.default_rng(7).normal(0.0, 0.03, len(months)).cumsum()
    values = pd.Series(20_000.0 * np.exp(noise), months, name="taiwan")
    return Panel.from_frame(values, ReleaseRule.after(40), calendar="TW", unit="mn TWD")


# -- columns that nothing reads ---------------------------------------------------------------


def test_a_note_names_own_columns_that_are_not_read(taiwan: Panel, panel: Panel) -> None:
    months = taiwan.months.union([taiwan.months[-1] + 1])
    yen = panel.values["usdkrw"].reindex(months).rename("yen")
    own = pd.concat([taiwan.values["taiwan"], yen], axis=1)
    beside = Panel.from_frame(own, ReleaseRule.after(40), calendar="TW")
    asked = {"target": "taiwan", "model": "RandomWalk", "steps": 2}
    with pytest.warns(StaleSeriesWarning, match="its figure of 2026-01 should be out"):
        made = monthly_forecast(beside, **asked)
    (note,) = [note for note in made.notes if "yen" in note]
    assert "not read by the model: yen, whose figures move the origin from 2026-02-09 to" in note
    assert f"{made.origin.date()}" in note
    # On a day that was asked for, nothing moves it; what is read is not named.
    (note,) = monthly_forecast(beside, "2026-02-20", **asked).notes
    assert note.startswith("not read by the model: yen; leave out")
    system = VAR(series=["taiwan", "yen"], n_draws=20)
    read = monthly_forecast(beside.as_of("2026-02-20"), target="taiwan", model=system, steps=2)
    alone = monthly_forecast(taiwan, **asked)
    korea = monthly_forecast(panel, model="RandomWalk", steps=2)
    assert not [note for f in (read, alone, korea) for note in f.notes if "not read" in note]


# -- read off the paths -----------------------------------------------------------------------


def test_table_is_read_off_the_paths(april: MonthlyForecast) -> None:
    table, draws = april.table(), april.paths.draws()
    assert list(table.index) == list(pd.period_range("2026-04", periods=24, freq="M"))
    for name, q in {"median": 0.5, "low80": 0.1, "high80": 0.9}.items():
        np.testing.assert_allclose(table[name], np.quantile(draws, q, axis=0), rtol=1e-12)
    before = april.paths.history["exports_total"]["2025-05"]
    growth = 100 * (draws[:, 1] / before - 1)
    assert table["yoy_high80"]["2026-05"] == pytest.approx(np.quantile(growth, 0.9))
    growth = 100 * (draws[:, 13] / draws[:, 1] - 1)
    assert table["yoy_median"]["2027-05"] == pytest.approx(np.median(growth))


def test_year_total_adds_what_is_published_to_what_is_drawn(april: MonthlyForecast) -> None:
    years, draws = april.year_total(), april.paths.draws()
    assert [str(year) for year in years.index] == ["2026", "2027"]
    assert years["published_months"].tolist() == [3, 0]
    history = april.paths.history["exports_total"]
    first = history["2026-01":"2026-03"].sum() + draws[:, :9].sum(axis=1)
    second = draws[:, 9:21].sum(axis=1)
    np.testing.assert_allclose(years["median"], [np.median(first), np.median(second)])
    np.testing.assert_allclose(
        years["chance"], [np.mean(first > 800_000), np.mean(second > 800_000)]
    )
    on_2025 = 100 * (first / history["2025-01":"2025-12"].sum() - 1)
    on_2026 = 100 * (second / first - 1)
    np.testing.assert_allclose(
        years["growth_low80"], [np.quantile(on_2025, 0.1), np.quantile(on_2026, 0.1)]
    )


def test_no_year_total_where_paths_end_before_december(panel: Panel) -> None:
    forecast = monthly_forecast(panel, "2026-04-21", model=QUICK, steps=8)
    assert forecast.year_total().empty
    assert json.loads(forecast.to_json())["years"] == []


@pytest.mark.parametrize("coverage", [0.5, 0.8, 0.95])
def test_an_interval_of_any_coverage_holds_that_share_of_paths(
    april: MonthlyForecast, coverage: float
) -> None:
    ends = april.interval(coverage)
    assert list(ends) == ["lower", "upper"]
    pd.testing.assert_index_equal(ends.index, april.table().index)
    draws = april.paths.draws()
    # The draws of the nowcast have ties.
    below = (draws < ends["lower"].to_numpy()).mean(axis=0)
    above = (draws > ends["upper"].to_numpy()).mean(axis=0)
    np.testing.assert_allclose(below, (1.0 - coverage) / 2.0, atol=0.01)
    np.testing.assert_allclose(above, (1.0 - coverage) / 2.0, atol=0.01)


def test_the_interval_of_the_table_is_one_of_80_per_cent(april: MonthlyForecast) -> None:
    expected = april.table()[["low80", "high80"]].set_axis(["lower", "upper"], axis=1)
    pd.testing.assert_frame_equal(april.interval(), expected, check_exact=True)
    inner, outer = april.interval(0.5), april.interval(0.95)
    assert (outer["lower"] < inner["lower"]).all()
    assert (inner["upper"] < outer["upper"]).all()


@pytest.mark.parametrize(
    "coverage", [0, 1, 80, -0.1, 1.5, float("nan"), float("inf"), True, "0.8", None, [0.8]]
)
def test_a_coverage_that_is_no_share_is_refused(april: MonthlyForecast, coverage: object) -> None:
    with pytest.raises(ModelError, match=r"coverage of .* such as 0\.8 for an interval"):
        april.interval(coverage)  # type: ignore[arg-type]


def test_without_a_threshold_a_round_one_is_taken_where_passing_it_is_in_doubt(
    panel: Panel,
) -> None:
    made = monthly_forecast(panel, "2026-04-21", model=QUICK)
    median, chance = made.year_total().iloc[0][["median", "chance"]]
    assert made.threshold in {800_000.0, 900_000.0, 1_000_000.0}
    assert abs(made.threshold - median) <= 50_000.0
    assert 0.0 < chance < 1.0
    assert json.loads(made.to_json())["years"][0]["chance"] == chance
    # Judgement moves the year, and the threshold with it.
    raised = monthly_forecast(
        panel, "2026-04-21", model=QUICK, adjustments={"2026-10": 300_000.0}, note="try"
    )
    assert raised.threshold == 1_200_000.0
    assert monthly_forecast(panel, "2026-04-21", model=QUICK, steps=3).threshold is None
    assert monthly_forecast(panel, model=QUICK, target="usdkrw").threshold is None


@pytest.mark.parametrize("total", [1_030_000.0, 1_207_916.0, 1_700_000.0, 2_240_000.0, 340.0])
def test_a_round_threshold_is_never_far_from_the_total(total: float) -> None:
    assert abs(round_threshold(total) / total - 1.0) < 0.15


def test_a_unit_of_multiples_does_not_run_into_the_figure() -> None:
    for unit, name in (
        ("100 mn JPY", "x 100 mn JPY"),
        ("10 th JPY", "x 10 th JPY"),
        ("2020=100", "2020=100"),
        ("100 = mean of 2020", "100 = mean of 2020"),
        ("per 100 JPY", "per 100 JPY"),
    ):
        assert DisplayUnit.choose(unit, 109_814.0).name == name


def test_python_and_the_command_line_take_one_threshold(panel: Panel) -> None:
    asked = ["forecast", "--as-of", "2026-04-21", "--model", "RandomWalk", "--format", "json"]
    printed = CliRunner().invoke(main, asked).stdout
    assert printed.strip() == monthly_forecast(panel, "2026-04-21", model="RandomWalk").to_json()


def test_header_facts(april: MonthlyForecast) -> None:
    assert april.known == "March 2026 and the first 20 days of April 2026"
    assert april.title == "Exports (KR)"
    assert (april.last.month, april.last.value) == (pd.Period("2026-03"), pytest.approx(87_211.19))
    assert april.last.yoy == pytest.approx(50.2, abs=0.05)
    # A working day more than in March 2025.
    assert april.last.yoy_daily < april.last.yoy
    assert april.flash is not None
    assert april.flash.month == pd.Period("2026-04")


@pytest.mark.parametrize("target", ["usdkrw", "brent", "us_ip"])
def test_only_what_adds_up_has_growth_a_working_day(panel: Panel, target: str) -> None:
    last = monthly_forecast(panel, "2026-04-21", target=target, model=QUICK).last
    assert np.isfinite(last.yoy)
    assert np.isnan(last.yoy_daily)
    sentence = published_words(last, DisplayUnit.choose(panel.catalog[target].unit, last.value))
    assert "on a year before" in sentence
    assert "a working day" not in sentence


def test_csv_and_json_say_what_the_table_says(april: MonthlyForecast) -> None:
    table = april.table()
    # As text first: pandas before 3 reads the last digit of a figure wrongly.
    csv = pd.read_csv(io.StringIO(april.to_csv()), dtype=str)
    content = json.loads(april.to_json())
    months = pd.DataFrame(content["months"])
    assert csv["month"].tolist() == months["month"].tolist() == table.index.astype(str).tolist()
    for name in table.columns:
        np.testing.assert_array_equal(csv[name].astype(float), table[name])
        np.testing.assert_array_equal(months[name], table[name])
    assert set(csv["model"]) == {content["model"]} == {"FlashRatio"}
    assert set(csv["state"]) == {content["state"]} == {"after_20d"}
    assert content["years"][0]["median"] == april.year_total()["median"].iloc[0]
    assert content["last_published"]["month"] == "2026-03"
    assert content["judgement"] is None


# -- defaults ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "model"),
    [
        ("2026-05-15", "Recalibration"),
        ("2013-03-01", "Recalibration"),
        ("1999-06-01", "RandomWalk"),
    ],
)
def test_default_model_depends_on_the_history(panel: Panel, day: str, model: str) -> None:
    forecast = monthly_forecast(panel, day, steps=1)
    assert (forecast.model, forecast.by_default) == (model, True)


@pytest.mark.parametrize("days", ["first_10_days", "first_20_days"])
def test_an_early_count_is_forecast_by_the_walk(panel: Panel, days: str) -> None:
    forecast = monthly_forecast(panel, "2026-05-15", steps=2, target=f"exports_total_{days}")
    assert (forecast.model, forecast.by_default) == ("RandomWalk", True)


def test_a_record_ends_where_the_first_of_its_members_does(
    panel: Panel, small_record: Record
) -> None:
    members = [RandomWalk(n_draws=100), SeasonalNaive(n_draws=100)]
    frame = small_record.frame
    late = (frame["model"] == "SeasonalNaive") & (frame["month"] > pd.Period("2025-03", "M"))
    model = Combination(members, n_draws=100)
    for record, end in ((small_record, "2026-04"), (Record(frame[~late]), "2025-03")):
        paths = model.fit(panel.as_of("2026-05-11"), record=record).forecast(1)
        assert record_end(paths, model, record) == pd.Period(end, "M")


def test_models_by_name_and_as_objects_are_the_same(panel: Panel) -> None:
    model = SeasonalNaive()
    given_object = monthly_forecast(panel, "2020-03-01", model=model)
    given_name = monthly_forecast(panel, "2020-03-01", model="SeasonalNaive")
    np.testing.assert_array_equal(given_object.paths.values, given_name.paths.values)
    assert not given_object.by_default
    assert not hasattr(model, "panel_"), "the caller's model was fitted"


def test_what_is_no_model_is_refused(panel: Panel) -> None:
    with pytest.raises(ModelError, match=r"no model 'Oracle'; there are .*RandomWalk"):
        monthly_forecast(panel, model="Oracle")
    with pytest.raises(ModelError, match="RandomWalk is a class: give an instance of it"):
        monthly_forecast(panel, model=RandomWalk)  # type: ignore[arg-type]  # the mistake meant


def test_embedded_figures_are_the_default_panel(panel: Panel) -> None:
    assert (
        monthly_forecast(model=QUICK, steps=2).to_json()
        == monthly_forecast(panel, model=QUICK, steps=2).to_json()
    )


def test_own_figures_with_a_long_lag(taiwan: Panel) -> None:
    forecast = monthly_forecast(taiwan, "2025-12-20", model=QUICK, steps=3)
    assert forecast.known == "October 2025, nothing yet of November 2025"
    assert forecast.model == QUICK
    assert forecast.title == "taiwan (TW)"
    assert forecast.flash is None
    assert json.loads(forecast.to_json())["flash"] is None


def test_target_is_the_only_series_or_named(panel: Panel, taiwan: Panel) -> None:
    assert target_of(panel) == "exports_total"
    assert target_of(taiwan) == "taiwan"
    with pytest.raises(PanelError, match=r"no series 'steel'; the panel has exports_steel, "):
        target_of(panel, "steel")
    with pytest.raises(PanelError, match="say which series to forecast; the panel has usdkrw, usd"):
        target_of(panel.select(["usdkrw", "usdjpy"]))


def test_a_door_that_needs_the_target_says_which_it_is(taiwan: Panel) -> None:
    doors = (
        lambda: taiwan.origins("2020-01", "2020-02"),
        taiwan.states,
        lambda: backtest("RandomWalk", taiwan),
        lambda: RandomWalk().fit(taiwan),
    )
    for door in doors:
        with pytest.raises(PanelError, match="it has 'taiwan' alone: give target='taiwan'"):
            door()


def test_threshold_is_spoken_in_billions(panel: Panel, taiwan: Panel) -> None:
    assert threshold_of(panel, "exports_total") is None
    assert threshold_of(panel, "exports_total", 650.0) == 650_000.0
    assert threshold_of(panel, "usdkrw", 17_000.0) == 17_000.0
    assert threshold_of(taiwan, "taiwan", 650.0) == 650_000.0


# -- the record -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def may(panel: Panel) -> MonthlyForecast:
    """Return the default forecast on the day of May's first 10 days."""
    return monthly_forecast(panel, "2026-05-11")


def in_billions(panel: Panel) -> Panel:
    """Return the same figures in another unit under the same names."""
    ids = [id for id in panel.values.columns if panel.catalog[id].unit == "mn USD"]
    values = panel.values.copy()
    values[ids] /= 1000.0
    entries = [replace(panel.catalog[id], unit="bn USD") for id in ids]
    return Panel(values, panel.catalog.with_series(*entries), panel.calendar, panel.origin)


def test_the_record_stays_in_force_beyond_its_steps(panel: Panel, may: MonthlyForecast) -> None:
    longer = monthly_forecast(panel, "2026-05-11", steps=13)
    twelve, thirteen = may.fitted, longer.fitted
    assert isinstance(twelve, Recalibration)
    assert isinstance(thirteen, Recalibration)
    assert not np.allclose(twelve.factors_, 1.0)
    np.testing.assert_array_equal(thirteen.factors_[:12], twelve.factors_)
    np.testing.assert_array_equal(thirteen.factors_[12], twelve.factors_[11])
    note = "weights and intervals after step 12 are those of step 12, the last that the record has"
    assert note in longer.paths.notes
    assert note not in may.paths.notes


def test_the_record_is_not_used_for_other_figures_under_the_same_name(
    panel: Panel, may: MonthlyForecast
) -> None:
    assert default_record(panel.as_of("2026-05-11"), "exports_total") is not None
    other = in_billions(panel).as_of("2026-05-11")
    assert default_record(other, "exports_total") is None
    steps = 2
    model = Recalibration(Combination([RandomWalk(n_draws=20), SeasonalNaive(n_draws=20)]))
    notes = monthly_forecast(other, model=model, steps=steps).paths.notes
    without = "no record of past forecasts of exports_total"
    assert f"{without}: equal weights, intervals as drawn" in notes
    # With a record, but none of these members.
    notes = monthly_forecast(panel, "2026-05-11", model=model, steps=steps).paths.notes
    by = "Combination(RandomWalk, SeasonalNaive), RandomWalk, SeasonalNaive"
    assert f"{without} by {by}: equal weights, intervals as drawn" in notes
    assert not any("record" in note for note in may.paths.notes)


def test_the_record_is_used_whatever_else_the_panel_has(panel: Panel) -> None:
    own = pd.Series([5.0, 6.0], ["1980-01", "1980-02"], name="own")
    wider = panel.with_series(own, Series(id="own", release=ReleaseRule(day=1)))
    for known in (wider, panel.select(["usdkrw", "exports_total"]), as_quoted(panel)):
        assert default_record(known, "exports_total") is not None
    assert default_record(panel, "imports_total") is None


def test_after_a_revision_the_record_is_used_up_to_what_is_as_it_was(panel: Panel) -> None:
    values = panel.values.copy()
    values.loc["2024-11", "exports_total"] *= 1.001
    revised = Panel(values, panel.catalog, panel.calendar, panel.origin)
    record = default_record(revised, "exports_total")
    assert record is not None
    last = record.frame.groupby("state")["origin"].max()
    # November's figure came out on 1 December.
    assert last.to_dict() == {
        "after_10d": pd.Timestamp("2024-11-11"),
        "after_20d": pd.Timestamp("2024-11-21"),
        "after_total": pd.Timestamp("2024-11-01"),
    }
    whole = default_record(panel, "exports_total")
    assert whole is not None
    cut = whole.frame.query("origin < '2024-11-30'").reset_index(drop=True)
    pd.testing.assert_frame_equal(record.frame, cut)


# -- judgement --------------------------------------------------------------------------------


def test_adjustment_moves_its_month_its_growth_and_its_year(panel: Panel) -> None:
    plain = monthly_forecast(panel, "2026-04-21", model=QUICK)
    adjusted = monthly_forecast(
        panel,
        "2026-04-21",
        model=QUICK,
        adjustments={"2026-06": 1200.0},
        note="new line in Pyeongtaek",
    )
    moved = adjusted.table()["median"] - plain.table()["median"]
    assert moved["2026-06"] == pytest.approx(1200.0)
    assert (moved.drop("2026-06") == 0).all()
    june = plain.paths.history["exports_total"]["2025-06"]
    growth = adjusted.table()["yoy_median"] - plain.table()["yoy_median"]
    assert growth["2026-06"] == pytest.approx(100 * 1200.0 / june)
    assert adjusted.year_total()["median"].iloc[0] == pytest.approx(
        plain.year_total()["median"].iloc[0] + 1200.0
    )
    assert adjusted.table()["adjustment"].to_dict() == {
        month: 1200.0 * (str(month) == "2026-06") for month in plain.table().index
    }


def test_judgement_is_shown_in_every_output(panel: Panel) -> None:
    forecast = monthly_forecast(
        panel, "2026-04-21", model=QUICK, adjustments={"2026-06": -500.0}, note="strike"
    )
    assert forecast.paths.notes == ("Judgement: -500 mn USD in June 2026 (strike)",)
    content = json.loads(forecast.to_json())
    assert content["judgement"] == {"amounts": {"2026-06": -500.0}, "reason": "strike"}
    csv = pd.read_csv(io.StringIO(forecast.to_csv()), keep_default_na=False).set_index("month")
    assert csv.loc["2026-06", ["adjustment", "adjustment_reason"]].tolist() == [-500.0, "strike"]
    assert csv.loc["2026-07", ["adjustment", "adjustment_reason"]].tolist() == [0.0, ""]


def test_missing_reason_is_said(panel: Panel) -> None:
    forecast = monthly_forecast(panel, "2026-04-21", model=QUICK, adjustments={"2026-06": 1.0})
    assert "no reason given" in forecast.paths.notes[0]
    assert "no reason given" in forecast.to_csv()


@pytest.mark.parametrize(
    ("amounts", "note", "message"),
    [
        ({"2029-01": 5.0}, None, "cannot adjust 2029-01"),
        ({"2026-06": -90_000.0}, None, "takes exports_total below zero"),
        ({"2026-06": math.inf}, None, "the adjustment of 2026-06 is inf"),
        ({"June": 5.0}, None, "adjusted month does not read: 'June' is no month"),
        ({}, "a reason for nothing", "there is none"),
    ],
)
def test_adjustments_without_sense(
    panel: Panel, amounts: dict[str, float], note: str | None, message: str
) -> None:
    with pytest.raises(ModelError, match=message):
        monthly_forecast(panel, "2026-04-21", model=QUICK, adjustments=amounts, note=note)


@given(st.dictionaries(st.sampled_from(MONTHS), st.floats(-1e6, 1e6), max_size=5))
def test_adjustments_are_read_as_they_are_written(amounts: dict[str, float]) -> None:
    written = [f"{month}={amount:+}" for month, amount in amounts.items()]
    assert parse_adjustments(written) == amounts


@pytest.mark.parametrize("text", ["", "2026-06", "2026-13=5", "2026-06=", "2026-06=1e", "x=1"])
def test_adjustments_that_do_not_read(text: str) -> None:
    with pytest.raises(ModelError, match="2026-06"):
        parse_adjustments([text])


def test_adjusting_a_month_twice_is_refused() -> None:
    with pytest.raises(ModelError, match="2026-06 is adjusted twice"):
        parse_adjustments(["2026-06=1", "2026-06=2"])


# -- figures for people -----------------------------------------------------------------------


@given(st.floats(1e-3, 1e7), st.sampled_from(["mn USD", "index"]))
def test_display_keeps_three_digits(level: float, unit: str) -> None:
    shown = DisplayUnit.choose(unit, level)
    read = float(shown.text(level).replace(",", "")) * shown.divisor
    assert read == pytest.approx(level, rel=0.006)
    assert shown.name in {unit, "bn USD"}


def test_display_has_no_negative_zero() -> None:
    assert DisplayUnit.choose("mn USD", 50_000.0).text(-1.0, sign=True) == "+0.0"


# -- what is in the panel ---------------------------------------------------------------------


def test_status_of_the_snapshot(panel: Panel) -> None:
    status = data_status(panel)
    assert list(status.index) == list(panel.values.columns)
    total = status.loc["exports_total"]
    assert (str(total["first"]), str(total["last"])) == ("1991-01", "2026-04")
    assert total["next_release"] == pd.Timestamp("2026-06-01")
    early = status.loc["exports_total_first_20_days"]
    assert early["next_release"] == pd.Timestamp("2026-05-21")
    stale = status.index[status["overdue_since"].notna()]
    assert set(stale) == {id for id in panel.values.columns if panel.is_stale(id)}
    assert status.loc["reer_kr", "overdue_since"] == pd.Timestamp("2024-11-18")


def test_status_of_a_series_that_has_not_begun(panel: Panel) -> None:
    early = data_status(panel.as_of("1991-02-03")).loc["exports_steel"]
    assert early[["first", "last"]].isna().all()
    assert pd.isna(early["next_release"])


def test_next_release_is_after_the_origin(panel: Panel) -> None:
    for day in ("2019-03-31", "2025-11-14", "2026-02-28"):
        cut = panel.as_of(day)
        assert (data_status(cut)["next_release"].dropna() > cut.origin).all()


def test_status_without_catalog_texts() -> None:
    months = pd.period_range("2020-01", periods=30, freq="M")
    entry = Series(id="x", release=ReleaseRule(day=1))
    panel = Panel(pd.DataFrame({"x": np.arange(1.0, 31.0)}, months), {"x": entry})
    assert data_status(panel).loc["x", "publisher"] == ""
