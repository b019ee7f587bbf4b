import sys

import numpy as np
import numpy.testing as npt
import pandas as pd
import pytest
import statsmodels.api as sm
from arch import bootstrap
from hypothesis import given, strategies as st
from scipy import stats
from statsmodels.stats.sandwich_covariance import S_hac_simple, weights_uniform

from tradeshock.features.errors import ScoreError, TradeshockError
from tradeshock.forecast.judging.comparison import clark_west, diebold_mariano, giacomini_white
from tradeshock.forecast.judging.confidence_set import (
    model_confidence_set,
    superior_predictive_ability,
)
from tradeshock.forecast.judging.fluctuation import giacomini_rossi
from tradeshock.forecast.judging.significance import long_run_covariance

REPEATS = 800


def moving_average(rng, n, order):
    """A series that is correlated as the errors of an optimal forecast of step order + 1 are."""
    shocks = rng.normal(size=n + order)
    return np.convolve(shocks, np.full(order + 1, 0.6) ** np.arange(order + 1), mode="valid")


def share_rejected(test, draw):
    rng = np.random.default_rng(11)
    return np.mean([test(*draw(rng)) < 0.05 for _ in range(REPEATS)])


def losses(n, step, shift=0.0):
    return lambda rng: (moving_average(rng, n, step - 1) + shift, np.zeros(n))


# Long-run covariance


def test_long_run_covariance_is_that_of_statsmodels():
    rng = np.random.default_rng(0)
    x = np.column_stack([moving_average(rng, 200, 2), moving_average(rng, 200, 1)])
    x -= x.mean(axis=0)
    ours, kernel = long_run_covariance(x, 2)
    assert kernel == "rectangular"
    npt.assert_allclose(ours, S_hac_simple(x, 2, weights_uniform) / 200)


def test_bartlett_where_the_rectangular_kernel_is_not_positive():
    x = np.tile([1.0, -1.0], 20) + np.linspace(-0.1, 0.1, 40)
    ours, kernel = long_run_covariance(x - x.mean(), 1)
    assert kernel == "Bartlett"
    npt.assert_allclose(ours, S_hac_simple(x - x.mean(), 1) / 40)
    assert ours[0, 0] > 0


def test_lags_are_months_where_months_are_missing():
    x = np.array([1.0, -2.0, np.nan, 3.0, 0.5, -2.5])
    pairs = 1.0 * -2.0 + 3.0 * 0.5 + 0.5 * -2.5
    expected = (np.nansum(x**2) + 2 * pairs) / 5
    npt.assert_allclose(long_run_covariance(x, 1)[0], [[expected]])


def test_a_series_that_does_not_vary_is_refused():
    with pytest.raises(ScoreError, match="does not vary"):
        long_run_covariance(np.zeros(20), 1)


# Diebold and Mariano


def test_at_step_1_it_is_the_t_test():
    a, b = np.random.default_rng(2).normal(size=(2, 30)) ** 2
    ours, expected = diebold_mariano(a, b), stats.ttest_rel(a, b)
    npt.assert_allclose([ours.statistic, ours.p_value], [expected.statistic, expected.pvalue])
    assert (ours.n, ours.difference) == (30, pytest.approx((a - b).mean()))


def test_at_longer_steps_it_is_the_hac_regression_times_the_correction():
    n, step = 80, 4
    d = moving_average(np.random.default_rng(3), n, step - 1)
    ols = sm.OLS(d, np.ones(n)).fit(
        cov_type="HAC", cov_kwds={"maxlags": step - 1, "kernel": "uniform"}
    )
    correction = np.sqrt((n + 1 - 2 * step + step * (step - 1) / n) / n)
    ours = diebold_mariano(d, np.zeros(n), step)
    npt.assert_allclose(ours.statistic, ols.tvalues[0] * correction)
    assert "rectangular kernel of lag 3" in ours.method


def test_fixed_smoothing_is_the_daniell_mean_of_the_periodogram():
    n = 64
    d = np.random.default_rng(4).normal(0.2, 1.0, size=n)
    t = np.arange(n)
    ordinates = [abs(np.sum(d * np.exp(-2j * np.pi * j * t / n))) ** 2 / n for j in (1, 2, 3, 4)]
    ours = diebold_mariano(d, np.zeros(n), method="fixed_smoothing")
    npt.assert_allclose(ours.statistic, np.sqrt(n) * d.mean() / np.sqrt(np.mean(ordinates)))
    npt.assert_allclose(ours.p_value, 2 * stats.t.sf(abs(ours.statistic), 8))


@pytest.mark.parametrize(
    ("method", "n", "step", "most"),
    [
        ("hln", 60, 1, 0.07),
        ("hln", 200, 3, 0.08),
        ("fixed_smoothing", 40, 1, 0.07),
        ("fixed_smoothing", 60, 4, 0.09),
    ],
)
def test_diebold_mariano_rejects_about_5_per_cent_of_equal_forecasts(method, n, step, most):
    rejected = share_rejected(
        lambda a, b: diebold_mariano(a, b, step, method).p_value, losses(n, step)
    )
    assert 0.03 < rejected < most


