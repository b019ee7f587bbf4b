import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from tradeshock.features.errors import ConditionError
from tradeshock.models.algebra.conditioning import (
    GaussianFuture,
    conditional_shift,
    innovations_of_many,
)
from tradeshock.models.algebra.linear_conditions import LinearConditions, level_conditions
from tradeshock.models.algebra.recursion import loadings, moving_average, simulate

STEPS, N, LAGS = 6, 3, 2
INDEX = pd.period_range("2026-05", periods=STEPS, freq="M")
NAMES = ("exports", "usdkrw", "copper")


class System:
    """A random stationary system with its law and some unconditional draws."""

    def __init__(self, seed=0, draws=400, per_step=False):
        rng = np.random.default_rng(seed)
        self.coefs = rng.uniform(-0.25, 0.25, (LAGS, N, N))
        self.lags = 0.02 * rng.standard_normal((LAGS, N))
        self.drift = 0.005 * rng.standard_normal((STEPS, N))
        factor = 0.03 * (np.eye(N) + 0.4 * rng.standard_normal((N, N)))
        scale = rng.uniform(0.5, 2.0, STEPS) if per_step else np.ones(STEPS)
        self.covariance = scale[:, None, None] * (factor @ factor.T)
        self.base = np.array([10.9, 7.2, 9.1])
        self.future = GaussianFuture.from_var(self.coefs, self.lags, self.drift, self.covariance)
        shocks = np.sqrt(scale)[:, None] * (rng.standard_normal((draws, STEPS, N)) @ factor.T)
        self.draws = simulate(self.coefs, self.lags, self.drift, shocks)

    def levels(self, cells, sd=None):
        known, soft = np.full((STEPS, N), np.nan), np.zeros((STEPS, N))
        for cell, value in cells.items():
            known[cell] = value
        for cell, value in (sd or {}).items():
            soft[cell] = value
        return level_conditions(self.base, known, soft, NAMES, INDEX)

    def log_levels(self, draws):
        return self.base + np.cumsum(draws, axis=-2)


def shifted(system, conditions, seed=1):
    rng = np.random.default_rng(seed)
    return system.draws + conditional_shift(system.future, system.draws, conditions, rng)


def test_mean_and_responses_agree_with_the_recursion():
    system = System()
    expected = simulate(system.coefs, system.lags, system.drift, np.zeros((1, STEPS, N)))[0]
    np.testing.assert_allclose(system.future.mean, expected)
    shock = np.zeros((N, STEPS, N))
    shock[:, 0] = np.eye(N)
    zero = np.zeros((LAGS, N))
    by_hand = simulate(system.coefs, zero, np.zeros((STEPS, N)), shock)
    np.testing.assert_allclose(moving_average(system.coefs, STEPS), by_hand.transpose(1, 2, 0))


@pytest.mark.parametrize("per_step", [False, True])
def test_draws_have_the_stated_covariance(per_step):
    system = System(draws=200_000, per_step=per_step)
    sample = np.cov(system.draws.reshape(len(system.draws), -1).T)
    scale = np.sqrt(np.diag(system.future.covariance))
    difference = (sample - system.future.covariance) / scale / scale[:, None]
    assert np.abs(difference).max() < 0.02


def test_no_conditions_is_unconditional_bit_for_bit():
    system = System()
    none = system.levels({})
    np.testing.assert_array_equal(shifted(system, none), system.draws)
    assert system.future.conditioned(none) is system.future


def test_condition_on_step_two_moves_step_one_and_is_met():
    system = System()
    paths = shifted(system, system.levels({(1, 1): np.log(1600.0)}))
    assert np.abs(paths[:, 0] - system.draws[:, 0]).min() > 1e-6
    levels = np.exp(system.log_levels(paths)[:, 1, 1])
    np.testing.assert_allclose(levels, 1600.0, rtol=1e-10)


