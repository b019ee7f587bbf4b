"""An update that holds what was estimated: which arrays stay, and what still moves."""

import numpy as np
import pytest

from tradeshock.features.panel.panel import Panel
from tradeshock.models.checks.case import disturbed
from tradeshock.models.conditions import Conditions
from tradeshock.models.direct.ridge import DirectRidge
from tradeshock.models.nowcast.bridge import FlashBridge
from tradeshock.models.nowcast.ratio import FlashRatio
from tradeshock.models.pools.combination import Combination
from tradeshock.models.pools.recalibration import Recalibration
from tradeshock.models.systems.bvar import BayesianVAR
from tradeshock.models.systems.factor import DynamicFactor
from tradeshock.models.univariate.random_walk import RandomWalk
from tradeshock.models.univariate.seasonal_naive import SeasonalNaive

SYSTEM = ("exports_total", "us_ip", "usdkrw")
FITTED, LATER = "2025-11-21", "2026-04-21"


@pytest.fixture(scope="module")
def later(panel) -> Panel:
    return panel.as_of(LATER)


def test_calendar_effects_of_a_system_stay(panel, later):
    model = BayesianVAR(series=SYSTEM, n_draws=40).fit(panel.as_of(FITTED))
    effects = model.levels_.adjustments["exports_total"].effects_.copy()
    mean, volatility = model.posterior_.mean.copy(), model.volatility_.copy()
    model.update(later, freeze=True)
    np.testing.assert_array_equal(model.levels_.adjustments["exports_total"].effects_, effects)
    np.testing.assert_array_equal(model.posterior_.mean, mean)
    assert model.volatility_.equals(volatility)
    frozen = model.forecast(3).values
    model.update(later)
    assert not np.array_equal(model.levels_.adjustments["exports_total"].effects_, effects)
    assert 1e-6 < np.abs(np.log(model.forecast(3).values / frozen)).max() < 0.1


def test_factors_are_filtered_with_the_parameters_of_the_fit(panel, later):
    model = DynamicFactor(SYSTEM, n_draws=40).fit(panel.as_of(FITTED))
    parameters = np.array(model.result_.params)
    model.update(later, freeze=True)
    np.testing.assert_array_equal(model.result_.params, parameters)
    assert model.forecast(1).index[0].month == 4


def test_a_bridge_holds_weights_errors_and_shares(panel, later):
    model = FlashBridge(BayesianVAR(series=SYSTEM), n_draws=40).fit(panel.as_of(FITTED))
    weights, errors = model.weights_.copy(), model.errors_.copy()
    shares = model.bridges_["after_20d"].shares.coefs
    model.update(later, freeze=True)
    np.testing.assert_array_equal(model.weights_, weights)
    np.testing.assert_array_equal(model.errors_, errors)
    assert model.bridges_["after_20d"].shares.coefs is shares
    again = FlashBridge(BayesianVAR(series=SYSTEM), n_draws=40).fit(later)
    assert not np.array_equal(again.weights_, weights)
    assert model.nowcast_ == pytest.approx(again.nowcast_, abs=0.03)


def test_a_bridge_learns_another_state_from_what_was_known_at_the_fit(panel):
    fitted, news = panel.as_of(FITTED), panel.as_of("2026-05-11")
    model = FlashBridge(RandomWalk(), n_draws=40)
    bridges = []
    for changed in (news, disturbed(panel, fitted.origin).as_of("2026-05-11")):
        model.fit(fitted).update(changed, freeze=True)
        assert model.state_ == "after_10d"
        bridges.append((model.bridges_["after_10d"], model.nowcast_))
    (ours, nowcast), (theirs, other) = bridges
    np.testing.assert_array_equal(ours.weights, theirs.weights)
    np.testing.assert_array_equal(ours.errors, theirs.errors)
    np.testing.assert_array_equal(ours.shares.coefs, theirs.shares.coefs)
    assert nowcast != other


def test_a_total_after_a_count_takes_the_nowcast_away_and_back(panel):
    model = FlashBridge(RandomWalk(), n_draws=40).fit(panel.as_of(LATER))
    before = model.forecast(3).values
    assert model.update(panel.as_of("2026-05-01"), freeze=True).nowcast_ is None
    np.testing.assert_array_equal(
        model.update(panel.as_of(LATER), freeze=True).forecast(3).values, before
    )


def test_the_ratio_learns_its_errors_in_both_states_at_the_fit(panel, later):
    fitted = panel.as_of("2026-05-01")
    model = FlashRatio(n_draws=40).fit(fitted)
    errors = FlashRatio(n_draws=40).fit(panel.as_of("2026-05-11")).errors_
    model.update(panel.as_of("2026-05-11"), freeze=True)
    np.testing.assert_allclose(model.errors_, errors, rtol=1e-12)


def test_direct_regressions_learn_from_the_rows_of_the_fit(panel, later):
    model = DirectRidge(n_draws=40).fit(panel.as_of(FITTED))
    rows = model.rows_.X.copy()
    first = model.predict(model.rows_, model.row_, 3)
    model.update(later, freeze=True)
    np.testing.assert_array_equal(model.rows_.X, rows)
    second = model.predict(model.rows_, model.row_, 3)
    assert not np.array_equal(second, first)
    held = model.adjustment_.effects_
    np.testing.assert_array_equal(held, DirectRidge().fit(panel.as_of(FITTED)).adjustment_.effects_)
    errors = np.log(model.forecast(3).draws()) - np.log(
        np.median(model.forecast(3).draws(), axis=0)
    )
    assert np.isfinite(errors).all()


def test_what_steers_a_direct_model_stays_too(panel):
    fitted = panel.as_of("2026-05-01")
    assumed = Conditions({"usdkrw": {"2026-06": 1600.0}})
    model = DirectRidge(n_draws=40).fit(fitted)
    before = model.forecast(3, assumed).values
    model.update(fitted, freeze=True)
    np.testing.assert_array_equal(model.forecast(3, assumed).values, before)
    old = disturbed(panel, fitted.origin).as_of("2026-05-11")
    steered = [model.update(p, freeze=True).forecast(3, assumed) for p in (fitted, old)]
    assert not np.array_equal(steered[0].values, steered[1].values)


@pytest.mark.parametrize(
    ("origin", "day"), [("2025-06-11", "2025-12-11"), ("2019-12-11", "2020-02-11")]
)
def test_wrappers_hold_weights_scheme_and_factors(panel, small_record, origin, day):
    """In January 2019 there was too little to choose a scheme by, in January 2020 enough."""
    members = [RandomWalk(n_draws=100), SeasonalNaive(n_draws=100)]
    fitted = panel.as_of(origin)
    model = Combination(members, n_draws=100).fit(fitted, record=small_record)
    model.forecast(4)
    weights, scheme = model.weights_.copy(), model.scheme_
    model.update(panel.as_of(day), freeze=True).forecast(4)
    assert model.scheme_ == scheme
    assert model.weights_.equals(weights)
    model.update(panel.as_of(day)).forecast(4)
    assert not model.weights_.equals(weights)

    intervals = Recalibration(members[0]).fit(fitted, record=small_record)
    intervals.forecast(4)
    factors = intervals.factors_.copy()
    intervals.update(panel.as_of(day), freeze=True).forecast(4)
    np.testing.assert_array_equal(intervals.factors_, factors)
    intervals.update(panel.as_of(day)).forecast(4)
    assert not np.array_equal(intervals.factors_, factors)
