"""Forecasters and regressors of other libraries as models of ours."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import norm
from sklearn.base import BaseEstimator, RegressorMixin, clone
from sklearn.cluster import KMeans
from sklearn.dummy import DummyRegressor
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.tree import DecisionTreeRegressor

from tradeshock.features import FeaturePipeline, Panel, load_panel
from tradeshock.features.errors import ModelError
from tradeshock.features.indicators import Growth
from tradeshock.forecast import backtest
from tradeshock.models import (
    BiasCorrection,
    Combination,
    DirectRidge,
    FromRegressor,
    FromSktime,
    FromStatsForecast,
    Model,
    RandomWalk,
    Recalibration,
    find_models,
    load_model,
)
from tradeshock.models.adapters.law import LEVELS, errors_of
from tradeshock.models.checks.case import ConformanceCase
from tradeshock.models.checks.check import CHECKS

pytestmark = pytest.mark.filterwarnings("ignore:The default of config ``remember_data``")
ORIGIN = "2026-05-01"


def naive() -> Model:
    module = pytest.importorskip("sktime.forecasting.naive", reason="needs tradeshock[sktime]")
    return FromSktime(module.NaiveForecaster())


def theta() -> Model:
    module = pytest.importorskip("sktime.forecasting.theta", reason="needs tradeshock[sktime]")
    return FromSktime(module.ThetaForecaster(sp=12))


def reduction() -> Model:
    module = pytest.importorskip("sktime.forecasting.compose", reason="needs tradeshock[sktime]")
    return FromSktime(module.make_reduction(Ridge(), strategy="direct", window_length=12))


def borrowed(name: str, *arguments: int, **keywords: int) -> Model:
    module = pytest.importorskip("statsforecast.models", reason="needs tradeshock[statsforecast]")
    own = {"years": keywords.pop("years", 20), "adjusted": bool(keywords.pop("adjusted", 1))}
    return FromStatsForecast(getattr(module, name)(*arguments, **keywords), **own)


MODELS: dict[str, Callable[[], Model]] = {
    "naive": naive,
    "theta": theta,
    "reduction": reduction,
    "auto_theta": lambda: borrowed("AutoTheta", season_length=12, years=8),
    "auto_ets": lambda: borrowed("AutoETS", season_length=12, years=8, adjusted=0),
    "window": lambda: borrowed("WindowAverage", 3),
    "combined": lambda: Combination([naive(), RandomWalk()]),
    "corrected": lambda: BiasCorrection(naive()),
    "recalibrated": lambda: Recalibration(borrowed("Naive")),
    "ridge": lambda: FromRegressor(Ridge(100.0), error_years=3),
    "tree": lambda: FromRegressor(
        DecisionTreeRegressor(max_depth=2, random_state=0), error_years=3
    ),
}


@lru_cache(maxsize=1)
def case_of(name: str) -> ConformanceCase:
    return ConformanceCase.make(MODELS[name](), load_panel(), "exports_total", None)


@pytest.mark.slow
@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("name", MODELS)
def test_conformance(name: str, check: str) -> None:
    CHECKS[check](case_of(name))


def saved(model: Model, path: Path, *trusted: type) -> Model:
    model.save(path)
    return load_model(path, trusted=trusted)


@pytest.mark.parametrize("make", [theta, reduction, lambda: borrowed("AutoTheta", 12, years=8)])
def test_guests_are_saved_by_their_parameters(
    make: Callable[[], Model], panel: Panel, known: Panel, tmp_path: Path
) -> None:
    model = make().fit(panel.as_of("2026-01-02"))
    guest = getattr(model, model.borrowed)
    with pytest.raises(ModelError, match="which is made only where it is trusted"):
        saved(model, tmp_path / "guest.npz")
    again = load_model(tmp_path / "guest.npz", trusted=[type(guest), Ridge])
    assert again.name == model.name
    for ours, theirs in ((model, again), (m.update(known, freeze=True) for m in (model, again))):
        np.testing.assert_array_equal(theirs.forecast(6).values, ours.forecast(6).values)
    assert not hasattr(saved(make(), tmp_path / "new.npz", type(guest), Ridge), "panel_")


def test_a_regressor_that_takes_any_keyword_is_saved(known: Panel, tmp_path: Path) -> None:
    module = pytest.importorskip("lightgbm", reason="needs tradeshock[lightgbm]")
    regressor = module.LGBMRegressor(n_estimators=2, n_jobs=1, random_state=0, verbosity=-1)
    model = FromRegressor(regressor, error_years=1)
    new = saved(model, tmp_path / "new.npz", module.LGBMRegressor)
    assert new.get_params()["regressor__verbosity"] == -1
    again = saved(model.fit(known), tmp_path / "fitted.npz", module.LGBMRegressor)
    for loaded in (new.fit(known), again):
        np.testing.assert_array_equal(loaded.forecast(6).values, model.forecast(6).values)


class Counting:
    """A forecaster by its methods alone, whose parameters are not all that it holds."""

    def __init__(self, season_length: int = 12) -> None:
        self.season_length = season_length
        self.fits = 0

    def fit(self, y: np.ndarray) -> Counting:
        self.last_ = y[-1]
        return self

    def predict(self, h: int) -> dict[str, np.ndarray]:
        return {"mean": np.full(h, self.last_)}

    forecast = new = predict
    only_conformal_intervals = True
    prediction_intervals = None


def test_a_guest_that_is_more_than_its_parameters_is_not_saved(
    known: Panel, tmp_path: Path
) -> None:
    model = FromStatsForecast(Counting(4)).fit(known)
    again = saved(model, tmp_path / "new.npz", Counting)
    np.testing.assert_array_equal(again.forecast(3).values, model.forecast(3).values)
    model.model.fits = 3
    with pytest.raises(ModelError, match=r"\['model'\] is a Counting, .* its parameters make"):
        model.save(tmp_path / "more.npz")


class Remembering(Counting):
    """One that shows its parameters, and has a place for what it learns from the beginning."""

    last_: float | None

    def __init__(self, season_length: int = 12) -> None:
        super().__init__(season_length)
        self.last_ = None

    def get_params(self, deep: bool = True) -> dict[str, int]:
        return {"season_length": self.season_length}

    @property
    def is_fitted(self) -> bool:
        return self.last_ is not None


def test_a_guest_that_was_fitted_before_is_not_saved(panel: Panel, tmp_path: Path) -> None:
    guest = Remembering(4)
    model = FromStatsForecast(guest)
    again = saved(model, tmp_path / "new.npz", Remembering)
    assert again.get_params(deep=False)["model"].season_length == 4
    # What it has learned would be lost.
    guest.fit(panel.series("exports_total").to_numpy())
    with pytest.raises(ModelError, match=r"\['model'\] is a Remembering, .* its parameters make"):
        model.save(tmp_path / "fitted.npz")


@pytest.fixture
def known(panel: Panel) -> Panel:
    return panel.as_of(ORIGIN)


@pytest.fixture(params=[naive, lambda: borrowed("Naive")], ids=["sktime", "statsforecast"])
def last_value(request: pytest.FixtureRequest) -> Model:
    model: Model = request.param()
    return model


def test_the_last_value_carried_forward_is_the_random_walk(last_value: Model, known: Panel) -> None:
    walk = RandomWalk().fit(known).log_points(6)
    np.testing.assert_allclose(last_value.fit(known).log_points(6), walk, rtol=0, atol=1e-12)


def test_held_it_still_is(last_value: Model, panel: Panel, known: Panel) -> None:
    earlier = panel.as_of("2026-01-02")
    held = last_value.fit(earlier).update(known, freeze=True)
    walk = RandomWalk().fit(earlier).update(known, freeze=True)
    np.testing.assert_allclose(held.log_points(6), walk.log_points(6), rtol=0, atol=1e-12)


@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_a_held_trend_goes_on_from_the_newest_figure(panel: Panel, known: Panel) -> None:
    """Held over months it still rises by its own slope, from what has come out since."""
    module = pytest.importorskip("sktime.forecasting.trend", reason="needs tradeshock[sktime]")
    model = FromSktime(module.TrendForecaster(), adjusted=False)
    earlier = panel.as_of("2026-01-02")
    before = model.fit(earlier).log_points(2)
    slope = before[1] - before[0]
    assert slope > 0.001
    held = model.update(known, freeze=True).log_points(3)
    # It expected a point of its line, and missed by what the newest figure is off it.
    last = np.log(known.series("exports_total").iloc[-1])
    np.testing.assert_allclose(held, last + slope * np.arange(1, 4), rtol=0, atol=1e-9)


def test_a_held_forecast_is_as_uncertain_as_it_was_so_many_months_ahead(
    panel: Panel, known: Panel
) -> None:
    model = borrowed("AutoETS", season_length=12).fit(panel.as_of("2026-01-02"))

    def spread() -> np.ndarray:
        draws = np.log(model.forecast(4).draws())
        return np.quantile(draws, 0.9, axis=0) - np.median(draws, axis=0)

    before = spread()
    assert before[3] > 1.2 * before[0]
    model.update(known, freeze=True)
    np.testing.assert_allclose(spread(), before, rtol=0.02)


def test_it_cannot_be_held_for_a_day_before_it_learned(
    last_value: Model, panel: Panel, known: Panel
) -> None:
    held = last_value.fit(known).update(panel.as_of("2026-02-03"), freeze=True)
    with pytest.raises(ModelError, match="figures up to 2026-04 and cannot be held for a day on"):
        held.forecast(3)


def test_intervals_are_those_of_the_forecaster(known: Panel) -> None:
    model = borrowed("AutoETS", season_length=12).fit(known)
    said = model.taught_.predict(h=4, level=[80])
    draws = np.log(model.forecast(4).draws())
    low, middle, high = np.quantile(draws, [0.1, 0.5, 0.9], axis=0)
    np.testing.assert_allclose(middle, model.log_points(4), atol=1e-4)
    np.testing.assert_allclose(high - middle, said["hi-80"] - said["mean"], rtol=0.01)
    np.testing.assert_allclose(low - middle, said["lo-80"] - said["mean"], rtol=0.01)


def test_points_alone_get_the_errors_of_the_walk(known: Panel) -> None:
    model = borrowed("WindowAverage", 3).fit(known)
    lent, walk = model.forecast(5), RandomWalk().fit(known).forecast(5)
    apart = np.log(lent.draws() / walk.draws())
    np.testing.assert_allclose(apart, np.tile(apart[0], (len(apart), 1)), atol=1e-12)
    assert "gives points alone: the errors around them are the random walk's" in lent.notes[0]
    assert borrowed("Naive").fit(known).forecast(1).notes == ()


def test_plain_levels_are_handed_over_where_asked(known: Panel) -> None:
    model = borrowed("Naive", adjusted=0).fit(known)
    last = np.log(known.series("exports_total").iloc[-1])
    np.testing.assert_allclose(model.log_points(3), last, rtol=0, atol=1e-12)
    assert len(model.learned_from_) == 240
    np.testing.assert_allclose(np.exp(model.learned_from_.iloc[-1]), 100.0)


def test_a_forecaster_that_gives_no_numbers_is_named(known: Panel) -> None:
    with pytest.raises(ModelError, match=r"FromStatsForecast\(NaNModel\(\)\) forecast \[nan, nan"):
        borrowed("NaNModel").fit(known).forecast(2)


def test_joint_errors_have_the_laws_that_are_given() -> None:
    sd = np.array([0.02, 0.05, 0.1])
    spread = np.outer(norm.ppf(LEVELS), sd)
    walk = np.random.default_rng(0).standard_t(3, size=(999, 3)).cumsum(axis=1)
    errors = errors_of(spread, walk)
    expected = norm.ppf((np.arange(999) + 0.5) / 999.0)[:, None] * sd
    np.testing.assert_allclose(np.sort(errors, axis=0), expected, atol=1e-12)
    np.testing.assert_array_equal(errors.argsort(axis=0), walk.argsort(axis=0))


def test_a_regressor_learns_each_step_from_what_is_known_of_it(known: Panel) -> None:
    model = FromRegressor(DummyRegressor(), error_years=0).fit(known)
    outcomes = model.rows_.outcome_table(12)
    assert np.isnan(outcomes[:, 11]).sum() == np.isnan(outcomes[:, 0]).sum() + 11
    growth = model.predict(model.rows_, model.row_, 12)
    np.testing.assert_allclose(growth[0], np.nanmean(outcomes, axis=0), atol=1e-12)


def test_a_function_without_a_name_is_refused(known: Panel) -> None:
    pipeline = make_pipeline(FunctionTransformer(lambda x: x), Ridge())
    with pytest.raises(ModelError, match=r"of FromRegressor hold .*lambda.*; define the class or "):
        FromRegressor(pipeline, error_years=0).fit(known)
    pipeline = make_pipeline(FunctionTransformer(np.tanh), Ridge())
    assert FromRegressor(pipeline, error_years=0).fit(known).forecast(1).values.min() > 0.0


def test_a_model_is_named_after_what_it_borrows(known: Panel) -> None:
    names = {FromRegressor(Ridge(alpha)).name for alpha in (1.0, 2.0, 3.0)}
    assert names == {
        "FromRegressor(Ridge())",
        "FromRegressor(Ridge(alpha=2.0))",
        "FromRegressor(Ridge(alpha=3.0))",
    }
    model = FromRegressor(HistGradientBoostingRegressor(verbose=1), error_years=3)
    assert model.name == "FromRegressor(HistGradientBoostingRegressor(), error_years=3)"
    assert clone(model).get_params()["regressor__verbose"] == 1


def test_so_is_one_of_the_other_libraries() -> None:
    assert theta().name == "FromSktime(ThetaForecaster(sp=12))"
    monthly, quarterly = (borrowed("AutoARIMA", season_length=n).name for n in (12, 4))
    assert monthly == "FromStatsForecast(AutoARIMA(season_length=12))"
    assert quarterly != monthly


def test_what_is_no_forecaster_is_refused(known: Panel) -> None:
    with pytest.raises(ModelError, match="expected a forecaster of sktime, such as"):
        FromSktime(RandomWalk()).fit(known)
    with pytest.raises(ModelError, match="expected a model of statsforecast, such as"):
        FromStatsForecast(RandomWalk()).fit(known)
    with pytest.raises(ModelError, match="expected a regressor, such as"):
        FromRegressor(Ridge).fit(known)


def test_what_does_not_regress_is_refused_at_the_fit(known: Panel) -> None:
    strange = [LogisticRegression(), make_pipeline(StandardScaler(), LogisticRegression())]
    for given in [*strange, KMeans(2), DirectRidge(), RandomWalk]:
        with pytest.raises(ModelError, match=r"expected a regressor, such as .*, no classifier"):
            FromRegressor(given).fit(known)
    for given in (Ridge(), make_pipeline(StandardScaler(), Ridge())):
        FromRegressor(given, error_years=0).fit(known)


class Predicts(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """The same whatever it learned from."""

    def __init__(self, value: float = 0.0, columns: int = 1) -> None:
        self.value, self.columns = value, columns

    def fit(self, X: np.ndarray, y: np.ndarray) -> Predicts:
        return self

    def predict(self, X: np.ndarray) -> np.ndarray:
        return np.full((len(X), self.columns), self.value)


@pytest.mark.parametrize("value", [1e6, -1e6, np.inf, np.nan])
def test_predictions_that_are_no_growth_are_refused(known: Panel, value: float) -> None:
    model = FromRegressor(Predicts(value), error_years=0).fit(known)
    message = re.escape(f"Predicts predicts growth of {value:g} log points at step 1")
    with pytest.raises(ModelError, match=message):
        model.forecast(3)


def test_predictions_are_one_number_a_row(known: Panel) -> None:
    model = FromRegressor(Predicts(columns=2), error_years=3).fit(known)
    with pytest.raises(ModelError, match=r"Predicts predicts an array of shape \(1, 2\) for 1 row"):
        model.forecast(3)
    column = FromRegressor(Predicts(0.01), error_years=0, n_draws=20).fit(known)
    assert np.isfinite(column.forecast(3).values).all()


def test_features_are_a_pipeline_or_blocks(known: Panel) -> None:
    block = Growth("usdkrw", [1, 3])
    drawn = []
    for features in (FeaturePipeline([block]), [block], (("growth", block),), block):
        model = FromRegressor(Ridge(), features=features, error_years=0, n_draws=20).fit(known)
        assert model.rows_.names[-1] == "growth__usdkrw_growth_3"
        ridge = DirectRidge(features=features, error_years=0).fit(known)
        assert ridge.rows_.names == model.rows_.names
        drawn.append(model.forecast(2).values)
    np.testing.assert_array_equal(drawn, drawn[:1] * 4)
    with pytest.raises(
        ModelError, match="expected a FeaturePipeline, or blocks in a list or tuple"
    ):
        FromRegressor(Ridge(), features="usdkrw").fit(known)  # type: ignore[arg-type]


def test_adapters_are_not_found_by_name_and_import_no_library() -> None:
    assert not [name for name in find_models() if name.startswith("From")]
    code = (
        "import sys; from tradeshock.models import FromSktime, FromStatsForecast, FromRegressor; "
        "print(*sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {"sktime", "statsforecast", "lightgbm"}.isdisjoint(run.stdout.split())


def test_they_stand_in_a_backtest_and_in_its_store(panel: Panel, tmp_path) -> None:
    models = [naive(), theta(), Combination([naive(), RandomWalk()]), RandomWalk()]
    origins = panel.origins("2025-01", "2025-06")
    done = backtest(models, panel, origins=origins, steps=3, n_jobs=1, store=tmp_path)
    scores = done.scores().set_index(["model", "step"])["rmse_ratio"]
    np.testing.assert_allclose(scores["FromSktime(NaiveForecaster())"], 1.0, atol=1e-3)
    assert not np.isclose(scores[theta().name], 1.0, atol=1e-3).any()
    files = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.npz")}
    again = backtest(models, panel, origins=origins, steps=3, n_jobs=1, store=tmp_path)
    assert again.frame.equals(done.frame)
    assert files
    assert files == {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.npz")}