def test_draw_by_draw_values_are_met():
    system = System()
    known = np.full((len(system.draws), STEPS, N), np.nan)
    known[:, 3, 2] = np.linspace(9.0, 9.3, len(known))
    rows = level_conditions(system.base, known, np.zeros((STEPS, N)), NAMES, INDEX)
    met = system.log_levels(shifted(system, rows))[:, 3, 2]
    np.testing.assert_allclose(met, known[:, 3, 2], atol=1e-12)


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 1000),
    cells=st.sets(st.tuples(st.integers(0, STEPS - 1), st.integers(0, N - 1)), min_size=1),
    soft=st.booleans(),
)
def test_identities_of_the_conditional_law(seed, cells, soft):
    system = System(seed, draws=3)
    levels = system.log_levels(system.future.mean)
    on_mean = system.levels({cell: levels[cell] for cell in cells})
    moved = system.levels(
        {cell: levels[cell] + 0.05 for cell in cells},
        dict.fromkeys(cells, 0.01) if soft else None,
    )
    # Conditioning on the mean moves nothing in the mean.
    same = system.future.conditioned(on_mean)
    np.testing.assert_allclose(same.mean, system.future.mean, atol=1e-12)
    # A condition never widens the variance of anything.
    after = system.future.conditioned(moved)
    reduction = system.future.covariance - after.covariance
    assert np.linalg.eigvalsh(reduction).min() > -1e-12
    # Textbook formula of the conditional normal law.
    rows = moved.weights.reshape(len(moved), -1)
    omega = system.future.covariance
    middle = np.linalg.inv(rows @ omega @ rows.T + np.diag(moved.sd**2))
    gain = omega @ rows.T @ middle
    mean = system.future.mean.ravel()
    expected = mean + gain @ (moved.values[0] - rows @ mean)
    np.testing.assert_allclose(after.mean.ravel(), expected, atol=1e-9)
    np.testing.assert_allclose(after.covariance, omega - gain @ rows @ omega, atol=1e-11)
    if not soft:
        met = system.log_levels(shifted(system, moved))
        for cell in cells:
            np.testing.assert_allclose(met[(slice(None), *cell)], levels[cell] + 0.05, atol=1e-8)


def test_draws_follow_the_conditional_law():
    system = System(draws=100_000)
    rows = system.levels({(1, 1): np.log(1500.0), (4, 2): 9.3}, {(4, 2): 0.05})
    law = system.future.conditioned(rows)
    paths = shifted(system, rows)
    scale = np.sqrt(np.diag(system.future.covariance)).reshape(STEPS, N)
    assert np.abs((paths.mean(axis=0) - law.mean) / scale).max() < 0.02
    sample = np.cov(paths.reshape(len(paths), -1).T)
    assert np.abs((sample - law.covariance) / np.outer(scale, scale)).max() < 0.02


def test_soft_conditions_lie_between_free_and_hard():
    system = System()
    free = system.future.mean
    hard = system.future.conditioned(system.levels({(2, 1): 7.5})).mean
    soft = system.future.conditioned(system.levels({(2, 1): 7.5}, {(2, 1): 0.05})).mean
    share = (soft - free)[2, 1] / (hard - free)[2, 1]
    assert 0.05 < share < 0.95
    loose = system.future.conditioned(system.levels({(2, 1): 7.5}, {(2, 1): 1e6})).mean
    np.testing.assert_allclose(loose, free, atol=1e-9)


def both(first, second):
    return LinearConditions(
        np.concatenate([first.weights, second.weights]),
        np.concatenate([first.values, second.values], axis=1),
        np.concatenate([first.sd, second.sd]),
        first.labels + second.labels,
    )


