"""Saved models are what they were, in whichever process they are loaded."""

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

import tradeshock
from tradeshock.features import load_panel
from tradeshock.features.errors import ModelError, StoredFileError
from tradeshock.forecast import monthly_forecast
from tradeshock.models import (
    VAR,
    BayesianVAR,
    Combination,
    Conditions,
    DynamicFactor,
    Model,
    RandomWalk,
    SeasonalARIMA,
    SeasonalNaive,
    UnivariateModel,
    check_model,
    find_models,
    load_model,
    make_model,
)

# Models that cannot be made without members, or are slow as they are.
PARAMETERS: dict[str, dict[str, Any]] = {
    "BiasCorrection": {"member": RandomWalk()},
    "Combination": {"members": [RandomWalk(), SeasonalNaive()]},
    "DirectRidge": {"error_years": 3},
    "DynamicFactor": {"series": ["exports_total", "us_ip", "usdkrw", "brent"]},
    "FlashBridge": {"carrier": RandomWalk()},
    "GradientBoosting": {"max_iter": 3, "n_bags": 1, "error_years": 3},
    "LightGBMBoosting": {"max_iter": 3, "n_bags": 1, "error_years": 3},
    "LinearPool": {"members": [RandomWalk(), SeasonalNaive()]},
    "Recalibration": {"member": RandomWalk()},
    "SeasonalARIMA": {"years": 6, "seasonal_order": (0, 1, 0, 12)},
}
STEPS = 12
ELSEWHERE = """
import sys
import numpy as np
from pathlib import Path
from tradeshock import load_model
from tradeshock.models import Conditions

paths = {}
for file in Path(sys.argv[1]).glob("*.npz"):
    model = load_model(file)
    paths[file.stem] = model.forecast(12).values
    if model.takes_conditions:
        ahead = Conditions({"usdkrw": {"2013-09": 1150.0}})
        paths[file.stem + " under conditions"] = model.forecast(12, ahead).values
np.savez(sys.argv[2], **paths)
"""


def test_another_process_draws_the_same_paths(tmp_path: Path) -> None:
    # An early day, because a short past is quickly learned; with early counts of the month.
    panel, paths = load_panel().as_of("2013-06-21"), {}
    for name in find_models():
        model = make_model(name, **PARAMETERS.get(name, {})).set_params(n_draws=20)
        model.fit(panel).save(tmp_path / "models" / f"{name}.npz")
        paths[name] = model.forecast(STEPS).values
        if model.takes_conditions:
            ahead = Conditions({"usdkrw": {"2013-09": 1150.0}})
            paths[f"{name} under conditions"] = model.forecast(STEPS, ahead).values
    run = [sys.executable, "-c", ELSEWHERE, str(tmp_path / "models"), str(tmp_path / "paths.npz")]
    subprocess.run(run, check=True)
    with np.load(tmp_path / "paths.npz") as found:
        assert set(found) == set(paths)
        for name, values in paths.items():
            np.testing.assert_array_equal(found[name], values, err_msg=name)


@pytest.mark.parametrize(
    ("model", "targets"),
    [
        (VAR(["exports_total", "imports_total", "usdkrw"]), ["exports_total", "imports_total"]),
        (VAR(["gscpi", "usdkrw"]), "gscpi"),
        (BayesianVAR(["exports_total", "usdkrw", "brent"]), ["exports_total", "usdkrw"]),
        (DynamicFactor(["exports_total", "us_ip", "usdkrw", "brent"]), "usdkrw"),
    ],
)
def test_systems_of_few_series_and_other_targets_draw_the_same_paths(
    model: Model, targets: str | list[str], tmp_path: Path
) -> None:
    model.set_params(n_draws=50).fit(load_panel().as_of("2026-04-21"), targets)
    model.save(tmp_path / "model.npz")
    again = load_model(tmp_path / "model.npz")
    np.testing.assert_array_equal(again.forecast(4).values, model.forecast(4).values)


def test_the_default_with_its_record_is_what_it_was(tmp_path: Path) -> None:
    panel = load_panel()
    fitted = monthly_forecast(panel.as_of("2026-03-21"), steps=3).fitted
    fitted.save(tmp_path / "default.npz")
    loaded = tradeshock.load_model(tmp_path / "default.npz")
    assert loaded.name == fitted.name
    assert len(loaded.record_) == len(fitted.record_) > 0
    pd.testing.assert_frame_equal(loaded.record_.frame, fitted.record_.frame)
    ours, theirs = (model.update(panel, freeze=True).forecast(3) for model in (fitted, loaded))
    np.testing.assert_array_equal(theirs.values, ours.values)
    assert theirs.notes == ours.notes


