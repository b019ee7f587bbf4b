"""Fast passes over all origins give the numbers of the loops that they replace."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from tradeshock.features.errors import ShortHistoryError
from tradeshock.models.algebra.rolling import replay_rolling

KERNELS = Path(__file__).parents[1] / "benchmarks" / "kernels.py"


@pytest.fixture(scope="module")
def kernels() -> ModuleType:
    spec = importlib.util.spec_from_file_location("kernels", KERNELS)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_passes_agree_with_orthogonal_factorisations(kernels: ModuleType) -> None:
    found = kernels.distances(every=40)
    assert {name: distance for name, distance in found.items() if distance > 1e-10} == {}


def test_passes_agree_with_statsmodels(kernels: ModuleType) -> None:
    growth = kernels.systems()["growth"]
    origins = range(kernels.FIRST, kernels.MONTHS + 1, 80)
    at = [seen - kernels.FIRST for seen in origins]
    for fast, slow in (
        (kernels.var_pass, kernels.var_statsmodels),
        (kernels.rolling_pass, kernels.rolling_statsmodels),
    ):
        assert kernels.relative_distance(fast(growth)[at], slow(growth, origins)) < 1e-9


def test_short_histories_are_refused() -> None:
    with pytest.raises(ShortHistoryError, match="windows of 12 out of 40 months"):
        replay_rolling(np.random.default_rng(0).random((40, 3)), np.ones((40, 1)), 4, 12, "abc")
