import needs
import numpy as np
import pytest
from threadpoolctl import threadpool_info

from tradeshock.features import Panel, ReleaseRule
from tradeshock.features.errors import ModelError
from tradeshock.features.indicators.partner_demand import PartnerDemand
from tradeshock.features.indicators.pipeline import FeaturePipeline
from tradeshock.features.indicators.semiconductors import SemiconductorCycle
from tradeshock.features.indicators.uncertainty import Uncertainty
from tradeshock.models import GradientBoosting, LightGBMBoosting, RandomWalk
from tradeshock.models.direct.boosting import SIGNS, BoostedTrees, ResidualSample
from tradeshock.models.direct.ridge import ColumnsInUse, DirectRidge, linear_blocks

both = pytest.mark.parametrize(
    "boosting", [GradientBoosting, pytest.param(LightGBMBoosting, marks=needs.lightgbm)]
)


@pytest.fixture(scope="module")
def known(panel: Panel) -> Panel:
    return panel.as_of("2019-07-01")


@pytest.fixture
def lesson() -> ResidualSample:
    """One column of eleven values, and growth over one and two months that falls with it."""
    rng = np.random.default_rng(0)
    X = rng.integers(-5, 6, size=(300, 1)).astype(float)
    left = -0.02 * X + rng.normal(scale=0.02, size=(300, 2))
    left[-1, 1] = np.nan
    return ResidualSample(X, left - np.nanmean(left, axis=0), (0,))


# -- what the trees start from --------------------------------------------------------------------


@both
def test_trees_start_from_the_ridge(known: Panel, boosting: type[BoostedTrees]) -> None:
    ridge = DirectRidge(n_draws=2, error_years=0).fit(known).forecast(3).median()
    asleep = boosting(learning_rate=1e-9, n_draws=2, error_years=0).fit(known)
    np.testing.assert_allclose(asleep.forecast(3).median(), ridge, rtol=1e-6)
    awake = boosting(n_draws=2, error_years=0).fit(known).forecast(3).median()
    assert not np.allclose(awake, ridge, rtol=1e-4)


@both
def test_trees_alone_start_from_a_shrunk_drift(known: Panel, boosting: type[BoostedTrees]) -> None:
    walk = RandomWalk(n_draws=2).fit(known).forecast(12).median()
    asleep = boosting(
        residual_of=None, learning_rate=1e-9, max_iter=1, n_draws=2, error_years=0
    ).fit(known)
    drift = np.log(asleep.forecast(12).median() / walk)
    growth = np.log(known.series("exports_total")).diff(12).mean()
    assert (drift > 0.0).all()
    # Over a year much less than what growth has been on average since 1991.
    assert drift.iloc[-1] < 0.4 * growth


def test_unknown_start(known: Panel) -> None:
    with pytest.raises(ModelError, match=r"got residual_of='lasso'.*expected one of ridge, None"):
        GradientBoosting(residual_of="lasso").fit(known).forecast(1)


# -- signs ----------------------------------------------------------------------------------------


@both
@pytest.mark.parametrize(("sign", "moves"), [(0, True), (-1, True), (1, False)])
def test_trees_move_in_the_direction_of_a_sign_only(
    lesson: ResidualSample, boosting: type[BoostedTrees], sign: int, moves: bool
) -> None:
    grid = np.arange(-5.0, 6.0)[:, None]
    added = boosting(learning_rate=0.3).grow(ResidualSample(lesson.X, lesson.left, (sign,)), grid)
    slope = np.diff(added, axis=0)
    # Growth falls with the column; trees that may only rise with it stay where they are.
    assert (np.abs(slope).max() > 1e-3) == moves
    assert moves or np.ptp(added) < 1e-9
    assert (sign * slope >= 0.0).all()


@both
def test_signs_find_their_columns(known: Panel, boosting: type[BoostedTrees]) -> None:
    # Months in which a column stood ever higher; the trees' part alone is bound by its sign.
    model = boosting(residual_of=None, learning_rate=0.3, n_draws=2, error_years=0).fit(known)
    rows = model.past_.rows(model.state_, model.last_, model.adjustment_.adjusted_.to_numpy())
    for name, least in ((next(iter(SIGNS)), 0.0), ("adjusted_growth_1", -np.inf)):
        new = np.tile(rows.X[-1], (9, 1))
        column = rows.names.index(name)
        new[:, column] = np.nanquantile(rows.X[:, column], np.linspace(0.1, 0.9, 9))
        growth = model.predict(rows, new, 3)
        assert np.ptp(growth) > 0.0
        assert np.diff(growth, axis=0).min() >= least


def test_names_in_use_are_those_of_the_columns(known: Panel) -> None:
    model = DirectRidge().fit(known)
    rows = model.past_.rows(model.state_, model.last_, model.adjustment_.adjusted_.to_numpy())
    columns = ColumnsInUse.from_rows(rows, 200)
    X, names = columns.standardised(rows.X[:200]), columns.names(rows)
    assert names[0] == "constant"
    assert len(names) == X.shape[1]
    for column, name in enumerate(names[1:], start=1):
        raw = rows.X[:200, rows.names.index(name)]
        inside = ~np.isnan(raw) & (np.abs(X[:, column]) < 1.5)
        assert np.corrcoef(raw[inside], X[inside, column])[0, 1] == pytest.approx(1.0)


def test_signed_columns_exist(known: Panel) -> None:
    more = FeaturePipeline(
        [
            ("semiconductors", SemiconductorCycle(["semiconductor_export_price"])),
            ("partner_demand", PartnerDemand(["world_trade_volume"])),
            ("uncertainty", Uncertainty(["gpr", "gpr_kr", "epu_us_trade"])),
        ]
    )
    names = {
        str(name)
        for pipeline in (linear_blocks(), more)
        for name in pipeline.fit(known).get_feature_names_out()
    }
    assert set(SIGNS) <= names


