import numpy as np
import pytest
from threadpoolctl import threadpool_info

from tradeshock.features import Panel, ReleaseRule
from tradeshock.features.errors import ModelError
from tradeshock.models import GradientBoosting, RandomWalk
from tradeshock.models.direct_ridge import DirectRidge


@pytest.fixture(scope="module")
def known(panel: Panel) -> Panel:
    return panel.as_of("2019-07-01")


def test_trees_start_from_the_ridge(known: Panel) -> None:
    ridge = DirectRidge(n_draws=2, error_years=0).fit(known).forecast(3).median()
    asleep = GradientBoosting(learning_rate=1e-9, n_draws=2, error_years=0).fit(known)
    np.testing.assert_allclose(asleep.forecast(3).median(), ridge, rtol=1e-6)
    awake = GradientBoosting(n_draws=2, error_years=0).fit(known).forecast(3).median()
    assert not np.allclose(awake, ridge, rtol=1e-4)


def test_trees_alone_start_from_a_shrunk_drift(known: Panel) -> None:
    walk = RandomWalk(n_draws=2).fit(known).forecast(12).median()
    asleep = GradientBoosting(
        residual_of=None, learning_rate=1e-9, max_iter=1, n_draws=2, error_years=0
    ).fit(known)
    drift = np.log(asleep.forecast(12).median() / walk)
    growth = np.log(known.series("exports_total")).diff(12).mean()
    assert (drift > 0.0).all()
    # Over a year much less than what growth has been on average since 1991.
    assert drift.iloc[-1] < 0.4 * growth


def test_the_seed_grows_the_trees(known: Panel) -> None:
    forecasts = [
        GradientBoosting(random_state=seed, n_draws=2, error_years=0).fit(known).forecast(2)
        for seed in (0, 0, 1)
    ]
    medians = [np.median(paths.of(), axis=0) for paths in forecasts]
    np.testing.assert_array_equal(medians[0], medians[1])
    assert (medians[0] != medians[2]).all()


def test_growth_is_forecast_not_the_level(panel: Panel, known: Panel) -> None:
    # With every dollar figure a thousand times smaller nothing changes but the unit.
    usd = [id for id in known.values.columns if known.catalog[id].unit == "mn USD"]
    values = known.values.copy()
    values[usd] = values[usd] / 1000.0
    other = Panel(values.dropna(axis=1, how="all"), panel.catalog, "KR", known.origin)
    ours = GradientBoosting(n_draws=2, error_years=0).fit(known).forecast(6).median()
    theirs = GradientBoosting(n_draws=2, error_years=0).fit(other).forecast(6).median()
    np.testing.assert_allclose(theirs * 1000.0, ours, rtol=1e-3)


def test_replay_shares_the_fits_of_januaries(panel: Panel) -> None:
    origins = panel.origins("2019-06", "2019-07")
    small = GradientBoosting(max_iter=3, error_years=3, n_draws=20)
    for paths in small.replay(panel, "exports_total", origins, 3):
        slow = GradientBoosting(max_iter=3, error_years=3, n_draws=20)
        expected = slow.fit(panel.as_of(paths.origin)).forecast(3)
        np.testing.assert_allclose(paths.values, expected.values, rtol=1e-9)


def test_target_alone(panel: Panel) -> None:
    total = panel.series("exports_total")["2016-01":]
    alone = Panel.from_frame(total, ReleaseRule.after(days=40))
    model = GradientBoosting(max_iter=3, n_draws=20, error_years=2).fit(alone)
    paths = model.forecast(12)
    assert np.isfinite(paths.values).all()


def test_threads_are_given_back(known: Panel) -> None:
    GradientBoosting(max_iter=2, n_draws=2, error_years=0).fit(known).forecast(1)
    before = [pool["num_threads"] for pool in threadpool_info()]
    GradientBoosting(max_iter=2, n_draws=2, error_years=0).fit(known).forecast(1)
    assert [pool["num_threads"] for pool in threadpool_info()] == before


def test_unknown_start(known: Panel) -> None:
    with pytest.raises(ModelError, match="residual_of is 'lasso'"):
        GradientBoosting(residual_of="lasso").fit(known).forecast(1)