def test_a_model_that_was_updated_is_saved_as_it_is(tmp_path: Path) -> None:
    panel = load_panel()
    model = SeasonalARIMA(years=6, seasonal_order=(0, 1, 0, 12))
    model.fit(panel.as_of("2025-11-21")).update(panel, freeze=True)
    model.save(tmp_path / "held.npz")
    loaded = load_model(tmp_path / "held.npz")
    assert loaded.fitted_on_.origin == pd.Timestamp("2025-11-21")
    np.testing.assert_array_equal(loaded.forecast(STEPS).values, model.forecast(STEPS).values)


def test_a_model_that_is_not_fitted_has_its_parameters(tmp_path: Path) -> None:
    model = Combination([RandomWalk(half_life=30.0), VAR(["usdkrw"], lags=2)], shrinkage=0.25)
    model.save(tmp_path / "new.npz")
    loaded = load_model(tmp_path / "new.npz")
    assert loaded.name == model.name
    assert str(loaded.get_params()) == str(model.get_params())
    with pytest.raises(ModelError, match="not fitted"):
        loaded.forecast(1)


def test_figures_come_back_with_all_that_is_known_of_them(tmp_path: Path) -> None:
    may = pd.period_range("2026-05", periods=1, freq="M")
    panel = load_panel(vintages=True)
    # May's total is overlooked at first, so it is known later than its release rule says.
    panel = panel.append(pd.DataFrame({"usdkrw": [1480.0]}, may), seen="2026-06-02")
    panel = panel.append(pd.DataFrame({"exports_total": [90000.0]}, may), seen="2026-06-04")
    assert panel.revises_the_past
    assert panel.learned_days
    assert panel.quotes is not None
    RandomWalk().fit(panel).save(tmp_path / "walk.npz")
    found = load_model(tmp_path / "walk.npz").panel_
    pd.testing.assert_frame_equal(found.values, panel.values)
    assert dict(found.catalog) == dict(panel.catalog)
    for day in ("2026-06-04", "2026-06-03", "2026-04-21", "2015-05-10"):
        assert found.as_of(day).fingerprint() == panel.as_of(day).fingerprint()


# -- models of users ------------------------------------------------------------------------------


@dataclass(slots=True)
class Curve:
    weights: np.ndarray[Any, Any]
    fade: float


class Edge(NamedTuple):
    month: pd.Period
    level: float


class Own(UnivariateModel):
    """A user's model with some state of every sort, and a parameter that may be anything."""

    def __init__(self, extra: Any = None, n_draws: int = 50, random_state: int = 0) -> None:
        self.extra = extra
        self.n_draws = n_draws
        self.random_state = random_state

    def _fit(self) -> None:
        self.curve_ = Curve(np.linspace(0.0, 0.01, 12), 0.9)
        self.edge_ = Edge(self.last_, float(self.series_.iloc[-1]))

    _refresh = _fit

    def _paths(self, steps: int, rng: np.random.Generator, conditions: Any) -> Any:
        growth = np.resize(self.curve_.weights, steps) * self.curve_.fade
        errors = 0.05 * rng.standard_normal((self.n_draws, steps))
        return (self.edge_.level * np.exp(np.cumsum(growth + errors, axis=1)))[:, :, None]


class Holding(Own):
    """Holds a function, which no file can."""

    def _fit(self) -> None:
        super()._fit()
        self.fading_ = lambda steps: 0.9**steps


class SayingWhat(Holding):
    """Says what stands for its function."""

    def _stored(self) -> dict[str, Any]:
        return {name: value for name, value in super()._stored().items() if name != "fading_"}

    def _restore(self, stored: Mapping[str, Any]) -> None:
        super()._restore(stored)
        self.fading_ = lambda steps: 0.9**steps


class Careful(SayingWhat):
    """Speaks of what only a fitted model has."""

    def _stored(self) -> dict[str, Any]:
        return super()._stored() | {"edge_": self.edge_}

    def _restore(self, stored: Mapping[str, Any]) -> None:
        super()._restore(stored)
        self.edge_ = stored["edge_"]


class Needing(Own):
    requires = ("no_such_package_at_all",)


OWN = [Own, Curve, Edge]


