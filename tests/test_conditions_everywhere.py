"""Conditions through every wrapper: the package default with its shipped record, in all states."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from tradeshock.features import Panel
from tradeshock.features.errors import ConditionError, ModelError, OddConditionWarning
from tradeshock.models import (
    BayesianVAR,
    Combination,
    Conditions,
    DirectRidge,
    FlashBridge,
    RandomWalk,
    Recalibration,
    TradeBayesianVAR,
)
from tradeshock.models.assumptions.plausibility import Plausibility, plausibility_of
from tradeshock.models.checks.case import ConformanceCase
from tradeshock.models.checks.check import CHECKS
from tradeshock.models.record.shipped import shipped_record

DAYS = {"after_total": "2026-05-01", "after_10d": "2026-05-11", "after_20d": "2026-04-21"}
# Series that some member of the default lacks; chips start in 2013, India in 2020.
CARRIED = (
    "exports_semiconductors_ict",
    "us_imports_from_kr",
    "usdjpy",
    "gscpi",
    "dubai",
    "exports_to_china",
    "exports_to_india",
    "gpr",
    "usdcny",
)
CHIPS = "exports_semiconductors_ict"
LAST_MONTH = pd.Period("2026-12", "M")


@pytest.fixture(scope="module")
def default(panel: Panel) -> dict[str, Recalibration]:
    """The default, fitted on a day of each state."""
    return {
        state: Recalibration(n_draws=200).fit(panel.as_of(day), "exports_total", shipped_record())
        for state, day in DAYS.items()
    }


def logs(paths):
    return np.log(paths.draws())


# -- the default ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "check", [name for name, c in CHECKS.items() if "conditional" in c.__module__]
)
def test_the_default_passes_the_checks_of_conditions(panel, default_case, check):
    CHECKS[check](default_case)


@pytest.fixture(scope="module")
def default_case(panel: Panel) -> ConformanceCase:
    case = ConformanceCase.make(Recalibration(), panel, "exports_total", None)
    case.__dict__["record"] = shipped_record()
    return case


@pytest.mark.parametrize("state", DAYS)
def test_empty_conditions_are_none_to_the_default(default, state):
    free, empty = default[state].forecast(12), default[state].forecast(12, Conditions({}))
    np.testing.assert_array_equal(empty.values, free.values)
    assert empty.notes == free.notes


def test_what_says_nothing_keeps_the_early_count(default):
    says_nothing = Conditions({"usdkrw": {"2027-03": 1490.0}}, sd={"usdkrw": 50.0})
    free = default["after_20d"].forecast(12)
    paths = default["after_20d"].forecast(12, says_nothing)
    # Rounding may swap the ranks of two draws that lie close together.
    np.testing.assert_allclose(np.sort(logs(paths), axis=0), np.sort(logs(free), axis=0), atol=2e-4)
    assert "2026-04 from the first 20 days of customs figures" in paths.notes


@pytest.mark.parametrize("state", ["after_10d", "after_20d"])
def test_step_one_stays_under_a_far_condition(default, state):
    free = logs(default[state].forecast(12))
    far = logs(default[state].forecast(12, Conditions({"us_ip": {"2026-10": 95.0}})))
    np.testing.assert_allclose(far[:, 0], free[:, 0], atol=1e-9)
    assert np.median(far[:, 5]) < np.median(free[:, 5]) - 0.01


@pytest.mark.parametrize("series", CARRIED)
def test_the_default_takes_series_that_members_lack(default, series):
    model, month = default["after_20d"], LAST_MONTH
    free = model.forecast(12)
    same = model.forecast(12, Conditions.relative({series: {month: 0.0}}, by="amount"))
    np.testing.assert_allclose(logs(same), logs(free), atol=1e-9)
    last = float(model.panel_.series(series).iloc[-1])
    paths = model.forecast(12, Conditions({series: {month: last}}))
    assert not np.allclose(paths.values, free.values)
    assert any(f"models without {series} are steered" in note for note in paths.notes)
    assert any(note.startswith(f"conditional on {series}") for note in paths.notes)


def test_only_what_steers_is_shortened_and_the_note_says_since_when(default):
    weak = Conditions.relative({CHIPS: {LAST_MONTH: -0.3}})
    notes = "; ".join(default["after_total"].forecast(12, weak).notes)
    assert f"learns from 2013-01 on, where {CHIPS} starts" in notes
    member = default["after_total"].members_[0].members_[0].members_[0]
    assert member.carrier_.levels_.complete_months[0] < pd.Period("2000-01", "M")


def test_falling_chips_move_exports_and_keep_the_spread(default):
    model = default["after_total"]
    free = logs(model.forecast(12))
    by_draw = logs(model.forecast(12, Conditions.relative({CHIPS: {"2026-10": -0.3}})))
    hard = Conditions.relative({CHIPS: {"2026-10": -0.3}}, keep_uncertainty=False)
    hard = logs(model.forecast(12, hard))
    assert np.median(by_draw[:, 5] - free[:, 5]) < -0.05
    assert by_draw[:, 5].std() == pytest.approx(free[:, 5].std(), rel=0.02)
    # Hard values bring in what the steering system does not know: it learns from 2013 on.
    assert hard[:, 5].std() == pytest.approx(free[:, 5].std(), rel=0.1)


def test_a_condition_on_the_running_month_wins_over_its_count(default):
    given = Conditions({"exports_total": {"2026-04": 88_000.0}})
    paths = default["after_20d"].forecast(12, given)
    np.testing.assert_allclose(paths.draws()[:, 0], 88_000.0, rtol=1e-9)
    assert "2026-04 as assumed, whatever the first 20 days of customs figures say" in paths.notes
    assert not any("from the first 20 days" in note for note in paths.notes)


def test_what_no_system_carries_is_refused_with_a_remedy(default):
    model = default["after_total"]
    for series, value, remedy in (
        ("semiconductor_export_price", 100.0, "bring its figures up to date"),
        ("exports_total_first_20_days", 50_000.0, "condition on exports_total"),
        ("no_such_series", 100.0, "which the panel does not hold"),
    ):
        with pytest.raises(ConditionError, match=remedy):
            model.forecast(12, Conditions({series: {"2026-10": value}}))


# -- single models ----------------------------------------------------------------------------


@pytest.mark.parametrize("day", DAYS.values())
@pytest.mark.parametrize("carrier", [BayesianVAR, TradeBayesianVAR, DirectRidge, RandomWalk])
def test_a_bridge_takes_every_series_whatever_carries_it(panel, carrier, day):
    model = FlashBridge(carrier(), n_draws=60).fit(
        panel.as_of(day), "exports_total", shipped_record()
    )
    free = logs(model.forecast(6))
    for series in ("usdkrw", CHIPS):
        same = Conditions.relative({series: {"2026-09": 0.0}})
        np.testing.assert_allclose(logs(model.forecast(6, same)), free, atol=1e-9)
        paths = model.forecast(6, Conditions.relative({series: {"2026-09": 0.1}}))
        assert not np.allclose(logs(paths)[:, 4], free[:, 4], atol=1e-4)
        assert f"conditional on {series} 10 % above the baseline in 2026-09" in paths.notes


def test_members_that_know_no_other_series_keep_refusing(panel):
    model = Combination([RandomWalk(), BayesianVAR()], n_draws=60).fit(panel.as_of("2026-05-01"))
    with pytest.raises(ModelError, match="cannot be conditioned"):
        model.forecast(6, Conditions({"usdkrw": {"2026-09": 1550.0}}))
    np.testing.assert_array_equal(
        model.forecast(6, Conditions({})).values, model.forecast(6).values
    )


def test_a_combination_steers_the_member_that_lacks_the_series(panel):
    model = Combination([BayesianVAR(), TradeBayesianVAR()], n_draws=60)
    model.fit(panel.as_of("2026-05-01"))
    free = model.forecast(6)
    same = model.forecast(6, Conditions.relative({"usdjpy": {"2026-09": 0.0}}))
    np.testing.assert_allclose(logs(same), logs(free), atol=1e-9)
    paths = model.forecast(6, Conditions({"usdjpy": {"2026-09": 180.0}}))
    assert "models without usdjpy are steered draw by draw by a Bayesian VAR" in str(paths.notes)


# -- units ------------------------------------------------------------------------------------


def test_another_unit_is_refused_and_an_odd_value_named_once(default):
    model = default["after_total"]
    with pytest.raises(ConditionError, match="got 15 for usdkrw in 2026-07, but its last figure"):
        model.forecast(6, Conditions({"usdkrw": {"2026-07": 15.0}}))
    with pytest.warns(OddConditionWarning, match="got 15,000 for usdkrw") as caught:
        model.forecast(6, Conditions({"usdkrw": {"2026-07": 15_000.0}}))
    assert len(caught) == 1
    with pytest.raises(ConditionError, match="is the unit right"):
        model.forecast(6, Conditions.relative({"usdkrw": {"2026-07": 30.0}}))


def test_a_series_may_move_as_far_as_it_has_moved(panel):
    # Brent has moved by a factor of 3.9 within twelve months.
    model = BayesianVAR(n_draws=60).fit(panel.as_of("2026-05-01"))
    last = float(model.panel_.series("brent").iloc[-1])
    model.forecast(6, Conditions({"brent": {"2026-09": 3.5 * last}}))
    with pytest.warns(OddConditionWarning, match="brent in 2026-09"):
        model.forecast(6, Conditions({"brent": {"2026-09": 4.5 * last}}))


def test_series_around_zero_are_measured_by_their_own_moves(default):
    model = default["after_total"]
    moves = model.panel_.series("gscpi").diff(12).abs().max()
    last = float(model.panel_.series("gscpi").iloc[-1])
    model.forecast(6, Conditions({"gscpi": {"2026-09": last + 2 * moves}}))
    with pytest.warns(OddConditionWarning, match="gscpi"):
        model.forecast(6, Conditions({"gscpi": {"2026-09": last + 4 * moves}}))
    with pytest.raises(ConditionError, match="gscpi"):
        model.forecast(6, Conditions({"gscpi": {"2026-09": last + 30 * moves}}))


# -- changes ----------------------------------------------------------------------------------


def test_changes_are_counted_from_the_models_own_baseline(panel):
    model = BayesianVAR(n_draws=200).fit(panel.as_of("2026-05-01"), ["exports_total", "usdkrw"])
    free = model.forecast(6)
    paths = model.forecast(6, Conditions.relative({"usdkrw": {"2026-08": 0.1}}))
    np.testing.assert_allclose(
        paths.draws("usdkrw")[:, 3], 1.1 * free.draws("usdkrw")[:, 3], rtol=1e-9
    )
    hard = Conditions.relative({"usdkrw": {"2026-08": 0.1}}, keep_uncertainty=False)
    wanted = 1.1 * np.median(free.draws("usdkrw")[:, 3])
    np.testing.assert_allclose(model.forecast(6, hard).draws("usdkrw")[:, 3], wanted, rtol=1e-9)
    last = float(model.panel_.series("usdkrw").iloc[-1])
    paths = model.forecast(6, Conditions.relative({"usdkrw": {"2026-08": -0.3}}, to="last"))
    assert np.median(paths.draws("usdkrw")[:, 3]) == pytest.approx(0.7 * last)
    again = Conditions.relative({"usdkrw": {"2026-08": 0.1}}, to=free)
    np.testing.assert_allclose(again.entries[0].value, 1.1 * free.draws("usdkrw")[:, 3])


def test_a_change_of_a_month_before_step_one(panel):
    # In early May the US figure of March is the last one, so April's may be assumed.
    model = BayesianVAR(n_draws=200).fit(panel.as_of("2026-05-01"))
    month = model.panel_.last_month("us_ip") + 1
    assert month <= model.last_
    same = model.forecast(6, Conditions.relative({"us_ip": {month: 0.0}}))
    np.testing.assert_allclose(logs(same), logs(model.forecast(6)), atol=1e-9)


# -- plausibility -----------------------------------------------------------------------------


def test_plausibility_of_heavy_tails():
    rng = np.random.default_rng(0)
    draws = rng.standard_t(3, size=(20_000, 2)) @ np.array([[1.0, 0.5], [0.0, 1.0]])
    month = pd.Period("2026-07", "M")
    cells = [("a", month), ("b", month)]
    gap = draws - draws.mean(axis=0)
    own = np.einsum("ij,jk,ik->i", gap, np.linalg.inv(np.cov(draws.T)), gap)
    value = np.array([8.0, 0.0])
    found = plausibility_of(draws, value, cells)
    far = value - draws.mean(axis=0)
    assert found.distance**2 == pytest.approx(far @ np.linalg.inv(np.cov(draws.T)) @ far)
    assert found.joint_share == pytest.approx((own >= found.distance**2).mean())
    assert found.normal_joint_share < 0.1 * found.joint_share
    assert abs(found.scores["a", month]) > abs(found.scores["b", month])
    with pytest.raises(ConditionError, match="at least one value"):
        plausibility_of(draws[:, :0], value[:0], [])


def test_plausibility_counts_the_models_own_draws(panel):
    model = BayesianVAR(n_draws=400).fit(panel.as_of("2026-05-01"), ["exports_total", "usdkrw"])
    draws = np.log(model.forecast(6).draws("usdkrw")[:, 5])
    value = float(np.exp(np.quantile(draws, 0.95)))
    found = model.plausibility(6, Conditions({"usdkrw": {"2026-10": value}}))
    gap = np.abs(draws - draws.mean())
    joint = (gap >= np.log(value) - draws.mean()).mean()
    assert found.joint_share == pytest.approx(joint, abs=1e-6)
    assert found.tail == (draws >= np.log(value)).mean() == pytest.approx(0.05)
    assert found.cell == ("usdkrw", pd.Period("2026-10", "M"))
    assert found.furthest == {"usdkrw": pd.Period("2026-10", "M")}
    near = model.plausibility(6, Conditions.relative({"usdkrw": {"2026-10": 0.0}}))
    assert near.joint_share > 0.9
    assert near.tail == 0.5


def smooth_months(n_months: int, size: float) -> Plausibility:
    """A smooth path, furthest out in the third of ragged months, measured by many draws."""
    draws = np.random.default_rng(1).standard_normal((5_000, 12))[:, :n_months]
    path = size * np.array([0.5, 0.8, 1.0, *np.linspace(0.9, 0.4, 9)])[:n_months]
    months = pd.period_range("2026-07", periods=n_months, freq="M")
    return plausibility_of(draws, path, [("brent", month) for month in months])


def test_the_tail_does_not_grow_with_the_number_of_months():
    short, long = smooth_months(3, -1.5), smooth_months(12, -1.5)
    assert long.tail == short.tail == pytest.approx(norm.cdf(-1.5), abs=0.01)
    assert long.cell == short.cell == ("brent", pd.Period("2026-09", "M"))
    assert long.joint_share > short.joint_share + 0.1


def test_the_tail_falls_with_the_size_on_either_side():
    for side, word in ((-1.0, "low"), (1.0, "high")):
        tails = [smooth_months(12, side * size).tail for size in (0.3, 0.6, 1.0, 2.0, 3.0, 9.0)]
        assert tails == sorted(tails, reverse=True)
        assert len(set(tails)) == len(tails)
        far = smooth_months(12, side * 9.0)
        assert far.tail == 0.0
        assert far.cell == ("brent", pd.Period("2026-09", "M"))
        assert set(far.table()["side"]) == {word}


def test_a_plausibility_reads_as_other_results_do():
    found = smooth_months(3, -1.5)
    first, *table = repr(found).splitlines()
    tail, joint = f"{100 * found.tail:.0f} %", f"{100 * found.joint_share:.0f} %"
    assert first == (
        f"{tail} of the model's own draws have brent as low in September 2026, furthest out of 3 "
        f"assumed values; {joint} of draws are as far out by the joint distance of all 3 values, "
        "a share that grows with the number of months"
    )
    assert len(table) == 5
    assert f"{found.tail:.3f}" in table[-1]
    assert "<table" in found._repr_html_()


@pytest.mark.parametrize("series", ["usdkrw", CHIPS])
def test_plausibility_of_the_default(default, series):
    for state in DAYS:
        changes = [Conditions.relative({series: {"2026-10": size}}) for size in (-0.02, -0.5)]
        near, far = (default[state].plausibility(12, change).tail for change in changes)
        assert far < 0.1 < near < 0.5