def test_the_smallest_detectable_difference_is_found_four_times_out_of_five():
    n = 60
    known = stats.t(n - 1).ppf([0.975, 0.8]).sum() / np.sqrt(n)
    rejected = share_rejected(lambda a, b: diebold_mariano(a, b).p_value, losses(n, 1, shift=known))
    assert 0.76 < rejected < 0.84
    stated = diebold_mariano(*losses(5000, 1)(np.random.default_rng(0)))
    expected = (stats.norm.ppf(0.975) + stats.norm.ppf(0.8)) / np.sqrt(5000)
    npt.assert_allclose(stated.smallest_detectable_difference, expected, rtol=0.03)


@given(st.integers(0, 10_000), st.integers(1, 6), st.sampled_from(["hln", "fixed_smoothing"]))
def test_swapping_the_models_only_changes_the_sign(seed, step, method):
    a, b = np.random.default_rng(seed).normal(size=(2, 30)) ** 2
    one, other = diebold_mariano(a, b, step, method), diebold_mariano(b, a, step, method)
    npt.assert_allclose(one.statistic, -other.statistic)
    npt.assert_allclose(one.p_value, other.p_value)
    assert 0 <= one.p_value <= 1


def test_missing_months_are_left_out_at_step_1():
    a, b = np.random.default_rng(5).normal(size=(2, 40)) ** 2
    gaps = a.copy()
    gaps[[3, 17]] = np.nan
    keep = np.isfinite(gaps)
    assert diebold_mariano(gaps, b) == diebold_mariano(a[keep], b[keep])
    with pytest.raises(ScoreError, match="consecutive months"):
        diebold_mariano(gaps, b, method="fixed_smoothing")


@pytest.mark.parametrize(
    ("a", "b", "step", "message"),
    [
        (np.ones(20), np.ones(19), 1, "shapes"),
        (np.ones(20), np.ones(20), 1, "one model twice"),
        (np.arange(5.0), np.zeros(5), 1, "5 months are too few"),
        (np.arange(12.0), np.zeros(12), 12, "at least 13"),
        (np.arange(12.0), np.zeros(12), 0, "step is 0"),
    ],
)
def test_losses_that_cannot_be_compared_are_refused(a, b, step, message):
    with pytest.raises(ScoreError, match=message):
        diebold_mariano(a, b, step)


# Nested models and conditional ability


def test_clark_west_is_the_t_of_the_adjusted_difference():
    small, large = np.random.default_rng(6).normal(size=(2, 50))
    f = small**2 - (large**2 - (small - large) ** 2)
    ours = clark_west(small, large)
    expected = f.mean() / (f.std() / np.sqrt(50))
    npt.assert_allclose([ours.statistic, ours.p_value], [expected, stats.norm.sf(expected)])


def nested_errors(rng):
    """A mean estimated on a rolling window of 60 against the true mean of zero."""
    y = rng.normal(size=160)
    forecast = np.convolve(y, np.ones(60) / 60, mode="valid")[:-1]
    return y[60:], y[60:] - forecast


def test_clark_west_keeps_its_size_where_diebold_mariano_hardly_ever_rejects():
    def one_sided(small, large):
        test = diebold_mariano(small**2, large**2)
        return stats.t.sf(test.statistic, test.n - 1)

    adjusted = share_rejected(lambda s, b: clark_west(s, b).p_value, nested_errors)
    assert 0.01 < adjusted < 0.06
    assert share_rejected(one_sided, nested_errors) < adjusted / 2


def test_giacomini_white_at_step_1_is_n_times_the_uncentred_r_squared():
    a, b = np.random.default_rng(7).normal(size=(2, 60)) ** 2
    d = a - b
    x = np.column_stack([np.ones(59), d[:-1]]) * d[1:, None]
    r_squared = sm.OLS(np.ones(59), x).fit().rsquared
    ours = giacomini_white(a, b)
    npt.assert_allclose(ours.statistic, 59 * r_squared)
    npt.assert_allclose(ours.p_value, stats.chi2.sf(59 * r_squared, 2))


@pytest.mark.parametrize("step", [1, 3])
def test_giacomini_white_size_and_power(step):
    def test(a, b):
        return giacomini_white(a, b, step).p_value

    assert 0.02 < share_rejected(test, losses(200, step)) < 0.09

    def predictable(rng):
        state = np.repeat(rng.permutation([-1.0, 1.0] * 5), 20)
        return state + rng.normal(size=200), np.zeros(200)

    assert share_rejected(test, predictable) > 0.95


def test_giacomini_white_takes_instruments():
    rng = np.random.default_rng(8)
    known = rng.normal(size=100)
    d = known + rng.normal(size=100)
    ours = giacomini_white(d, np.zeros(100), instruments=np.column_stack([np.ones(100), known]))
    assert ours.n == 100
    assert ours.p_value < 1e-4


# Fluctuation


