"""The three floors: what may import what, and what their front doors show."""

import ast
import importlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FLOORS = ("features", "models", "forecast")
LINTER = "import sys; from importlinter.cli import lint_imports as f; sys.exit(f(sys.argv[1]))"
HEAVY = ("matplotlib", "numpy", "pandas", "scipy", "sklearn", "statsmodels")


def ruff(*arguments: str, source: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run ruff's check for banned imports alone."""
    executable = shutil.which("ruff", path=str(Path(sys.executable).parent)) or shutil.which("ruff")
    assert executable is not None, "ruff is part of the extra 'test': pip install '.[test]'"
    command = [executable, "check", "--no-cache", "--select", "TID251", *arguments]
    return subprocess.run(
        command, cwd=ROOT, input=source, capture_output=True, text=True, check=False
    )


def shown_to_type_checkers(door: Path) -> dict[str, str]:
    """Read the imports under TYPE_CHECKING: name to module."""
    tree = ast.parse(door.read_text(encoding="utf-8"))
    guard = next(node for node in tree.body if isinstance(node, ast.If))
    imports = [node for node in guard.body if isinstance(node, ast.ImportFrom)]
    return {alias.name: str(node.module) for node in imports for alias in node.names}


def shown_at_run_time(door: Path) -> dict[str, str]:
    """Read the mapping given to attach: name to module."""
    tree = ast.parse(door.read_text(encoding="utf-8"))
    mapping = next(node for node in ast.walk(tree) if isinstance(node, ast.Dict))
    names: dict[str, str] = ast.literal_eval(mapping)
    return names


def test_imports_point_down(tmp_path: Path) -> None:
    # From elsewhere, so that the checkout cannot stand in for the installed package.
    run = subprocess.run(
        [sys.executable, "-c", LINTER, str(ROOT / "pyproject.toml")],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_nothing_imports_a_floor_by_its_bare_name() -> None:
    run = ruff(".")
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize("floor", FLOORS)
def test_a_bare_import_is_caught(floor: str) -> None:
    run = ruff("-", source=f"from {floor}.panel import Panel\n")
    assert run.returncode == 1
    assert f"Import tradeshock.{floor}" in run.stdout


@pytest.mark.parametrize("floor", FLOORS)
def test_front_door_shows_the_same_at_run_time_and_to_type_checkers(floor: str) -> None:
    door = ROOT / floor / "__init__.py"
    assert shown_to_type_checkers(door) == shown_at_run_time(door)


@pytest.mark.parametrize("floor", FLOORS)
def test_every_name_of_the_front_door_opens(floor: str) -> None:
    package = importlib.import_module(f"tradeshock.{floor}")
    for name in package.__all__:
        assert getattr(package, name) is not None
    assert set(package.__all__) <= set(dir(package))
    with pytest.raises(AttributeError, match=f"tradeshock.{floor}.*no_such_name"):
        _ = package.no_such_name


@pytest.mark.parametrize("floor", FLOORS)
def test_no_name_of_the_front_door_is_also_a_file_beside_it(floor: str) -> None:
    # Importing such a file would put the module in the place of the name.
    beside = {path.stem for path in (ROOT / floor).iterdir() if not path.name.startswith("_")}
    assert beside.isdisjoint(shown_at_run_time(ROOT / floor / "__init__.py"))


@pytest.mark.parametrize("floor", FLOORS)
def test_first_import_is_light(floor: str) -> None:
    code = f"import sys, tradeshock.{floor}; print(*sorted(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not set(HEAVY) & set(run.stdout.split())


def test_no_module_is_named_after_nothing() -> None:
    nothing = {"utils", "helpers", "common", "misc"}
    named = {path.stem for floor in FLOORS for path in (ROOT / floor).rglob("*.py")}
    assert named.isdisjoint(nothing)