def test_signs_are_minus_one_zero_or_one(known: Panel) -> None:
    with pytest.raises(ModelError, match=r"got signs=.*expected a mapping of column to 1"):
        GradientBoosting(signs={"prices__brent_growth_1": 2}).fit(known).forecast(1)


# -- bags -----------------------------------------------------------------------------------------


@both
def test_bags_calm_the_seed(boosting: type[BoostedTrees]) -> None:
    rng = np.random.default_rng(0)
    X = rng.integers(-5, 6, size=(200, 8)).astype(float)
    lesson = ResidualSample(X, rng.normal(scale=0.02, size=(200, 1)), (0,) * 8)

    def unrest(n_bags: int) -> float:
        grown = [
            boosting(n_bags=n_bags, random_state=seed).grow(lesson, X[:20]) for seed in range(8)
        ]
        return float(np.std(grown, axis=0).mean())

    assert 0.0 < unrest(9) < 0.6 * unrest(1)


@both
def test_steps_do_not_hang_on_how_many_are_asked_for(
    known: Panel, boosting: type[BoostedTrees]
) -> None:
    model = boosting(n_draws=2, error_years=0).fit(known)
    few, many = (np.median(np.log(model.forecast(steps).draws()), axis=0) for steps in (3, 6))
    np.testing.assert_allclose(few, many[:3], rtol=1e-12)


@both
def test_the_seed_grows_the_trees(known: Panel, boosting: type[BoostedTrees]) -> None:
    forecasts = [
        boosting(random_state=seed, n_draws=2, error_years=0).fit(known).forecast(2)
        for seed in (0, 0, 1)
    ]
    medians = [np.median(paths.draws(), axis=0) for paths in forecasts]
    np.testing.assert_array_equal(medians[0], medians[1])
    assert (medians[0] != medians[2]).all()


@both
def test_later_steps_have_fewer_trees(known: Panel, boosting: type[BoostedTrees]) -> None:
    """A hundred trees at step 1, a hundred over the square root of h at step h, and no more."""
    model = boosting(max_iter=100, n_bags=1)
    np.testing.assert_array_equal(model.trees(4), [100, 71, 58, 50])
    rng = np.random.default_rng(0)
    X = np.tile(rng.integers(-15, 16, size=(300, 1)).astype(float), (1, 8))
    # The same columns and the same outcome, so that only the number of trees makes steps differ.
    left = np.tile(0.1 * np.sign(X[:, :1]), (1, 4))
    grown = model.grow(ResidualSample(X, left, (0,) * 8), X)
    size = np.abs(grown).mean(axis=0)
    assert (np.diff(size) < 0.0).all()


def test_no_bags(known: Panel) -> None:
    with pytest.raises(ModelError, match=r"got n_bags=0.*expected a whole number, at least 1"):
        GradientBoosting(n_bags=0).fit(known).forecast(1)


# -- the rest -------------------------------------------------------------------------------------


@both
def test_growth_is_forecast_not_the_level(
    panel: Panel, known: Panel, boosting: type[BoostedTrees]
) -> None:
    # With every dollar figure a thousand times smaller nothing changes but the unit.
    usd = [id for id in known.values.columns if known.catalog[id].unit == "mn USD"]
    values = known.values.copy()
    values[usd] = values[usd] / 1000.0
    other = Panel(values.dropna(axis=1, how="all"), panel.catalog, "KR", known.origin)
    ours = boosting(n_draws=2, error_years=0).fit(known).forecast(6).median()
    theirs = boosting(n_draws=2, error_years=0).fit(other).forecast(6).median()
    np.testing.assert_allclose(theirs * 1000.0, ours, rtol=1e-3)


@both
def test_replay_shares_the_fits_of_januaries(panel: Panel, boosting: type[BoostedTrees]) -> None:
    origins = panel.origins("2019-06", "2019-07")
    small = boosting(max_iter=3, n_bags=1, error_years=3, n_draws=20)
    for paths in small.replay(panel, "exports_total", origins, 3):
        slow = boosting(max_iter=3, n_bags=1, error_years=3, n_draws=20)
        expected = slow.fit(panel.as_of(paths.origin)).forecast(3)
        np.testing.assert_allclose(paths.values, expected.values, rtol=1e-9)


@both
def test_target_alone(panel: Panel, boosting: type[BoostedTrees]) -> None:
    total = panel.series("exports_total")["2016-01":]
    alone = Panel.from_frame(total, ReleaseRule.after(days=40))
    model = boosting(max_iter=3, n_bags=2, n_draws=20, error_years=2).fit(alone)
    paths = model.forecast(12)
    assert np.isfinite(paths.values).all()


@both
def test_too_few_rows_for_a_split(boosting: type[BoostedTrees]) -> None:
    lesson = ResidualSample(np.arange(30.0)[:, None], np.linspace(-1.0, 1.0, 30)[:, None], (0,))
    np.testing.assert_allclose(boosting().grow(lesson, lesson.X), 0.0, atol=1e-12)
    flat = ResidualSample(np.zeros((60, 1)), np.linspace(-1.0, 1.0, 60)[:, None], (0,))
    np.testing.assert_allclose(boosting().grow(flat, flat.X), 0.0, atol=1e-12)


def test_threads_are_given_back(known: Panel) -> None:
    GradientBoosting(max_iter=2, n_draws=2, error_years=0).fit(known).forecast(1)
    before = [pool["num_threads"] for pool in threadpool_info()]
    GradientBoosting(max_iter=2, n_draws=2, error_years=0).fit(known).forecast(1)
    assert [pool["num_threads"] for pool in threadpool_info()] == before