@pytest.mark.parametrize("share", [0.3, 0.5])
def test_fluctuation_test_keeps_its_size(share):
    rejected = share_rejected(
        lambda a, b: giacomini_rossi(a, b, share=share).test.p_value, losses(200, 1)
    )
    assert 0.02 < rejected < 0.07


def test_fluctuation_test_sees_a_reversal_that_the_average_hides():
    d = np.random.default_rng(9).normal(size=200) + np.repeat([1.0, -1.0], 100)
    test = giacomini_rossi(d, np.zeros(200), share=0.3)
    assert diebold_mariano(d, np.zeros(200)).p_value > 0.2
    assert test.test.p_value == 0.01
    assert (test.window, len(test.path)) == (60, 141)
    assert test.path[0] > test.critical_5
    assert test.path[-1] < -test.critical_5


def test_fluctuation_path_is_the_rolling_mean_over_its_standard_error():
    d = np.random.default_rng(10).normal(size=50)
    test = giacomini_rossi(d, np.zeros(50), share=0.4)
    rolling = pd.Series(d).rolling(20).mean().dropna()
    npt.assert_allclose(test.path, np.sqrt(20) * rolling / d.std())
    # Table 1 of the paper: 2.890 and 2.626 for a window of 0.4.
    assert (test.critical_5, test.critical_10) == (2.890, 2.626)


def test_fluctuation_p_value_agrees_with_the_table():
    d = np.random.default_rng(10).normal(size=100)
    p_values = np.array(
        [giacomini_rossi(d + shift, np.zeros(100)).test.p_value for shift in np.linspace(0.2, 1, 9)]
    )
    assert (np.diff(p_values) <= 0).all()
    test = giacomini_rossi(d, np.zeros(100))
    assert (test.test.p_value <= 0.05) == (test.test.statistic >= test.critical_5)


def test_fluctuation_test_refuses_gaps_and_odd_windows():
    d = np.arange(20.0)
    with pytest.raises(ScoreError, match=r"0\.1 to 0\.9"):
        giacomini_rossi(d, np.zeros(20), share=0.95)
    d[4] = np.nan
    with pytest.raises(ScoreError, match="every month"):
        giacomini_rossi(d, np.zeros(20))


# Many models


@pytest.fixture
def many():
    rng = np.random.default_rng(12)
    bias = {"RandomWalk": 1.5, "Good": 1.0, "Bad": 4.0}
    table = pd.DataFrame({name: level * rng.chisquare(3, 120) for name, level in bias.items()})
    noise = rng.normal(size=120)
    return table.assign(Same=table["Good"] + noise - noise.mean() + 0.01)


def test_model_confidence_set_drops_the_bad_and_keeps_the_equal(many):
    found = model_confidence_set(many, size=0.10, reps=300)
    assert {"Good", "Same"} <= set(found.included)
    assert "Bad" in found.excluded
    assert found.p_values[found.included[0]] == 1
    assert set(found.included) | set(found.excluded) == set(many)
    assert found == model_confidence_set(many, size=0.10, reps=300)


def test_superior_ability_finds_the_better_and_only_where_there_is_one(many):
    found = superior_predictive_ability(many, "RandomWalk", reps=300)
    assert found.best in {"Good", "Same"}
    assert found.p_value < 0.05
    assert found.lower <= found.p_value <= found.upper
    npt.assert_allclose(found.gain, many["RandomWalk"].mean() - many[found.best].mean())
    assert superior_predictive_ability(many, found.best, reps=300).p_value > 0.3


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_tests_of_many_models_are_those_of_arch(seed):
    shape = np.random.default_rng(seed).chisquare(2, (100, 5))
    table = pd.DataFrame(shape * (1.0 + 0.2 * np.arange(5)), columns=list("ABCDE"))
    ours = model_confidence_set(table, size=0.25, reps=300)
    theirs = bootstrap.MCS(table, 0.25, reps=300, block_size=5, seed=0)
    theirs.compute()
    assert set(ours.included) == set(theirs.included)
    assert set(ours.excluded) == set(theirs.excluded)
    assert dict(ours.p_values) == theirs.pvalues["Pvalue"].to_dict()
    test = bootstrap.SPA(table["C"], table.drop(columns="C"), block_size=5, reps=300, seed=0)
    test.compute()
    ours = superior_predictive_ability(table, "C", reps=300)
    assert [ours.lower, ours.p_value, ours.upper] == list(test.pvalues)


def test_many_models_refuse_what_they_cannot_compare(many):
    with pytest.raises(ScoreError, match=r"\['Bad'\] have gaps"):
        model_confidence_set(many.mask(many > many["Bad"].max() - 1e-9))
    with pytest.raises(ScoreError, match="No losses of 'Naive'"):
        superior_predictive_ability(many, "Naive")
    with pytest.raises(ScoreError, match="1 models are too few"):
        model_confidence_set(many[["Bad"]])


def test_without_arch_the_remedy_is_named(many, monkeypatch):
    monkeypatch.setitem(sys.modules, "arch", None)
    with pytest.raises(TradeshockError, match=r"pip install 'tradeshock\[evaluate\]'"):
        model_confidence_set(many)
