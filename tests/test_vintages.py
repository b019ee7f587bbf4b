"""A past that is revised: what a figure was on a day, and origins split where it changed."""

import numpy as np
import pandas as pd
import pytest

from tradeshock.features import (
    FeaturePipeline,
    Panel,
    ReleaseRule,
    daily_average,
    excluding,
    load_panel,
    with_global_drivers,
)
from tradeshock.features.errors import PanelError
from tradeshock.features.panel.vintages import Vintages
from tradeshock.forecast import backtest, screen
from tradeshock.forecast.hierarchy.nodes import with_remainder
from tradeshock.models import VAR, BayesianVAR, DirectRidge, FlashBridge, Model, RandomWalk
from tradeshock.models.pools.combination import Combination
from tradeshock.models.record.rows import forecast_rows

TOTAL = "exports_total"
OLD = [
    pd.Timestamp(d) for d in ("2012-05-01", "2020-03-11", "2023-01-01", "2026-04-21", "2026-05-15")
]


@pytest.fixture(scope="module")
def revised(panel: Panel) -> Panel:
    """The real vintages of 2026, and US production as if it had been revised in 2025."""
    month, before = pd.Period("2025-03", "M"), panel.values.at[pd.Period("2025-03", "M"), "us_ip"]
    rows = [("us_ip", month, "2025-04-20", before * 0.98), ("us_ip", month, "2025-09-20", before)]
    invented = pd.DataFrame(rows, columns=["series", "month", "seen", "value"])
    vintages = load_panel(vintages=True).vintages
    assert vintages is not None
    return panel.with_vintages(vintages.with_rows(invented))


def test_march_2026_as_it_stood_on_21_april(panel: Panel) -> None:
    with_vintages = load_panel(vintages=True)
    march = pd.Period("2026-03", "M")
    assert with_vintages.revises_the_past
    assert with_vintages.as_of("2026-04-21").values.at[march, TOTAL] == 86626.88
    assert with_vintages.as_of("2026-05-10").values.at[march, TOTAL] == 86626.88
    assert with_vintages.as_of("2026-05-11").values.at[march, TOTAL] == 87211.19
    # Before its first vintage a figure is the oldest.
    assert with_vintages.as_of("2026-04-02").values.at[march, TOTAL] == 86626.88


def test_the_newest_figures_are_those_of_the_snapshot(panel: Panel) -> None:
    newest = load_panel(vintages=True)
    pd.testing.assert_frame_equal(newest.values, panel.values)
    assert newest.as_of("2026-05-15").fingerprint() == panel.fingerprint()
    assert newest.fingerprint() != panel.fingerprint()
    assert not panel.revises_the_past
    assert not newest.as_of("2026-05-15").revises_the_past
    assert newest.select([TOTAL]).as_of("2026-04-21").values[TOTAL].iloc[-1] == 86626.88


def test_origins_before_the_first_revision_are_one_segment(revised: Panel) -> None:
    origins = revised.origins("2024-06", "2026-05")
    segments = revised.segments(origins)
    assert [day for _, days in segments for day in days] == origins
    firsts = [days[0].date().isoformat() for _, days in segments]
    assert firsts == ["2024-06-01", "2025-10-01"]
    later = revised.segments([*origins, pd.Timestamp("2026-05-11")])
    assert len(later) == 3
    for plain, days in later:
        assert not plain.revises_the_past
        for day in days:
            assert plain.as_of(day).fingerprint() == revised.as_of(day).fingerprint()


MODELS = [
    RandomWalk(n_draws=40),
    VAR(n_draws=40),
    BayesianVAR(n_draws=40),
    DirectRidge(n_draws=40),
    FlashBridge(RandomWalk(), n_draws=40),
]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: type(model).__name__)
def test_replays_go_by_what_had_been_seen(model: Model, revised: Panel) -> None:
    days = ["2025-05-01", "2025-08-01", "2025-10-01", "2026-04-21", "2026-05-01", "2026-05-11"]
    origins = [pd.Timestamp(day) for day in days]
    replayed = list(model.replay(revised, TOTAL, origins, 3))
    points = model.replay_points(revised, TOTAL, origins, 3)
    for paths, point, day in zip(replayed, points, origins, strict=True):
        alone = type(model)(**model.get_params(deep=False)).fit(revised.as_of(day), TOTAL)
        np.testing.assert_allclose(paths.values, alone.forecast(3).values, rtol=1e-9)
        np.testing.assert_allclose(point, alone.points(3), rtol=1e-9)


