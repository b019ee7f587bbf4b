"""Models of one series: against closed forms, hand calculations and statsmodels."""

from __future__ import annotations

import numpy as np
import numpy.testing as npt
import pandas as pd
import pytest
from statsmodels.tsa.ar_model import AutoReg, ar_select_order

from tradeshock.features import Panel, ReleaseRule, Series, TradeCalendar
from tradeshock.features.errors import ModelError, PanelError, ShortHistoryError
from tradeshock.models.adjustment import CalendarAdjustment, calendar_columns
from tradeshock.models.conditions import Conditions
from tradeshock.models.nowcast.ratio import FlashRatio, ratio_nowcast
from tradeshock.models.univariate.autoregression import AutoRegression
from tradeshock.models.univariate.exponential_smoothing import ExponentialSmoothing
from tradeshock.models.univariate.random_walk import RandomWalk, error_paths
from tradeshock.models.univariate.seasonal_arima import SeasonalARIMA
from tradeshock.models.univariate.seasonal_naive import SeasonalNaive

ALL = [
    RandomWalk,
    SeasonalNaive,
    AutoRegression,
    FlashRatio,
    SeasonalARIMA,
    ExponentialSmoothing,
]
every_model = pytest.mark.parametrize("model", ALL, ids=lambda model: model.__name__)


@pytest.fixture(scope="module")
def known(panel):
    """Twelve years of the total, as of an origin without early counts."""
    cut = panel.as_of("2019-07-01")
    total = cut.series("exports_total").loc["2007-07":]
    return Panel.from_frame(total, ReleaseRule(day=1), calendar="KR")


def synthetic(months=180, seed=0):
    """An autoregression of order 2 in growth, without calendar or season."""
    rng = np.random.default_rng(seed)
    growth = np.zeros(months)
    for t in range(2, months):
        growth[t] = 0.003 - 0.4 * growth[t - 1] + 0.2 * growth[t - 2] + 0.03 * rng.standard_normal()
    index = pd.period_range("2008-01", periods=months, freq="M")
    values = pd.Series(np.exp(9.0 + np.cumsum(growth)), index, name="exports_total")
    return Panel.from_frame(values, ReleaseRule(day=1))


# -- what all of them have in common ----------------------------------------------------------


@every_model
def test_paths_begin_after_the_last_published_month(model, known):
    paths = model(n_draws=21).fit(known).forecast(14)
    assert paths.values.shape == (21, 14, 1)
    assert (paths.values > 0).all()
    assert paths.index[0] == pd.Period("2019-07", "M")
    assert paths.state == "after_total"
    assert paths.model == model.__name__
    pd.testing.assert_series_equal(
        paths.history["exports_total"], known.series("exports_total"), check_freq=False
    )


@every_model
def test_several_targets_are_refused(model, panel):
    with pytest.raises(ModelError, match=rf"{model.__name__} forecasts one target at a time, got"):
        model().fit(panel.as_of("2019-07-01"), ["exports_total", "imports_total"])


@every_model
def test_conditions_are_refused(model, known):
    fitted = model(n_draws=10).fit(known)
    with pytest.raises(ModelError, match="cannot be conditioned; use VAR"):
        fitted.forecast(3, Conditions({"exports_total": {"2019-08": 45_000.0}}))


@every_model
def test_short_history_is_told(model, known):
    few = model.minimum_months - 1
    short = Panel.from_frame(known.series("exports_total").iloc[-few:], ReleaseRule(day=1))
    with pytest.raises(ShortHistoryError, match=rf"needs {few + 1} months .* got {few} by 2019-07"):
        model().fit(short)
    enough = known.series("exports_total").iloc[-(few + 1) :]
    paths = model(n_draws=10).fit(Panel.from_frame(enough, ReleaseRule(day=1), "KR")).forecast(2)
    assert np.isfinite(paths.values).all()


@every_model
def test_what_has_no_logs_is_refused(model, known):
    balance = (known.series("exports_total") - 45_000.0).rename("balance")
    entry = Series(id="balance", release=ReleaseRule(day=1), transform="level")
    with pytest.raises(ModelError, match="models logs, but balance is -"):
        model().fit(Panel(balance.to_frame(), {"balance": entry}), "balance")


