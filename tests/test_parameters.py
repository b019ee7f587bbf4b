"""Parameters of models are checked at the door: one sentence, and nothing is computed."""

import inspect

import pytest

from tradeshock.features import Panel
from tradeshock.features.errors import ModelError
from tradeshock.models import VAR, Model, RandomWalk, Recalibration, find_models
from tradeshock.models.parameters import rules_of
from tradeshock.models.registry import make_model

WRONG = {
    "across_steps": 1,
    "calendar": "yes",
    "carrier": RandomWalk,
    "criterion": "best",
    "error_half_life": 0.0,
    "error_years": -1,
    "factor_orders": 0,
    "factors": 0,
    "features": "all",
    "floor": -0.1,
    "half_life": -60.0,
    "initial": -1.0,
    "innovations": "student",
    "lags": -1,
    "learning_rate": 2.0,
    "max_iter": 0,
    "maxiter": 0,
    "max_lags": 1.5,
    "member": "RandomWalk",
    "members": ["RandomWalk"],
    "months": 0,
    "n_bags": 0,
    "n_draws": 0,
    "order": (1, 0),
    "overall": 0.0,
    "parts": "exports_semiconductors",
    "penalties": (100.0, -1.0),
    "prior": 0.0,
    "random_state": None,
    "rate": 0.0,
    "residual_of": "walk",
    "scheme": "best",
    "seasonal_order": (0, 1, 1),
    "series": "exports_total",
    "shrinkage": 3,
    "signs": {"a": 5},
    "sums": 0.0,
    "trial": 0,
    "window": 0,
    "years": 0,
}
EVERY = [
    (name, parameter)
    for name, cls in find_models().items()
    for parameter in inspect.signature(cls).parameters
]


@pytest.mark.parametrize("name", find_models())
def test_every_parameter_has_a_rule_that_its_default_keeps(name: str) -> None:
    cls = find_models()[name]
    rules = rules_of(cls)
    for parameter, about in inspect.signature(cls).parameters.items():
        assert rules[parameter].holds(about.default), parameter


@pytest.mark.parametrize(("name", "parameter"), EVERY)
def test_a_value_without_sense_is_named(name: str, parameter: str, panel: Panel) -> None:
    model = make_model(name, **{parameter: WRONG[parameter]})
    with pytest.raises(
        ModelError, match=rf"got {parameter}=.* for {name}, expected |as members, got"
    ):
        model.fit(panel.as_of("2026-05-01"))


@pytest.mark.parametrize("draws", [10**9, 1.0, "many"])
def test_too_many_draws_are_refused_before_they_are_drawn(draws: object, panel: Panel) -> None:
    with pytest.raises(ModelError, match=r"got n_draws=.*whole number from 1 to 1,000,000"):
        RandomWalk(n_draws=draws).fit(panel)


@pytest.mark.parametrize("method", ["replay", "replay_points"])
def test_replays_check_at_once(method: str, panel: Panel) -> None:
    origins = panel.origins("2026-04", "2026-05")
    for model in (RandomWalk(half_life=-1.0), VAR(lags=0), Recalibration(rate=-1.0)):
        with pytest.raises(ModelError, match="expected"):
            getattr(model, method)(panel, "exports_total", origins, 2)


def test_rules_of_a_subclass_add_to_those_of_its_bases() -> None:
    assert {"n_draws", "random_state", "lags"} <= set(rules_of(VAR))
    assert set(rules_of(Model)) == {"n_draws", "random_state"}


@pytest.mark.parametrize("model", [RandomWalk(), VAR(), Recalibration()])
def test_steps_beyond_the_calendar_are_refused_at_once(model: Model, panel: Panel) -> None:
    fitted = model.fit(panel.as_of("2026-05-01"))
    with pytest.raises(ModelError, match="KR ends in 2035-12; ask for at most 116 steps"):
        fitted.forecast(1_000_000)
    with pytest.raises(ModelError, match="steps is 117"):
        fitted.forecast(117)