def test_without_segments_the_replay_would_be_another(revised: Panel) -> None:
    origins = [pd.Timestamp("2025-08-01"), pd.Timestamp("2026-04-21")]
    plain = revised.segments([pd.Timestamp("2026-05-15")])[0][0]
    right = VAR().replay_points(revised, TOTAL, origins, 1)
    wrong = VAR().replay_points(plain, TOTAL, origins, 1)
    assert (np.abs(right / wrong - 1.0) > 1e-4).all()


def test_feature_rows_stand_on_what_had_been_seen(revised: Panel) -> None:
    pipeline = FeaturePipeline().fit(revised, TOTAL)
    table = pipeline.transform(revised, "after_total")
    for day in ("2025-08-01", "2026-05-01"):
        row = pipeline.transform(revised.as_of(day), "after_total").iloc[[-1]]
        pd.testing.assert_frame_equal(table.loc[row.index], row)


def test_outcomes_are_the_newest_or_the_first(panel: Panel) -> None:
    known = load_panel(vintages=True)
    (paths,) = RandomWalk(n_draws=20).replay(known, TOTAL, known.origins("2026-03", "2026-03"), 2)
    newest = forecast_rows(paths, known).query("step == 1").set_index("quantity")["actual"]
    first = forecast_rows(paths, known, "first").query("step == 1").set_index("quantity")["actual"]
    assert newest["level"] == 87211.19
    assert first["level"] == 86626.88
    year_before = panel.values.at[pd.Period("2025-03", "M"), TOTAL]
    assert first["yoy"] == pytest.approx(100 * (86626.88 / year_before - 1))


def test_a_backtest_takes_vintages(panel: Panel, tmp_path) -> None:
    known = load_panel(vintages=True)
    origins = known.origins("2026-01", "2026-05")
    options = {"steps": 2, "n_jobs": 1, "progress": False}
    members = [RandomWalk(n_draws=30), VAR(n_draws=30)]
    asked = [*members, Combination(members, n_draws=30)]
    newest = backtest(asked, known, origins=origins, store=tmp_path, **options)
    first = backtest(asked, known, origins=origins, store=tmp_path, actual="first", **options)
    march = {"origin": pd.Timestamp("2026-03-01"), "step": 1, "quantity": "level"}
    for run, expected in ((newest, 87211.19), (first, 86626.88)):
        rows = run.frame[(run.frame[list(march)] == pd.Series(march)).all(axis=1)]
        assert set(rows["actual"]) == {expected}
    # What is learned from is what was known when it came out.
    kept = newest.record.frame
    assert set(kept.loc[(kept["month"] == "2026-03") & (kept["step"] == 1), "actual"]) == {86626.88}
    other = backtest(asked, panel, origins=origins, store=tmp_path, **options)
    apart = newest.frame["q50"].to_numpy() != other.frame["q50"].to_numpy()
    assert apart[(newest.frame["origin"] == "2026-05-01").to_numpy()].all()
    assert not apart[(newest.frame["origin"] == "2026-01-01").to_numpy()].any()


def test_screening_takes_vintages(revised: Panel, panel: Panel) -> None:
    origins = panel.origins("2025-05", "2026-05")
    table = {
        name: screen({"v": VAR()}, which, origins=origins, steps=1).frame["point"].to_numpy()
        for name, which in (("plain", panel), ("revised", revised))
    }
    same = table["plain"] == table["revised"]
    # After US production was revised, before the first figure of which there are vintages.
    between = panel.origins("2025-10", "2026-01")
    assert same[[origins.index(day) for day in between]].all()
    assert not same[origins.index(pd.Timestamp("2025-08-01"))]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([("a", "2026-01", "2026-02-01", np.nan)], "no number"),
        ([("a", "2026-01", "2026-02-01", 1.0), ("a", "2026-01", "2026-02-01", 2.0)], "one finite"),
    ],
)
def test_vintages_without_sense(rows, message) -> None:
    with pytest.raises(PanelError, match=message):
        Vintages(pd.DataFrame(rows, columns=["series", "month", "seen", "value"]))
    with pytest.raises(PanelError, match="lack the columns"):
        Vintages(pd.DataFrame({"series": ["a"]}))


# -- appended figures ----------------------------------------------------------------------------

NEW = pd.DataFrame(
    {TOTAL: [85900.0, 80100.0], "exports_total_first_10_days": [25188.232, 18434.431]},
    index=["2026-04", "2026-05"],
)


def test_newer_months_are_added_and_old_origins_stay(panel: Panel) -> None:
    before = [panel.as_of(day).fingerprint() for day in OLD]
    later = panel.append(NEW, seen="2026-06-02")
    assert [later.as_of(day).fingerprint() for day in OLD] == before
    assert list(later.values.columns) == list(panel.values.columns)
    assert later.last_month(TOTAL) == pd.Period("2026-05", "M")
    april, may = later.as_of("2026-06-01").values[TOTAL].iloc[-2:]
    assert (april, may) == (85867.478, 80100.0)
    assert later.as_of("2026-06-02").values[TOTAL].iloc[-2] == 85900.0
    assert later.origin == pd.Timestamp("2026-06-02")


