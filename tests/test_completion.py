"""Words that a shell completes: which, how quickly, and nothing where a file is broken."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

from tradeshock.features import load_panel
from tradeshock.forecast.cli.completion import BUILT_IN
from tradeshock.forecast.cli.main import main
from tradeshock.forecast.scenarios import read_shocks
from tradeshock.models import registry

HEAVY = {"matplotlib", "numpy", "pandas", "rich", "scipy", "sklearn", "statsmodels"}


def completed(*words: str) -> list[str]:
    """Complete the last of some words."""
    shell = ShellComplete(main, {}, "tradeshock", "_TRADESHOCK_COMPLETE")
    return [item.value for item in shell.get_completions(list(words[:-1]), words[-1])]


def test_names_of_models_are_those_of_the_registry() -> None:
    assert sorted(BUILT_IN) == sorted(registry._built_in()), "write the model into BUILT_IN"


@pytest.mark.parametrize(
    "command", [("forecast",), ("report",), ("warn",), ("explain",), ("news",), ("backtest",)]
)
def test_models_and_series(command: tuple[str, ...]) -> None:
    assert completed(*command, "--model", "bayes") == ["BayesianVAR"]
    assert completed(*command, "--model", "Seasonal") == ["SeasonalARIMA", "SeasonalNaive"]
    assert completed(*command, "--target", "") == sorted(load_panel().catalog)


def test_series_of_a_catalog_of_ones_own(tmp_path: Path) -> None:
    catalog = tmp_path / "catalog.toml"
    catalog.write_text('[taiwan]\ntitle = "Exports"\n[japan]\n', encoding="utf-8")
    assert completed("forecast", "--catalog", str(catalog), "--target", "") == ["japan", "taiwan"]
    figures = tmp_path / "figures.csv"
    figures.write_text("month,taiwan\n", encoding="utf-8")
    assert completed("forecast", "--csv", str(figures), "--target", "") == []
    catalog.write_text("[taiwan", encoding="utf-8")
    assert completed("forecast", "--catalog", str(catalog), "--target", "") == []


def test_shocks(tmp_path: Path) -> None:
    assert completed("scenario", "show", "") == sorted(read_shocks())
    assert completed("scenario", "compare", "--down", "memory_s") == ["memory_severe"]
    own = tmp_path / "own.toml"
    own.write_text('[own_shock]\ntitle = "Ours"\n', encoding="utf-8")
    assert "own_shock" in completed("scenario", "run", "--file", str(own), "")


def test_forecasts_of_the_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = ["2026-04-21-0a", "2026-05-15-0b"]
    folder = tmp_path / "kept"
    folder.mkdir()
    for name in (*ids, ".draft", "notes"):
        (folder / f"{name}.npz").touch()
    assert completed("archive", "show", "--archive", str(folder), "2026-05") == ids[1:]
    monkeypatch.setenv("TRADESHOCK_ARCHIVE", str(folder))
    assert completed("archive", "show", "") == ids
    monkeypatch.delenv("TRADESHOCK_ARCHIVE")
    monkeypatch.setenv("TRADESHOCK_CONFIG", str(tmp_path / "tradeshock.toml"))
    (tmp_path / "tradeshock.toml").write_text('archive = "kept"\n', encoding="utf-8")
    assert completed("archive", "show", "") == ids
    (tmp_path / "tradeshock.toml").write_text("archive = \n", encoding="utf-8")
    assert completed("archive", "show", "") == []


@pytest.mark.parametrize(
    "words", ["forecast --model ", "forecast --target ", "scenario run ", "archive show ", "data "]
)
def test_nothing_heavy_is_imported(words: str) -> None:
    code = "from tradeshock.forecast.cli.main import main; main(prog_name='tradeshock')"
    asked = {"_TRADESHOCK_COMPLETE": "bash_complete", "COMP_WORDS": f"tradeshock {words}"}
    asked |= {"COMP_CWORD": str(len(words.split()) + 1)}
    answer = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", code],
        env=asked,
        capture_output=True,
        text=True,
        check=True,
    )
    imported = {line.rpartition("|")[2].strip() for line in answer.stderr.splitlines()}
    assert "tradeshock.forecast.cli.completion" in imported
    assert not HEAVY & imported