@every_model
def test_misuse_is_told(model, known):
    with pytest.raises(ModelError, match=f"this {model.__name__} is not fitted"):
        model().forecast(1)
    with pytest.raises(ModelError, match="fit takes a Panel, got DataFrame"):
        model().fit(known.values)
    with pytest.raises(ModelError, match="name at least one series"):
        model().fit(known, [])
    with pytest.raises(PanelError, match="no series 'exprts'"):
        model().fit(known, "exprts")
    with pytest.raises(ModelError, match=f"got n_draws=0 for {model.__name__}, expected a whole"):
        model(n_draws=0).fit(known)
    fitted = model().fit(known)
    with pytest.raises(ModelError, match="steps is 0; give a whole number"):
        fitted.forecast(0)
    with pytest.raises(ModelError, match=r"steps is 1\.5"):
        fitted.forecast(1.5)


def test_names_tell_changed_parameters_alone():
    assert RandomWalk(n_draws=5, random_state=3).name == "RandomWalk"
    assert RandomWalk(half_life=24.0).name == "RandomWalk(half_life=24.0)"
    assert SeasonalARIMA(order=(1, 1, 0)).name == "SeasonalARIMA(order=(1, 1, 0))"


# -- random walk ------------------------------------------------------------------------------


def test_random_walk_carries_the_adjusted_level(known):
    paths = RandomWalk(n_draws=1000).fit(known).forecast(13)
    adjustment = CalendarAdjustment(60.0).fit(known.series("exports_total"), known.calendar)
    point = adjustment.adjusted_.iloc[-1] + adjustment.effect(paths.index, known.calendar)
    npt.assert_allclose(np.log(paths.median()), point, atol=1e-4)
    # pairs of draws mirror each other about the point
    logs = np.log(paths.draws())
    npt.assert_allclose((logs[::2] + logs[1::2]) / 2, np.tile(point, (500, 1)), atol=1e-12)


def test_bootstrap_of_the_walk():
    changes = np.array([0.01, -0.02, 0.03, 0.005] * 10)
    adjusted = np.concatenate([[5.0], 5.0 + np.cumsum(changes)])
    rng = np.random.default_rng(0)
    paths = error_paths(adjusted, 4001, 5, 120.0, rng)
    assert paths.shape == (4001, 5)
    npt.assert_allclose(paths[:-1:2], -paths[1::2])
    # every path is a stretch of the history's changes, or its mirror
    stretches = np.array([changes[i : i + 5] for i in range(36)])
    steps = np.diff(paths, axis=1, prepend=0.0)
    for step in steps[:40]:
        assert min(np.abs(stretches - s * step).max(axis=1).min() for s in (1.0, -1.0)) < 1e-12
    # steps beyond a year chain stretches; a short history gives what it has
    assert error_paths(adjusted, 10, 30, 120.0, rng).shape == (10, 30)
    assert error_paths(adjusted[:4], 7, 12, 120.0, rng).shape == (7, 12)


def test_recent_errors_are_drawn_more_often():
    quiet, wild = np.full(100, 0.001), np.full(100, 0.1)
    adjusted = np.cumsum(np.concatenate([[0.0], wild, quiet]))
    rng = np.random.default_rng(1)
    wild_share = [
        (np.abs(error_paths(adjusted, 4000, 1, half_life, rng)[:, 0]) > 0.05).mean()
        for half_life in (1e9, 50.0)
    ]
    # the older hundred months: half of the draws, or a part of 1 / (1 + 2**(100/50))
    npt.assert_allclose(wild_share, [0.5, 0.2], atol=0.03)


# -- seasonal naive ---------------------------------------------------------------------------


def test_seasonal_naive_repeats_the_last_year(known):
    paths = SeasonalNaive(n_draws=400).fit(known).forecast(26)
    level = np.log(known.series("exports_total").to_numpy())
    point = np.tile(level[-12:], 3)[:26]
    logs = np.log(paths.draws())
    npt.assert_allclose((logs[::2] + logs[1::2]) / 2, np.tile(point, (200, 1)), atol=1e-12)
    # the first year's errors are stretches of past growth over a year
    growth = level[12:] - level[:-12]
    stretches = np.array([growth[i : i + 12] for i in range(len(growth) - 11)])
    for errors in (logs - point)[:40, :12]:
        assert min(np.abs(stretches - s * errors).max(axis=1).min() for s in (1, -1)) < 1e-12
    spread = (logs - point).std(axis=0)
    assert spread[12:24].mean() / spread[:12].mean() == pytest.approx(np.sqrt(2.0), rel=0.15)


