import numpy as np
import numpy.testing as npt
import pandas as pd
import pytest
import statsmodels.api as sm

from tradeshock.features.errors import ScoreError
from tradeshock.forecast.judging.efficiency import hedgehog, mincer_zarnowitz


def efficient(rng, n, step):
    """Outcomes that add a moving average of order step - 1 to what was forecast."""
    forecast = rng.normal(size=n)
    error = np.convolve(rng.normal(size=n + step - 1), np.ones(step) / step, mode="valid")
    return forecast + error, forecast


@pytest.mark.parametrize("step", [1, 3])
def test_regression_is_that_of_statsmodels(step):
    actual, forecast = efficient(np.random.default_rng(0), 90, step)
    ours = mincer_zarnowitz(actual, forecast, step)
    ols = sm.OLS(actual, sm.add_constant(forecast)).fit(
        cov_type="HAC", cov_kwds={"maxlags": step - 1, "kernel": "uniform"}
    )
    npt.assert_allclose([ours.intercept, ours.slope], ols.params)
    npt.assert_allclose([ours.intercept_error, ours.slope_error], ols.bse)
    wald = ols.wald_test((np.eye(2), [0, 1]), use_f=True, scalar=True)
    npt.assert_allclose(ours.test.statistic, wald.statistic)
    npt.assert_allclose(ours.test.p_value, wald.pvalue)


@pytest.mark.parametrize(("n", "step"), [(60, 1), (150, 3)])
def test_efficient_forecasts_are_rarely_rejected_and_biased_ones_are(n, step):
    rng = np.random.default_rng(1)
    pairs = [efficient(rng, n, step) for _ in range(500)]
    size = np.mean([mincer_zarnowitz(a, f, step).test.p_value < 0.05 for a, f in pairs])
    power = np.mean([mincer_zarnowitz(a, 2 * f, step).test.p_value < 0.05 for a, f in pairs])
    assert 0.02 < size < 0.10
    assert power > 0.99


def test_missing_months_are_left_out():
    actual, forecast = efficient(np.random.default_rng(2), 40, 1)
    actual[[3, 9]] = np.nan
    keep = np.isfinite(actual)
    whole, cut = mincer_zarnowitz(actual, forecast), mincer_zarnowitz(actual[keep], forecast[keep])
    npt.assert_allclose([whole.slope, whole.test.p_value], [cut.slope, cut.test.p_value])
    assert whole.test.n == 38


def test_what_cannot_be_regressed_is_refused():
    with pytest.raises(ScoreError, match="5 months"):
        mincer_zarnowitz(np.arange(5.0), np.arange(5.0))
    with pytest.raises(ScoreError, match="must vary"):
        mincer_zarnowitz(np.arange(20.0), np.ones(20))


def test_hedgehog_follows_one_month_through_its_origins():
    month = pd.PeriodIndex(["2020-03"] * 3 + ["2020-04"], freq="M")
    origin = pd.to_datetime(["2020-03-21", "2020-02-01", "2020-03-01", "2020-03-01"])
    frame = pd.DataFrame({"month": month, "origin": origin, "step": [1, 2, 1, 2]}).assign(
        model="AR", target="exports_total", state="any", actual=np.nan
    )
    growth = frame.assign(quantity="yoy", q50=[5.0, 1.0, 2.0, 9.0])
    level = frame.assign(quantity="level", q50=[110.0, 100.0, 105.0, 50.0])
    table = hedgehog(pd.concat([growth, level]))
    march = table[table["month"] == pd.Period("2020-03", freq="M")]
    yoy = march[march["quantity"] == "yoy"]
    npt.assert_array_equal(yoy["forecast"], [1.0, 2.0, 5.0])
    npt.assert_array_equal(yoy["revision"], [np.nan, 1.0, 3.0])
    money = march[march["quantity"] == "level"]["revision"]
    npt.assert_allclose(money, [np.nan, *(100 * np.diff(np.log([100.0, 105.0, 110.0])))])
    assert table.loc[table["month"] == pd.Period("2020-04", freq="M"), "revision"].isna().all()