def test_what_is_new_and_what_is_revised_is_said(panel: Panel) -> None:
    changes = panel.changes(NEW).set_index("kind")
    assert changes.loc["revised", "before"] == 85867.478
    assert changes.loc["revised", "revision"] == pytest.approx(100 * (85900.0 / 85867.478 - 1))
    assert changes.loc["new", "month"] == pd.Period("2026-05", "M")
    assert len(changes) == 2


def test_a_stale_series_does_not_come_alive_in_the_past(panel: Panel) -> None:
    assert panel.is_stale("imports_total")
    figures = pd.Series([55000.0, 56000.0], ["2026-03", "2026-04"], name="imports_total")
    later = panel.append(figures, seen="2026-06-02")
    assert [later.as_of(d).fingerprint() for d in OLD] == [
        panel.as_of(d).fingerprint() for d in OLD
    ]
    assert later.as_of("2026-06-01").last_month("imports_total") == pd.Period("2026-02", "M")
    assert later.as_of("2026-06-02").last_month("imports_total") == pd.Period("2026-04", "M")
    again = later.append(pd.Series([56100.0], ["2026-04"], name="imports_total"), seen="2026-06-09")
    assert again.as_of("2026-06-08").values["imports_total"].dropna().iloc[-1] == 56000.0


def test_figures_before_their_rule_day_are_known_once_seen(panel: Panel) -> None:
    later = panel.append(pd.Series([80100.0], ["2026-05"], name=TOTAL), seen="2026-05-30")
    assert later.as_of("2026-05-29").last_month(TOTAL) == pd.Period("2026-04", "M")
    assert later.as_of("2026-05-30").last_month(TOTAL) == pd.Period("2026-05", "M")
    assert later.last_month(TOTAL) == pd.Period("2026-05", "M")


def lacking_may(panel: Panel, day: str) -> Panel:
    """The panel on a day on which the total of May was not there."""
    total = panel.values[TOTAL].dropna()
    return panel.with_series(total, origin=day)


def test_a_figure_that_was_missing_on_its_release_day_is_known_from_the_day_it_was_seen(
    panel: Panel,
) -> None:
    may = pd.Series([80100.0], ["2026-05"], name=TOTAL)
    later = lacking_may(panel, "2026-06-01").append(may, seen="2026-06-04")
    for day, month in (("2026-06-01", 4), ("2026-06-03", 4), ("2026-06-04", 5)):
        assert later.as_of(day).last_month(TOTAL).month == month
    # Looked at before, nothing is known but the rule.
    later = lacking_may(panel, "2026-05-31").append(may, seen="2026-06-04")
    assert later.as_of("2026-06-01").last_month(TOTAL).month == 5


def test_a_late_figure_holds_back_those_after_it(panel: Panel) -> None:
    months = pd.Series([80100.0, 81100.0], ["2026-05", "2026-06"], name=TOTAL)
    later = lacking_may(panel, "2026-06-20").append(months, seen="2026-07-10")
    # June's rule day is 1 July, but May had not come yet.
    for day, month in (("2026-07-09", 4), ("2026-07-10", 6)):
        assert later.as_of(day).last_month(TOTAL).month == month
        assert len(later.as_of(day).series(TOTAL)) == len(panel.series(TOTAL)) + month - 4


@pytest.mark.parametrize(
    ("figures", "seen", "message"),
    [
        (pd.Series([1.0], ["2026-06"], name="exports_to_mars"), None, "exports_to_mars"),
        (
            pd.Series([80100.0], ["2026-07"], name=TOTAL),
            "2026-09-01",
            f"{TOTAL} ends in 2026-04 .* without 2026-05, 2026-06: give these months too",
        ),
        (
            pd.Series([26_000.0], ["2015-12"], name=f"{TOTAL}_first_20_days"),
            "2026-05-20",
            f"{TOTAL}_first_20_days begins in 2016-01 .* 2015-12, before it.* with_series",
        ),
        (NEW, "2026-05-01", "already knows figures of 2026-05-15, .* seen on 2026-05-01"),
        (pd.Series([1.0, 2.0], ["2026-05", "2026-05"], name=TOTAL), None, "stand twice"),
    ],
)
def test_appended_figures_without_sense(panel, figures, seen, message) -> None:
    with pytest.raises(PanelError, match=message):
        panel.append(figures, seen)


