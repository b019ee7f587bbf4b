"""Fast passes over all origins give the numbers of the loops that they replace."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from tradeshock.features.errors import ShortHistoryError
from tradeshock.models.replay_direct import replay_ridge
from tradeshock.models.replay_rolling import replay_rolling

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


def test_passes_agree_with_statsmodels_and_sklearn(kernels: ModuleType) -> None:
    growth = kernels.systems()["growth"]
    origins = range(kernels.FIRST, kernels.MONTHS + 1, 80)
    at = [seen - kernels.FIRST for seen in origins]
    for fast, slow in (
        (kernels.var_pass, kernels.var_statsmodels),
        (kernels.rolling_pass, kernels.rolling_statsmodels),
        (kernels.ridge_pass, kernels.ridge_sklearn),
        (kernels.ridge_pass, kernels.ridge_normal),
    ):
        assert kernels.relative_distance(fast(growth)[at], slow(growth, origins)) < 1e-9


def test_an_origin_sees_no_later_row() -> None:
    rng = np.random.default_rng(1)
    X, outcomes = rng.standard_normal((60, 4)), rng.standard_normal((60, 3))
    before = replay_ridge(X, outcomes, 2.0, 30)
    later = outcomes.copy()
    # at row 40, outcomes of step h are known up to row 40 - h
    for step in range(1, 4):
        later[40 - step + 1 :, step - 1] += 100.0
    after = replay_ridge(X, later, 2.0, 30)
    np.testing.assert_allclose(after[:11], before[:11], rtol=0, atol=1e-12)
    assert (np.abs(after[11:] - before[11:]) > 1e-3).any(axis=0).all()


def test_short_histories_are_refused() -> None:
    with pytest.raises(ShortHistoryError, match="knows no outcome 3 rows ahead"):
        replay_ridge(np.ones((20, 2)), np.ones((20, 3)), 1.0, 2)
    with pytest.raises(ShortHistoryError, match="windows of 12 out of 40 months"):
        replay_rolling(np.random.default_rng(0).random((40, 3)), np.ones((40, 1)), 4, 12, "abc")