def test_own_classes_are_made_only_where_they_are_trusted(tmp_path: Path) -> None:
    model = Own(extra={"lags": (1, 12)}).fit(load_panel())
    model.save(tmp_path / "own.npz")
    loaded = load_model(tmp_path / "own.npz", trusted=OWN)
    assert isinstance(loaded, Own)
    assert loaded.extra == {"lags": (1, 12)}
    assert loaded.edge_ == model.edge_
    np.testing.assert_array_equal(loaded.forecast(3).values, model.forecast(3).values)
    with pytest.raises(ModelError, match=r"holds a Own of .*trusted=\[Own\]"):
        load_model(tmp_path / "own.npz")
    with pytest.raises(ModelError, match=r"holds a Curve .*trusted=\[Curve\]"):
        load_model(tmp_path / "own.npz", trusted=[Own, Edge])
    elsewhere = type("Own", (Own,), {"__module__": "elsewhere"})
    with pytest.raises(ModelError, match="the one passed in is of elsewhere: import it from one"):
        load_model(tmp_path / "own.npz", trusted=[elsewhere, Curve, Edge])
    with pytest.raises(ModelError, match="which is no class"):
        load_model(tmp_path / "own.npz", trusted=[Own(), Curve, Edge])  # type: ignore[list-item]


def test_what_no_file_can_hold_is_named_with_the_way_out(tmp_path: Path) -> None:
    model = Holding().fit(load_panel())
    with pytest.raises(
        ModelError, match=r"Holding cannot be saved: its fading_ is a function.*_st"
    ):
        model.save(tmp_path / "own.npz")
    assert not list(tmp_path.iterdir())
    with pytest.raises(Exception, match=r"fails the check survives_saving.*fading_ is a"):
        check_model(Holding(), only=["survives_saving"])
    check_model(SayingWhat(), only=["survives_saving"])


def test_a_model_that_is_not_fitted_is_not_asked_what_it_has_learned(tmp_path: Path) -> None:
    pool = Combination([Careful(), RandomWalk()])
    pool.save(tmp_path / "pool.npz")
    assert load_model(tmp_path / "pool.npz", trusted=[Careful]).name == pool.name


@pytest.mark.parametrize(
    ("extra", "where"),
    [
        (RandomWalk, r"extra'\] is the class RandomWalk"),
        ({"a": [np.sin]}, r"extra'\]\['a'\]\[0\] is a ufunc"),
        (np.random.default_rng(0), "is a Generator"),
        (pd.Timestamp("2026-01-01", tz="Asia/Seoul"), "time zone"),
        (pd.Series(["a"], dtype="category"), "is a CategoricalIndex"),
        (pd.Series([0.0, 1.0], dtype="Sparse[float]"), r"its values are Sparse\[float64, nan\]"),
        (np.zeros(2, dtype="i4,f8"), "its elements are"),
    ],
)
def test_what_stands_deeper_is_named_as_well(extra: Any, where: str, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=where):
        Own(extra).save(tmp_path / "own.npz")


def test_numbers_that_may_be_missing_keep_their_type(tmp_path: Path) -> None:
    counts = pd.Series([2**60 + 1, None], dtype="Int64")
    Own(counts).save(tmp_path / "own.npz")
    loaded = load_model(tmp_path / "own.npz", trusted=[Own]).get_params()["extra"]
    pd.testing.assert_series_equal(loaded, counts)


def test_what_holds_itself_is_refused(tmp_path: Path) -> None:
    ring: list[Any] = []
    ring.append(ring)
    with pytest.raises(ModelError, match="holds itself"):
        Own(ring).save(tmp_path / "own.npz")


def test_what_stands_twice_is_one(tmp_path: Path) -> None:
    weights = np.arange(3.0)
    Own([weights, {"same": weights}]).save(tmp_path / "own.npz")
    first, second = load_model(tmp_path / "own.npz", trusted=[Own]).get_params()["extra"]
    assert first is second["same"]


PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
ARRAYS = st.lists(st.floats(width=32), max_size=4).flatmap(
    lambda x: st.sampled_from(
        [
            np.array(x, dtype="float32"),
            np.array([x, x], order="F"),
            np.array([x, x])[:, ::2],
            np.isnan(np.array(x)),
            np.array([str(v) for v in x]),
            np.array([*x, None, "text"], dtype=object),
            np.float32(sum(x)),
            np.datetime64("2026-05-01", "D"),
        ]
    )
)
TABLES = st.sampled_from(
    [
        pd.Timestamp("2026-05-21 12:30:00.000000001"),
        pd.Period("2026-05", "M"),
        pd.period_range("2020-01", periods=3, freq="M", name="month"),
        pd.date_range("2020-01-01", periods=3, freq="D"),
        pd.RangeIndex(2, 9, 3, name="step"),
        pd.Index([0.5, 2.0]),
        pd.Index(["b", "a"], name="series"),
        pd.Series([1.0, np.nan], ["x", "y"], name=("a", 1)),
        pd.Series(pd.period_range("2020-01", periods=3, freq="M")),
        pd.Series([2**60 + 1, None], dtype="Int64"),
        pd.Series([True, None], ["x", "y"], dtype="boolean"),
        pd.DataFrame({"n": pd.array([None, 7], "UInt8"), "x": pd.array([0.1, None], "Float64")}),
        pd.Index([3, 1], dtype="Int32", name="step"),
        pd.DataFrame(np.asfortranarray(np.arange(6.0).reshape(2, 3)), columns=["a", "b", "c"]),
        pd.DataFrame({"text": ["u", "v"], "n": [1, 2], "day": pd.to_datetime(["2020-01-01"] * 2)}),
        pd.DataFrame(index=pd.RangeIndex(2)),
    ]
)
VALUES = st.recursive(
    PLAIN | ARRAYS | TABLES,
    lambda inside: (
        st.lists(inside, max_size=3)
        | st.tuples(inside, inside)
        | st.dictionaries(PLAIN | st.tuples(st.text(max_size=2), st.integers()), inside, max_size=3)
        | st.sets(PLAIN, max_size=3)
    ),
    max_leaves=6,
)


def same(ours: Any, theirs: Any) -> bool:
    """Whether values are of equal types and, bit for bit, of equal content."""
    if type(ours) is not type(theirs):
        return False
    if isinstance(ours, dict):
        return same(list(ours.items()), list(theirs.items()))
    if isinstance(ours, list | tuple):
        return len(ours) == len(theirs) and all(map(same, ours, theirs))
    if isinstance(ours, set):
        return sorted(map(repr, ours)) == sorted(map(repr, theirs))
    if isinstance(ours, np.ndarray):
        alike = (ours.dtype, ours.shape) == (theirs.dtype, theirs.shape)
        return alike and repr(ours.tolist()) == repr(theirs.tolist())
    if isinstance(ours, pd.DataFrame):
        order = ours.to_numpy().flags.f_contiguous == theirs.to_numpy().flags.f_contiguous
        return order and ours.equals(theirs) and same(ours.columns, theirs.columns)
    if isinstance(ours, pd.Series | pd.Index):
        return ours.equals(theirs) and ours.dtype == theirs.dtype and ours.name == theirs.name
    return repr(ours) == repr(theirs)


@settings(max_examples=60)
@given(value=VALUES)
def test_values_come_back_as_they_were(
    value: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.mktemp("values") / "own.npz"
    Own(value).save(file)
    loaded = load_model(file, trusted=[Own])
    assert same(value, loaded.get_params()["extra"])


def test_arrays_in_an_array_are_no_further_axes(tmp_path: Path) -> None:
    nested = np.empty(2, dtype=object)
    nested[0], nested[1] = np.arange(2.0), np.arange(2.0)
    Own(nested).save(tmp_path / "own.npz")
    assert same(nested, load_model(tmp_path / "own.npz", trusted=[Own]).get_params()["extra"])


def test_a_class_with_other_parameters_is_refused(tmp_path: Path) -> None:
    Own().fit(load_panel()).save(tmp_path / "own.npz")

    class Renamed(Own):
        def __init__(self, other: Any = None, n_draws: int = 50, random_state: int = 0) -> None:
            super().__init__(other, n_draws, random_state)
            self.other = other

    Renamed.__module__, Renamed.__qualname__ = Own.__module__, Own.__qualname__
    for refit in (False, True):
        with pytest.raises(StoredFileError, match=r"other parameters than here \(extra, other\)"):
            load_model(tmp_path / "own.npz", trusted=[Renamed, Curve, Edge], refit=refit)


def test_a_missing_extra_is_named(tmp_path: Path) -> None:
    Needing().fit(load_panel()).save(tmp_path / "own.npz")
    with pytest.raises(ModelError, match="a Needing, which needs no_such_package_at_all: pip"):
        load_model(tmp_path / "own.npz", trusted=[Needing, *OWN])


def test_a_model_is_what_is_loaded() -> None:
    assert tradeshock.load_model is load_model
    assert issubclass(Own, Model)
