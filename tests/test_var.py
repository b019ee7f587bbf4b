import pickle
import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from statsmodels.tsa.api import VAR as StatsmodelsVAR

from tradeshock.features.errors import (
    ConditionError,
    ModelError,
    ShortHistoryError,
    StaleSeriesWarning,
)
from tradeshock.features.panel.panel import Panel
from tradeshock.features.panel.release import ReleaseRule
from tradeshock.models.conditions import Conditions
from tradeshock.models.systems.var import VAR

NAMES = ("exports", "won", "copper")
RULES = {
    "exports": ReleaseRule(day=1, months_after=1),
    "won": ReleaseRule(day=3, months_after=1),
    "copper": ReleaseRule(day=8, months_after=2),
}


def levels(months=200, seed=3):
    rng = np.random.default_rng(seed)
    factor = 0.03 * (np.eye(3) + 0.3 * rng.standard_normal((3, 3)))
    growth = rng.standard_normal((months, 3)) @ factor.T
    coefs = np.array([[-0.3, 0.2, 0.1], [0.0, 0.3, 0.0], [0.1, -0.2, 0.2]])
    for t in range(1, months):
        growth[t] += 0.003 + coefs @ growth[t - 1]
    index = pd.period_range("2005-01", periods=months, freq="M", name="month")
    logs = np.cumsum(growth, axis=0) + np.array([10.0, 7.0, 8.5])
    return pd.DataFrame(np.exp(logs), index, NAMES)


def complete_panel(months=200):
    return Panel.from_frame(levels(months), ReleaseRule(day=1, months_after=1))


def ragged_panel():
    """Exports to the last month, the won too, copper one month less."""
    return Panel.from_frame(levels(), RULES).as_of("2021-09-05")


def small(**parameters):
    settings = {"series": NAMES, "lags": 2, "calendar": False, "n_draws": 200}
    return VAR(**{**settings, **parameters})


@pytest.mark.parametrize("lags", [1, 4])
def test_complete_data_equal_statsmodels(lags):
    panel = complete_panel()
    model = small(lags=lags).fit(panel, "exports")
    growth = np.diff(np.log(panel.values.to_numpy()), axis=0)
    reference = StatsmodelsVAR(growth).fit(lags, trend="c")
    np.testing.assert_allclose(model.coefs_, reference.coefs, rtol=0, atol=1e-8)
    np.testing.assert_allclose(model.intercept_, reference.intercept, rtol=0, atol=1e-8)
    np.testing.assert_allclose(model.sigma_u_, reference.sigma_u, rtol=1e-8)
    ahead = reference.forecast(growth[-lags:], 24)
    np.testing.assert_allclose(model.law(24).mean, ahead, rtol=0, atol=1e-8)
    roots = np.abs(np.linalg.inv(np.diag(reference.roots))).max()
    assert model.largest_root_ == pytest.approx(roots)
    assert model.stationary_ == reference.is_stable()


@pytest.mark.parametrize(("ours", "theirs"), [("aic", "aic"), ("bic", "bic"), ("hq", "hqic")])
def test_lag_order_equals_statsmodels(ours, theirs):
    panel = complete_panel()
    growth = np.diff(np.log(panel.values.to_numpy()), axis=0)
    chosen = StatsmodelsVAR(growth).select_order(12, trend="c").selected_orders[theirs]
    model = small(lags=None, criterion=ours).fit(panel, "exports")
    assert model.lags_ == max(chosen, 1)


@pytest.mark.parametrize("innovations", ["bootstrap", "gaussian"])
def test_draws_follow_the_law(innovations):
    model = small(n_draws=20_000, innovations=innovations).fit(ragged_panel(), "exports")
    law = model.law(6)
    drawn = np.log(model.forecast(6).values[:, :, 0]) - np.log(levels()["exports"].loc["2021-08"])
    # The law starts in August, the last month of exports, for want of copper.
    growth = law.mean[:, 0]
    np.testing.assert_allclose(drawn.mean(axis=0), np.cumsum(growth[-6:]), atol=2e-3)
    n = len(NAMES)
    summed = np.zeros((len(law.mean), n))
    summed[-6:, 0] = 1.0
    variance = summed.ravel() @ law.covariance @ summed.ravel()
    assert drawn[:, -1].var() == pytest.approx(variance, rel=0.05)


