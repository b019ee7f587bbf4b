"""The version of a model's code: whatever forecasts come from moves it."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from tradeshock.features import Panel
from tradeshock.features.indicators.pipeline import FeaturePipeline
from tradeshock.forecast import backtest
from tradeshock.models import Combination, DirectRidge, FlashBridge, RandomWalk, Recalibration
from tradeshock.models.record import code_version as versions
from tradeshock.models.record.code_version import code_version
from tradeshock.models.record.sources import Source, source_of

PLUGIN = {
    "__init__.py": "",
    "plug.py": """
from importlib import import_module
from pathlib import Path

from tradeshock.features.indicators.lags import TargetLags
from tradeshock.models import RandomWalk

FACTOR = 1.0


class Plug(RandomWalk):
    def _paths(self, steps, rng, conditions):
        from ownplugin import lazy

        table = Path(__file__).with_name("table.csv").read_text()
        scale = FACTOR * lazy.SCALE * import_module("ownplugin.called").SCALE * float(table)
        return scale * super()._paths(steps, rng, conditions)


class PlugLags(TargetLags):
    pass


def adjusted(draws):
    return draws
""",
    "lazy.py": "from .deeper import SCALE\n",
    "deeper.py": "SCALE = 1.0\n",
    "called.py": """
from tradeshock.forecast import backtest
from tradeshock.models import SeasonalNaive

SCALE = 1.0
""",
    "table.csv": "1.0\n",
    "stranger.py": "SCALE = 1.0\n",
}


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], ModuleType]:
    """Write a plug-in; the fixture imports it anew, as a new session would."""
    folder = tmp_path / "ownplugin"
    folder.mkdir()
    for name, text in PLUGIN.items():
        (folder / name).write_text(text)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)

    def load() -> ModuleType:
        for name in [name for name in sys.modules if name.partition(".")[0] == "ownplugin"]:
            del sys.modules[name]
        importlib.invalidate_caches()
        return importlib.import_module("ownplugin.plug")

    yield load
    for name in [name for name in sys.modules if name.partition(".")[0] == "ownplugin"]:
        del sys.modules[name]


class Holder(RandomWalk):
    """A model that is given something."""

    def __init__(self, given=None, half_life=60.0, n_draws=20, random_state=0):
        super().__init__(half_life=half_life, n_draws=n_draws, random_state=random_state)
        self.given = given


class Bag:
    """Holds a model, and is no estimator."""

    def __init__(self, content):
        self.content = [content]


PLACES = {
    "the model itself": lambda m: m.Plug(n_draws=20),
    "a member": lambda m: Combination([m.Plug(), RandomWalk()]),
    "a member's carrier": lambda m: Recalibration(FlashBridge(m.Plug())),
    "a block in a pipeline's list": lambda m: DirectRidge(FeaturePipeline([("l", m.PlugLags())])),
    "a dictionary in a tuple": lambda m: Holder(({"plug": m.Plug()},)),
    "a class": lambda m: Holder(m.Plug),
    "an object without parameters": lambda m: Holder(Bag(m.Plug())),
    "a function": lambda m: Holder(partial(m.adjusted, None)),
}


@pytest.mark.parametrize("place", PLACES)
def test_wherever_the_plug_in_is(
    tmp_path: Path, plugin: Callable[[], ModuleType], place: str
) -> None:
    before = code_version(PLACES[place](plugin()))
    assert code_version(PLACES[place](plugin())) == before
    file = tmp_path / "ownplugin" / "plug.py"
    file.write_text(file.read_text().replace("FACTOR = 1.0", "FACTOR = 2.0"))
    assert code_version(PLACES[place](plugin())) != before


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("lazy.py", True),
        ("deeper.py", True),
        ("called.py", True),
        ("table.csv", True),
        ("__init__.py", True),
        ("stranger.py", False),
    ],
)
def test_whatever_the_plug_in_reads(
    tmp_path: Path, plugin: Callable[[], ModuleType], name: str, counts: bool
) -> None:
    before = code_version(FlashBridge(plugin().Plug()))
    file = tmp_path / "ownplugin" / name
    file.write_text(file.read_text() + "\n# edited\n")
    assert (code_version(FlashBridge(plugin().Plug())) != before) is counts


def test_a_file_that_is_edited_counts_once_it_is_loaded(
    tmp_path: Path, plugin: Callable[[], ModuleType]
) -> None:
    module = plugin()
    before = code_version(module.Plug())
    file = tmp_path / "ownplugin" / "plug.py"
    file.write_text(file.read_text().replace("FACTOR = 1.0", "FACTOR = 2.0"))
    # Until then the code that runs is the old one.
    assert code_version(module.Plug()) == before
    importlib.reload(module)
    reloaded = code_version(module.Plug())
    assert reloaded != before
    # Data are read when they are needed.
    (tmp_path / "ownplugin" / "table.csv").write_text("3.0")
    assert code_version(module.Plug()) not in (before, reloaded)


@pytest.mark.parametrize("edited", ["plug.py", "deeper.py", "table.csv"])
def test_an_edited_carrier_is_not_answered_from_the_store(
    panel: Panel, tmp_path: Path, plugin: Callable[[], ModuleType], edited: str
) -> None:
    origins, runs = panel.origins("2026-03", "2026-05"), []
    for text in ("1.0", "2.0"):
        file = tmp_path / "ownplugin" / edited
        file.write_text(file.read_text().replace("1.0", text))
        model = FlashBridge(plugin().Plug(), n_draws=20)
        kept = backtest({"it": model}, panel, origins=origins, store=tmp_path / "s", n_jobs=1)
        runs.append(kept.frame.query("quantity == 'level'")["q50"].to_numpy())
    np.testing.assert_allclose(runs[1], 2.0 * runs[0])


def test_doors_are_followed_to_the_models_behind_them(
    plugin: Callable[[], ModuleType], monkeypatch: pytest.MonkeyPatch
) -> None:
    read: set[str] = set()

    def reading(module: str) -> Source | None:
        source = source_of(module)
        return source if source is None else read.add(module) or source

    monkeypatch.setattr(versions, "source_of", reading)
    code_version(plugin().Plug())
    assert "tradeshock.models.univariate.seasonal_naive" in read
    assert "tradeshock.models.systems.var" not in read
    # Who runs models does not change what they forecast.
    assert not [name for name in read if name.startswith("tradeshock.forecast")]


def test_libraries_count_where_they_are_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def version(root: str) -> str:
        asked.append(root)
        return "1.0"

    monkeypatch.setattr(versions, "_library_version", version)
    before = code_version(RandomWalk())
    assert {"numpy", "pandas", "sklearn"} <= set(asked)
    assert not {"statsmodels", "lightgbm", "matplotlib", "holidays", "json"} & set(asked)
    monkeypatch.setattr(versions, "_library_version", lambda root: f"2.0 of {root}")
    assert code_version(RandomWalk()) != before
