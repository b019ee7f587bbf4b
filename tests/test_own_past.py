"""Figures that stand alone: their default model, their replayed past, world series beside them."""

import json
import re
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from nations import figures, panel_of

from tradeshock.features import Panel, ReleaseRule, with_global_drivers
from tradeshock.features.errors import ModelError, PanelError, StoredFileWarning
from tradeshock.forecast import monthly_forecast, own_past_record
from tradeshock.forecast.cli.main import main
from tradeshock.forecast.monthly.defaults import default_model, default_record, target_of
from tradeshock.forecast.monthly.own_record import past_file
from tradeshock.forecast.routine.own_past import missing_past, wants_past
from tradeshock.forecast.warning import early_warning
from tradeshock.models import (
    VAR,
    Combination,
    ExponentialSmoothing,
    RandomWalk,
    Recalibration,
    SeasonalNaive,
)
from tradeshock.models.record.rows import forecast_rows

INDIA = "exports_india"
QUICK = Recalibration(Combination([RandomWalk(n_draws=40), SeasonalNaive(n_draws=40)]))


def india_in(folder: Path, first: str = "2012-01") -> list[str]:
    """Options of the command line for a file of India's figures, which is written."""
    file = folder / "india.csv"
    figures("india", first).rename_axis("month").to_csv(file)
    return ["--csv", str(file), "--release-after", "15", "--calendar", "IN"]


@pytest.fixture
def quick_default(monkeypatch: pytest.MonkeyPatch) -> None:
    """A default of figures that stand alone that takes no time."""
    monkeypatch.setattr("tradeshock.forecast.monthly.defaults.own_history_model", lambda: QUICK)


@pytest.fixture(scope="module")
def india() -> Panel:
    return panel_of(figures("india", "2012-01"))


@pytest.fixture(scope="module")
def short() -> Panel:
    """Two years of past forecasts, where it does not matter how many there are."""
    return panel_of(figures("india", "2019-05"))


@pytest.mark.usefixtures("home")
def test_the_replayed_past_is_that_of_the_model_itself(india: Panel) -> None:
    record = own_past_record(india, model=QUICK)
    assert set(record.frame["model"]) == {
        QUICK.name,
        "Combination(RandomWalk, SeasonalNaive)",
        "RandomWalk",
        "SeasonalNaive",
    }
    origins = india.origins("2017-01", "2026-05", target=INDIA)
    replayed = forecast_rows(list(QUICK.replay(india, INDIA, origins, 12)), india, "first")
    kept = record.frame.query("model == @QUICK.name").reset_index(drop=True)
    columns = ["origin", "step", "q10", "q50", "q90", "crps", "actual"]
    expected = replayed.query("quantity == 'level'").reset_index(drop=True)
    pd.testing.assert_frame_equal(kept[columns], expected[columns], check_dtype=False)


@pytest.mark.usefixtures("home")
def test_new_months_extend_the_record_to_what_it_would_have_been(india: Panel) -> None:
    whole = own_past_record(india, model=QUICK).frame
    for file in list_of_records():
        file.unlink()
    own_past_record(panel_of(figures("india", "2012-01", "2025-11")), model=QUICK)
    assert len(list_of_records()) == 1
    grown = own_past_record(india, model=QUICK).frame
    assert len(list_of_records()) == 1
    pd.testing.assert_frame_equal(in_order(grown), in_order(whole))


@pytest.mark.usefixtures("home")
def test_revised_figures_are_replayed_from_there_on(india: Panel) -> None:
    before = own_past_record(india, model=QUICK).frame
    series = figures("india", "2012-01")
    series["2024-06"] *= 1.2
    after = own_past_record(panel_of(series), model=QUICK).frame
    merged = before.merge(after, on=["model", "origin", "step"], validate="one_to_one")
    assert len(merged) == len(before) == len(after)
    moved = ~np.isclose(merged["q50_x"], merged["q50_y"], rtol=0, atol=1e-9)
    # June's figure came out on 15 July.
    assert merged.loc[moved, "origin"].min() == pd.Timestamp("2024-07-15")
    # Forecasts of June from before it are judged by the figure at hand.
    before_it = merged["origin"] < "2024-07-15"
    june = merged[before_it & (merged["month_x"].astype(str) == "2024-06")]
    assert (june["actual_y"] == series["2024-06"]).all()
    assert len(june) > 0
    assert_made_at_once(panel_of(series), after)