def test_missing_tail_is_filled_not_dropped():
    panel = ragged_panel()
    assert panel.last_month("copper") == pd.Period("2021-06", "M")
    model = small().fit(panel, "exports")
    paths = model.forecast(6)
    assert paths.index[0] == pd.Period("2021-09", "M")
    assert np.isfinite(paths.values).all()
    # What is published of July and August moves the forecast as one model of all months would.
    bumped = levels()
    bumped.loc["2021-08", "won"] *= 1.1
    moved = small().fit(Panel.from_frame(bumped, RULES).as_of("2021-09-05"), "exports")
    np.testing.assert_array_equal(moved.coefs_, model.coefs_)
    assert np.abs(np.log(moved.forecast(6).values / paths.values)).min() > 1e-6
    # The law of the tail is centred on the figures that are out, without any slack.
    law = model.law(6)
    out = np.log(panel.values[["exports", "won"]].to_numpy())
    grown = np.diff(out[~np.isnan(out).any(axis=1)], axis=0)[-2:]
    np.testing.assert_allclose(law.mean[:2, :2], grown, atol=1e-12)
    slack = np.sqrt(np.diag(law.covariance)).reshape(law.mean.shape)
    np.testing.assert_allclose(slack[:2, :2], 0.0, atol=1e-9)
    assert (slack[:2, 2] > 0.01).all()


def test_several_targets_meet_their_own_published_figures():
    panel = ragged_panel()
    paths = small().fit(panel, ["copper", "exports"]).forecast(4)
    assert paths.index[0] == pd.Period("2021-07", "M")
    published = panel.series("exports").loc["2021-07":"2021-08"].to_numpy()
    np.testing.assert_allclose(paths.values[:, :2, 1], np.tile(published, (200, 1)), rtol=1e-12)
    assert paths.values[:, :, 0].std(axis=0).min() > 0.0


def test_no_conditions_is_unconditional_bit_for_bit():
    model = small().fit(ragged_panel(), "exports")
    free = model.forecast(6)
    np.testing.assert_array_equal(model.forecast(6, Conditions({})).values, free.values)
    np.testing.assert_array_equal(model.conditional_shift(6, Conditions({})), 0.0)


def test_longer_forecast_starts_with_the_shorter_one():
    model = small().fit(ragged_panel(), "exports")
    long, short = model.forecast(12).values, model.forecast(6).values
    np.testing.assert_allclose(long[:, :6], short, rtol=1e-10)


def test_conditions_are_met_jointly():
    model = small().fit(ragged_panel(), ["exports", "won", "copper"])
    free = model.forecast(6).values
    paths = model.forecast(6, Conditions({"won": {"2021-10": 5500.0}}))
    np.testing.assert_allclose(paths.values[:, 1, 1], 5500.0, rtol=1e-8)
    # Step 1 moves because of step 2, and exports because of the won.
    assert np.abs(np.log(paths.values / free))[:, 0, :2].min() > 1e-8
    assert "conditional on won 5,500 in 2021-10" in paths.notes


def test_condition_beyond_the_horizon_counts():
    model = small().fit(ragged_panel(), "exports")
    far = Conditions({"won": {"2022-01": 2000.0}})
    near = model.forecast(3, far)
    assert len(near.index) == 3
    np.testing.assert_allclose(near.values, model.forecast(5, far).values[:, :3], rtol=1e-10)
    assert not np.allclose(near.values, model.forecast(3).values)


def test_conditions_draw_by_draw_and_soft():
    model = small().fit(ragged_panel(), ["exports", "won"])
    by_draw = np.linspace(5000.0, 6000.0, 200)
    hard = model.forecast(3, Conditions({"won": {"2021-11": by_draw}}))
    np.testing.assert_allclose(hard.values[:, 2, 1], by_draw, rtol=1e-8)
    soft = model.forecast(3, Conditions({"won": {"2021-11": 6000.0}}, sd={"won": 0.005}))
    spread = np.log(soft.values[:, 2, 1]).std()
    assert 0.002 < spread < 0.006
    assert spread < np.log(model.forecast(3).values[:, 2, 1]).std()


