"""The Bayesian VAR on the embedded figures: tails, conditions, stale series."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tradeshock.features.errors import ConditionError, ShortHistoryError, StaleSeriesWarning
from tradeshock.models.algebra.minnesota import Rows, Tightness, dummy_observations, posterior
from tradeshock.models.conditions import Conditions
from tradeshock.models.systems.bvar import BayesianVAR

SMALL = ("exports_total", "us_ip", "usdkrw")


@pytest.fixture(scope="module")
def fitted(panel):
    return BayesianVAR(series=SMALL, lags=3, n_draws=2000).fit(panel)


def test_extreme_months_are_found_from_past_data(panel):
    model = BayesianVAR(n_draws=50).fit(panel.as_of("2022-06-01"))
    assert model.volatility_["2020-04"] > 4.0
    assert model.volatility_.median() == pytest.approx(1.0, abs=0.2)
    before = BayesianVAR(n_draws=50).fit(panel.as_of("2020-01-01"))
    assert before.volatility_.index[-1] <= pd.Period("2019-12", "M")


def test_published_months_of_the_ragged_edge_are_met(panel, fitted):
    # the total is out to April, industrial production to March
    assert fitted.levels_.complete_months[-1] == pd.Period("2026-03", "M")
    assert fitted.forecast(2).index[0] == pd.Period("2026-05", "M")


def test_hard_conditions_are_met_by_every_path(fitted):
    given = Conditions({"exports_total": {"2026-07": 80_000.0}})
    paths = fitted.forecast(4, given)
    np.testing.assert_allclose(paths.draws()[:, 2], 80_000.0, rtol=1e-8)


def test_a_condition_moves_the_months_before_it(fitted):
    free = fitted.forecast(3).median()
    given = Conditions({"exports_total": {"2026-06": 0.8 * free.iloc[1]}})
    assert fitted.forecast(3, given).median().iloc[0] < 0.95 * free.iloc[0]


def test_a_condition_on_another_series_moves_the_target(fitted):
    plain = fitted.forecast(6)
    given = Conditions({"us_ip": {"2026-08": 85.0}})
    assert fitted.forecast(6, given).median().iloc[3] < plain.median().iloc[3]


def test_conditions_given_draw_by_draw_are_met_draw_by_draw(fitted):
    values = np.exp(np.random.default_rng(0).normal(11.3, 0.05, 2000))
    paths = fitted.forecast(2, Conditions({"exports_total": {"2026-05": values}}))
    np.testing.assert_allclose(paths.draws()[:, 0], values, rtol=1e-8)


def test_conditioning_on_the_median_hardly_moves_the_median(fitted):
    free = fitted.forecast(6).median()
    given = Conditions({"exports_total": {free.index[2]: float(free.iloc[2])}})
    np.testing.assert_allclose(fitted.forecast(6, given).median(), free, rtol=0.01)


def test_a_published_month_cannot_be_assumed(fitted):
    with pytest.raises(ConditionError, match="published"):
        fitted.forecast(2, Conditions({"exports_total": {"2026-04": 1.0}}))


def test_stale_series_are_left_out_with_a_warning(panel):
    with pytest.warns(StaleSeriesWarning, match="reer_kr"):
        model = BayesianVAR(series=("exports_total", "us_ip", "reer_kr"), n_draws=50).fit(panel)
    assert model.series_ == ("exports_total", "us_ip")
    assert "reer_kr" in model.forecast(1).notes[0]


def test_two_targets_are_drawn_jointly(panel):
    paths = (
        BayesianVAR(series=SMALL, n_draws=500)
        .fit(panel, ["exports_total", "us_imports_from_kr"])
        .forecast(3)
    )
    assert paths.series == ("exports_total", "us_imports_from_kr")
    together = np.corrcoef(np.log(paths.values[:, 2]).T)[0, 1]
    assert together > 0.1


def test_too_few_common_months_say_so(panel):
    with pytest.raises(ShortHistoryError, match="months that all of them have"):
        BayesianVAR(series=("exports_total", "exports_to_japan"), lags=24, n_draws=50).fit(
            panel.as_of("2023-01-01")
        )


def test_tightness_of_a_year_does_not_depend_on_the_month(panel):
    spring = BayesianVAR(n_draws=50).fit(panel.as_of("2019-03-01"))
    autumn = BayesianVAR(n_draws=50).fit(panel.as_of("2019-10-01"))
    assert spring.tightness_ == autumn.tightness_


class OfOneSize(BayesianVAR):
    """No month is larger than another."""

    def _month_scales(self, half, months, rng):
        rng.chisquare(5.0, size=(half, months, 1))
        return np.ones((half, months, 1))


def test_months_ahead_have_students_tails(panel):
    """Five degrees of freedom: 5/3 of the variance, and far months more often."""
    heavy = BayesianVAR(series=SMALL, n_draws=40_000).fit(panel)
    even = OfOneSize(series=SMALL, n_draws=40_000).fit(panel)
    months = heavy.levels_.ahead(heavy.last_ + 1, None)
    first = [m.draws(months, np.random.default_rng(1))[:, 0] for m in (heavy, even)]
    first = [draws - draws.mean(axis=0) for draws in first]
    np.testing.assert_allclose(first[0].var(axis=0) / first[1].var(axis=0), 5.0 / 3.0, rtol=0.05)
    far = 4.0 * np.median(np.abs(first[0]), axis=0) / 0.6745
    assert (np.abs(first[0]) > far).mean() > 20 * (np.abs(first[1]) > far).mean()


def test_draws_of_the_next_month_spread_as_its_covariance_says(panel):
    model = BayesianVAR(series=SMALL, n_draws=40_000).fit(panel)
    months = model.levels_.ahead(model.last_ + 1, None)
    first = model.draws(months, np.random.default_rng(0))[:, 0]
    ratio = first.var(axis=0) / np.diag(model.covariance_)
    # a little more, for the coefficients are uncertain
    assert ((ratio > 1.0) & (ratio < 1.2)).all()


def test_covariance_is_that_of_the_months_residuals(panel):
    """Divided by the size of their month, less the freedom that the coefficients spend."""
    model = BayesianVAR(series=SMALL, n_draws=50).fit(panel)
    levels = model.levels_.complete - model.centre_
    past = [levels[3 - lag : len(levels) - lag] for lag in (1, 2, 3)]
    x = np.column_stack([np.ones(len(levels) - 3), *past])
    residuals = (levels[3:] - x @ model.posterior_.mean) / model.volatility_.to_numpy()[:, None]
    found = np.diag(residuals.T @ residuals) / len(residuals)
    np.testing.assert_allclose(np.diag(model.posterior_.covariance), found, rtol=0.05)


def test_conditional_shift_is_the_difference_of_forecasts(fitted):
    given = Conditions({"us_ip": {"2026-08": 85.0}})
    moved = np.log(fitted.forecast(4, given).values / fitted.forecast(4).values)
    np.testing.assert_allclose(fitted.conditional_shift(4, given), moved, atol=1e-12)
    np.testing.assert_array_equal(fitted.conditional_shift(4, Conditions({})), 0.0)


def test_the_law_has_the_mean_of_the_paths_and_meets_conditions(fitted):
    given = Conditions({"us_ip": {"2026-08": 85.0}})
    months = fitted.levels_.ahead(fitted.last_ + 4, given)
    law = fitted.law(4, given)
    row, column = months.get_loc("2026-08"), fitted.series_.index("us_ip")
    assert law.mean[row, column] + fitted.centre_[column] == pytest.approx(np.log(85.0))
    at = months.get_indexer(fitted.forecast(4).index)
    levels = law.mean[at, 0] + fitted.centre_[0]
    effects = fitted.levels_.effects(months[at])[:, 0]
    np.testing.assert_allclose(
        np.exp(levels + effects), fitted.forecast(4, given).median(), rtol=0.01
    )


def test_conditions_stand_in_the_notes(fitted):
    given = Conditions({"us_ip": {"2026-08": 85.0}})
    assert fitted.forecast(4, given).notes == ("conditional on us_ip 85 in 2026-08",)


# -- hyper-parameters ---------------------------------------------------------------------------


def log_posterior(model: BayesianVAR, tightness: Tightness) -> float:
    """Log of marginal likelihood and hyper-priors, at the month scales of the priors' middle."""
    sigma, spread = model._scales()
    x, y = model._rows()
    volatility = model._volatility(x, y, Tightness(), sigma, spread)
    prior = dummy_observations(tightness, model.lags, sigma, spread)
    law = posterior(Rows.scaled(x, y, volatility), prior, sigma)
    values = np.log([tightness.overall / 0.2, tightness.sums, tightness.initial])
    return law.log_evidence - 0.5 * float(((values / [0.7, 0.8, 0.8]) ** 2).sum())


