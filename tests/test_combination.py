"""Weights, averaged quantiles, and recalibration."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from tradeshock.features.errors import ModelError
from tradeshock.models.paths import QUANTILES
from tradeshock.models.pools.combination import Combination, LinearPool
from tradeshock.models.pools.recalibration import Recalibration, stretched
from tradeshock.models.pools.weights import SCHEMES, mean_pinball
from tradeshock.models.pools.width_learning import learned_across_steps, learned_by_step
from tradeshock.models.record.record import Record
from tradeshock.models.record.rows import QUANTILE_COLUMNS, forecast_rows
from tradeshock.models.univariate.autoregression import AutoRegression
from tradeshock.models.univariate.random_walk import RandomWalk
from tradeshock.models.univariate.seasonal_naive import SeasonalNaive

LEVELS = np.array([0.1, 0.5, 0.9])
LEVELS_OF_RECORD = np.array(QUANTILES)
MEMBERS = (RandomWalk(n_draws=200), AutoRegression(n_draws=200))


@pytest.fixture(scope="module")
def forecasts(panel):
    origins = panel.origins("2015-01", "2018-12")
    return [list(m.replay(panel, "exports_total", origins, 4)) for m in MEMBERS]


@pytest.fixture(scope="module")
def record(panel, forecasts):
    return Record(forecast_rows([paths for each in forecasts for paths in each], panel))


def _history(seed: int, origins: int = 40, good: float = 1.0, bad: float = 3.0):
    rng = np.random.default_rng(seed)
    actual = rng.standard_normal((origins, 3))
    offsets = np.array([-1.0, 0.0, 1.0])
    centre = actual[:, :, None] + rng.standard_normal((origins, 3, 2)) * np.array([good, bad])
    return centre[..., None] + offsets, actual


@pytest.mark.parametrize("name", SCHEMES)
@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 1000))
def test_weights_are_shares(name, seed):
    quantiles, actual = _history(seed)
    weights = SCHEMES[name](quantiles, LEVELS, actual)
    assert weights.shape == (41, 3, 2)
    assert (weights > 0).all()
    np.testing.assert_allclose(weights.sum(axis=2), 1.0)


@pytest.mark.parametrize("name", ["inverse_squared_error", "crps_learning"])
def test_weights_know_only_outcomes_that_are_out(name):
    quantiles, actual = _history(0)
    known = SCHEMES[name](quantiles, LEVELS, actual)[20]
    later = actual.copy()
    for step in range(3):
        # the outcome of step h from origin t is out at origin t + h
        later[20 - step :, step] += 100.0
    np.testing.assert_array_equal(SCHEMES[name](quantiles, LEVELS, later)[20], known)


@pytest.mark.parametrize("name", ["inverse_squared_error", "crps_learning"])
def test_the_better_member_gains(name):
    quantiles, actual = _history(2, origins=120)
    assert (SCHEMES[name](quantiles, LEVELS, actual)[-1][:, 0] > 0.7).all()


def test_inverse_squared_error_by_hand():
    quantiles, actual = _history(0, origins=1)
    weights = SCHEMES["inverse_squared_error"](quantiles, LEVELS, actual)[1, 0]
    squared = (actual[0, 0] - quantiles[0, 0, :, 1]) ** 2
    loss = (squared + 12.0 * squared.mean()) / 13.0
    np.testing.assert_allclose(weights, (1 / loss) / (1 / loss).sum())


def test_pinball_of_a_perfect_forecast_is_zero():
    _, actual = _history(0)
    exact = np.repeat(actual[:, :, None, None], 2, axis=2).repeat(3, axis=3)
    weights = SCHEMES["equal"](exact, LEVELS, actual)[:-1]
    np.testing.assert_allclose(mean_pinball(weights, exact, LEVELS, actual), 0.0)


def test_equal_members_are_left_as_they_are(panel, forecasts):
    paths = forecasts[0][0]
    merged = Combination(MEMBERS, n_draws=200).combine([paths, paths], Record(), panel)
    np.testing.assert_allclose(merged.values, paths.values, rtol=1e-12)


def test_quantiles_are_averaged_and_the_template_gives_the_order(panel, forecasts):
    pair = [forecasts[0][0], forecasts[1][0]]
    merged = Combination(MEMBERS, n_draws=200).combine(pair, Record(), panel).draws()
    logs = [np.sort(np.log(paths.draws()), axis=0) for paths in pair]
    np.testing.assert_allclose(np.sort(np.log(merged), axis=0), (logs[0] + logs[1]) / 2)
    # bootstrap draws may tie, so the order is compared and not the ranks
    in_order = np.take_along_axis(merged, pair[0].draws().argsort(axis=0, kind="stable"), axis=0)
    assert (np.diff(in_order, axis=0) >= 0).all()


def test_a_pool_is_wider_than_averaged_quantiles(panel, forecasts):
    first = forecasts[0][0]
    apart = [first, replace(first, values=first.values * 1.5)]
    average = Combination(MEMBERS, n_draws=200).combine(apart, Record(), panel).draws()
    pool = LinearPool(MEMBERS, n_draws=200).combine(apart, Record(), panel).draws()
    assert (np.log(pool).std(axis=0) > 1.5 * np.log(average).std(axis=0)).all()


def test_weights_move_with_the_record(panel, forecasts, record):
    model = Combination(MEMBERS, scheme="inverse_squared_error", n_draws=200)
    model.combine([each[-1] for each in forecasts], record.as_of(forecasts[0][-1].origin), panel)
    assert model.weights_.shape == (4, 2)
    assert not np.allclose(model.weights_, 0.5)
    assert (model.weights_ >= 0.25).all(axis=None)


@pytest.mark.parametrize("scheme", ["inverse_squared_error", "crps_learning"])
def test_steps_beyond_the_record_take_the_weights_of_its_last_step(
    panel, forecasts, record, scheme
):
    model = Combination(MEMBERS, scheme=scheme, n_draws=200)
    last = forecasts[0][-1].origin
    model.combine([each[-1] for each in forecasts], record.as_of(last), panel)
    short, chosen = model.weights_.to_numpy(), model.scheme_
    assert np.ptp(short, axis=0).max() > 0.001
    longer = [next(m.replay(panel, "exports_total", [last], 7)) for m in MEMBERS]
    model.combine(longer, record.as_of(last), panel)
    assert model.scheme_ == chosen
    np.testing.assert_array_equal(model.weights_[:4], short)
    np.testing.assert_array_equal(model.weights_[4:], short[[-1, -1, -1]])


def test_steps_beyond_the_record_take_the_factors_of_its_last_step(panel, forecasts, record):
    model, last = Recalibration(MEMBERS[0]), forecasts[0][-1].origin
    model.combine([forecasts[0][-1]], record.as_of(last), panel)
    short = model.factors_
    assert not np.allclose(short, 1.0)
    longer = next(MEMBERS[0].replay(panel, "exports_total", [last], 7))
    stretched_paths = model.combine([longer], record.as_of(last), panel)
    np.testing.assert_array_equal(model.factors_[:4], short)
    np.testing.assert_array_equal(model.factors_[4:], short[[-1, -1, -1]])
    np.testing.assert_array_equal(
        stretched_paths.draws(), stretched(longer.draws(), model.factors_)
    )


def test_a_record_of_nowcasts_alone_says_nothing_of_later_months(panel, forecasts, record):
    first = Record(record.frame.query("step == 1"))
    paths = [each[-1] for each in forecasts]
    pool, calibrated = Combination(MEMBERS, n_draws=200), Recalibration(MEMBERS[0])
    pool.combine(paths, first, panel)
    calibrated.combine(paths[:1], first, panel)
    np.testing.assert_array_equal(pool.weights_, 0.5)
    np.testing.assert_array_equal(calibrated.factors_, 1.0)


def test_an_unknown_scheme_is_refused(panel, forecasts):
    with pytest.raises(
        ModelError, match=r"got scheme='best' for Combination, expected one of equal"
    ):
        next(Combination(MEMBERS, scheme="best").replay_from(forecasts, Record(), panel))


def test_a_scheme_is_chosen_in_january_from_the_past_alone(panel, forecasts, record):
    model = Combination(MEMBERS, n_draws=200)
    list(model.replay_from(forecasts, record, panel))
    model.combine([each[-1] for each in forecasts], record, panel)
    assert model.scheme_ in SCHEMES


def test_a_scheme_is_that_of_january_all_year(panel, forecasts, record):
    """Three years of outcomes at all steps are out in the course of 2018, and in January 2019."""
    model = Combination(MEMBERS, n_draws=200)
    schemes = []
    for month in (47, 36):
        paths = [each[month] for each in forecasts]
        model.combine(paths, record.as_of(paths[0].origin), panel)
        schemes.append((str(paths[0].index[0]), model.scheme_))
    assert schemes == [("2018-12", "equal"), ("2018-01", "equal")]
    next_year = panel.origins("2019-01", "2019-01")
    paths = [next(m.replay(panel, "exports_total", next_year, 4)) for m in MEMBERS]
    model.combine(paths, record.as_of(next_year[0]), panel)
    assert model.scheme_ == "inverse_squared_error"


def test_schemes_are_compared_step_by_step(panel):
    """Far steps, whose losses are large, count no more than near ones."""
    members, target = [RandomWalk(n_draws=100), SeasonalNaive(n_draws=100)], "exports_total"
    days = panel.origins("2012-01", "2019-01")
    forecasts = [list(m.replay(panel, target, days, 12)) for m in members]
    record = Record(forecast_rows([paths for each in forecasts for paths in each], panel))
    model = Combination(members, n_draws=100)
    model.combine([each[-1] for each in forecasts], record.as_of(days[-1]), panel)
    known, tables = record.as_of("2019-01-01"), []
    for member in members:
        _, table = known.arrays((*QUANTILE_COLUMNS, "actual"), member.name, target, "after_total")
        tables.append({column: 100.0 * np.log(values) for column, values in table.items()})
    quantiles = np.stack(
        [np.stack([t[column] for column in QUANTILE_COLUMNS], axis=-1) for t in tables], axis=2
    )
    losses = {}
    for name, scheme in SCHEMES.items():
        weights = scheme(quantiles, LEVELS_OF_RECORD, tables[0]["actual"])[:-1]
        losses[name] = mean_pinball(weights, quantiles, LEVELS_OF_RECORD, tables[0]["actual"])
    relative = {name: (loss / losses["equal"]).mean() for name, loss in losses.items()}
    assert model.scheme_ == min(relative, key=relative.__getitem__) == "inverse_squared_error"
    # By their sum another one would be best.
    assert min(losses, key=lambda name: losses[name].sum()) == "crps_learning"


def test_stretching_by_level_is_the_same_on_both_sides():
    half = np.array([0.1, 0.3, 0.6, 1.0])
    draws = np.exp(np.concatenate([-half[::-1], half]))[:, None]
    moved = np.log(stretched(draws, np.array([[1.0, 1.5, 2.0, 3.0]])))[:, 0]
    # Central levels of eight draws are odd eighths; factors are those of 50, 80, 90 and 95 %.
    factors = np.interp([0.125, 0.375, 0.625, 0.875], [0.5, 0.8, 0.9, 0.95], [1.0, 1.5, 2.0, 3.0])
    np.testing.assert_allclose(moved[4:], factors * half, rtol=1e-12)
    np.testing.assert_allclose(moved[:4], -moved[:3:-1], rtol=1e-12)


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 1000), factor=st.floats(0.3, 3.0))
def test_stretching_keeps_ranks_and_median(seed, factor):
    draws = np.exp(np.random.default_rng(seed).standard_normal((101, 2)))
    factors = np.full((2, 4), factor)
    moved = stretched(draws, factors)
    np.testing.assert_array_equal(moved.argsort(axis=0), draws.argsort(axis=0))
    np.testing.assert_allclose(np.median(moved, axis=0), np.median(draws, axis=0))
    np.testing.assert_allclose(
        np.log(moved) - np.log(np.median(draws, axis=0)),
        factor * (np.log(draws) - np.log(np.median(draws, axis=0))),
        atol=1e-12,
    )


def test_factors_that_fall_outward_do_not_disorder_draws():
    draws = np.exp(np.random.default_rng(0).standard_normal((500, 1)))
    moved = stretched(draws, np.array([[3.0, 1.0, 0.5, 0.2]]))
    order = draws[:, 0].argsort()
    assert (np.diff(moved[order, 0]) >= 0).all()


@pytest.mark.parametrize("width", [0.4, 2.5])
@pytest.mark.parametrize("learned", [learned_by_step, learned_across_steps])
def test_intervals_of_any_width_come_to_their_nominal_rate(learned, width):
    """Forecasts with the wrong spread, outcomes drawn at random: coverage must come right."""
    rng = np.random.default_rng(3)
    normal = np.array([0.6744898, 1.2815515, 1.6448536, 1.959964])
    distance = np.abs(rng.standard_normal((600, 1, 1))) / (normal * width)
    factors = np.exp(learned(distance, np.array([0.5, 0.8, 0.9, 0.95]), rate=0.3, floor=0.05))
    # The wider the interval, the fewer misses there are to learn from.
    np.testing.assert_allclose(factors[0, :2], 1.0 / width, rtol=0.15)
    np.testing.assert_allclose(factors[0], 1.0 / width, rtol=0.3)


def test_recalibration_without_a_record_is_the_member(panel):
    member = RandomWalk(n_draws=100)
    plain = member.fit(panel).forecast(3)
    same = Recalibration(RandomWalk(n_draws=100)).fit(panel).forecast(3)
    np.testing.assert_allclose(same.values, plain.values)


def test_recalibration_uses_the_members_record(panel, forecasts, record):
    model = Recalibration(MEMBERS[0])
    last = forecasts[0][-1]
    model.combine([last], record.as_of(last.origin), panel)
    assert model.factors_.shape == (4, 4)
    assert not np.allclose(model.factors_, 1.0)
    assert pd.notna(model.factors_).all()


def test_the_scheme_is_that_of_the_record_of_the_last_fit(panel, small_record):
    """A record that ends before much is known, then the whole one, and back."""
    cut, early = panel.as_of("2026-05-11"), small_record.as_of("2017-06-01")
    members = [RandomWalk(n_draws=100), SeasonalNaive(n_draws=100)]

    def model() -> Combination:
        return Combination(members, n_draws=100)

    fresh, young = model().fit(cut, record=small_record), model().fit(cut, record=early)
    expected, before = fresh.forecast(4).values, young.forecast(4).values
    assert (fresh.scheme_, young.scheme_) != ("equal", "equal")
    again = model().fit(cut, record=early)
    again.forecast(4)
    again.fit(cut, record=small_record)
    np.testing.assert_array_equal(again.forecast(4).values, expected)
    again.fit(cut, record=early)
    np.testing.assert_array_equal(again.forecast(4).values, before)


def test_shrinkage_is_the_share_of_equal_weights(panel, forecasts, record):
    last = [each[-1] for each in forecasts]
    known = record.as_of(last[0].origin)
    weights = {}
    for shrinkage in (0.0, 0.25, 1.0):
        model = Combination(MEMBERS, "inverse_squared_error", shrinkage, n_draws=200)
        model.combine(last, known, panel)
        weights[shrinkage] = model.weights_.to_numpy()
    np.testing.assert_array_equal(weights[1.0], 0.5)
    assert np.abs(weights[0.0] - 0.5).min() > 1e-3
    np.testing.assert_allclose(weights[0.25], 0.25 * 0.5 + 0.75 * weights[0.0], rtol=1e-12)


def test_steps_of_recalibration_shrink_with_the_square_root_of_the_count(panel, small_record):
    """Outcomes beyond all bounds: every interval misses each time, and the steps add up."""
    rows = small_record.as_of("2017-06-11").frame
    rows["actual"] = rows["actual"].where(rows["actual"].isna(), rows["q50"] * np.exp(200.0))
    model = RandomWalk(n_draws=100)
    paths = model.fit(panel.as_of("2017-06-12")).forecast(2)
    known = rows.query("model == 'RandomWalk' and state == 'after_10d' and step <= 2")
    counts = known.groupby("step")["actual"].count()
    wrapper = Recalibration(model, rate=0.3, floor=0.1, half_life=None)
    wrapper.combine([paths], Record(rows), panel)
    for step, count in counts.items():
        assert count > 9  # the floor is reached
        grown = np.maximum(0.3 / np.sqrt(np.arange(1, count + 1)), 0.1).sum()
        expected = np.exp(grown * np.array([0.5, 0.8, 0.9, 0.95]))
        np.testing.assert_allclose(wrapper.factors_[int(step) - 1], expected)
