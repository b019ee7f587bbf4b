"""The dynamic factor model against its own statsmodels forecast."""

import numpy as np
import pytest

from tradeshock.features.errors import ModelError
from tradeshock.models.conditions import Conditions
from tradeshock.models.systems.factor import DynamicFactor

SMALL = ("exports_total", "us_ip", "usdkrw", "brent")


@pytest.fixture(scope="module")
def fitted(panel):
    return DynamicFactor(series=SMALL, n_draws=4000).fit(panel.as_of("2019-06-01"))


def test_the_median_is_the_forecast_of_statsmodels(fitted):
    paths = fitted.forecast(3)
    growth = fitted.result_.forecast(3)["exports_total"].cumsum() / 100.0
    last = fitted.levels_.frame.loc[fitted.last_].iloc[0]
    expected = np.exp(last + growth.to_numpy() + fitted.levels_.effects(paths.index)[:, 0])
    np.testing.assert_allclose(paths.median(), expected, rtol=0.01)


def test_the_ragged_edge_is_not_dropped(fitted):
    # in June 2019 the total is out to May, industrial production to April
    assert fitted.growth_["exports_total"].notna().iloc[-1]
    assert np.isnan(fitted.growth_["us_ip"].iloc[-1])


def test_it_takes_no_conditions(fitted):
    with pytest.raises(ModelError, match="conditioned"):
        fitted.forecast(2, Conditions({"usdkrw": {"2019-07": 1200.0}}))


def test_the_law_is_that_of_many_simulated_months(panel):
    fitted = DynamicFactor(series=SMALL, n_draws=20_000).fit(panel.as_of("2019-06-01"))
    law = fitted.law(4)
    base = fitted.levels_.frame.loc[fitted.last_].iloc[0]
    paths = fitted.forecast(4)
    levels = np.log(paths.draws()) - fitted.levels_.effects(paths.index)[:, 0] - base
    growth = np.diff(levels, axis=1, prepend=0.0)
    own = np.arange(4) * len(fitted.series_)
    np.testing.assert_allclose(growth.mean(axis=0), law.mean[:, 0], atol=2e-3)
    expected = law.covariance[np.ix_(own, own)]
    np.testing.assert_allclose(np.cov(growth.T), expected, atol=0.03 * expected.max())
