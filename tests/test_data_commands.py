"""Figures brought up to date by hand: the sheet, the store, and what commands say of them."""

import csv
import json
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from tradeshock.features.vintages import Store, live_panel
from tradeshock.forecast.cli.main import main

Clock = Callable[[str], None]
MAY = pd.Period("2026-05", "M")
FORECAST = ("forecast", "--model", "RandomWalk")


def run(*arguments: object) -> Result:
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output
    return result


def refused(*arguments: object) -> str:
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exit_code == 2, result.output
    assert result.stderr.startswith("Error: ")
    return result.stderr


def sheet(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_text(text, encoding=encoding)
    return path


def fill(path: Path, month: str, figures: dict[str, float]) -> None:
    """Type figures into a template, by the name of the column."""
    head, *rows = csv.reader(path.read_text(encoding="utf-8-sig").splitlines())
    (row,) = [row for row in rows if row[0] == month]
    for name, value in figures.items():
        row[head.index(name)] = str(value)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([head, *rows])


@pytest.mark.parametrize(
    ("names", "total", "chips"),
    [
        ("id", "exports_total", "exports_semiconductors_first_20_days"),
        ("korean", "수출", "반도체 1~20일"),
        ("english", "Exports", "Exports of semiconductors, first 20 days of the month"),
    ],
)
def test_a_template_is_filled_in_and_taken(
    names: str, total: str, chips: str, tmp_path: Path, clock: Clock
) -> None:
    clock("2026-06-02T01:00:00")
    file = tmp_path / "sheet.csv"
    said = run("data", "template", file, "--names", names).stdout
    assert "units are those of `tradeshock data`" in said
    assert re.search(r"too early:.*exports_to_asean", said)
    head = next(csv.reader(file.read_text(encoding="utf-8-sig").splitlines()))
    assert len(head) == 71
    fill(file, "2026-05", {total: 80123.4, chips: 20123.4})
    added = run("data", "add", file)
    assert added.stdout == "Added: 2 new and 0 revised figures of 2 series, 2026-05 to 2026-05\n"
    assert live_panel().values.at[MAY, "exports_total"] == 80123.4
    assert run("data", "add", file).stdout.startswith("Added: 0 new and 0 revised")


def test_a_template_as_a_workbook_reads_as_the_csv(tmp_path: Path, clock: Clock) -> None:
    from tradeshock.features.files.table import read_table

    clock("2026-06-02T01:00:00")
    for name in ("a.csv", "a.xlsx"):
        run("data", "template", tmp_path / name, "--names", "korean")
    one, two = (read_table(tmp_path / name, {}).values for name in ("a.csv", "a.xlsx"))
    pd.testing.assert_frame_equal(one, two)
    assert run("data", "add", tmp_path / "a.xlsx").stdout.startswith("Added: 0 new and 0 revised")


def test_a_template_does_not_overwrite(tmp_path: Path) -> None:
    file = sheet(tmp_path / "mine.csv", "typed")
    assert "is there already" in refused("data", "template", file)
    assert file.read_text() == "typed"


@pytest.mark.parametrize(
    ("text", "encoding", "month", "id", "value"),
    [
        ("month,exports_total\n2026-05,80000\n", "utf-8", "2026-05", "exports_total", 80000.0),
        ("월,수출\n2026년 5월,80000\n", "cp949", "2026-05", "exports_total", 80000.0),
        ("month\t반도체\n2026.05\t30000\n", "utf-16", "2026-05", "exports_semiconductors", 30000.0),
        ("month;exports_total\n2026-05;80000,5\n", "utf-8", "2026-05", "exports_total", 80000.5),
        (
            "series,2026-04,2026-05\n수출,85867,80000\n",
            "utf-8",
            "2026-05",
            "exports_total",
            80000.0,
        ),
    ],
)
def test_sheets_as_people_type_them(
    text: str, encoding: str, month: str, id: str, value: float, tmp_path: Path, clock: Clock
) -> None:
    clock("2026-06-15T01:00:00")
    run("data", "add", sheet(tmp_path / "sheet.csv", text, encoding))
    live = live_panel()
    assert live.values.at[pd.Period(month, "M"), id] == value
    # A known figure, rounded, is no revision.
    assert live.values.at[pd.Period("2026-04", "M"), "exports_total"] == 85867.5 or (
        live.values.at[pd.Period("2026-04", "M"), "exports_total"] != 85867.0
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "month,exports_total\n2026-04,8586\n",
            "exports_total of 2026-04 is 8,586, known so far as",
        ),
        (
            "month,weight_dram\n2026-02,4\n2026-03,4\n",
            "all 2 known months are off by about 10^-",
        ),
        ("month,imports_total\n2026-03,600\n", "imports_total is 600 in 2026-03, far outside"),
        ("month,exports_total\n2026-05,eighty\n", "line 2: exports_total has 'eighty' in 2026-05"),
        ("month,exports_gold\n2026-05,80\n", "no series 'exports_gold'"),
        ("month,exports_total\n2026-05,80000\n2026-05,81000\n", "two figures"),
        (
            "month,exports_total,exports_total_first_20_days\n2026-05,40000,50000\n",
            "more than the whole month",
        ),
    ],
)
def test_a_wrong_sheet_is_refused_by_cell(
    text: str, said: str, tmp_path: Path, home: Path, clock: Clock
) -> None:
    clock("2026-06-02T01:00:00")
    assert said in refused("data", "add", sheet(tmp_path / "sheet.csv", text))
    assert not home.exists()