# -- early counts as targets ------------------------------------------------------------------


@pytest.mark.parametrize("model", [RandomWalk, AutoRegression, ExponentialSmoothing])
@pytest.mark.parametrize(("days", "most"), [("first_20_days", 8.5), ("first_10_days", 18.0)])
def test_an_early_count_goes_by_the_working_days_that_it_counts(panel, model, days, most):
    """Root mean squared error of the next count since 2020, per cent: 11 and 21 by whole months."""
    id = f"exports_total_{days}"
    figures = panel.series(id)
    origins = panel.origins("2020-01", "2026-04", target=id)
    points = model(n_draws=100).replay_points(panel, id, origins, 1)[:, 0, 0]
    months = pd.period_range("2020-01", "2026-04", freq="M")
    errors = 100.0 * np.log(figures.loc[months].to_numpy() / points)
    assert np.sqrt(np.mean(errors**2)) < most


def test_seasonal_arima_of_an_early_count_regresses_on_its_working_days(panel):
    id = "exports_total_first_10_days"
    cut = panel.as_of("2026-05-11")
    model = SeasonalARIMA(n_draws=10).fit(cut, id)
    columns = calendar_columns(cut.series(id).index, cut.calendar, "first_10_days")[:, :-11]
    npt.assert_array_equal(model.result_.model.exog, columns)


# -- autoregression ---------------------------------------------------------------------------


def adjusted_growth(panel):
    adjustment = CalendarAdjustment(60.0).fit(panel.series("exports_total"), panel.calendar)
    return np.diff(adjustment.adjusted_.to_numpy())


@pytest.mark.parametrize("lags", [0, 1, 5])
def test_coefficients_equal_statsmodels(known, lags):
    model = AutoRegression(lags=lags).fit(known)
    reference = AutoReg(adjusted_growth(known), lags, trend="c").fit()
    npt.assert_allclose(model.coefs_, reference.params, rtol=0, atol=1e-8)
    inflation = np.sqrt(len(reference.resid) / (len(reference.resid) - lags - 1))
    npt.assert_allclose(model.residuals_, inflation * reference.resid, rtol=0, atol=1e-8)


@pytest.mark.parametrize("source", ["korea", 0, 1, 2])
def test_order_equals_statsmodels(known, source):
    panel = known if source == "korea" else synthetic(seed=source)
    model = AutoRegression().fit(panel)
    chosen = ar_select_order(adjusted_growth(panel), 12, ic="aic", trend="c").ar_lags or [0]
    assert model.order_ == max(chosen)


def test_mean_path_is_that_of_statsmodels():
    panel = synthetic()
    paths = AutoRegression(lags=2, n_draws=20_000).fit(panel).forecast(6)
    growth = adjusted_growth(panel)
    reference = AutoReg(growth, 2, trend="c").fit().predict(len(growth), len(growth) + 5)
    adjustment = CalendarAdjustment(60.0).fit(panel.series("exports_total"), panel.calendar)
    mean = adjustment.adjusted_.iloc[-1] + np.cumsum(reference)
    mean += adjustment.effect(paths.index, panel.calendar)
    drawn = np.log(paths.draws())
    error = drawn.std(axis=0) / np.sqrt(len(drawn))
    assert (np.abs(drawn.mean(axis=0) - mean) < 4 * error).all()


@pytest.mark.parametrize("season", [0.0, 100.0], ids=["constant", "seasonal"])
@pytest.mark.parametrize(
    "model", [AutoRegression(n_draws=9), ExponentialSmoothing(n_draws=9)], ids=lambda m: m.name
)
def test_figures_that_never_move_are_continued_without_a_word(model, season, panel):
    figures = panel.series("exports_total")
    level = pd.Series(5000.0 + season * figures.index.month, figures.index, name="exports_total")
    still = panel.select(["exports_total"]).with_series(level, panel.catalog["exports_total"])
    model.fit(still)
    for paths in (model.forecast(6), model.update(still, freeze=True).forecast(6)):
        expected = np.tile(5000.0 + season * paths.index.month, (9, 1))
        npt.assert_allclose(paths.draws(), expected, rtol=1e-9)
        assert paths.notes == ()


