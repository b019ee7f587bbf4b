import pickle
import subprocess
import sys

import numpy as np
import pytest
from sklearn.base import clone

from tradeshock.features import Panel
from tradeshock.features.errors import ModelError
from tradeshock.models import GradientBoosting, LightGBMBoosting
from tradeshock.models.direct.boosting import ResidualSample
from tradeshock.models.registry import make_model


@pytest.fixture
def missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment without LightGBM."""
    monkeypatch.setitem(sys.modules, "lightgbm", None)


def test_says_what_to_install(panel: Panel, missing: None) -> None:
    model = make_model("LightGBMBoosting")
    with pytest.raises(ModelError, match=r"needs LightGBM: pip install 'tradeshock\[lightgbm\]'"):
        model.fit(panel)
    with pytest.raises(ModelError, match="needs LightGBM"):
        next(model.replay(panel, "exports_total", panel.origins("2019-06", "2019-06"), 1))


def test_is_not_imported_before_it_is_used() -> None:
    code = (
        "import sys; from tradeshock.models import LightGBMBoosting as M; M(); print(*sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "lightgbm" not in run.stdout.split()


@pytest.mark.parametrize("n_bags", [1, 3])
@pytest.mark.parametrize("signs", [(0, 0, 0, 0), (1, -1, 0, -1)])
def test_agrees_with_scikit_learn(
    monkeypatch: pytest.MonkeyPatch, n_bags: int, signs: tuple[int, ...]
) -> None:
    pytest.importorskip("lightgbm")
    # Stumps on all columns: deeper down LightGBM leaves out columns that could not split above.
    for module in ("boosting", "lightgbm_boosting"):
        monkeypatch.setattr(f"tradeshock.models.direct.{module}.SHARE_OF_COLUMNS", 1.0)
        monkeypatch.setattr(f"tradeshock.models.direct.{module}.DEPTH", 1)
    rng = np.random.default_rng(1)
    X = rng.integers(-3, 4, size=(300, 4)).astype(float)
    left = 0.05 * np.tanh(X[:, :1] / 2.0) - 0.03 * (X[:, 1:2] > 1.0)
    left = left + rng.normal(scale=0.02, size=(300, 3))
    for step in range(3):
        left[300 - step :, step] = np.nan
    lesson = ResidualSample(X, left - np.nanmean(left, axis=0), signs)
    ours, theirs = (
        boosting(n_bags=n_bags, learning_rate=0.3, max_iter=20).grow(lesson, X[:40])
        for boosting in (LightGBMBoosting, GradientBoosting)
    )
    assert np.ptp(ours, axis=0).min() > 0.05
    np.testing.assert_allclose(ours, theirs, atol=1e-7)


def test_every_value_of_a_column_has_its_bin() -> None:
    pytest.importorskip("lightgbm")
    X = np.tile(np.arange(-15.0, 16.0), 40)[:, None]
    for cut in (-14.5, 0.5, 14.5):
        lesson = ResidualSample(X, np.where(cut < X, 1.0, -1.0), (0,))
        added = LightGBMBoosting(n_bags=1, max_iter=1).grow(lesson, X[:31])[:, 0]
        assert [int(np.argmax(np.diff(added)))] == [int(cut + 14.5)]


def test_nothing_of_lightgbm_is_kept(panel: Panel) -> None:
    pytest.importorskip("lightgbm")
    model = LightGBMBoosting(max_iter=3, n_draws=20, error_years=1).fit(panel.as_of("2019-07-01"))
    before = model.forecast(2)
    assert b"lightgbm.basic" not in pickle.dumps(model)
    np.testing.assert_array_equal(model.forecast(2).values, before.values)
    assert clone(model).get_params() == model.get_params()
