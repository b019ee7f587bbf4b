import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from statsmodels.tsa.api import VAR as StatsmodelsVAR

from tradeshock.features.errors import ModelError, ShortHistoryError
from tradeshock.models.algebra.expanding import (
    replay_criteria,
    replay_regression,
    replay_var,
)
from tradeshock.models.algebra.least_squares import (
    companion,
    estimate_var,
    lag_criteria,
    largest_root,
    refuse_constant,
    surely_stationary,
)
from tradeshock.models.algebra.recursion import simulate

FORMS = ("growth", "log levels", "raw levels")


def figures(form, months=320, n=4, seed=0):
    rng = np.random.default_rng(seed)
    growth = 0.004 + 0.03 * rng.standard_normal((months, n)) @ (
        np.eye(n) + 0.3 * rng.standard_normal((n, n))
    )
    growth[1:] -= 0.3 * growth[:-1]
    if form == "growth":
        return growth
    levels = np.cumsum(growth, axis=0) + np.linspace(3, 11, n)
    return levels if form == "log levels" else np.exp(levels)


def calendar(months, seed=1):
    rng = np.random.default_rng(seed)
    return np.column_stack(
        [np.ones(months), np.eye(12)[np.arange(months) % 12][:, 1:], rng.normal(size=months)]
    )


def ones(months):
    return np.ones((months, 1))


@pytest.mark.parametrize("lags", [1, 6])
def test_estimate_equals_statsmodels(lags):
    endog = figures("growth")
    fit = estimate_var(endog, ones(len(endog)), lags)
    reference = StatsmodelsVAR(endog).fit(lags, trend="c")
    np.testing.assert_allclose(fit.coefs, reference.coefs, rtol=0, atol=1e-10)
    np.testing.assert_allclose(fit.exog_coefs[0], reference.intercept, rtol=0, atol=1e-10)
    np.testing.assert_allclose(fit.sigma_u, reference.sigma_u, rtol=1e-10)
    np.testing.assert_allclose(fit.residuals, reference.resid, atol=1e-12)


def test_exogenous_columns_equal_statsmodels():
    endog, exog = figures("growth"), calendar(320)
    fit = estimate_var(endog, exog, 2)
    reference = StatsmodelsVAR(endog, exog=exog[:, 1:]).fit(2, trend="c")
    np.testing.assert_allclose(fit.coefs, reference.coefs, rtol=0, atol=1e-10)
    np.testing.assert_allclose(fit.sigma_u, reference.sigma_u, rtol=1e-10)


def test_criteria_equal_statsmodels():
    endog = figures("growth", n=3)
    ours = lag_criteria(endog, ones(len(endog)), 12)
    reference = StatsmodelsVAR(endog).select_order(12, trend="c").ics
    for name, key in [("aic", "aic"), ("bic", "bic"), ("hq", "hqic")]:
        np.testing.assert_allclose(ours[name], reference[key][1:], atol=1e-10)


def test_criteria_survive_collinear_columns():
    endog = figures("growth", n=3)
    exog = np.hstack([ones(320), ones(320)])
    plain = lag_criteria(endog, ones(320), 4)
    doubled = lag_criteria(endog, exog, 4)
    # The same fit, with one superfluous regressor counted.
    np.testing.assert_allclose(doubled["aic"] - plain["aic"], 2 * 3 / 316, atol=1e-10)


def test_collinear_columns_give_the_least_norm_fit():
    endog = figures("growth", n=2)
    exog = np.hstack([ones(320), ones(320)])
    fit = estimate_var(endog, exog, 2)
    np.testing.assert_allclose(fit.residuals, estimate_var(endog, ones(320), 2).residuals)
    np.testing.assert_allclose(fit.exog_coefs[0], fit.exog_coefs[1])


def test_too_few_months_says_how_many_are_needed():
    endog = figures("growth", months=20)
    with pytest.raises(ShortHistoryError, match=r"got 20 months.*needed are 35"):
        estimate_var(endog, ones(20), 6)
    estimate_var(figures("growth", months=35), ones(35), 6)


def test_companion_roots_of_known_system():
    coefs = np.array([[[0.5, 0.0], [0.0, 1.2]], [[0.0, 0.0], [0.0, -0.32]]])
    # Second equation: roots of x^2 - 1.2 x + 0.32, that is 0.8 and 0.4.
    assert largest_root(coefs) == pytest.approx(0.8)
    assert companion(coefs).shape == (4, 4)


def test_constant_series_is_named():
    with pytest.raises(ModelError, match="usdcny constant in 2000"):
        refuse_constant({"exports": np.arange(3.0), "usdcny": np.ones(3)}, "in 2000")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("make_exog", [ones, calendar])