def test_orders_that_cannot_be(known):
    with pytest.raises(
        ModelError, match="got lags=-1 for AutoRegression, expected a whole number, at least 0"
    ):
        AutoRegression(lags=-1).fit(known)
    with pytest.raises(ModelError, match="got max_lags=-1"):
        AutoRegression(max_lags=-1).fit(known)
    with pytest.raises(ShortHistoryError, match="needs 203 months for 100 lags, got 144"):
        AutoRegression(lags=100).fit(known)


# -- wrapped models ---------------------------------------------------------------------------


def close_to(drawn, mean, sd):
    """Within Monte Carlo error of a Gaussian forecast: mean, and spread to a tenth."""
    error = sd / np.sqrt(len(drawn))
    assert (np.abs(drawn.mean(axis=0) - mean) < 4.5 * error).all()
    npt.assert_allclose(drawn.std(axis=0), sd, rtol=0.1)


def test_seasonal_arima_equals_statsmodels(known):
    from statsmodels.tsa.statespace.sarimax import SARIMAX

    model = SeasonalARIMA(n_draws=4000).fit(known)
    paths = model.forecast(6)
    level = np.log(known.series("exports_total").to_numpy())
    calendar = TradeCalendar("KR").as_of(known.origin)
    columns = calendar_columns(known.months.append(paths.index), calendar, "month")[:, :-11]
    reference = SARIMAX(
        level - level[-1],
        columns[: len(level)],
        order=(0, 1, 1),
        seasonal_order=(0, 1, 1, 12),
    ).smooth(model.result_.params)
    forecast = reference.get_forecast(6, exog=columns[len(level) :])
    close_to(np.log(paths.draws()), level[-1] + forecast.predicted_mean, forecast.se_mean)
    best = reference.model.fit(disp=False, maxiter=300, start_params=model.result_.params)
    assert model.result_.llf == pytest.approx(best.llf, abs=0.05)


def test_exponential_smoothing_equals_statsmodels(known):
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    model = ExponentialSmoothing(n_draws=4000).fit(known)
    paths = model.forecast(6)
    adjustment = CalendarAdjustment(60.0).fit(known.series("exports_total"), known.calendar)
    base = adjustment.adjusted_.iloc[-1]
    scaled = 100.0 * (adjustment.adjusted_ - base)
    reference = ETSModel(scaled, error="add", trend="add", damped_trend=True)
    fitted = reference.smooth(model.result_.params)
    forecast = fitted.get_prediction(len(scaled), len(scaled) + 5)
    mean = base + forecast.predicted_mean.to_numpy() / 100.0
    mean = mean + adjustment.effect(paths.index, known.calendar)
    close_to(np.log(paths.draws()), mean, np.sqrt(np.asarray(forecast.forecast_variance)) / 100.0)


def test_windows_of_years_are_kept(known):
    assert len(SeasonalARIMA(years=8).fit(known).result_.model.endog) == 96
    assert len(ExponentialSmoothing(years=5).fit(known).result_.model.endog) == 60


# -- flash ratio ------------------------------------------------------------------------------


def test_flash_ratio_by_hand(panel):
    """April 2026 on 21 April, from published figures and working days alone."""
    cut = panel.as_of("2026-04-21")
    model = FlashRatio(n_draws=2000).fit(cut)
    now, before = pd.PeriodIndex(["2026-04"], freq="M"), pd.PeriodIndex(["2025-04"], freq="M")
    flash, total = panel.values["exports_total_first_20_days"], panel.values["exports_total"]
    days, early = (TradeCalendar("KR").working_days(now, w)[0] for w in ("month", "first_20_days"))
    days_before, early_before = (
        TradeCalendar("KR").working_days(before, w)[0] for w in ("month", "first_20_days")
    )
    growth_a_day = (flash["2026-04"] / early) / (flash["2025-04"] / early_before)
    expected = total["2025-04"] * growth_a_day * days / days_before
    assert np.exp(model.nowcast_) == pytest.approx(expected, rel=1e-12)
    paths = model.forecast(3)
    assert paths.state == "after_20d"
    assert paths.index[0] == now[0]
    assert paths.median().iloc[0] == pytest.approx(expected, rel=2e-3)
    errors = np.log(paths.draws()[:, 0] / expected)
    npt.assert_allclose(errors[::2], -errors[1::2], atol=1e-12)
    assert np.isin(np.abs(errors).round(9), np.abs(model.errors_).round(9)).all()