def test_what_looks_wrong_may_be_right(tmp_path: Path, clock: Clock) -> None:
    clock("2026-06-02T01:00:00")
    file = sheet(tmp_path / "sheet.csv", "month,imports_total\n2026-03,600\n")
    assert "--accept" in refused("data", "add", file)
    run("data", "add", file, "--accept")
    with pytest.warns(match="imports_total is 600"):
        assert live_panel().values.at[pd.Period("2026-03", "M"), "imports_total"] == 600.0


def test_months_that_are_missing_are_named(tmp_path: Path, clock: Clock) -> None:
    clock("2026-07-02T01:00:00")
    file = sheet(tmp_path / "sheet.csv", "month,exports_total\n2026-06,80000\n")
    lacks = "exports_total lacks 2026-05: its later ones are used once it is there\n"
    assert run("data", "add", file).stderr.endswith(lacks)
    assert lacks in run("data").stderr


# -- what commands say -------------------------------------------------------------------------


def test_commands_say_how_old_embedded_figures_are(clock: Clock) -> None:
    assert run(*FORECAST).stderr == ""
    clock("2026-11-25T01:00:00")
    old = run(*FORECAST)
    assert old.stderr.startswith("Figures to 15 May 2026, 6 months old; to bring them up to date: ")
    assert "tradeshock data template" in old.stderr
    # An earlier day is asked for on purpose.
    assert run(*FORECAST, "--as-of", "2026-05-01").stderr == ""


def test_commands_use_the_store_and_say_so(tmp_path: Path, clock: Clock) -> None:
    clock("2026-06-02T01:00:00")
    before = json.loads(run(*FORECAST, "--format", "json").stdout)
    text = "month,exports_total,exports_total_first_20_days\n2026-05,80000,45000\n"
    run("data", "add", sheet(tmp_path / "sheet.csv", text))
    clock("2026-06-02T03:30:00")
    made = run(*FORECAST, "--format", "json")
    assert made.stderr == "Figures to 2 June 2026, updated 2 hours ago\n"
    content = json.loads(made.stdout)
    assert (before["last_published"]["month"], before["origin"]) == ("2026-04", "2026-05-15")
    assert (content["last_published"]["month"], content["origin"]) == ("2026-05", "2026-06-02")
    scores = ("backtest", "--model", "SeasonalNaive", "--from", "2026-05", "--steps", "1")
    tested = run(*scores, "--jobs", "1", "--out", tmp_path / "out")
    assert "Figures to 2 June 2026" in tested.stderr
    frame = pd.read_csv(tmp_path / "out" / "forecasts.csv")
    assert set(frame["month"]) == {"2026-05"}
    assert 80000.0 in set(frame["actual"])


def test_a_damaged_store_leaves_the_embedded_figures(home: Path) -> None:
    home.mkdir()
    (home / "figures.sqlite").write_bytes(b"no database at all" * 100)
    result = run(*FORECAST)
    assert re.match(r"Warning: .*is damaged .*; these are the embedded figures\n", result.stderr)
    assert "forecast of 15 May 2026" in result.stdout


def test_a_store_of_a_later_version_leaves_the_embedded_figures(tmp_path: Path) -> None:
    run("data", "add", sheet(tmp_path / "sheet.csv", "month,exports_total\n2026-05,80000\n"))
    connection = sqlite3.connect(Store().path)
    connection.execute("PRAGMA user_version = 2")
    connection.close()
    assert "written by a newer version of tradeshock" in run(*FORECAST).stderr
    assert "schema 2" in refused("data", "export", tmp_path / "out")


def test_export_and_import(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("data", "add", sheet(tmp_path / "sheet.csv", "month,exports_total\n2026-05,80000\n"))
    said = run("data", "export", tmp_path / "out").stdout
    assert said == f"Exported: 7 answers, 7 of them new in {tmp_path / 'out'}\n"
    monkeypatch.setenv("TRADESHOCK_HOME", str(tmp_path / "elsewhere"))
    said = run("data", "import", tmp_path / "out").stdout
    assert said == "Imported: 1 of 7 answers were new\n"
    assert run("data", "import", tmp_path / "out").stdout.startswith("Imported: 0 of 7")
    assert live_panel().values.at[MAY, "exports_total"] == 80000.0
    (tmp_path / "empty").mkdir()
    assert "no exported answers" in refused("data", "import", tmp_path / "empty")


def test_status_is_what_data_says_without_a_command() -> None:
    assert run("data").stdout == run("data", "status").stdout
    day = ("--as-of", "2020-03-14")
    assert run("data", *day).stdout == run("data", "status", *day).stdout
    assert "template" in run("data", "--help").stdout