def test_a_longer_series_is_known_by_its_rule(panel: Panel) -> None:
    id = f"{TOTAL}_first_20_days"
    longer = pd.concat(
        [pd.Series([26_000.0], pd.PeriodIndex(["2015-12"], freq="M")), panel.values[id].dropna()]
    )
    then = panel.with_series(longer.rename(id)).as_of("2020-05-22")
    assert then.state(TOTAL) == panel.as_of("2020-05-22").state(TOTAL) == "after_20d"
    assert len(then.series(id)) == len(panel.as_of("2020-05-22").series(id)) + 1


def test_a_series_that_is_replaced_keeps_its_place(panel: Panel) -> None:
    other = panel.with_series(panel.values["us_ip"] * 1.01)
    assert list(other.values.columns) == list(panel.values.columns)


def test_a_panel_that_is_asked_beyond_its_day_points_to_append(panel: Panel) -> None:
    with pytest.raises(PanelError, match="append"):
        panel.as_of("2026-06-30")


# -- series beside others -----------------------------------------------------------------------

CHIPS, SHIPS = "exports_semiconductors", "exports_ships"


def same_past(panel: Panel, wider: Panel, day: str) -> None:
    then = panel.as_of(day).values
    pd.testing.assert_frame_equal(wider.as_of(day).values[[*then]].loc[then.index], then)


def test_derived_series_leave_the_past_of_others_and_have_their_own() -> None:
    panel, months = load_panel(vintages=True), pd.period_range("2026-01", "2026-03", freq="M")
    wider = excluding(daily_average(panel, TOTAL), TOTAL, CHIPS)
    wider = with_remainder(wider, [CHIPS, SHIPS])
    for day in ("2026-05-10", "2026-05-11", "2026-05-15"):
        same_past(panel, wider, day)
        then = wider.as_of(day)
        total, chips, ships = (then.values[id][months] for id in (TOTAL, CHIPS, SHIPS))
        days = panel.calendar.working_days(months, "month")
        made = (total / days, total - chips, total - chips - ships)
        new = (f"{TOTAL}_daily_average", f"{TOTAL}_ex_semiconductors", "remainder")
        for id, expected in zip(new, made, strict=True):
            assert then.values[id][months].tolist() == pytest.approx(expected.tolist(), rel=1e-12)
    assert wider.revises_the_past
    assert wider.select([f"{TOTAL}_daily_average"]).revises_the_past


@pytest.fixture(scope="module")
def late() -> Panel:
    """Two series, one of whose December and January came on 10 February alone."""
    months = pd.period_range("2010-01", "2025-01", freq="M")
    growth = np.sin(np.arange(len(months)))
    frame = pd.DataFrame({"x": np.exp(5.0 + growth), "y": np.exp(3.0 + growth)}, months)
    frame.loc["2024-12":, "x"] = np.nan
    panel = Panel.from_frame(frame, ReleaseRule(day=1), "KR")
    late = pd.DataFrame({"x": [140.0, 150.0]}, months[-2:])
    return panel.append(late, seen="2025-02-10")


def test_what_came_late_stays_late_beside_new_series(late: Panel) -> None:
    assert str(late.as_of("2025-02-05").last_month("x")) == "2024-11"
    wider = excluding(daily_average(with_global_drivers(late), "x"), "x", "y")
    new = ["x_daily_average", "x_ex_y"]
    for day, month in (("2025-02-05", "2024-11"), ("2025-02-10", "2025-01")):
        same_past(late, wider, day)
        assert {str(wider.as_of(day).last_month(id)) for id in new} == {month}


def test_what_came_early_is_early_in_what_is_made_of_it(panel: Panel) -> None:
    early = panel.append(pd.DataFrame({TOTAL: [80_000.0]}, ["2026-05"]), seen="2026-05-29")
    wider = daily_average(early, TOTAL)
    assert str(wider.last_month(f"{TOTAL}_daily_average")) == "2026-05"
    assert str(wider.as_of("2026-05-28").last_month(f"{TOTAL}_daily_average")) == "2026-04"


def test_a_series_that_is_replaced_loses_its_own_past_alone(late: Panel) -> None:
    panel = load_panel(vintages=True)
    replaced = panel.with_series(panel.values[TOTAL] * 1.0)
    assert replaced.as_of("2026-05-10").values.at[pd.Period("2026-03", "M"), TOTAL] == 87211.19
    first = f"{TOTAL}_first_20_days"
    same_past(panel.select([first]), replaced.select([first]), "2026-05-10")
    onetime = late.with_series(late.values["x"])
    assert str(onetime.as_of("2025-02-05").last_month("x")) == "2025-01"