def test_condition_on_the_mean_moves_nothing_and_never_widens():
    model = small().fit(ragged_panel(), "exports")
    free = model.law(6)
    growth = free.mean[:, 1]
    base = model.panel_.series("won").loc["2021-06"]
    won = base * np.exp(np.cumsum(growth)[3])
    bound = model.law(6, Conditions({"won": {"2021-10": float(won)}}))
    np.testing.assert_allclose(bound.mean, free.mean, atol=1e-10)
    assert np.linalg.eigvalsh(free.covariance - bound.covariance).min() > -1e-12


def test_shift_is_conditional_minus_unconditional():
    model = small().fit(ragged_panel(), "exports")
    conditions = Conditions({"won": {"2021-12": 5300.0}})
    shift = model.conditional_shift(4, conditions)
    moved = model.forecast(4).values * np.exp(shift)
    np.testing.assert_allclose(moved, model.forecast(4, conditions).values, rtol=1e-12)


def test_conditions_that_make_no_sense():
    model = small().fit(ragged_panel(), "exports")
    with pytest.raises(ConditionError, match="'brent', which this model does not contain"):
        model.forecast(3, Conditions({"brent": {"2021-10": 80.0}}))
    with pytest.raises(ConditionError, match="published up to 2021-08"):
        model.forecast(3, Conditions({"won": {"2021-08": 80.0}}))
    # July's copper is not out, so it may be assumed although July's exports are.
    model.forecast(3, Conditions({"copper": {"2021-07": 5000.0}}))


def test_update_keeps_the_parameters():
    full = Panel.from_frame(levels(), RULES)
    model = small().fit(full.as_of("2019-03-05"), "exports")
    coefs, before = model.coefs_.copy(), model.forecast(4)
    np.testing.assert_array_equal(
        model.update(full.as_of("2019-03-05")).forecast(4).values, before.values
    )
    model.update(full.as_of("2020-03-05"))
    np.testing.assert_array_equal(model.coefs_, coefs)
    assert model.forecast(4).index[0] == pd.Period("2020-03", "M")


def test_level_series_may_be_negative():
    frame = levels()
    frame["pressure"] = np.random.default_rng(5).standard_normal(len(frame)).cumsum() * 0.1
    panel = Panel.from_frame(frame[list(NAMES)], RULES)
    entry = panel.catalog["won"].__class__(id="pressure", release=RULES["won"], transform="level")
    panel = panel.with_series(frame["pressure"].loc[: panel.last_month("won")], entry)
    model = small(series=(*NAMES, "pressure")).fit(panel.as_of("2021-05-05"), "exports")
    paths = model.forecast(4, Conditions({"pressure": {"2021-06": -2.5}}))
    assert np.isfinite(paths.values).all()
    target = small(series=NAMES).fit(panel.as_of("2021-05-05"), ["pressure", "exports"])
    drawn = target.forecast(4, Conditions({"pressure": {"2021-06": -2.5}})).values
    np.testing.assert_allclose(drawn[:, 1, 0], -2.5, atol=1e-8)


def test_short_history_says_how_much_is_needed():
    with pytest.raises(ShortHistoryError, match=r"needs 53 months.*got 40.*starts in 2005-01"):
        small(lags=12).fit(complete_panel(40), "exports")
    assert small(lags=None).fit(complete_panel(40), "exports").lags_ >= 1


def test_a_series_that_had_no_figure_yet_is_left_out_by_name():
    frame = levels()
    frame.loc[:"2018-12", "copper"] = np.nan
    panel = Panel.from_frame(frame, RULES).as_of("2015-06-10")
    with pytest.warns(StaleSeriesWarning, match=r"copper \(has no figure, though 2015-04 was due"):
        assert small().fit(panel, "exports").series_ == ("exports", "won")


def test_stale_series_are_left_out_by_name_but_targets_are_not():
    frame = levels()
    frame.loc["2020-01":, "copper"] = np.nan
    panel = Panel.from_frame(frame, RULES)
    with pytest.warns(StaleSeriesWarning, match=r"left out .*: copper \(ends in 2019-12"):
        model = small().fit(panel, "exports")
    assert model.series_ == ("exports", "won")
    assert "left out as stale: copper" in model.forecast(2).notes
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        late = small().fit(panel, "copper").forecast(2)
    assert late.index[0] == pd.Period("2020-01", "M")


