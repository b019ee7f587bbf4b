"""Month effects and working-day elasticity: known effects are found, and outliers are borne."""

from __future__ import annotations

import numpy as np
import numpy.testing as npt
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings, strategies as st

from tradeshock.features import TradeCalendar
from tradeshock.models.adjustment import (
    HUBER,
    SCALE_OF_NORMAL,
    CalendarAdjustment,
    calendar_columns,
    huber_regression,
)
from tradeshock.models.algebra.robust import huber_regressions

KOREA = TradeCalendar("KR")
MONTHS = pd.period_range("2003-01", "2022-12", freq="M")


def spread(residuals):
    return np.median(np.abs(residuals - np.median(residuals))) / SCALE_OF_NORMAL


def series_with(effects, noise=0.0, outliers=()):
    """Walk with a drift whose level carries the given effects."""
    rng = np.random.default_rng(2)
    walk = 9.0 + np.cumsum(0.004 + noise * rng.standard_normal(len(MONTHS)))
    walk[list(outliers)] += 0.5
    return pd.Series(np.exp(walk + calendar_columns(MONTHS, KOREA, "month") @ effects), MONTHS)


def known_effects():
    rng = np.random.default_rng(5)
    return np.concatenate([[0.8], 0.05 * rng.standard_normal(4), 0.04 * rng.standard_normal(11)])


def test_columns():
    columns = calendar_columns(MONTHS, KOREA, "month")
    assert columns.shape == (len(MONTHS), 1 + 4 + 11)
    npt.assert_allclose(np.exp(columns[:, 0]), KOREA.working_days(MONTHS))
    npt.assert_allclose(columns[:, 5:].reshape(-1, 12, 11).sum(axis=1), 0.0, atol=1e-12)
    assert calendar_columns(MONTHS, TradeCalendar(None), "month").shape[1] == 12
    early = calendar_columns(MONTHS, KOREA, "first_10_days")
    npt.assert_allclose(np.exp(early[:, 0]), KOREA.working_days(MONTHS, "first_10_days"))


def test_known_effects_are_recovered():
    effects = known_effects()
    series = series_with(effects)
    adjustment = CalendarAdjustment().fit(series, KOREA)
    npt.assert_allclose(adjustment.effects_, effects, atol=1e-6)
    npt.assert_allclose(np.diff(adjustment.adjusted_), 0.004, atol=1e-6)
    ahead = pd.period_range("2023-01", periods=12, freq="M")
    expected = calendar_columns(ahead, KOREA, "month") @ effects
    npt.assert_allclose(adjustment.effect(ahead, KOREA), expected, atol=1e-6)


def test_level_is_adjusted_level_plus_effect():
    series = series_with(known_effects(), noise=0.03)
    adjustment = CalendarAdjustment().fit(series, KOREA)
    level = adjustment.adjusted_ + adjustment.effect(MONTHS, KOREA)
    npt.assert_allclose(level, np.log(series), rtol=1e-13)
    billions = CalendarAdjustment().fit(series / 1000.0, KOREA)
    npt.assert_allclose(billions.effects_, adjustment.effects_, atol=1e-8)


def test_outliers_move_little():
    effects = known_effects()
    clean = CalendarAdjustment().fit(series_with(effects, noise=0.01), KOREA)
    dirty_series = series_with(effects, noise=0.01, outliers=(40, 97, 150, 201))
    dirty = CalendarAdjustment().fit(dirty_series, KOREA)
    moved = np.abs(dirty.effects_ - clean.effects_)
    assert moved[0] < 0.04
    assert moved[5:].max() < 0.005
    # least squares, on the other hand, is thrown off
    x = np.diff(calendar_columns(MONTHS, KOREA, "month"), axis=0)
    design = np.column_stack([np.ones(len(x)), x])
    weights = np.sqrt(0.5 ** (np.arange(len(x))[::-1] / 60.0))[:, None]
    change = np.diff(np.log(dirty_series))[:, None]
    thrown = np.linalg.lstsq(design * weights, change * weights, rcond=None)[0][1:, 0]
    assert np.abs(thrown - clean.effects_)[5:].max() > 3 * moved[5:].max()


