"""The conjugate prior against sequential prediction, least squares and simulation."""

import numpy as np
import pytest
from scipy.stats import multivariate_t

from tradeshock.models.algebra.minnesota import (
    Rows,
    Tightness,
    draw,
    dummy_observations,
    posterior,
    regressors,
)

LAGS = 2


@pytest.fixture
def levels() -> np.ndarray:
    rng = np.random.default_rng(1)
    return np.cumsum(rng.standard_normal((60, 2)) @ np.array([[1.0, 0.3], [0.0, 0.7]]), axis=0)


def _law(levels, tightness, lags=LAGS, volatility=None):
    x, y = regressors(levels, lags), levels[lags:]
    sigma, spread = np.array([1.0, 0.8]), levels.std(axis=0)
    prior = dummy_observations(tightness, lags, sigma, spread)
    weights = np.ones(len(y)) if volatility is None else volatility
    return posterior(Rows.scaled(x, y, weights), prior, sigma)


def test_evidence_is_the_product_of_one_step_predictions(levels):
    tightness = Tightness(0.3, 1.5, 2.0)
    x, y = regressors(levels, LAGS), levels[LAGS:]
    sigma, spread = np.array([1.0, 0.8]), levels.std(axis=0)
    prior = dummy_observations(tightness, LAGS, sigma, spread)
    total = 0.0
    for t in range(len(y)):
        law = posterior(Rows.scaled(x[:t], y[:t], np.ones(t)), prior, sigma)
        dof = law.dof - y.shape[1] + 1
        stretch = 1.0 + x[t] @ np.linalg.solve(law.precision, x[t])
        predicted = multivariate_t(x[t] @ law.mean, law.scale * stretch / dof, df=dof)
        total += predicted.logpdf(y[t])
    assert _law(levels, tightness).log_evidence == pytest.approx(total, rel=1e-9)


def test_a_loose_prior_is_least_squares(levels):
    law = _law(levels, Tightness(1e4, 1e4, 1e4))
    x, y = regressors(levels, LAGS), levels[LAGS:]
    expected = np.linalg.lstsq(x, y, rcond=None)[0]
    np.testing.assert_allclose(law.mean, expected, atol=1e-4)


def test_a_tight_prior_is_a_random_walk(levels):
    law = _law(levels, Tightness(1e-4, None, 1.0))
    lag_one = law.mean[1:3]
    np.testing.assert_allclose(lag_one, np.eye(2), atol=1e-4)
    np.testing.assert_allclose(law.mean[3:], 0.0, atol=1e-4)


def test_larger_lags_are_held_harder_to_zero():
    sigma = np.array([1.0, 2.0])
    x, _ = dummy_observations(Tightness(0.2, None, 1.0), 4, sigma, np.ones(2))
    sd = 1.0 / np.sqrt(np.diag(x.T @ x)[1:]).reshape(4, 2)
    np.testing.assert_allclose(sd[0], 0.2 / sigma)
    assert (np.diff(sd, axis=0) < 0).all()
    np.testing.assert_allclose(sd[3], sd[0] / 4.0)


def test_sums_of_coefficients_are_held_to_the_unit_matrix(levels):
    law = _law(levels, Tightness(0.5, 1e-4, 1.0))
    sums = law.mean[1:3] + law.mean[3:]
    np.testing.assert_allclose(sums, np.eye(2), atol=1e-3)


def test_volatility_takes_weight_from_a_month(levels):
    wild = levels.copy()
    wild[40:] += 25.0
    volatility = np.ones(len(wild) - LAGS)
    volatility[40 - LAGS] = 100.0
    plain, scaled = _law(wild, Tightness(), LAGS), _law(wild, Tightness(), LAGS, volatility)
    assert np.diag(scaled.covariance).max() < 0.3 * np.diag(plain.covariance).max()


def test_draws_have_the_moments_of_the_law(levels):
    law = _law(levels, Tightness())
    coefs, roots = draw(law, 20_000, np.random.default_rng(0))
    np.testing.assert_allclose(coefs.mean(axis=0), law.mean, atol=1e-12)
    covariance = (roots @ roots.transpose(0, 2, 1)).mean(axis=0)
    np.testing.assert_allclose(covariance, law.covariance, rtol=0.05, atol=0.01)
    spread = np.einsum("ii,jj->ij", np.linalg.inv(law.precision), law.covariance)
    np.testing.assert_allclose(coefs.var(axis=0), spread, rtol=0.08)