def test_constant_series_and_wrong_parameters():
    frame = levels()
    frame["won"] = 1000.0
    with pytest.raises(ModelError, match="got won constant"):
        small().fit(Panel.from_frame(frame, RULES).as_of("2021-09-05"), "exports")
    for wrong, message in [
        ({"criterion": "fpe"}, "criterion='fpe' for VAR, expected one of aic, bic, hq"),
        ({"innovations": "t"}, "expected one of bootstrap, gaussian"),
        ({"lags": 0}, "got lags=0"),
        ({"lags": 2.5}, "got lags=2.5 for VAR, expected a whole"),
        ({"max_lags": 0}, "got max_lags=0"),
    ]:
        with pytest.raises(ModelError, match=message):
            small(**wrong).fit(complete_panel(), "exports")


def test_explosive_systems_say_so_and_stay_finite():
    months = 120
    growth = 0.001 * 1.03 ** np.arange(months) + 1e-4 * np.random.default_rng(0).standard_normal(
        months
    )
    index = pd.period_range("2005-01", periods=months, freq="M")
    frame = pd.DataFrame({"exports": np.exp(np.cumsum(growth))}, index)
    model = VAR(series=(), lags=1, calendar=False, n_draws=50)
    model.fit(Panel.from_frame(frame, RULES["exports"]), "exports")
    paths = model.forecast(24)
    assert not model.stationary_
    assert np.isfinite(paths.values).all()
    assert any("explosive" in note for note in paths.notes)


def test_units_and_seeds():
    panel = ragged_panel()
    billions = Panel.from_frame(levels() / 1000.0, RULES).as_of("2021-09-05")
    ours, theirs = (small().fit(p, "exports").forecast(6).values for p in (panel, billions))
    np.testing.assert_allclose(theirs * 1000.0, ours, rtol=1e-8)
    again = clone(small()).fit(panel, "exports").forecast(6).values
    np.testing.assert_array_equal(again, ours)
    other = small(random_state=1).fit(panel, "exports").forecast(6).values
    assert not np.array_equal(other, ours)
    unpickled = pickle.loads(pickle.dumps(small().fit(panel, "exports")))
    np.testing.assert_array_equal(unpickled.forecast(6).values, ours)


def test_snapshot_with_calendar_at_every_state(panel):
    for origin in ("2026-04-01", "2026-04-13", "2026-04-21", "2026-05-15"):
        model = VAR(n_draws=100).fit(panel.as_of(origin))
        paths = model.forecast(12)
        assert paths.index[0] == panel.as_of(origin).last_month("exports_total") + 1
        assert model.stationary_
        # Month to month, exports have never fallen by half or doubled.
        steps = np.abs(np.diff(np.log(paths.median().to_numpy())))
        assert steps.max() < 0.5
    assert model.calendar_coefs_.shape[1] == len(model.series_) == 7
    assert model.law(12).mean.shape[0] > 12


def test_calendar_regressors_carry_the_seasons(panel):
    known = panel.as_of("2019-12-01")
    spread = [
        np.sqrt(VAR(lags=1, calendar=calendar, n_draws=10).fit(known).sigma_u_[0, 0])
        for calendar in (True, False)
    ]
    # Log points: about 5 per cent a month once seasons and working days are known.
    assert 0.03 < spread[0] < 0.06
    assert spread[0] < 0.6 * spread[1]


def test_target_alone_in_another_nation():
    known = Panel.from_frame(levels()["exports"], ReleaseRule.after(40), calendar="TW")
    model = VAR(n_draws=50).fit(known, "exports")
    assert model.series_ == ("exports",)
    assert model.forecast(3).index[0] == known.last_month("exports") + 1


def test_replay_sees_nothing_that_came_later(panel):
    origins = panel.origins("2012-01", "2012-03")
    spoiled = panel.values.copy()
    spoiled.loc["2012-03":] *= 1.7
    spoiled = Panel(spoiled, panel.catalog, panel.calendar, panel.origin)
    model = VAR(n_draws=20)
    honest, after = (
        [paths.values for paths in model.replay(p, "exports_total", origins, 3)]
        for p in (panel, spoiled)
    )
    np.testing.assert_array_equal(after, honest)


def test_flash_figures_are_refused(panel):
    with pytest.raises(ModelError, match="exports_total_first_20_days, the count of the first"):
        VAR(series=("exports_total_first_20_days",)).fit(panel)
