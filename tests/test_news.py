"""News: why a forecast changed, against the Kalman gain, and that it adds up."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from matplotlib.figure import Figure

from tradeshock.features import Panel, load_panel
from tradeshock.features.errors import ModelError, ScoreError
from tradeshock.forecast import monthly_forecast
from tradeshock.forecast.archive.archive import Archive
from tradeshock.forecast.cli.main import main
from tradeshock.forecast.news import News, group_of, news, recent_news
from tradeshock.forecast.plots import plot_news
from tradeshock.models import BayesianVAR, Combination, FlashBridge, RandomWalk
from tradeshock.models.pools.combination import LinearPool

OLD, NEW = "2026-04-21", "2026-05-15"
# None is quoted by day: the law of the older day knows no running month.
SYSTEM = ("exports_total", "usdtwd", "share_prices_kr", "copper", "us_ip")


def small() -> BayesianVAR:
    return BayesianVAR(SYSTEM, overall=0.2, n_draws=20)


@cache
def linear() -> News:
    return news(small(), OLD, NEW)


@cache
def default() -> News:
    return news(None, OLD, NEW)


@cache
def bridged() -> News:
    carrier = BayesianVAR(SYSTEM[:4], overall=0.2)
    return news(FlashBridge(carrier, n_draws=200), "2026-05-11", "2026-05-21", extended())


@cache
def extended() -> Panel:
    """The embedded figures and an early count of May that came after them."""
    count = pd.DataFrame({"exports_total_first_20_days": {"2026-05": 52_000.0}})
    return load_panel().append(count, seen="2026-05-21")


def test_linear_news_is_that_of_the_kalman_gain(panel: Panel) -> None:
    old = small().fit(panel.as_of(OLD))
    law = old.law(13)
    ahead = old.levels_.ahead(old.last_ + 13, None)
    fresh = panel.as_of(NEW).values[list(SYSTEM)]
    known = panel.as_of(OLD).values[list(SYSTEM)].reindex(fresh.index)
    cells = [
        (id, month) for id in SYSTEM for month in fresh.index[fresh[id].notna() & known[id].isna()]
    ]
    assert len(cells) == 4
    n = len(SYSTEM)
    places = [ahead.get_loc(month) * n + SYSTEM.index(id) for id, month in cells]
    wanted = ahead.get_indexer(linear().parts.contributions.columns) * n
    covariance = law.covariance
    seen = covariance[np.ix_(places, places)]
    gain = np.linalg.solve(seen, covariance[np.ix_(places, wanted)]).T
    came = np.log([fresh[id][month] for id, month in cells])
    effects = old.levels_.effects(ahead)
    centre = old.centre_
    expected = [law.mean[k // n, k % n] + centre[k % n] + effects[k // n, k % n] for k in places]
    by_cell = 100.0 * gain * (came - np.array(expected))
    by_group = pd.DataFrame(by_cell.T, [group_of(id, SYSTEM[0], panel.catalog) for id, _ in cells])
    by_group = by_group.groupby(level=0).sum()
    ours = linear().parts.contributions.loc[by_group.index]
    np.testing.assert_allclose(ours.to_numpy(), by_group.to_numpy(), atol=1e-9)


@pytest.mark.parametrize("made", [linear, bridged, pytest.param(default, marks=pytest.mark.slow)])
def test_figures_one_by_one_add_up_to_their_group(made: object) -> None:
    change = made()  # type: ignore[operator]
    rows, table = change.releases(), change.table()
    columns = [name for name in table.columns if name in rows.columns]
    assert len(columns) == 13
    sums = rows.groupby("group")[columns].sum()
    assert {"own total", "early counts"} & set(sums.index)
    gap = sums.to_numpy() - table.loc[sums.index, columns].to_numpy()
    assert np.abs(gap[:, :-1]).max() < 1e-9
    assert np.abs(gap[:, -1]).max() < 1e-5


def test_a_figure_has_its_surprise_and_its_weight() -> None:
    own = linear().releases().set_index("series").loc["exports_total"]
    assert own["surprise"] == pytest.approx(100 * np.log(own["published"] / own["expected"]))
    assert own["weight"] == pytest.approx(own["2026-05"] / own["surprise"])


def test_quotes_of_the_running_month_have_their_row(panel: Panel) -> None:
    model = BayesianVAR(("exports_total", "usdkrw", "us_ip"), overall=0.2, n_draws=20)
    table = news(model, OLD, NEW).table()
    assert abs(table.loc["quotes"].iloc[0]) > 0.001
    assert table.loc["rest"].abs().iloc[:-1].max() < 1e-9
    # On the older day quotes said nearly all of April's mean; only the surprise is news.
    came = news(model, OLD, NEW).releases().set_index("series").loc["usdkrw"]
    mean = panel.as_of(OLD).quotes.running("usdkrw", OLD).expected  # type: ignore[union-attr]
    assert came["expected"] == pytest.approx(mean, rel=1e-9)


def test_a_holiday_that_was_announced_has_its_row() -> None:
    # 27 January 2025 became a holiday on the 14th; of prices the same month was running before.
    made = news(BayesianVAR(n_draws=20), "2025-01-10", "2025-01-31")
    table = made.table()
    assert table.loc["calendar", "2025-01"] < -2.0
    assert table.loc["calendar"].iloc[1:-1].abs().max() < 1e-9
    assert table.loc["quotes"].iloc[:-1].abs().min() > 0.001
    assert table.loc["rest"].abs().iloc[:-1].max() < 1e-9
    later = news(BayesianVAR(n_draws=20), "2025-01-14", "2025-01-31").table()
    assert later.loc["calendar"].abs().max() < 1e-9


def test_a_linear_forecast_leaves_no_rest_and_no_order() -> None:
    made = linear()
    assert made.table().loc["rest"].abs().iloc[:-1].max() < 1e-9
    low, high = made.bounds()
    pd.testing.assert_frame_equal(low, high)


@pytest.mark.parametrize("made", [linear, bridged, default])
def test_rows_add_up_to_the_change(made: object) -> None:
    change = made()  # type: ignore[operator]
    table = change.table()
    gap = table.drop(index="sum").sum().iloc[:-1].to_numpy() - change.change.to_numpy()
    assert np.abs(gap).max() < 1e-9
    assert np.abs(change.change).max() > 0.1
    # The year: what forecast months moved by, and what published ones came to beyond forecasts.
    levels = np.exp(change.parts.after) - np.exp(change.parts.before)
    moved = levels[pd.PeriodIndex(levels.index).year == 2026].sum()
    came = (change.published.reindex(change.expected.index) - change.expected).sum()
    assert table.loc["sum"].iloc[-1] == pytest.approx(moved + came, abs=1e-6)


def test_points_are_near_the_medians_that_were_issued(panel: Panel) -> None:
    for day, points in ((OLD, default().parts.before), (NEW, default().parts.after)):
        medians = monthly_forecast(panel, day, steps=13).paths.median().reindex(points.index)
        both = medians.dropna().index
        assert np.abs(np.log(medians[both]) - points[both]).max() < 0.015


def test_bounds_bracket_what_is_shown() -> None:
    low, high = default().bounds()
    shown = default().parts.contributions.loc[low.index]
    assert ((low <= shown + 1e-12) & (shown <= high + 1e-12)).all(axis=None)
    assert (high - low).to_numpy().max() > 0.0


def test_a_second_count_is_the_only_news() -> None:
    table = bridged().table()
    assert table.index[0] == "early counts"
    assert abs(table.iloc[0, 0]) > 1.0
    assert table.loc["revisions"].abs().max() == 0.0


def test_a_revision_is_no_release(panel: Panel) -> None:
    last = panel.values["us_ip"].last_valid_index()
    assert last is not None
    value = panel.values["us_ip"][last] * 0.98
    revised = panel.append(pd.DataFrame({"us_ip": {last: value}}), seen="2026-05-16")
    table = news(small(), NEW, "2026-05-16", revised).table()
    assert abs(table.loc["revisions"].iloc[0]) > 0.05
    assert "demand" not in table.index
    assert "own total" not in table.index


def test_what_came_later_is_not_asked(panel: Panel) -> None:
    cut = news(small(), "2026-03-01", "2026-04-01", panel.as_of("2026-04-01"))
    pd.testing.assert_frame_equal(news(small(), "2026-03-01", "2026-04-01").table(), cut.table())


def test_models_without_a_law_are_asked_as_they_are() -> None:
    made = news(RandomWalk(), "2026-03-21", "2026-04-21")
    table = made.table()
    assert table.index[0] == "own total"
    came = made.releases()
    assert came["series"].tolist() == ["exports_total"]


def test_the_year_counts_what_was_revised() -> None:
    panel = load_panel(vintages=True)
    made = news(RandomWalk(n_draws=20), OLD, NEW, panel)
    months = pd.period_range("2026-01", "2026-03", freq="M")
    then, now = (panel.as_of(day).series("exports_total")[months] for day in (OLD, NEW))
    assert (now - then).abs().sum() > 100.0
    before, after = made.year_change
    table = made.table()
    assert table.loc["sum"].iloc[-1] == pytest.approx(after - before, abs=1e-6)
    ahead = np.exp(made.parts.after) - np.exp(made.parts.before)
    revised = table.loc["revisions"].iloc[-1]
    in_year = pd.PeriodIndex(ahead.index).year == 2026
    log_mean = ahead[in_year] / made.change[in_year]
    moved = (made.parts.contributions.loc["revisions"][in_year] * log_mean).sum()
    assert revised == pytest.approx((now - then).sum() + moved, abs=1e-6)


@pytest.mark.parametrize("when", [None, "2026-08", 2026])
def test_one_month_and_the_year_are_told_in_full(when: str | int | None) -> None:
    made = default()
    detail = made.detail(when)
    groups = detail.drop(index="sum")
    assert groups["amount"].sum() == pytest.approx(detail.loc["sum", "amount"], abs=1e-6)
    assert detail.loc["early counts", "figures"] >= 2
    named = groups.dropna(subset=["low"])
    assert (named["low"] <= named["contribution"] + 1e-9).all()
    assert (named["contribution"] <= named["high"] + 1e-9).all()
    if when == 2026:
        before, after = made.year_change
        assert detail.loc["sum", "contribution"] == pytest.approx(100 * (after / before - 1))
    else:
        month = pd.Period(when or "2026-05", "M")
        levels = np.exp([made.parts.before[month], made.parts.after[month]])
        assert detail.loc["sum", "amount"] == pytest.approx(levels[1] - levels[0])
        assert detail.loc["sum", "contribution"] == pytest.approx(made.change[month])


@pytest.mark.parametrize("when", [None, 2026])
def test_the_picture_goes_from_one_forecast_to_the_other(when: int | None) -> None:
    ax = linear().plot(Figure().subplots(), when)
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert names[0] == "Forecast of 21 April 2026"
    assert names[-1] == "Forecast of 15 May 2026"
    bars = dict(zip(names[1:-1], ax.patches, strict=True))
    amounts = linear().detail(when)["amount"] / 1000.0
    for name in ("own total", "share prices"):
        # Drawn from where the bar before it ends.
        assert bars[name].get_width() == pytest.approx(amounts[name])
    ends = [bar.get_x() + bar.get_width() for bar in ax.patches]
    starts = [bar.get_x() for bar in ax.patches]
    np.testing.assert_allclose(starts[1:], ends[:-1])
    marks = [line.get_xdata()[0] for line in ax.lines if line.get_marker() == "D"]
    np.testing.assert_allclose(marks, [starts[0], ends[-1]])
    assert marks[1] - marks[0] == pytest.approx(amounts["sum"])


NANYA = "Monthly revenue of Nanya Technology, a Taiwanese maker of memories"


def test_a_correction_is_named_by_its_indicator(monkeypatch: pytest.MonkeyPatch) -> None:
    made = default()
    assert made.corrected_by == {"nanya_revenue": NANYA}
    assert linear().corrected_by == {}
    row = made.table().loc["correction"]
    assert row.abs().max() > 1.0
    shown = f"correction by nanya_revenue {row.iloc[0]:.2f}"
    assert shown in re.sub(" +", " ", repr(made))
    assert "correction by nanya_revenue" in made._repr_html_()

    ax = made.plot(Figure().subplots())
    names = [label.get_text() for label in ax.get_yticklabels()]
    place = names.index("correction by nanya_revenue") - 1
    amount = made.detail()["amount"]["correction"] / 1000.0
    assert ax.patches[place].get_width() == pytest.approx(amount)
    said = " ".join(text.get_text() for text in ax.texts).replace("\n", " ")
    assert f"Correction: {NANYA} (nanya_revenue)" in said

    monkeypatch.setattr("tradeshock.forecast.news.news", lambda *_, **__: made)
    run = CliRunner().invoke(main, ["news", "--from", OLD, "--to", NEW])
    assert run.exit_code == 0, run.output
    assert f"\ncorrection by nanya_revenue  {row.iloc[0]:+.2f}" in re.sub("  +", "  ", run.stdout)
    assert f"Correction by nanya_revenue ({NANYA}): what changed in how" in run.stdout


def test_where_nothing_has_moved_the_picture_has_both_forecasts() -> None:
    ax = plot_news(pd.Series({"own total": 0.0}), 5.0, 5.0, ("then", "now"), Figure().subplots())
    assert [label.get_text() for label in ax.get_yticklabels()] == [
        "Forecast of then",
        "Forecast of now",
    ]


def test_a_picture_of_other_amounts_is_refused() -> None:
    with pytest.raises(ScoreError, match="add up to 1, but the forecast changed by 2"):
        plot_news(pd.Series({"own total": 1.0}), 5.0, 7.0, ("then", "now"))


def test_forecasts_at_hand_are_not_made_again(
    panel: Panel, monkeypatch: pytest.MonkeyPatch
) -> None:
    forecasts = [monthly_forecast(panel, day, small()) for day in (OLD, NEW)]
    medians = [forecast.paths.values.copy() for forecast in forecasts]
    monkeypatch.setattr(BayesianVAR, "fit", None)
    made = news(old=forecasts[0], new=forecasts[1])
    pd.testing.assert_frame_equal(made.table(), linear().table())
    for forecast, values in zip(forecasts, medians, strict=True):
        again = forecast.fitted.forecast(12).values
        np.testing.assert_array_equal(again, values)


def test_recent_news_is_that_of_two_days(panel: Panel) -> None:
    forecast = monthly_forecast(panel, NEW, small())
    made = recent_news(forecast)
    assert {name: str(each.old.date()) for name, each in made.items()} == {
        "previous": "2026-05-01",
        "month before": "2026-04-13",
    }
    for each in made.values():
        alone = news(small(), each.old, NEW)
        pd.testing.assert_frame_equal(each.table(), alone.table())
    before = monthly_forecast(panel, "2026-05-01", small())
    given = recent_news(forecast, before)
    pd.testing.assert_frame_equal(given["previous"].table(), made["previous"].table())
    assert recent_news(monthly_forecast(panel, "1999-01-04", RandomWalk())).keys() == {
        "previous",
        "month before",
    }


def test_news_since_what_was_issued(panel: Panel, tmp_path: Path) -> None:
    # Issued with judgement, which no model of today repeats.
    archive = Archive(tmp_path)
    amounts = {"2026-05": 1500.0}
    issued = archive.read(archive.add(monthly_forecast(panel, OLD, small(), 12, None, amounts)))
    made = news(small(), issued, NEW)
    medians = issued.paths.median()
    table, plain = made.table(), linear().table()
    assert table.columns[0] == "2026-05"
    assert table.columns[-2] == "2027-03"
    point = np.exp(linear().parts.before["2026-05"])
    anew = 100 * np.log(point / medians["2026-05"])
    assert table.loc["older day read anew", "2026-05"] == pytest.approx(anew, abs=1e-9)
    assert anew < -1.0
    causes = plain.index.drop("sum")
    months = list(table.columns[:-1])
    np.testing.assert_allclose(table.loc[causes, months], plain.loc[causes, months], atol=1e-9)
    after = linear().parts.after
    whole = 100 * np.log(np.exp(after["2026-05"]) / medians["2026-05"])
    assert table.loc["sum", "2026-05"] == pytest.approx(whole, abs=1e-9)
    before, _ = made.year_change
    known = panel.as_of(OLD).series("exports_total").loc["2026-01":].sum()
    assert before == pytest.approx(known + medians[:"2026-12"].sum())
    assert issued.id in repr(made)


def test_what_was_issued_for_other_months_is_refused(panel: Panel, tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    issued = archive.read(archive.add(monthly_forecast(panel, OLD, RandomWalk(), 1)))
    with pytest.raises(ModelError, match="the first month ahead is 2026-05"):
        news(RandomWalk(), issued, NEW)
    with pytest.raises(ModelError, match="but the forecast is of exports_total"):
        news(RandomWalk(), issued, NEW, target="exports_to_us")


def test_forecasts_of_two_models_are_refused(panel: Panel) -> None:
    made = [monthly_forecast(panel, OLD, RandomWalk()), monthly_forecast(panel, NEW, small())]
    with pytest.raises(ModelError, match="different models"):
        news(old=made[0], new=made[1])


def test_progress_is_shown_where_it_is_asked(capsys: pytest.CaptureFixture[str]) -> None:
    news(RandomWalk(n_draws=20), OLD, NEW, progress=True)
    assert "3/3" in capsys.readouterr().err
    news(RandomWalk(n_draws=20), OLD, NEW, progress=None)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"old": NEW, "new": OLD}, "not before the newer one"),
        ({"new": NEW}, "no older day"),
        ({"model": "VAR", "old": OLD}, "give a tradeshock.models.Model"),
        ({"old": OLD, "steps": 0}, "whole number from 1 to 60"),
        ({"old": OLD, "target": "gscpi"}, "growth in per cent means nothing"),
        (
            {"model": LinearPool([RandomWalk(), BayesianVAR(SYSTEM, n_draws=20)]), "old": OLD},
            "ask for news of the members",
        ),
    ],
)
def test_odd_questions_are_refused(arguments: dict[str, object], words: str) -> None:
    with pytest.raises(ModelError, match=words):
        news(**arguments)  # type: ignore[arg-type]


def test_weights_that_move_have_their_row() -> None:
    members = [RandomWalk(), BayesianVAR(SYSTEM, overall=0.2)]
    made = news(Combination(members), "2026-04-01", "2026-05-01")
    assert {"weights", "own total"} <= set(made.table().index)


def test_the_command_prints_and_writes_it(tmp_path: Path) -> None:
    asked = ["news", "--from", "2026-03-21", "--to", "2026-04-21", "--model", "RandomWalk"]
    run = CliRunner().invoke(main, [*asked, "--out", str(tmp_path)])
    assert run.exit_code == 0, run.output
    assert "change of the forecast from 21 March 2026 to 21 April 2026" in run.output
    table = pd.read_csv(tmp_path / "news.csv", index_col=0)
    months = table.columns[:-1]
    assert table.drop(index="sum")[months].sum().to_numpy() == pytest.approx(
        table.loc["sum", months].to_numpy()
    )
    assert (tmp_path / "releases.csv").exists()
    assert "own total" in repr(linear())
    assert "<table" in linear()._repr_html_()
    assert (tmp_path / "news.png").stat().st_size > 10_000
    asked = [*asked, "--when", "2026-05"]
    assert "1 figure that the model reads came out, 1 of which moved 2026-05" in (
        CliRunner().invoke(main, asked).output
    )
    wrong = CliRunner().invoke(main, [*asked, "--when", "2031-05"])
    assert wrong.exit_code != 0
    assert "2026-04 to 2027-03 and of the year 2026" in wrong.output


def test_the_command_says_it_of_an_archive(panel: Panel, tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    ids = [archive.add(monthly_forecast(panel, day, RandomWalk())) for day in ("2026-03-21", OLD)]
    asked = ["news", "--archive", str(tmp_path), "--to", NEW, "--model", "RandomWalk"]
    last = CliRunner().invoke(main, asked)
    assert last.exit_code == 0, last.output
    assert f"{ids[1]}, as it was issued" in last.output
    assert "older day read anew" in last.output
    first = CliRunner().invoke(main, [*asked, "--from", "2026-03-21"])
    assert f"{ids[0]}, as it was issued" in first.output
    nothing = CliRunner().invoke(main, [*asked[:-3], "2026-03-01"])
    assert "has no forecast of exports_total from before 2026-03-01" in nothing.output
    neither = CliRunner().invoke(main, ["news"])
    assert "--from DAY, or --archive FOLDER" in neither.output