def test_every_origin_equals_its_own_fit(form, make_exog):
    endog, first, lags, steps = figures(form), 180, 3, 12
    exog = make_exog(len(endog))
    replay = replay_var(endog, exog, lags, first, list("abcd"))
    assert len(replay.coefs) == len(endog) - first + 1
    spread = endog.std(axis=0)
    for origin in [0, 1, 57, 119, 120, 121, 140]:
        seen = first + origin
        # The reference works on scaled data, where QR keeps all digits on raw levels too.
        fit = estimate_var((endog[:seen] - endog[:seen].mean(0)) / spread, exog[:seen], lags)
        scaled = replay.coefs[origin] / spread[:, None] * spread
        np.testing.assert_allclose(scaled, fit.coefs, rtol=0, atol=1e-10)
        sigma = fit.sigma_u * spread[:, None] * spread
        np.testing.assert_allclose(replay.sigma_u[origin], sigma, rtol=1e-9, atol=1e-18)
        drift = exog[:steps] @ fit.exog_coefs
        past = (endog[seen - lags : seen] - endog[:seen].mean(0)) / spread
        expected = simulate(fit.coefs, past, drift)[0]
        expected = expected * spread + endog[:seen].mean(0)
        ours = simulate(
            replay.coefs[[origin]],
            endog[None, seen - lags : seen],
            exog[None, :steps] @ replay.exog_coefs[origin],
        )[0, 0]
        np.testing.assert_allclose(ours / spread, expected / spread, rtol=1e-10, atol=1e-10)


@settings(max_examples=25, deadline=None)
@given(
    n=st.integers(1, 4),
    k=st.integers(1, 6),
    later=st.integers(0, 30),
    block=st.integers(1, 12),
    seed=st.integers(0, 10_000),
)
def test_blocked_update_equals_least_squares(n, k, later, block, seed):
    rng = np.random.default_rng(seed)
    first = k + n + 8
    X = rng.standard_normal((first + later, k))
    Y = rng.standard_normal((first + later, n))
    coefficients, crossed = replay_regression(X, Y, first, block)
    for origin in range(later + 1):
        seen = first + origin
        expected = np.linalg.lstsq(X[:seen], Y[:seen], rcond=None)[0]
        residuals = Y[:seen] - X[:seen] @ expected
        np.testing.assert_allclose(coefficients[origin], expected, rtol=0, atol=1e-10)
        np.testing.assert_allclose(crossed[origin], residuals.T @ residuals, atol=1e-10)


@pytest.mark.parametrize("form", FORMS)
def test_criteria_of_every_origin(form):
    endog, exog, first = figures(form, months=330, n=3), calendar(330), 180
    ours = replay_criteria(endog, exog, 6, first, list("abc"))
    for origin in [0, 1, 120, 121, 150]:
        expected = lag_criteria(endog[: first + origin], exog[: first + origin], 6)
        for name, values in expected.items():
            np.testing.assert_allclose(ours[name][origin], values, rtol=0, atol=1e-8)


def test_later_rows_do_not_move_earlier_origins():
    endog, exog = figures("log levels"), calendar(320)
    before = replay_var(endog, exog, 2, 180, list("abcd"))
    endog[250:] *= 3.0
    after = replay_var(endog, exog, 2, 180, list("abcd"))
    np.testing.assert_allclose(after.coefs[:71], before.coefs[:71], rtol=1e-9, atol=1e-12)
    assert not np.allclose(after.coefs[71:], before.coefs[71:])


def test_collinear_first_window_falls_back_to_single_fits():
    endog, exog = figures("growth", n=2), np.hstack([ones(320), ones(320), calendar(320)[:, 1:2]])
    exog[:, 1] = np.arange(320)
    exog = np.hstack([exog, exog[:, 1:2]])
    replay = replay_var(endog, exog, 1, 315, list("ab"))
    for origin in range(6):
        fit = estimate_var(endog[: 315 + origin], exog[: 315 + origin], 1)
        np.testing.assert_allclose(replay.coefs[origin], fit.coefs)


def test_replay_names_a_series_that_is_constant_at_first():
    endog = figures("growth")
    endog[:180, 2] = 0.0
    with pytest.raises(ModelError, match="got c constant in the first window of 180 months"):
        replay_var(endog, ones(320), 2, 180, list("abcd"))


def test_replay_refuses_a_first_window_without_freedom():
    with pytest.raises(ShortHistoryError, match="first window of 10 rows"):
        replay_regression(np.ones((40, 9)), np.ones((40, 2)), 10)


@pytest.mark.parametrize("root", [0.5, 0.93, 0.999, 1.0, 1.02, 40.0])
def test_surely_stationary_is_never_wrong(root: float) -> None:
    coefs = np.random.default_rng(0).standard_normal((20, 3, 4, 4)) * 0.3
    for one in coefs:
        # The l-th lag matrix times r**l multiplies every root by r.
        one *= (root / largest_root(one)) ** np.arange(1, 4)[:, None, None]
        assert largest_root(one) == pytest.approx(root)
    found = surely_stationary(coefs)
    assert found.all() if root < 0.95 else (root < 1.0 or not found.any())