@pytest.mark.usefixtures("home")
def test_corrections_beside_the_target_leave_what_was_forecast() -> None:
    india, states = (figures(name, "2012-01", "2018-12") for name in ("india", "united_states"))
    model = VAR(series=[str(states.name)], n_draws=40)

    def beside(driver: pd.Series) -> Panel:
        frame = pd.concat([india, driver], axis=1)
        return Panel.from_frame(frame, ReleaseRule.after(days=15), "IN")

    before = own_past_record(beside(states), INDIA, model).frame
    corrected = states.copy()
    corrected.loc["2013-01":] *= np.linspace(1.0, 2.0, len(corrected.loc["2013-01":]))
    assert not missing_past(beside(corrected), INDIA, model)
    after = own_past_record(beside(corrected), INDIA, model).frame
    pd.testing.assert_frame_equal(in_order(after), in_order(before))
    # Whoever wants them made with the new figures deletes the file.
    file = past_file(beside(corrected), INDIA)
    assert [file] == list_of_records()
    list_of_records()[0].unlink()
    anew = own_past_record(beside(corrected), INDIA, model).frame
    assert not np.allclose(in_order(anew)["q50"], in_order(before)["q50"])


@pytest.mark.usefixtures("home")
def test_a_corrected_typo_leaves_nothing_in_the_record(india: Panel) -> None:
    own_past_record(panel_of(figures("india", "2012-01", "2026-03")), model=QUICK)
    typo = figures("india", "2012-01")
    typo.iloc[-1] *= 3.0
    own_past_record(panel_of(typo), model=QUICK)
    # Already before it is replayed.
    known = default_record(india, INDIA)
    assert known is not None
    rows = known.frame
    april = rows[rows["month"].eq(pd.Period("2026-04")) & rows["known_on"].notna()]["actual"]
    assert len(april) > 0
    assert (april == figures("india").iloc[-1]).all()
    assert_made_at_once(india, own_past_record(india, model=QUICK).frame)


@pytest.mark.usefixtures("home")
def test_replays_of_other_models_stay(india: Panel) -> None:
    short = panel_of(figures("india", "2012-01", "2026-03"))
    other = ExponentialSmoothing(n_draws=40)
    before = own_past_record(short, model=QUICK).frame
    together = own_past_record(short, model=other).frame
    assert set(together["model"]) == {*before["model"], other.name}
    inside = set(before["model"]) - {"RandomWalk"}
    kept = together[together["model"].isin(inside)]
    pd.testing.assert_frame_equal(in_order(kept), in_order(before[before["model"].isin(inside)]))
    assert not wants_more(short)
    # A new month: each model is brought up to date when it is asked for, and only then.
    own_past_record(india, model=QUICK)
    assert not wants_more(india)
    assert missing_past(india, INDIA, other)
    own_past_record(india, model=other)
    assert not missing_past(india, INDIA, other)
    assert not wants_more(india)


