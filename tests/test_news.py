"""News: why a forecast changed, against the Kalman gain, and that it adds up."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from tradeshock.features import Panel, load_panel
from tradeshock.features.errors import ModelError
from tradeshock.forecast import monthly_forecast
from tradeshock.forecast.cli.main import main
from tradeshock.forecast.news import News, group_of, news
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


def test_figures_one_by_one_add_up_to_their_group() -> None:
    rows, table = linear().releases(), linear().parts.contributions
    sums = rows.groupby("group")["contribution"].sum()
    assert sums.to_dict() == pytest.approx(table.loc[sums.index].iloc[:, 0].to_dict(), abs=1e-9)
    own = rows[rows["series"] == "exports_total"].iloc[0]
    assert own["surprise"] == pytest.approx(100 * np.log(own["published"] / own["expected"]))
    assert own["weight"] == pytest.approx(own["contribution"] / own["surprise"])


def test_quotes_of_the_running_month_have_their_row(panel: Panel) -> None:
    model = BayesianVAR(("exports_total", "usdkrw", "us_ip"), overall=0.2, n_draws=20)
    table = news(model, OLD, NEW).table()
    assert abs(table.loc["quotes"].iloc[0]) > 0.001
    assert table.loc["rest"].abs().iloc[:-1].max() < 1e-9
    # On the older day quotes said nearly all of April's mean; only the surprise is news.
    came = news(model, OLD, NEW).releases().set_index("series").loc["usdkrw"]
    mean = panel.as_of(OLD).quotes.running("usdkrw", OLD).expected  # type: ignore[union-attr]
    assert came["expected"] == pytest.approx(mean, rel=1e-9)


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
