"""Models are found by name, the package's own and those of others."""

import sys
from importlib.metadata import EntryPoint, EntryPoints

import pytest

from tradeshock.features.errors import ModelError
from tradeshock.models import Model, RandomWalk, find_models
from tradeshock.models.registry import make_model


@pytest.fixture
def announce(monkeypatch):
    """Let another package announce an entry point."""

    def plug(name, value):
        points = EntryPoints([EntryPoint(name, value, "tradeshock.models")])
        monkeypatch.setattr(
            "tradeshock.models.registry.entry_points", lambda group: points.select(group=group)
        )

    return plug


def test_built_in_models_are_found():
    found = find_models()
    assert {"RandomWalk", "SeasonalNaive", "AutoRegression", "VAR"} <= set(found)
    assert list(found) == sorted(found)
    assert all(issubclass(cls, Model) and name == cls.__name__ for name, cls in found.items())
    assert "Model" not in found
    assert "UnivariateModel" not in found


def test_models_of_an_extra_are_found_where_it_is_installed(monkeypatch):
    monkeypatch.setitem(sys.modules, "lightgbm", None)
    assert "LightGBMBoosting" not in find_models()
    monkeypatch.setattr("tradeshock.models.registry.find_spec", lambda name: name == "lightgbm")
    assert "LightGBMBoosting" in find_models()


def test_a_model_is_made_by_name():
    model = make_model("RandomWalk", half_life=24.0)
    assert model.name == "RandomWalk(half_life=24.0)"


def test_an_unknown_name_is_answered_with_those_there_are(announce):
    announce("Plugged", "no.such.module:Model")
    with pytest.raises(ModelError, match=r"no model 'Oracle'; there are .*Plugged, RandomWalk"):
        make_model("Oracle")
    with pytest.raises(ModelError, match=r"RandomWalk has no parameters \['speed'\]; it has"):
        make_model("RandomWalk", speed=3)


def test_a_model_of_another_package_is_found(announce):
    announce("Walk", "tradeshock.models.univariate.random_walk:RandomWalk")
    assert find_models()["Walk"] is RandomWalk
    assert make_model("Walk", n_draws=7).n_draws == 7


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("no.such.module:Model", "'Walk' .*cannot be loaded.*repair or uninstall it"),
        ("tradeshock.models.base:Model", "expected a concrete subclass of Model"),
        ("tradeshock.models.record.record:Record", "expected a concrete subclass of Model"),
    ],
)
def test_a_broken_one_says_whose_it_is_and_is_in_nobodys_way(announce, value, message):
    announce("Walk", value)
    with pytest.raises(ModelError, match=message):
        find_models()
    with pytest.raises(ModelError, match=message):
        make_model("Walk")
    assert isinstance(make_model("RandomWalk"), RandomWalk)


def test_names_of_built_in_models_are_taken(announce):
    announce("RandomWalk", "tradeshock.models.univariate.seasonal_naive:SeasonalNaive")
    with pytest.raises(ModelError, match="bears the name of another model"):
        find_models()


def test_capitals_do_not_matter_and_a_near_name_is_offered():
    assert type(make_model("randomwalk")) is RandomWalk
    with pytest.raises(
        ModelError, match=r"no model 'BayesVAR'; did you mean BayesianVAR\? there are"
    ):
        make_model("BayesVAR")


@pytest.mark.parametrize(
    ("name", "meant"),
    [("RW", "RandomWalk"), ("bvar", "BayesianVAR"), ("SEASNALNAIVE", "SeasonalNaive")],
)
def test_initials_and_capitals_lead_to_the_name(name, meant):
    with pytest.raises(ModelError, match=rf"no model '{name}'; did you mean {meant}\?"):
        make_model(name)


def test_the_error_lists_what_find_models_lists(monkeypatch):
    monkeypatch.setitem(sys.modules, "lightgbm", None)
    with pytest.raises(ModelError) as error:
        make_model("Oracle")
    assert str(error.value).rpartition("there are ")[2].split(", ") == list(find_models())


def test_a_class_is_found_where_it_stands():
    place = "tradeshock.models.univariate.random_walk"
    assert type(make_model(f"{place}:RandomWalk", n_draws=5)) is RandomWalk
    with pytest.raises(ModelError, match=f"the model {place}:Walk cannot be loaded"):
        make_model(f"{place}:Walk")
    with pytest.raises(ModelError, match="cannot be loaded"):
        make_model("no.such.module:Walk")
