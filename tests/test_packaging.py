"""The wheel holds the tree: no module and no data file is forgotten."""

import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import entry_points, version
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FLOORS = ("features", "models", "forecast")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
MOST_BYTES = 4_000_000
BUILD = "import sys; from setuptools.build_meta import build_wheel as b; b(sys.argv[1])"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a wheel from a copy of the tree, where no earlier build has left anything."""
    tree, out = tmp_path_factory.mktemp("tree"), tmp_path_factory.mktemp("dist")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tree)
    for folder in ("front", *FLOORS):
        shutil.copytree(ROOT / folder, tree / folder)
    subprocess.run(
        [sys.executable, "-c", BUILD, str(out)], cwd=tree, capture_output=True, check=True
    )
    (built,) = out.glob("*.whl")
    return built


def contents(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}


def test_wheel_holds_every_file_of_the_tree(wheel: Path) -> None:
    tree = {
        f"tradeshock/{path.relative_to(ROOT).as_posix()}".replace("/front/", "/")
        for folder in ("front", *FLOORS)
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert contents(wheel) == tree


def test_wheel_is_small(wheel: Path) -> None:
    assert wheel.stat().st_size <= MOST_BYTES


@pytest.mark.parametrize("floor", FLOORS)
def test_every_floor_ships_its_types(wheel: Path, floor: str) -> None:
    assert f"tradeshock/{floor}/py.typed" in contents(wheel)


def test_no_folder_of_the_checkout_shadows_the_package() -> None:
    assert not (ROOT / "tradeshock").exists()


def test_snapshot_is_in_the_wheel(wheel: Path) -> None:
    snapshot = {name for name in contents(wheel) if "/features/snapshot/" in name}
    assert "tradeshock/features/snapshot/catalog.toml" in snapshot
    assert any(name.endswith(".csv") for name in snapshot)


def test_installed_version_is_that_of_the_checkout() -> None:
    from tradeshock.forecast import __version__

    assert __version__ == version("tradeshock") == PROJECT["version"]
    assert f"\nversion: {__version__}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")


def test_command_is_installed() -> None:
    (command,) = entry_points(group="console_scripts", name="tradeshock")
    assert command.value == PROJECT["scripts"]["tradeshock"]
    assert callable(command.load())


def test_constraints_pin_every_requirement_without_an_address() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = dict(line.split("==") for line in lines if not line.startswith("#"))
    extras = PROJECT["optional-dependencies"]
    installed = ("test", "evaluate", "dev", "dask", "lightgbm", "sktime", "statsforecast")
    wanted = PROJECT["dependencies"] + [name for extra in installed for name in extras[extra]]
    names = {requirement.split(">")[0].split("[")[0] for requirement in wanted}
    assert names - {"tradeshock"} <= set(pins)
    assert not any("/" in line for line in lines)
