import numpy as np
import numpy.testing as npt
import pandas as pd
import pytest
from scipy import stats

from tradeshock.features.errors import ScoreError
from tradeshock.forecast.judging.calibration import (
    berkowitz,
    coverage_binomial,
    coverage_hac,
    coverage_table,
    pit_moments,
)
from tradeshock.forecast.judging.scorable import QUANTILES

REPEATS = 500


def overlapping_pit(rng, n, step):
    """PITs of calibrated forecasts of this step: uniform, correlated up to step - 1."""
    shocks = rng.normal(size=n + step - 1)
    return stats.norm.cdf(np.convolve(shocks, np.ones(step) / np.sqrt(step), mode="valid"))


def share_rejected(test, n, step=1, change=lambda pit: pit):
    rng = np.random.default_rng(21)
    draws = (change(overlapping_pit(rng, n, step)) for _ in range(REPEATS))
    return np.mean([test(pit) < 0.05 for pit in draws])


def too_narrow(pit):
    return stats.norm.cdf(1.7 * stats.norm.ppf(pit))


def test_binomial_coverage_is_exact():
    hits = np.repeat([1, 0], [80, 20])
    test = coverage_binomial(hits, 0.9)
    npt.assert_allclose(test.p_value, stats.binomtest(80, 100, 0.9).pvalue)
    npt.assert_allclose(test.difference, -0.1)


def test_overlap_breaks_the_binomial_test_and_not_the_hac_one():
    def inside(pit):
        return np.abs(pit - 0.5) < 0.4

    binomial = share_rejected(lambda p: coverage_binomial(inside(p), 0.8).p_value, 150, 6)
    robust = share_rejected(lambda p: coverage_hac(inside(p), 0.8, 6).p_value, 150, 6)
    assert binomial > 0.15
    assert robust < 0.12


def test_coverage_with_overlap_keeps_near_its_size_in_short_samples():
    """A rectangular kernel with Student's t(n - 1) rejects 14 % of these."""

    def p_value(pit):
        hits = np.abs(pit - 0.5) < 0.4
        return 1.0 if hits.all() else coverage_hac(hits, 0.8, 6).p_value

    assert share_rejected(p_value, 60, 6) < 0.09
    assert share_rejected(p_value, 135, 6, change=too_narrow) > 0.8


def test_coverage_beyond_step_1_is_by_fixed_smoothing():
    hits = (np.random.default_rng(2).uniform(size=64) < 0.5).astype(float)
    hits[20:30] = 0.0
    t = np.arange(64)
    ordinates = [
        abs(np.sum(hits * np.exp(-2j * np.pi * j * t / 64))) ** 2 / 64 for j in range(1, 5)
    ]
    error = np.sqrt(max(np.mean(ordinates), 0.25) / 64)
    test = coverage_hac(hits, 0.5, 3)
    npt.assert_allclose(test.statistic, (hits.mean() - 0.5) / error)
    npt.assert_allclose(test.p_value, 2 * stats.t.sf(abs(test.statistic), 8))
    # Hits that alternate are not less variable than independent ones.
    regular = coverage_hac(np.tile([1.0, 0.0], 32)[:63], 0.5, 2)
    npt.assert_allclose(regular.statistic, regular.difference / np.sqrt(0.25 / 63))


def test_months_without_a_forecast_add_nothing_to_coverage():
    hits = (np.random.default_rng(3).uniform(size=80) < 0.7).astype(float)
    holes = hits.copy()
    holes[[11, 40]] = np.nan
    some, whole = coverage_hac(holes, 0.8, 4), coverage_hac(hits, 0.8, 4)
    assert (some.n, whole.n) == (78, 80)
    npt.assert_allclose(some.difference, np.nanmean(holes) - 0.8)
    npt.assert_allclose(some.statistic, whole.statistic, rtol=0.25)


def test_always_inside_cannot_be_tested_with_a_variance():
    with pytest.raises(ScoreError, match="always inside"):
        coverage_hac(np.ones(30), 0.9)
    assert coverage_binomial(np.ones(30), 0.5).p_value < 1e-6


def test_berkowitz_size_and_power():
    assert 0.02 < share_rejected(lambda p: berkowitz(p).p_value, 100) < 0.08
    assert share_rejected(lambda p: berkowitz(p).p_value, 100, change=too_narrow) > 0.95
    assert share_rejected(lambda p: berkowitz(p).p_value, 100, step=4) > 0.9


def test_berkowitz_is_the_likelihood_ratio():
    pit = np.random.default_rng(1).uniform(size=60)
    z = stats.norm.ppf(pit)
    slope, intercept = np.polyfit(z[:-1], z[1:], 1)
    residual = z[1:] - intercept - slope * z[:-1]
    free = stats.norm.logpdf(residual, 0, residual.std()).sum()
    npt.assert_allclose(
        berkowitz(pit).statistic, 2 * (free - stats.norm.logpdf(z[1:]).sum()), rtol=1e-9
    )


@pytest.mark.parametrize("step", [1, 3])
def test_pit_moments_size_and_power_with_overlap(step):
    def test(pit):
        return pit_moments(pit, step).p_value

    assert 0.01 < share_rejected(test, 200, step) < 0.10
    assert share_rejected(test, 200, step, change=too_narrow) > 0.7


@pytest.mark.parametrize("test", [berkowitz, pit_moments])
def test_pits_must_be_probabilities(test):
    with pytest.raises(ScoreError, match=r"within 0\.\.1"):
        test(np.linspace(0, 1.1, 30))
    assert np.isfinite(test(np.linspace(0, 1, 30)).statistic)


@pytest.fixture
def frame():
    rng = np.random.default_rng(5)
    month = pd.period_range("2015-01", periods=60, freq="M")
    rows = pd.DataFrame({"month": month, "origin": month.to_timestamp(), "step": 1})
    rows = rows.assign(model="AR", target="exports_total", state="after_total", quantity="yoy")
    rows["actual"] = rng.normal(size=60)
    for name, level in QUANTILES.items():
        rows[name] = stats.norm.ppf(level)
    return rows.assign(crps=0.5, logscore=1.0, scale=1.0)


def test_coverage_table_has_a_row_for_each_interval(frame):
    table = coverage_table(frame).set_index("level")
    inside = frame["actual"].between(frame["q10"], frame["q90"])
    assert list(table.index) == [0.50, 0.80, 0.90, 0.95]
    assert table.loc[0.80, "coverage"] == inside.mean()
    npt.assert_allclose(table.loc[0.80, "binomial_p"], coverage_binomial(inside, 0.8).p_value)
    assert (table[["binomial_p", "hac_p"]] > 0.001).all(axis=None)
    assert (table["note"] == "").all()


def test_coverage_table_says_why_a_test_is_missing(frame):
    wide = frame.assign(q025=-99.0, q975=99.0)
    row = coverage_table(wide).set_index("level").loc[0.95]
    assert row["coverage"] == 1
    assert np.isfinite(row["binomial_p"])
    assert np.isnan(row["hac_p"])
    assert "always inside" in row["note"]