def test_flash_ratio_learns_from_errors_of_its_own_state(panel):
    cut = panel.as_of("2020-05-21")
    twenty = FlashRatio().fit(cut)
    ratio = ratio_nowcast(cut, "exports_total", "after_20d")
    past = (np.log(cut.series("exports_total")) - ratio).dropna()
    assert (past.index[0], past.index[-1]) == (pd.Period("2017-01"), pd.Period("2020-04"))
    npt.assert_array_equal(twenty.errors_, past)
    ten = FlashRatio().fit(panel.as_of("2020-05-20"))
    assert ten.state_ == "after_10d"
    assert ten.errors_.std() > twenty.errors_.std()


def test_later_steps_walk_on_from_the_nowcast(panel):
    cut = panel.as_of("2024-06-21")
    paths = FlashRatio(n_draws=4000).fit(cut).forecast(4)
    adjustment = CalendarAdjustment(60.0).fit(cut.series("exports_total"), cut.calendar)
    effect = adjustment.effect(paths.index, cut.calendar)
    level = np.log(paths.draws()) - effect
    npt.assert_allclose(np.median(level, axis=0), np.median(level[:, 0]), atol=2e-3)
    walk = np.log(RandomWalk(n_draws=4000).fit(cut).forecast(4).draws()) - effect
    npt.assert_allclose(np.diff(level, axis=1), np.diff(walk, axis=1), atol=1e-12)


@pytest.mark.parametrize("day", ["2019-07-01", "2016-09-21", "2005-03-15"])
def test_without_early_counts_or_their_errors_it_is_the_random_walk(panel, day):
    cut = panel.as_of(day)
    flash, walk = (model(n_draws=50).fit(cut).forecast(3) for model in (FlashRatio, RandomWalk))
    npt.assert_array_equal(flash.values, walk.values)


def test_the_full_month_is_not_used_before_it_is_out(panel):
    values = panel.values.copy()
    later = panel.release_dates > np.datetime64("2026-04-21")
    values = values.mask(later & values.notna(), 3.0 * values)
    changed = Panel(values, panel.catalog, TradeCalendar("KR"), panel.origin)
    assert changed.fingerprint() != panel.fingerprint()
    for model in (FlashRatio(n_draws=50), RandomWalk(n_draws=50)):
        one, other = (model.fit(p.as_of("2026-04-21")).forecast(3) for p in (panel, changed))
        npt.assert_array_equal(one.values, other.values)


class OneShort(RandomWalk):
    def replay(self, panel, target, origins, steps):
        return super().replay(panel, target, origins[1:], steps)


def test_points_of_a_replay_that_is_one_short_are_refused(panel):
    origins = panel.origins("2019-01", "2019-03")
    with pytest.raises(ModelError, match=r"OneShort.replay gave 2 forecasts for 3 origins"):
        OneShort(n_draws=10).replay_points(panel, "exports_total", origins, 2)
    assert RandomWalk(n_draws=10).replay_points(panel, "exports_total", [], 2).shape == (0, 2, 1)


class FitsItsOwnWay(RandomWalk):
    def fit(self, panel, target="exports_total", record=None):
        return super().fit(panel.as_of(panel.origin - pd.Timedelta(days=40)), target, record)


def test_a_replay_asks_for_the_fit_of_a_subclass(panel):
    (day,) = panel.origins("2019-03", "2019-03")
    (paths,) = FitsItsOwnWay(n_draws=10).replay(panel, "exports_total", [day], 2)
    alone = FitsItsOwnWay(n_draws=10).fit(panel.as_of(day)).forecast(2)
    npt.assert_array_equal(paths.values, alone.values)