@pytest.fixture(scope="module")
def january(panel):
    """A day on which the hyper-parameters are those of the day itself."""
    return panel.as_of("2024-01-01")


def test_the_free_hyperparameter_is_where_the_likelihood_is_highest(january):
    model = BayesianVAR(series=SMALL, n_draws=10).fit(january)
    best = model.tightness_
    assert (best.sums, best.initial) == (1.0, 1.0)
    top = log_posterior(model, best)
    for factor in (0.9, 0.97, 1.03, 1.1):
        assert log_posterior(model, replace(best, overall=factor * best.overall)) < top


def test_all_three_may_be_free(january):
    model = BayesianVAR(series=SMALL, sums=None, initial=None, n_draws=10).fit(january)
    one = BayesianVAR(series=SMALL, n_draws=10).fit(january).tightness_
    best = model.tightness_
    assert log_posterior(model, best) > log_posterior(model, one) + 1.0
    for name in ("overall", "sums", "initial"):
        for factor in (0.9, 1.1):
            other = replace(best, **{name: factor * getattr(best, name)})
            assert log_posterior(model, other) < log_posterior(model, best)


def test_given_hyperparameters_are_kept(january):
    given = BayesianVAR(series=SMALL, overall=0.3, sums=np.inf, initial=2.0, n_draws=10)
    assert given.fit(january).tightness_ == Tightness(0.3, None, 2.0)
    loose = BayesianVAR(series=SMALL, overall=0.3, sums=1e6, initial=1e6, n_draws=10).fit(january)
    none = BayesianVAR(series=SMALL, overall=0.3, sums=np.inf, initial=np.inf, n_draws=10)
    np.testing.assert_allclose(none.fit(january).coefs_, loose.coefs_, atol=1e-6)