def test_old_months_are_discounted():
    """A season that changes half-way: a short memory follows, a long one averages."""
    old, new = known_effects(), known_effects()
    new[5:] *= -1.0
    level = np.log(series_with(old))
    late = np.arange(len(MONTHS)) >= 120
    level[late] += calendar_columns(MONTHS, KOREA, "month")[late] @ (new - old)
    # noise, lest one half is fitted exactly
    level += 0.003 * np.random.default_rng(7).standard_normal(len(level))
    distance = [
        np.abs(CalendarAdjustment(half_life).fit(np.exp(level), KOREA).effects_ - new).max()
        for half_life in (24.0, 2000.0)
    ]
    assert distance[0] < 0.3 * distance[1]


def regression(seed, n=120, k=4, tails=2.0):
    rng = np.random.default_rng(seed)
    x = np.column_stack([np.ones(n), rng.standard_normal((n, k - 1))])
    return x, x @ rng.standard_normal(k) + rng.standard_t(tails, n)


@settings(max_examples=15)
@given(st.integers(0, 10_000))
def test_huber_equals_statsmodels(seed):
    x, y = regression(seed, tails=4.0)
    ours = huber_regression(x, y, np.ones(len(y)))
    model = sm.RLM(y, x, M=sm.robust.norms.HuberT(HUBER))
    theirs = model.fit(
        scale_est=lambda _, residuals: spread(residuals), conv="coefs", tol=1e-12, maxiter=500
    )
    npt.assert_allclose(ours, theirs.params, atol=1e-6)


def test_prior_weights_are_repeated_rows():
    """At our own scale: weights of 1 to 3 equal rows that stand once to three times."""
    x, y = regression(3, tails=4.0)
    times = np.random.default_rng(6).integers(1, 4, len(y))
    ours = huber_regression(x, y, times.astype(float))
    scale = spread(y - x @ ours)
    rows = np.repeat(np.arange(len(y)), times)
    model = sm.RLM(y[rows], x[rows], M=sm.robust.norms.HuberT(HUBER))
    theirs = model.fit(scale_est=lambda *_: scale, conv="coefs", tol=1e-12, maxiter=500)
    npt.assert_allclose(ours, theirs.params, atol=1e-6)


def test_an_exact_fit_of_most_rows_is_taken():
    x, _ = regression(1)
    truth = np.array([1.0, 0.0, 0.0, 0.0])
    y = x @ truth
    y[:10] += 100.0
    npt.assert_allclose(huber_regression(x, np.ones(len(x)), np.ones(len(x))), truth, atol=1e-12)
    npt.assert_allclose(huber_regression(x, y, np.ones(len(x))), truth, atol=1e-6)


def test_collinear_columns_share():
    x, y = regression(2)
    once = huber_regression(x, y, np.ones(len(y)))
    twice = huber_regression(np.column_stack([x, x[:, 1]]), y, np.ones(len(y)))
    assert twice[1] == pytest.approx(twice[4], abs=1e-8)
    assert twice[1] + twice[4] == pytest.approx(once[1], abs=1e-8)


def test_many_robust_regressions_are_those_of_each():
    """Of unequal length, with outliers, one that is met exactly, one with collinear columns."""
    rng = np.random.default_rng(0)
    count = np.array([30, 41, 25, 60])
    x = rng.standard_normal((4, 60, 3))
    x[3, :, 2] = 2.0 * x[3, :, 1]
    y = x @ np.array([1.0, -0.5, 0.2]) + 0.1 * rng.standard_t(2, (4, 60))
    y[2] = x[2] @ np.array([0.3, 0.3, 0.3])
    y[2, :5] += 4.0
    weights = rng.uniform(0.2, 1.0, (4, 60))
    padding = np.arange(60) >= count[:, None]
    padded = np.where(padding[:, :, None], 0.0, x)
    for rows in ([0, 1, 2], [0, 1, 2, 3]):
        together = huber_regressions(
            padded[rows],
            np.where(padding, 0.0, y)[rows],
            np.where(padding, 0.0, weights)[rows],
            count[rows],
        )
        for coefs, i in zip(together, rows, strict=True):
            n = count[i]
            alone = huber_regression(x[i, :n], y[i, :n], weights[i, :n])
            np.testing.assert_allclose(coefs, alone, atol=1e-8)