def in_order(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.sort_values(["model", "origin", "step"]).reset_index(drop=True)


def assert_made_at_once(panel: Panel, frame: pd.DataFrame) -> None:
    """What was kept is what a replay of these very figures alone gives."""
    for file in list_of_records():
        file.unlink()
    pd.testing.assert_frame_equal(
        in_order(frame), in_order(own_past_record(panel, model=QUICK).frame)
    )


@pytest.mark.usefixtures("home")
def test_intervals_learn_from_the_replayed_past(india: Panel) -> None:
    without = monthly_forecast(india, model=QUICK, steps=3)
    assert default_record(india, INDIA) is None
    own_past_record(india, model=QUICK)
    learned = monthly_forecast(india, model=QUICK, steps=3)
    assert isinstance(learned.fitted, Recalibration)
    assert not np.allclose(learned.fitted.factors_, 1.0)
    assert not np.allclose(without.table()["high80"], learned.table()["high80"])
    # Nothing of it is known before its time, nor of another nation under the same name.
    early = default_record(india.as_of("2020-01-20"), INDIA)
    assert early is not None
    other = figures("united_states").rename(INDIA)
    assert default_record(panel_of(other), INDIA) is None


@pytest.mark.usefixtures("home", "quick_default")
def test_warnings_are_judged_by_the_own_past_alone(india: Panel) -> None:
    own_past_record(india)
    warning = early_warning(india)
    assert warning.forecast.model == QUICK.name
    assert warning.table()["hit_rate"].notna().all()
    # Totals and several months together are on record for Korea's exports alone.
    assert warning.years().loc[2026, "n"] == 0
    assert warning.years()["past_error"].isna().all()
    assert warning.next()["any_fall_hit_rate"].isna().all()


@pytest.mark.usefixtures("home")
def test_what_stands_beside_the_target_has_a_record_of_its_own(india: Panel) -> None:
    wide = with_global_drivers(india, ["brent"])
    own_past_record(india, model=QUICK)
    own_past_record(wide, model=QUICK)
    assert len(list_of_records()) == 2
    assert not wants_more(india)
    assert not wants_more(wide)


def wants_more(panel: Panel) -> bool:
    return bool(missing_past(panel, INDIA, QUICK))


@pytest.mark.usefixtures("home")
def test_a_damaged_record_is_said_and_made_anew(short: Panel) -> None:
    own_past_record(short, model=QUICK)
    (file,) = list_of_records()
    file.write_bytes(b"nothing")
    with pytest.warns(StoredFileWarning, match="own_past_record") as first:
        assert default_record(short, INDIA) is None
    with pytest.warns(StoredFileWarning, match="left out until `own_past_record`") as second:
        own_past_record(short, model=QUICK)
    assert len(first) == len(second) == 1
    assert not wants_more(short)


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("how", ["cut short", "the list of its parts", "a bit inside"])
def test_a_record_that_is_damaged_within_is_said_and_made_anew(short: Panel, how: str) -> None:
    made = own_past_record(short, model=QUICK)
    (file,) = list_of_records()
    content = bytearray(file.read_bytes())
    if how == "cut short":
        content = content[:-40]
    elif how == "a bit inside":
        content[len(content) // 3] ^= 16
    else:
        # Length of the comment of the first entry, which then swallows the others.
        first = content.index(b"PK\x01\x02")
        rest = content.index(b"PK\x05\x06") - content.index(b"PK\x01\x02", first + 1)
        content[first + 32 : first + 34] = rest.to_bytes(2, "little")
    file.write_bytes(content)
    with pytest.warns(StoredFileWarning, match=r"no record can be read: .* is damaged"):
        again = own_past_record(short, model=QUICK)
    pd.testing.assert_frame_equal(again.frame, made.frame)
    assert not wants_more(short)


@pytest.mark.usefixtures("quick_default")
def test_a_damaged_record_is_said_once_on_the_command_line(home: Path, tmp_path: Path) -> None:
    ask = ["forecast", *india_in(tmp_path, "2019-05")]
    made = CliRunner().invoke(main, ask)
    (kept,) = home.rglob("past/*.npz")
    kept.write_bytes(b"nothing")
    with warnings.catch_warnings(action="always"):
        again = CliRunner().invoke(main, ask)
    assert again.stdout == made.stdout
    assert again.stderr.count("no record can be read") == 1


@pytest.mark.usefixtures("home")
def test_the_past_of_a_balance_is_refused_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    panel = panel_in_levels(figures("india").diff(12).dropna().rename("change"))
    monkeypatch.setattr("tradeshock.models.Model.fit", None)
    with pytest.raises(ModelError, match=r"change was -\d+.*; replays are for positive targets"):
        own_past_record(panel)


def test_a_short_past_is_refused() -> None:
    with pytest.raises(ModelError, match=r"has 59 months by .* takes at least 60"):
        own_past_record(panel_of(figures("india", "2020-01", "2024-11")))


# -- the default ------------------------------------------------------------------------------


def test_the_default_goes_by_what_the_panel_has(panel: Panel, india: Panel) -> None:
    alone = "Recalibration(OwnHistory, across_steps=True)"
    young = "Recalibration(RandomWalk, across_steps=True)"
    assert default_model(india, INDIA).name == alone
    assert default_model(with_global_drivers(india), INDIA).name == "Recalibration"
    ten_years = panel_of(figures("india", "2015-01", "2024-12"))
    assert default_model(ten_years, INDIA).name == alone
    a_month_less = panel_of(figures("india", "2015-02", "2024-12"))
    assert default_model(a_month_less, INDIA).name == young
    assert default_model(with_global_drivers(a_month_less), INDIA).name == young
    # From the day on that is the first of a replay.
    assert default_model(a_month_less.as_of("2020-02-15"), INDIA).name == young
    assert default_model(a_month_less.as_of("2020-02-14"), INDIA).name == "RandomWalk"
    assert (
        default_model(panel.select(["exports_total"]).as_of("1996-02-01"), "exports_total").name
        == "RandomWalk"
    )
    assert target_of(with_global_drivers(india)) == INDIA
    # Korea's: with early counts, or with indicators beside them.
    for target in ("exports_total", "exports_steel", "imports_total"):
        assert default_model(panel, target).name == "Recalibration"
        assert not wants_past(panel, target)
    assert default_model(panel.select(["exports_total"]), "exports_total").name == "Recalibration"
    assert wants_past(india, INDIA)
    assert wants_past(with_global_drivers(india), INDIA)
    assert wants_past(a_month_less, INDIA)
    assert not wants_past(a_month_less.as_of("2020-02-14"), INDIA)


def test_a_young_nations_walk_learns_its_widths(home: Path) -> None:
    young = panel_of(figures("india", "2012-01", "2020-12"))
    before = monthly_forecast(young, steps=12)
    assert f"no record of past forecasts of {INDIA}: intervals as drawn" in before.notes
    assert any("`own_past_record` replays its past once" in note for note in before.notes)
    own_past_record(young)
    after = monthly_forecast(young, steps=12)
    np.testing.assert_allclose(after.table()["median"], before.table()["median"], rtol=1e-4)
    width = after.table()["high80"] / after.table()["low80"]
    # 2020 was beyond what eight calm years had said.
    assert (width > before.table()["high80"] / before.table()["low80"]).all()
    assert not any("no record" in note for note in after.notes)
    further = monthly_forecast(young, steps=13).notes
    assert "intervals after step 12 are those of step 12, the last that the record has" in further


@pytest.mark.usefixtures("quick_default")
def test_the_command_line_replays_once_and_says_so(home: Path, tmp_path: Path) -> None:
    ask = ["forecast", *india_in(tmp_path)]
    first = CliRunner().invoke(main, ask)
    assert first.exit_code == 0, first.output
    assert f"Replaying the past of {INDIA}" in first.stderr
    assert f"Record: 113 past origins of {INDIA}, 2017-01-15 to 2026-05-15" in first.stderr
    assert "no record" not in first.stdout
    again = CliRunner().invoke(main, ask)
    assert again.stdout == first.stdout
    assert "Replaying" not in again.stderr
    page = CliRunner().invoke(main, ["report", *ask[1:], "--out", str(tmp_path / "page")])
    assert page.exit_code == 0, page.output
    html = (tmp_path / "page" / "report.html").read_text("utf-8")
    assert "COVID-19" in html
    assert "parameters are the model" in html
    assert "the user" not in html
    assert not re.search("Korea|KRW|[Cc]hip\\b|Memory and tariffs|10 or 20 days", html)
    named = CliRunner().invoke(main, [*ask, "--model", "RandomWalk"])
    assert "Replaying" not in named.stderr
    assert list(home.rglob("*.npz"))


@pytest.mark.usefixtures("quick_default")
@pytest.mark.parametrize("question", [["warn"], ["explain"], ["news", "--from", "2026-04-20"]])
def test_questions_replay_too(question: list[str], home: Path, tmp_path: Path) -> None:
    first = CliRunner().invoke(main, [*question, *india_in(tmp_path, "2015-01")])
    assert first.exit_code == 0, first.output
    assert f"Replaying the past of {INDIA}" in first.stderr
    assert list(home.rglob("*.npz"))


# -- world series -----------------------------------------------------------------------------


def test_world_series_keep_their_release_days(panel: Panel, india: Panel) -> None:
    wide = with_global_drivers(india)
    assert wide.origin == india.origin
    # Autumn 2025: US production came weeks late.
    for day in ("2015-03-20", "2025-11-15", "2026-05-15"):
        here, there = wide.as_of(day), panel.as_of(day)
        for id in ("us_ip", "brent", "copper", "share_prices_kr"):
            pd.testing.assert_series_equal(
                here.series(id), there.series(id), check_freq=False, obj=f"{id} on {day}"
            )
        pd.testing.assert_series_equal(here.series(INDIA), india.as_of(day).series(INDIA))


def test_world_series_after_the_panels_day_are_left_out() -> None:
    early = panel_of(figures("india", "2012-01", "2024-12"))
    wide = with_global_drivers(early, ["brent"])
    assert wide.origin == early.origin == pd.Timestamp("2025-01-15")
    assert wide.last_month("brent") == pd.Period("2024-12")


def test_world_series_that_are_there_or_unknown_are_refused(panel: Panel, india: Panel) -> None:
    with pytest.raises(PanelError, match="has a series us_ip of its own"):
        with_global_drivers(panel)
    with pytest.raises(PanelError, match="has no tin"):
        with_global_drivers(india, ["tin"])


@pytest.mark.usefixtures("home")
def test_world_series_on_the_command_line(tmp_path: Path, india: Panel) -> None:
    ask = ["forecast", *india_in(tmp_path)]
    ask += ["--model", "DirectRidge", "--steps", "1", "--format", "json"]
    run = CliRunner().invoke(main, [*ask, "--global-drivers"])
    assert run.exit_code == 0, run.output
    made = json.loads(run.stdout)["months"][0]["median"]
    wide = monthly_forecast(with_global_drivers(india), model="DirectRidge", steps=1)
    assert made == wide.table()["median"].iloc[0]
    assert made != json.loads(CliRunner().invoke(main, ask).stdout)["months"][0]["median"]
    alone = CliRunner().invoke(main, ["forecast", "--global-drivers"])
    assert "--global-drivers describes own figures" in alone.stderr


def list_of_records() -> list[Path]:
    from tradeshock.features.vintages.home import home

    return sorted((home() / "records" / "past").iterdir())


def test_what_has_been_below_zero_is_forecast_in_levels(tmp_path: Path) -> None:
    change = figures("india").diff(12).dropna().rename("change")
    assert change.min() < 0.0
    file = tmp_path / "change.csv"
    change.rename_axis("month").to_csv(file)
    given = ("forecast", "--csv", str(file), "--release-after", "15", "--transform", "level")
    made = CliRunner().invoke(main, [*given, "--steps", "3"])
    assert made.exit_code == 0, made.output
    assert re.search(r"^Model +VAR \(the default\)$", made.stdout, re.MULTILINE)
    named = CliRunner().invoke(main, [*given, "--steps", "3", "--model", "VAR"])
    assert named.stdout == made.stdout.replace(" (the default)", "")
    refused = CliRunner().invoke(main, [*given, "--model", "DirectRidge"])
    assert "take --model VAR or BayesianVAR, which forecast it in levels" in refused.stderr


def test_a_positive_target_in_levels_gets_no_bridges_of_korea() -> None:
    long = panel_in_levels(figures("india", "2012-01"))
    assert default_model(long, INDIA).name == "VAR"
    assert default_model(with_global_drivers(long), INDIA).name == "VAR"
    assert monthly_forecast(long, steps=1).model == "VAR"
    young = panel_in_levels(figures("india", "2020-01"))
    assert default_model(young, INDIA).name == "RandomWalk"
    # Values that were below zero have no logs at all.
    change = figures("india").diff(12).dropna()
    assert default_model(panel_in_levels(change), INDIA).name == "VAR"


def panel_in_levels(series: pd.Series) -> Panel:
    return Panel.from_frame(series.to_frame(), ReleaseRule.after(days=15), "IN", transform="level")
