"""The three floors: what may import what, and what their front doors show."""

import ast
import importlib
import re
import shutil
import subprocess
import sys
from pathlib import Path
from pkgutil import iter_modules
from statistics import median

import pytest

ROOT = Path(__file__).parents[1]
FLOORS = ("features", "models", "forecast")
STUBS = sorted(stub for floor in ("front", *FLOORS) for stub in (ROOT / floor).rglob("*.pyi"))
DOORS = [
    ".".join(("tradeshock", *stub.parent.relative_to(ROOT).parts)).replace(".front", "")
    for stub in STUBS
]
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


@pytest.mark.parametrize("door", DOORS)
def test_every_name_of_a_door_opens(door: str) -> None:
    package = importlib.import_module(door)
    assert package.__all__
    for name in package.__all__:
        assert getattr(package, name) is not None
    assert set(package.__all__) <= set(dir(package))
    with pytest.raises(AttributeError, match=f"{door}.*no_such_name"):
        _ = package.no_such_name


@pytest.mark.parametrize("door", DOORS)
def test_a_door_shows_its_public_names_alone(door: str) -> None:
    shown = dir(importlib.import_module(door))
    assert shown == sorted(importlib.import_module(door).__all__)
    assert not {"attach", "NullHandler", "getLogger"} & {*shown}


@pytest.mark.parametrize("door", DOORS)
def test_no_name_of_a_door_is_also_a_file_beside_it(door: str) -> None:
    # Importing such a file would put the module in the place of the name.
    package = importlib.import_module(door)
    beside = {info.name for info in iter_modules(package.__path__)}
    stub = (ROOT / str(package.__file__)).with_suffix(".pyi").read_text(encoding="utf-8")
    (submodules, *_) = [line for line in stub.splitlines() if f"from {door} import" in line] or [""]
    offered = {name for name in package.__all__ if f"{name} as" not in submodules}
    assert beside.isdisjoint(offered)


@pytest.mark.parametrize("door", DOORS)
def test_first_import_is_light(door: str) -> None:
    code = f"import sys, {door}; print(*sorted(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not set(HEAVY) & set(run.stdout.split())


def test_no_module_is_named_after_nothing() -> None:
    nothing = {"utils", "helpers", "common", "misc"}
    named = {path.stem for floor in FLOORS for path in (ROOT / floor).rglob("*.py")}
    assert named.isdisjoint(nothing)


def test_stale_series_are_passed_over_through_one_door() -> None:
    ignored = re.compile(r"(category=|\"ignore\", )StaleSeriesWarning")
    folders = [ROOT / name for name in (*FLOORS, "benchmarks", "tools")]
    files = [path for folder in folders for path in folder.rglob("*.py")]
    found = {path.name for path in files if ignored.search(path.read_text(encoding="utf-8"))}
    assert found == {"errors.py"}


def packages() -> list[Path]:
    """Folders of all packages of the floors."""
    return sorted(path.parent for floor in FLOORS for path in (ROOT / floor).rglob("__init__.py"))


def test_no_room_is_crowded() -> None:
    crowded = {str(p): n for p in packages() if (n := len(list(p.glob("*.py")))) > 15}
    assert crowded == {}


def test_files_are_small() -> None:
    lines = {
        path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for floor in FLOORS
        for path in (ROOT / floor).rglob("*.py")
    }
    assert {path: n for path, n in lines.items() if n > 400} == {}
    assert median(lines.values()) <= 110


@pytest.mark.parametrize("package", packages(), ids=lambda p: p.relative_to(ROOT).as_posix())
def test_a_room_says_what_it_is_for_and_stands_in_the_docs(package: Path) -> None:
    name = package.relative_to(ROOT).as_posix()
    text = ast.get_docstring(ast.parse((package / "__init__.py").read_text(encoding="utf-8"))) or ""
    purpose, _, bounds = text.partition("\n\n")
    assert purpose.endswith(".")
    if "/" in name:
        assert bounds, f"{name} does not say what may not be in it"
        page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
        row = f"| `{name}/` | {' '.join(purpose.split())} {' '.join(bounds.split())} |"
        assert row in page, f"docs/architecture.md lacks the row: {row}"


def test_the_docs_list_each_room_once() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    row = r"^\| `((?:features|models|forecast)(?:/\w+)+)/` \|"
    listed = re.findall(row, page, re.MULTILINE)
    rooms = [p.relative_to(ROOT).as_posix() for p in packages() if p.parent != ROOT]
    assert sorted(listed) == sorted(rooms)
