"""Defaults of a desk: found, read by the commands that they mean, and overruled by options."""

import json
import re
from pathlib import Path

import click
import pandas as pd
import pytest
from click.testing import CliRunner, Result

from tradeshock.forecast import monthly_forecast
from tradeshock.forecast.cli.config import _general_keys
from tradeshock.forecast.cli.main import main

DESK = """\
target = "exports_total"
model = "FlashRatio"
steps = 3
threshold = 900
adjust = ["2026-06=+1200"]
note = "a strike ends"
out = "pages"
archive = "kept"
lang = "ko"

[command.warn]
threshold = 0.6

[command.archive.scores]
actual = "first"
"""
APRIL = ("forecast", "--as-of", "2026-04-21", "--format", "json")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with the file, current; its parents may have none."""
    monkeypatch.delenv("TRADESHOCK_CONFIG")
    folder = tmp_path / "desk"
    folder.mkdir()
    (folder / "tradeshock.toml").write_text(DESK, encoding="utf-8")
    monkeypatch.chdir(folder)
    return folder


def run(*arguments: str | Path) -> Result:
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output
    return result


def refusal(desk: Path, text: str) -> str:
    """Write a file and return the sentence that refuses it."""
    (desk / "tradeshock.toml").write_text(text, encoding="utf-8")
    result = CliRunner().invoke(main, ["models"])
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("Error: ")
    assert result.stderr.count("\n") == 1
    assert "tradeshock.toml" in result.stderr
    return result.stderr


def test_a_forecast_takes_what_the_file_says_and_says_so(desk: Path) -> None:
    result = run(*APRIL)
    assert result.stderr.splitlines()[0] == "Defaults from tradeshock.toml"
    made = json.loads(result.stdout)
    assert (made["model"], made["threshold"], len(made["months"])) == ("FlashRatio", 900_000.0, 3)
    assert "a strike ends" in result.stdout
    assert (desk / "pages" / "forecast.csv").is_file()
    assert len(list((desk / "kept").iterdir())) == 1


def test_options_win(desk: Path) -> None:
    made = json.loads(run(*APRIL, "--steps", "4", "--model", "RandomWalk").stdout)
    assert (made["model"], len(made["months"])) == ("RandomWalk", 4)


@pytest.mark.parametrize("place", ["parent", "variable", "home"])
def test_it_is_found(
    desk: Path, home: Path, place: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    below, elsewhere = desk / "2026" / "may", tmp_path / "elsewhere"
    below.mkdir(parents=True)
    elsewhere.mkdir()
    file = desk / "tradeshock.toml"
    if place == "variable":
        monkeypatch.setenv("TRADESHOCK_CONFIG", str(file))
    if place == "home":
        home.mkdir()
        file = file.rename(home / "tradeshock.toml")
    monkeypatch.chdir(below if place == "parent" else elsewhere)
    result = run(*APRIL)
    assert result.stderr.startswith(f"Defaults from {file}\n")
    # Paths start from the file's folder, wherever the command runs.
    assert (file.parent / "pages" / "forecast.csv").is_file()


def test_an_empty_variable_reads_none(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRADESHOCK_CONFIG", "")
    result = run(*APRIL, "--model", "RandomWalk", "--steps", "4")
    assert "Defaults" not in result.stderr
    assert json.loads(result.stdout)["threshold"] is None


def test_a_variable_that_names_no_file_is_refused(
    desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRADESHOCK_CONFIG", str(desk / "none.toml"))
    result = CliRunner().invoke(main, ["models"])
    assert result.exit_code == 2
    assert result.stderr.startswith("Error: TRADESHOCK_CONFIG names ")


def test_the_variable_of_the_archive_wins(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRADESHOCK_ARCHIVE", str(desk / "of-the-variable"))
    run(*APRIL)
    assert len(list((desk / "of-the-variable").iterdir())) == 1
    assert not (desk / "kept").exists()
    # Of what reads the archive, too, whose option has no variable of its own.
    assert "2026-04-21" in run("archive", "list").stdout


def defaults(*words: str) -> dict[str, object]:
    """Defaults of the file for one command, by parameter."""
    with main.make_context("tradeshock", [*words]) as context:
        found = context.default_map or {}
    for word in words:
        found = found.get(word, {})
    return found


def test_what_means_another_thing_to_a_command_does_not_reach_it(desk: Path) -> None:
    assert defaults("warn")["threshold"] == 0.6
    assert defaults("scenario", "run")["threshold"] == 900
    assert defaults("report")["lang"] == "ko"
    assert "archive" not in defaults("news")
    assert "out" not in defaults("archive", "plot")
    assert "rivals" not in defaults("backtest")
    assert defaults("archive", "scores")["actual"] == "first"
    assert "Defaults" not in run("models").stderr


def test_own_figures_and_how_they_are_read(desk: Path) -> None:
    months = pd.period_range("2015-01", "2025-12", freq="M").strftime("%m/%Y")
    values = [f"{20_000 + 13 * i % 700},5" for i in range(len(months))]
    table = pd.DataFrame({"month": months, "taiwan": values})
    table.to_csv(desk / "taiwan.csv", index=False, sep=";")
    table.rename(columns={"taiwan": "japan"}).to_csv(desk / "japan.csv", index=False, sep="|")
    (desk / "tradeshock.toml").write_text(
        'csv = "taiwan.csv"\ntarget = "taiwan"\nmodel = "RandomWalk"\nsteps = 2\nsep = ";"\n'
        'decimal = ","\nmonth-format = "%m/%Y"\nrelease-after = 40\n'
        'calendar = "TW"\nunit = "mn TWD"\nhole = []\n',
        encoding="utf-8",
    )
    made = json.loads(run("forecast", "--format", "json").stdout)
    assert made["target"] == "taiwan"
    assert made["unit"] == "mn TWD"
    # Another file is another file: of how the first one is read nothing counts.
    reading = ("--sep", "|", "--decimal", ",", "--month-format", "%m/%Y", "--release-after", "30")
    other = run("forecast", "--csv", "japan.csv", "--target", "japan", "--format", "json", *reading)
    assert json.loads(other.stdout)["unit"] == "units"
    # What a file's figures are is no question of a calendar of release days.
    assert "calendar" not in defaults("run")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("treshold = 900", "treshold: there is no such key; did you mean threshold?"),
        ("release_after = 3", "did you mean release-after?"),
        ('steps = "x"', "steps: got 'x'; write a whole number"),
        ("steps = true", "steps: got True; write a whole number"),
        ('threshold = "900"', "threshold: got '900'; write a number"),
        ("model = 3", "model: got 3; write a text"),
        ("adjust = '2026-06=+1200'", "adjust: got '2026-06=+1200'; write a list of texts"),
        ("hole = [2]", "hole: got [2]; write a list of texts"),
        ("lang = 'de'", "lang: 'de' is not one of"),
        ("steps = 0", "steps: 0 is not in the range"),
        ("header = 'x'", "header: 'x' is no line"),
        ("command = 3", "command: got 3; write a table"),
        ("[command.forcast]\nsteps = 3", "command.forcast: there is no such command; did you mean"),
        ("[command.scenario]\nsteps = 3", "command.scenario.steps: there is no such command"),
        ("[command.scenario.run]\nstps = 3", "command.scenario.run.stps: the command has no such"),
        ("[command.scenario.run]\nhard = 1", "command.scenario.run.hard: got 1; write true or f"),
        ("[command.backtest]\nfrom = '2015'", "command.backtest.from: '2015' is no month"),
        ("steps = ", "does not read as TOML"),
    ],
)
def test_what_makes_no_sense_is_one_sentence_with_file_and_key(
    desk: Path, text: str, sentence: str
) -> None:
    assert sentence in refusal(desk, text)


def test_every_option_may_stand_in_the_file(desk: Path) -> None:
    """Whatever the command, its options are read as its own table."""

    def walk(command: click.Command, above: tuple[str, ...] = ()) -> None:
        for name, one in getattr(command, "commands", {}).items():
            walk(one, (*above, name))
        options = [one for one in command.params if isinstance(one, click.Option)]
        if isinstance(command, click.Group) or not options:
            return
        lines = [f"[command.{'.'.join(above)}]"]
        for option in options:
            key = max(option.opts, key=len).lstrip("-")
            choices = list(getattr(option.type, "choices", ["2015-01"]))
            value = json.dumps(choices[0])
            if isinstance(option.type, click.types.BoolParamType):
                value = "true"
            elif isinstance(option.type, click.types.IntParamType | click.types.FloatParamType):
                value = "2"
            elif key in ("header",):
                value = '"5"'
            lines.append(f"{key} = [{value}]" if option.multiple else f"{key} = {value}")
        (desk / "tradeshock.toml").write_text("\n".join(lines), encoding="utf-8")
        assert len(defaults(*above)) == len(options)

    walk(main)


def test_run_does_not_forecast_korea_in_the_place_of_own_figures(desk: Path) -> None:
    file = desk / "tradeshock.toml"
    file.write_text('csv = "figures/taiwan.csv"\nrelease-after = 15\n')
    (desk / "figures").mkdir()
    (desk / "figures" / "taiwan.csv").write_text("month,taiwan\n2024-01,1.0\n")
    result = CliRunner().invoke(main, ["run", "--calendar"])
    assert result.exit_code == 2
    assert f"{file} names figures of your own (csv): `run` is for the figures of the" in (
        " ".join(result.stderr.split())
    )
    assert CliRunner().invoke(main, ["run", "--help"]).exit_code == 0


def test_the_page_names_all_keys() -> None:
    page = (Path(__file__).parents[1] / "docs" / "configuration.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1] for line in page.splitlines() if line.startswith("| `")]
    assert re.findall(r"`([^`]+)`", " ".join(rows)) == _general_keys()


def test_python_reads_no_file(desk: Path) -> None:
    assert len(monthly_forecast(model="RandomWalk").table()) == 12
