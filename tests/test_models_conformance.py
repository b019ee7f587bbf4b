"""Every model that can be found by name keeps the contract of all models."""

from functools import lru_cache

import pytest

from tradeshock.features import load_panel
from tradeshock.models import Model, RandomWalk, SeasonalNaive, find_models
from tradeshock.models.checks.case import ConformanceCase
from tradeshock.models.checks.check import CHECKS
from tradeshock.models.registry import make_model

# Models that cannot be made without members, or are slow as they are.
PARAMETERS = {
    "BiasCorrection": {"member": RandomWalk()},
    "Combination": {"members": [RandomWalk(), SeasonalNaive()]},
    "DynamicFactor": {"series": ["exports_total", "us_ip", "usdkrw", "brent"]},
    "FlashBridge": {"carrier": RandomWalk()},
    "GradientBoosting": {"max_iter": 3, "n_bags": 1, "error_years": 3},
    "LightGBMBoosting": {"max_iter": 3, "n_bags": 2, "error_years": 3},
    "LinearPool": {"members": [RandomWalk(), SeasonalNaive()]},
    "OwnHistory": {"members": [RandomWalk(), SeasonalNaive()]},
    "Recalibration": {"member": RandomWalk()},
    "SeasonalARIMA": {"years": 6, "seasonal_order": (0, 1, 0, 12)},
}


@lru_cache(maxsize=1)
def case_of(name: str) -> ConformanceCase:
    """One case a model, so that checks share what takes long."""
    model: Model = make_model(name, **PARAMETERS.get(name, {}))
    return ConformanceCase.make(model, load_panel(), "exports_total", None)


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("name", find_models())
def test_conformance(name: str, check: str) -> None:
    CHECKS[check](case_of(name))


@pytest.mark.parametrize("name", find_models())
def test_every_model_can_hold_what_it_has_estimated(name: str) -> None:
    assert case_of(name).can_be_frozen
