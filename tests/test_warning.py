"""Early warning: chances from paths, and the record of past chances."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from scipy.stats import norm

from tradeshock.features import Panel, ReleaseRule
from tradeshock.features.errors import ModelError, PanelError, ScoreError
from tradeshock.forecast import early_warning, monthly_forecast
from tradeshock.forecast.cli.main import main
from tradeshock.forecast.plots import plot_warning
from tradeshock.forecast.warning import EarlyWarning, leading_indicators, turning_points
from tradeshock.forecast.warning.chances import chance_below, recorded_falls
from tradeshock.forecast.warning.scores import past_turns, spells, warning_scores
from tradeshock.forecast.warning.turning import dated_turning_points, turning_by
from tradeshock.models import RandomWalk, Record
from tradeshock.models.adjustment import CalendarAdjustment
from tradeshock.models.paths import QUANTILES
from tradeshock.models.record.rows import forecast_rows
from tradeshock.models.record.shipped import shipped_functionals, shipped_record

DAY = "2026-05-01"


@pytest.fixture(scope="module")
def warning(panel: Panel) -> EarlyWarning:
    return early_warning(panel.as_of(DAY))


# -- chances -----------------------------------------------------------------------------------


def test_months_are_shares_of_the_paths(panel: Panel, warning: EarlyWarning) -> None:
    forecast = monthly_forecast(panel, DAY)
    before = panel.values["exports_total"].reindex(forecast.paths.index - 12).to_numpy()
    table = warning.table()
    assert table["chance"].to_numpy() == pytest.approx(
        (forecast.paths.draws() < before).mean(axis=0)
    )
    low = np.quantile(forecast.paths.draws(), 0.05, axis=0)
    assert table["at_risk"].to_numpy() == pytest.approx(low)
    assert table["growth_at_risk"].to_numpy() == pytest.approx(100 * (low / before - 1))
    assert table["growth"].to_numpy() == pytest.approx(forecast.table()["yoy_median"].to_numpy())


def test_lights_follow_the_stated_rule(warning: EarlyWarning) -> None:
    table = warning.table()
    assert set(table.loc[table["chance"] >= 0.4, "light"]) == {"red"}
    assert set(table.loc[table["chance"] < 0.2, "light"]) == {"green"}
    assert [warning.light(chance) for chance in (0.4, 0.39, 0.2, 0.19)] == [
        "red",
        "amber",
        "amber",
        "green",
    ]
    assert "40 %" in warning.rule
    assert "20 %" in warning.rule


def test_several_months_together(panel: Panel, warning: EarlyWarning) -> None:
    draws = warning.forecast.paths.draws()
    before = panel.as_of(DAY).series("exports_total").iloc[-12:].to_numpy()
    table = warning.next()
    for months in (3, 6, 12):
        fallen = (draws[:, :months] < before[:months]).any(axis=1).mean()
        total = (draws[:, :months].sum(axis=1) < before[:months].sum()).mean()
        assert table.loc[months, "any_fall"] == pytest.approx(fallen)
        assert table.loc[months, "total_fall"] == pytest.approx(total)
    assert table["any_fall"].is_monotonic_increasing
    assert table["adjusted_fall"].between(0.0, 1.0).all()


def test_quantiles_of_a_log_normal_give_its_chances() -> None:
    median, sd = np.log(np.array([50.0, 60.0, 70.0])), np.array([0.05, 0.1, 0.2])
    quantiles = np.exp(median[:, None] + sd[:, None] * norm.ppf(QUANTILES))
    for level in (30.0, 52.0, 90.0):
        exact = norm.cdf((np.log(level) - median) / sd)
        assert chance_below(quantiles, np.full(3, level)) == pytest.approx(exact, abs=1e-12)


def test_quantiles_of_a_record_say_what_its_paths_said(panel: Panel) -> None:
    paths = RandomWalk().fit(panel.as_of("2023-01-01")).forecast(12)
    rows = forecast_rows(paths, panel)
    levels = rows[rows["quantity"] == "level"]
    direct = (paths.yoy() < 0.0).mean().to_numpy()
    assert recorded_falls(levels, panel.values["exports_total"]) == pytest.approx(direct, abs=0.02)


def test_years_and_their_past(panel: Panel, warning: EarlyWarning) -> None:
    table = warning.years()
    totals = warning.forecast.paths.total("year").iloc[:, 0]
    assert table.index.tolist() == [2026]
    assert table.loc[2026, "median"] == pytest.approx(totals.median())
    # Forecasts of the first of May of each year, which knew four months as this one does.
    kept = shipped_functionals().query("functional == 'year_total' and state == 'after_total'")
    kept = kept[(kept["origin"].dt.month == 5) & kept["item"].str.endswith("q50")]
    kept = kept[kept["item"].str[:4].astype(int) == kept["origin"].dt.year]
    kept = kept.dropna(subset=["actual"])
    error = 100 * np.log(kept["actual"] / kept["value"])
    assert table.loc[2026, "n"] == len(kept)
    assert table.loc[2026, "past_error"] == pytest.approx(np.sqrt((error**2).mean()), abs=1e-3)


# -- turning points ------------------------------------------------------------------------------


def test_turning_points_of_paths_that_turn(panel: Panel) -> None:
    paths = RandomWalk(n_draws=2).fit(panel.as_of(DAY)).forecast(12)
    effects = RandomWalk().fit(panel.as_of(DAY)).adjustment_
    season = effects.effect(paths.index, panel.as_of(DAY).calendar)
    last = effects.adjusted_.max()
    step = np.arange(1.0, 13.0)
    up_and_down = last + np.where(step <= 5, 0.1 * step, 0.5 - 0.1 * (step - 5))
    up = last + 0.1 * step
    made = np.exp(np.stack([up_and_down, up]) + season)[:, :, None]
    table = turning_points(type(paths)(**{**vars(paths), "values": made}), panel)
    # The mean of three months peaks one month after the level does.
    assert table["peak"].idxmax() == paths.index[5]
    assert table["peak"].max() == 0.5
    assert table["peak_by"].iloc[-1] == 0.5
    assert table.index[-1] == paths.index[6]
    assert (table.filter(like="_by").diff().iloc[1:] >= 0.0).all(axis=None)


# -- the record ----------------------------------------------------------------------------------


def test_past_chances_of_turning_points_are_those_that_are_shown(warning: EarlyWarning) -> None:
    table, paths = warning.turning_points(), warning.forecast.paths
    for turn in ("peak", "trough"):
        given = turning_by(warning.panel, turn)(paths)
        assert given.index.tolist() == ["by step 0", "by step 3", "by step 6"]
        months = [paths.index[0] + (k - 1) for k in (0, 3, 6)]
        assert given.to_numpy() == pytest.approx(table.loc[months, f"{turn}_by"].to_numpy())
    # Five months beyond are needed: of six steps only the last published month can be asked.
    short = type(paths)(**{**vars(paths), "values": paths.values[:, :6], "index": paths.index[:6]})
    assert turning_by(warning.panel, "peak")(short).index.tolist() == ["by step 0"]


def test_turning_points_have_a_record_of_their_own(warning: EarlyWarning) -> None:
    table = warning.track_record().xs("all", level="sample").loc[["peak", "trough"]]
    assert table.index.get_level_values("horizon").tolist() == [0, 3, 6] * 2
    assert (table["brier"] < table["brier_walk"]).all()
    assert (table["brier"] < table["brier_climatology"]).all()
    kept = shipped_functionals().query(
        "functional == 'peak' and item == 'by step 3' and state == 'after_total'"
    )
    kept = kept.dropna(subset="actual")
    assert table.loc[("peak", 3), "n"] == len(kept)
    assert table.loc[("peak", 3), "brier"] == pytest.approx(
        ((kept["value"] - kept["actual"]) ** 2).mean()
    )


def test_whether_a_month_turned_is_known_five_months_later(warning: EarlyWarning) -> None:
    events = warning.events.query("event == 'peak' and horizon == 0").reset_index(drop=True)
    for row in (40, 120):
        origin = events["origin"][row]
        known = events[events["month"] + 6 <= pd.Period(origin, "M")]
        assert events["climatology"][row] == pytest.approx(
            (known["came"].sum() + 1) / (len(known) + 2)
        )


def test_published_turning_points_are_extremes_of_eleven_months(panel: Panel) -> None:
    turns = dated_turning_points(panel, "exports_total")
    effects = CalendarAdjustment().fit(panel.series("exports_total"), panel.calendar)
    level = effects.adjusted_.rolling(3).mean().dropna()
    for month, window in ((month, level[month - 5 : month + 5]) for month in level.index[5:-5]):
        wanted = {window.idxmax(): "peak", window.idxmin(): "trough"}.get(month)
        assert turns.get(month) == wanted
    assert turns.index.max() <= panel.last_month("exports_total") - 5


def test_leads_before_turning_points_by_hand(warning: EarlyWarning) -> None:
    months = pd.period_range("2020-04", periods=9, freq="M")
    chances = [0.1, 0.2, 0.5, 0.3, 0.6, 0.9, 0.9, 0.9, 0.9]
    events = pd.DataFrame(
        {"event": "peak", "horizon": 3, "month": months, "chance": chances, "came": 1.0}
    )
    turns = pd.Series({pd.Period("2020-05"): "peak", pd.Period("2020-06"): "trough"})
    table = past_turns(events, turns, 0.4, 3)
    # The first that could see May asked for months up to May; that up to June has the warning.
    assert table[["month", "turn", "lead"]].to_numpy().tolist() == [
        [pd.Period("2020-05"), "peak", 2.0]
    ]
    assert table["chance"].tolist() == [0.6]
    assert past_turns(events, turns, 0.95, 3)["lead"].isna().all()
    real = warning.past_turns()
    assert set(real["turn"]) == {"peak", "trough"}
    assert real["lead"].dropna().between(-4, 3).all()


def test_the_record_beats_the_walk_and_climatology(warning: EarlyWarning) -> None:
    table = warning.track_record().xs("all", level="sample")
    assert (table["brier"] < table["brier_walk"]).all()
    assert (table["brier"] < table["brier_climatology"]).all()
    # What an earlier default reached at steps 1, 3, 6 and 12.
    reached = table.loc["fall", "brier"].reindex([1, 3, 6, 12]).to_numpy()
    assert (reached < np.array([0.051, 0.086, 0.136, 0.207])).all()


def test_scores_by_hand(panel: Panel, warning: EarlyWarning) -> None:
    frame = shipped_record().frame
    rows = frame.query(
        "model == 'Recalibration' and state == 'after_total' and step == 3"
    ).sort_values("origin")
    exports = panel.as_of(DAY).values["exports_total"]
    chance = recorded_falls(rows, exports)
    actual = exports.reindex(pd.PeriodIndex(rows["month"])).to_numpy()
    before = exports.reindex(pd.PeriodIndex(rows["month"]) - 12).to_numpy()
    known = np.isfinite(actual)
    fell, warned = (actual < before)[known], chance[known] >= 0.4
    row = warning.track_record().loc[("fall", 3, "all")]
    assert row["n"] == known.sum()
    assert row["hit_rate"] == pytest.approx((fell & warned).sum() / fell.sum())
    assert row["false_alarm_rate"] == pytest.approx((~fell & warned).sum() / (~fell).sum())
    assert row["precision"] == pytest.approx((fell & warned).sum() / warned.sum())
    assert row["brier"] == pytest.approx(((chance[known] - fell) ** 2).mean())


def test_joint_events_are_those_of_the_shipped_functionals(warning: EarlyWarning) -> None:
    kept = shipped_functionals().query("functional == 'any_fall' and state == 'after_total'")
    kept = kept[kept["item"] == "any of 6"].dropna(subset=["actual"])
    brier = ((kept["value"] - kept["actual"]) ** 2).mean()
    assert warning.track_record().loc[("any_fall", 6, "all"), "brier"] == pytest.approx(brier)


def test_later_figures_change_no_earlier_record(panel: Panel) -> None:
    day = "2009-03-01"
    cut = early_warning(panel.as_of(day)).events
    doubled = panel.values.copy()
    doubled.loc["2009-03":, "exports_total"] *= 2.0
    other = Panel(doubled, panel.catalog, panel.calendar, panel.origin)
    pd.testing.assert_frame_equal(early_warning(other.as_of(day)).events, cut)
    assert cut["month"].max() == pd.Period("2009-02")


def test_climatology_knows_only_outcomes_that_were_out(warning: EarlyWarning) -> None:
    events = warning.events.query("event == 'fall' and horizon == 6").reset_index(drop=True)
    assert events["climatology"].iloc[:6].tolist() == [0.5] * 6
    row = 40
    out = events[events["month"] < pd.Period(events["origin"][row], "M")]
    assert events["climatology"][row] == pytest.approx((out["came"].sum() + 1) / (len(out) + 2))


def test_reliability_counts_all(warning: EarlyWarning) -> None:
    table = warning.reliability(3)
    events = warning.events.query("event == 'fall' and horizon == 3")
    assert table["n"].sum() == len(events)
    assert (table["n"] * table["came"]).sum() == pytest.approx(events["came"].sum())
    with pytest.raises(ModelError, match="no chances of 'fall' at horizon 13"):
        warning.reliability(13)


def test_spells_and_leads() -> None:
    months = pd.period_range("2020-01", periods=9, freq="M")
    growth = pd.Series([1.0, 2.0, -1.0, 3.0, 1.0, -4.0, -9.0, -2.0, 1.0], months)
    given = pd.DataFrame(
        {
            "event": "fall",
            "month": [months[5]] * 4,
            "horizon": [4, 2, 1, 3],
            "chance": [0.9, 0.6, 0.5, 0.3],
        }
    )
    table = spells(given, growth, 0.4)
    assert table.to_dict("records") == [
        {
            "first": months[5],
            "last": months[7],
            "months": 3,
            "deepest": -9.0,
            "chance": 0.5,
            # Three steps ahead the chance was below the threshold: the fourth does not count.
            "lead": 2,
        }
    ]


def test_a_threshold_moves_hits_and_false_alarms_together(warning: EarlyWarning) -> None:
    low, high = (warning_scores(warning.events, level) for level in (0.2, 0.7))
    assert (low["hit_rate"] >= high["hit_rate"]).all()
    assert (low["false_alarm_rate"] >= high["false_alarm_rate"]).all()
    assert (low["brier"] == high["brier"]).all()


def test_own_figures_have_no_record_and_a_given_one_counts(panel: Panel) -> None:
    values = panel.values["exports_total"].iloc[-150:] * 1.1
    own = Panel.from_frame(values, ReleaseRule.after(days=0), "KR", unit="mn USD")
    made = early_warning(own, model="RandomWalk")
    assert made.table()["hit_rate"].isna().all()
    assert made.track_record().empty
    assert made.spells().empty
    assert "no track record" in made.notes[-1]
    json.loads(made.to_json())
    origins = own.origins("2022-01", "2024-12")
    walk = Record(
        forecast_rows(list(RandomWalk().replay(own, own.values.columns[0], origins, 6)), own)
    )
    scored = early_warning(own, model="RandomWalk", record=walk).track_record()
    # The forecast is the walk, so only quantiles and paths differ.
    assert scored["brier"].to_numpy() == pytest.approx(scored["brier_walk"].to_numpy(), abs=0.01)
    assert set(scored.index.get_level_values("horizon")) == {1, 2, 3, 4, 5, 6}


# -- leading series ------------------------------------------------------------------------------


def test_leads_and_correlations_by_hand(panel: Panel) -> None:
    row = leading_indicators(panel, "exports_total", ["copper"]).loc["copper"]
    growth = 100 * np.log(panel.values[["copper", "exports_total"]]).diff(12)
    days = panel.release_dates[:, panel.values.columns.get_loc("exports_total")]
    out = panel.release_dates[:, panel.values.columns.get_loc("copper")]
    copper = [growth["copper"][out <= day].dropna().iloc[-1:].sum() for day in days]
    seen = pd.Series(copper, growth.index).where(growth["exports_total"].notna())
    wanted = {h: seen.shift(h).corr(growth["exports_total"]) for h in range(1, 13)}
    best = max(wanted, key=lambda lead: abs(wanted[lead]))
    assert row["lead"] == best
    assert row["correlation"] == pytest.approx(wanted[best], abs=0.02)
    moves = growth["copper"].dropna().diff(3)
    assert row["move_sd"] == pytest.approx(moves.iloc[-1] / moves.std())


def test_a_series_that_leads_by_four_months_is_found(panel: Panel) -> None:
    own = panel.select(["exports_total", "copper"]).as_of("2025-12-01")
    values = own.values.copy()
    later = panel.values["exports_total"].shift(-4).reindex(values.index)
    values["copper"] = later.where(values["copper"].notna())
    led = Panel(values, own.catalog, own.calendar, own.origin)
    row = leading_indicators(led, "exports_total", ["copper"]).loc["copper"]
    assert row["lead"] == 4
    assert row["correlation"] > 0.98
    assert row["hit_rate"] > 0.6


def test_the_target_does_not_lead_itself(panel: Panel) -> None:
    with pytest.raises(PanelError, match="cannot lead itself"):
        leading_indicators(panel, "exports_total", ["exports_total"])
    with pytest.raises(PanelError, match="no_such"):
        leading_indicators(panel, "exports_total", ["no_such"])


def test_stale_series_are_left_out(panel: Panel) -> None:
    table = leading_indicators(panel, "exports_total", ["copper", "semiconductor_export_price"])
    assert table.index.tolist() == ["copper"]


# -- doors ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("threshold", [0.0, 1.0, -0.1, float("nan"), True, "0.4", None])
def test_odd_thresholds_are_refused(panel: Panel, threshold: object) -> None:
    with pytest.raises(ModelError, match="expected a number between 0 and 1"):
        early_warning(panel, threshold=threshold)  # type: ignore[arg-type]


def test_series_in_levels_and_short_ones_are_refused(panel: Panel) -> None:
    with pytest.raises(ModelError, match="growth in per cent means nothing"):
        early_warning(panel, "gscpi")
    with pytest.raises(ModelError, match="needs 36"):
        early_warning(panel.as_of("1993-06-01"))


def test_a_picture_needs_a_table(warning: EarlyWarning) -> None:
    axes = warning.plot()
    assert [bar.get_height() for bar in axes.patches] == pytest.approx(
        100 * warning.table()["chance"].to_numpy()
    )
    with pytest.raises(ScoreError, match="no column 'chance'"):
        plot_warning(pd.DataFrame({"light": []}), 0.4)
    with pytest.raises(ScoreError, match="no month"):
        plot_warning(warning.table().iloc[:0], 0.4)


def test_what_is_shown_and_written(panel: Panel, tmp_path: Path) -> None:
    day = "2010-01-01"
    made = early_warning(panel.as_of(day))
    assert repr(made).startswith(f"Exports (KR): early warning by Recalibration on {day}")
    assert "<table" in made._repr_html_()
    run = CliRunner().invoke(main, ["warn", "--as-of", day, "--out", str(tmp_path)])
    assert run.exit_code == 0, run.output
    assert "Months of unbroken warning before each spell: 2008-11 1" in run.output
    names = {"warning.csv", "next.csv", "indicators.csv", "track_record.csv"}
    assert names | {"warning.json", "warning.png"} == {path.name for path in tmp_path.iterdir()}
    content = json.loads((tmp_path / "warning.json").read_text(encoding="utf-8"))
    chances = [row["chance"] for row in content["months"]]
    assert chances == pytest.approx(made.table()["chance"].tolist())
    written = pd.read_csv(tmp_path / "warning.csv")
    assert written["chance"].tolist() == pytest.approx(chances)
