"""What whole paths say of several months together."""

import numpy as np
import pandas as pd
import pytest

from tradeshock.forecast.backtesting.functionals import adjusted_fall, any_fall, reduce
from tradeshock.forecast.warning.turning import turning_by
from tradeshock.models import RandomWalk
from tradeshock.models.adjustment import CalendarAdjustment
from tradeshock.models.record.shipped import shipped_functionals, shipped_record


@pytest.fixture(scope="module")
def paths(panel):
    return RandomWalk(n_draws=300).fit(panel.as_of("2019-01-01")).forecast(12)


def test_any_fall_counts_paths_with_a_month_below_the_year_before(paths):
    said = any_fall(paths)
    before = paths.history["exports_total"].iloc[-12:].to_numpy()
    fallen = paths.draws() < before
    for k in (3, 6, 12):
        assert said[f"any of {k}"] == pytest.approx(np.mean(fallen[:, :k].any(axis=1)))
    assert said.is_monotonic_increasing
    # Joint: less than the sum of its months.
    assert said["any of 12"] < fallen.mean(axis=0).sum()


def test_adjusted_fall_compares_three_months_net_of_calendar_and_season(panel, paths):
    said = adjusted_fall(panel)(paths)
    calendar = panel.calendar.as_of(paths.origin)
    effects = CalendarAdjustment().fit(panel.as_of(paths.origin).series("exports_total"), calendar)
    level = np.log(paths.draws()) - effects.effect(paths.index, calendar)
    now = effects.adjusted_.iloc[-3:].mean()
    for k in (3, 6, 12):
        assert said[f"by step {k}"] == pytest.approx(
            np.mean(level[:, k - 3 : k].mean(axis=1) < now)
        )


def test_what_came_true_is_0_or_1_as_far_as_it_is_out(panel):
    late = RandomWalk(n_draws=50).fit(panel.as_of("2026-01-01")).forecast(12)
    table = reduce([late], {"any_fall": any_fall, "adjusted": adjusted_fall(panel)}, panel)
    out = table.set_index("item")["actual"]
    assert out["any of 3"] == 0.0
    assert out["by step 3"] == 0.0
    assert out[["any of 6", "any of 12", "by step 6", "by step 12"]].isna().all()


def test_the_shipped_ones_are_of_the_days_of_the_record():
    table, record = shipped_functionals(), shipped_record()
    for state, rows in table.groupby("state"):
        kept = record.matrix("q50", "Recalibration", "exports_total", str(state))
        assert set(rows["origin"]) == set(kept.index)
    chances = table[table["functional"].isin(["any_fall", "adjusted_fall", "peak", "trough"])]
    assert chances["value"].between(0.0, 1.0).all()
    assert set(chances["actual"].dropna()) == {0.0, 1.0}
    # Better than the base rate, after the fact.
    for _, rows in (
        chances[chances["state"] == "after_total"].dropna().groupby(["functional", "item"])
    ):
        brier = ((rows["value"] - rows["actual"]) ** 2).mean()
        assert brier < rows["actual"].mean() * (1.0 - rows["actual"].mean())


def test_shipped_functionals_are_those_of_the_default_today(panel):
    from tradeshock.forecast.backtesting.functionals import year_total
    from tradeshock.models import Recalibration

    day = pd.Timestamp("2026-05-01")
    paths = Recalibration().fit(panel.as_of(day), "exports_total", shipped_record()).forecast(12)
    table = shipped_functionals().query("origin == @day").set_index(["functional", "item"])["value"]
    todays = {
        "year_total": year_total,
        "peak": turning_by(panel, "peak"),
        "trough": turning_by(panel, "trough"),
    }
    for name, functional in todays.items():
        for item, value in functional(paths).items():
            assert table[name, item] == pytest.approx(value, rel=1e-5, abs=1e-6)