def test_duplicates_change_nothing_and_contradictions_are_named():
    system = System()
    once = system.levels({(1, 1): 7.4})
    twice = both(once, once)
    np.testing.assert_allclose(shifted(system, twice), shifted(system, once), atol=1e-12)
    clash = both(once, system.levels({(1, 1): 7.5}))
    with pytest.raises(ConditionError, match="cannot hold together: usdkrw in 2026-06, usdkrw"):
        shifted(system, clash)
    # Made soft, they compromise.
    soft = both(
        system.levels({(1, 1): 7.4}, {(1, 1): 1e-3}), system.levels({(1, 1): 7.5}, {(1, 1): 1e-3})
    )
    middle = system.future.conditioned(soft).mean[:2, 1].sum() + system.base[1]
    assert middle == pytest.approx(7.45, abs=1e-3)


def test_certain_future_cannot_be_moved():
    system = System()
    still = GaussianFuture(system.future.mean, np.zeros_like(system.future.root))
    levels = system.log_levels(still.mean)
    with pytest.raises(ConditionError, match="copper in 2026-05"):
        still.conditioned(system.levels({(0, 2): levels[0, 2] + 0.1}))
    agreeing = still.conditioned(system.levels({(0, 2): levels[0, 2]}))
    np.testing.assert_array_equal(agreeing.mean, still.mean)


def test_wrong_number_of_values():
    system = System()
    known = np.full((7, STEPS, N), np.nan)
    known[:, 0, 0] = 11.0
    rows = level_conditions(system.base, known, np.zeros((STEPS, N)), NAMES, INDEX)
    with pytest.raises(ConditionError, match="got 7 rows of condition values for 400 draws"):
        shifted(system, rows)
    with pytest.raises(ConditionError, match="expected one row"):
        system.future.conditioned(rows)


@pytest.mark.parametrize("twin", [None, 0.03, 1e-9])
@pytest.mark.parametrize("sd", [0.0, 0.01])
def test_gains_of_many_laws_are_those_of_each(twin, sd):
    systems = [System(seed) for seed in range(5)]
    rows = systems[0].levels({(1, 1): 7.4, (3, 0): 10.9, (3, 2): 9.0})
    rows = LinearConditions(rows.weights, rows.values, np.full(3, sd), rows.labels)
    if twin is not None:
        rows.weights[1] = rows.weights[0] + twin * rows.weights[1]
    seen = np.array([rows.rows @ system.future.root for system in systems])
    answers, safe = innovations_of_many(seen, rows.noise)
    assert safe.all() == (twin is None or sd > 0.0 or twin > 1e-4)
    surprise = np.array([0.01, 0.01, 0.02])
    for system, answer in zip(systems, answers, strict=True):
        free = LinearConditions(
            rows.weights, (rows.rows @ system.future.mean.ravel())[None], rows.sd, rows.labels
        )
        alone = system.future.gain(free) @ surprise
        np.testing.assert_allclose(system.future.root @ answer @ surprise, alone, atol=1e-9)


def test_loadings_are_what_a_sum_of_values_is_made_of():
    system, rng = System(), np.random.default_rng(0)
    weights = rng.standard_normal((4, STEPS, N))
    shocks = rng.standard_normal((7, STEPS, N))
    still = np.zeros((LAGS, N)), np.zeros((STEPS, N))
    sums = np.tensordot(simulate(system.coefs, *still, shocks), weights, ((1, 2), (1, 2)))
    made = np.tensordot(shocks, loadings(system.coefs, weights), ((1, 2), (1, 2)))
    np.testing.assert_allclose(made, sums, atol=1e-12)


def test_leading_axes_are_systems_side_by_side():
    systems = [System(seed) for seed in range(3)]
    shocks = np.random.default_rng(0).standard_normal((3, 5, STEPS, N))
    together = simulate(
        np.array([s.coefs for s in systems]),
        np.array([s.lags for s in systems]),
        np.array([s.drift for s in systems]),
        shocks,
    )
    for one, system, own in zip(together, systems, shocks, strict=True):
        np.testing.assert_allclose(
            one, simulate(system.coefs, system.lags, system.drift, own), atol=1e-14
        )
