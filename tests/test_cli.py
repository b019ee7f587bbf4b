"""The command line: what it prints, what it may know, and how it fails."""

import io
import json
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import click
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result
from matplotlib.image import imread

from tradeshock.features import Panel
from tradeshock.features.errors import BacktestError, PanelError, StaleSeriesWarning
from tradeshock.forecast.backtesting import backtest as backtesting
from tradeshock.forecast.backtesting.result import Backtest, Failure, IncompleteBacktestError
from tradeshock.forecast.cli.main import main
from tradeshock.forecast.cli.terminal import Terminal
from tradeshock.forecast.monthly import defaults
from tradeshock.models import FlashRatio

# A model without members: most of these tests are about what is printed.
QUICK = ("--model", "FlashRatio")
APRIL = ("forecast", "--as-of", "2026-04-21", *QUICK)
HEAVY = {"matplotlib", "numpy", "pandas", "rich", "scipy", "sklearn", "statsmodels"}


def run(*arguments: str | Path) -> Result:
    """Run a command that should succeed."""
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output
    return result


def refused(*arguments: str | Path) -> str:
    """Run a command that should fail and return its one sentence."""
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("Error: ")
    assert result.stderr.count("\n") == 1
    return result.stderr


def use(panel: Panel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tradeshock.features.snapshot.load_panel", lambda: panel)


def changed(panel: Panel, factors: np.ndarray) -> Panel:
    return Panel(panel.values * factors, panel.catalog, panel.calendar, panel.origin)


@pytest.fixture
def taiwan(tmp_path: Path) -> Path:
    months = pd.period_range("2012-01", "2025-12", freq="M").astype(str)
    values = 20_000.0 + 500.0 * np.sin(np.arange(len(months))) + 20.0 * np.arange(len(months))
    path = tmp_path / "taiwan.csv"
    pd.DataFrame({"month": months, "taiwan": values}).to_csv(path, index=False)
    return path


# -- what a forecast may know -----------------------------------------------------------------


def test_after_twenty_days_the_month_itself_is_not_known(
    panel: Panel, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = run(*APRIL, "--format", "json").stdout
    later = panel.release_dates > np.datetime64("2026-04-21")
    assert later[
        panel.values.index.get_loc("2026-04"), panel.values.columns.get_loc("exports_total")
    ]
    use(changed(panel, np.where(later, 1.7, 1.0)), monkeypatch)
    assert run(*APRIL, "--format", "json").stdout == before
    content = json.loads(before)
    assert content["last_published"]["month"] == "2026-03"
    assert content["months"][0]["month"] == "2026-04"


def test_after_twenty_days_they_are_used(panel: Panel, monkeypatch: pytest.MonkeyPatch) -> None:
    before = json.loads(run(*APRIL, "--format", "json").stdout)
    factors = np.ones(panel.values.shape)
    place = [panel.values.index.get_loc("2026-04")]
    factors[place, panel.values.columns.get_loc("exports_total_first_20_days")] = 1.05
    use(changed(panel, factors), monkeypatch)
    after = json.loads(run(*APRIL, "--format", "json").stdout)
    assert after["months"][0]["median"] == pytest.approx(1.05 * before["months"][0]["median"])
    assert after["flash"]["value"] == pytest.approx(1.05 * before["flash"]["value"])


def test_in_the_middle_of_may_the_forecast_begins_with_may(
    panel: Panel, monkeypatch: pytest.MonkeyPatch
) -> None:
    may = ("forecast", "--as-of", "2026-05-15", "--format", "json")
    before = run(*may).stdout
    months = [row["month"] for row in json.loads(before)["months"]]
    assert months == [str(month) for month in pd.period_range("2026-05", periods=12, freq="M")]
    values = panel.values.copy()
    values.loc[pd.Period("2026-05"), "exports_total"] = 123_456.0
    values.loc[pd.Period("2026-05"), "exports_total_first_20_days"] = 65_432.0
    later = Panel(values, panel.catalog, panel.calendar, "2026-06-01").with_quotes(panel.quotes)
    use(later, monkeypatch)
    assert run(*may).stdout == before
    june = json.loads(run("forecast", *QUICK, "--format", "json").stdout)
    assert june["months"][0]["month"] == "2026-06"


# -- forecast ---------------------------------------------------------------------------------


def test_table_csv_and_json_agree() -> None:
    printed = run(*APRIL).stdout
    csv = pd.read_csv(io.StringIO(run(*APRIL, "--format", "csv").stdout)).set_index("month")
    content = json.loads(run(*APRIL, "--format", "json").stdout)
    assert csv.index.tolist() == [row["month"] for row in content["months"]]
    for row in content["months"]:
        assert csv.loc[row["month"], "median"] == row["median"]
        month = pd.Period(row["month"]).strftime("%b %Y")
        bn = {name: f"{row[name] / 1000:.1f}" for name in ("median", "low80", "high80")}
        growth = {name: f"{row[f'yoy_{name}']:+z.1f}" for name in bn}
        line = (
            f"{month} {bn['median']} {bn['low80']} to {bn['high80']} "
            f"{growth['median']} {growth['low80']} to {growth['high80']}"
        )
        assert line in re.sub(" +", " ", printed)
    year = content["years"][0]
    assert f"2026: {year['median'] / 1000:,.1f} bn USD" in printed
    assert f"{year['growth_median']:+.1f} % on 2025" in printed
    assert content["threshold"] == 1_000_000.0


def test_header_says_what_is_known_and_which_model() -> None:
    printed = run(*APRIL, "--steps", "2").stdout
    for words in (
        "Exports (KR), forecast of 21 April 2026",
        "March 2026 and the first 20 days of April 2026 (after_20d)",
        "March 2026: 87.2 bn USD, +50.2 % on a year before",
        "FlashRatio",
        "it takes 9 steps to December",
    ):
        assert words in printed
    named = run("forecast", "--as-of", "2026-05-01", "--model", "SeasonalNaive").stdout
    assert "April 2026, nothing yet of May 2026 (after_total)" in named
    assert re.search(r"Model +SeasonalNaive\n", named)


@pytest.mark.parametrize(
    ("threshold", "words"),
    [
        ("1", "over 99 %"),
        ("5000", "under 1 %"),
        ("958", r"\d\d %"),
        (None, r"(900|1,000) bn USD: "),
    ],
)
def test_chance_of_passing_a_threshold(threshold: str | None, words: str) -> None:
    options = [] if threshold is None else ["--threshold", threshold]
    printed = run("forecast", "--as-of", "2026-05-15", *QUICK, *options).stdout
    assert re.search(f"Chance of more than .*{words}", printed)


def test_threshold_is_round_and_in_doubt_unless_it_is_given() -> None:
    imports = ("forecast", *QUICK, "--target", "imports_total")
    assert re.search("Chance of more than [67]00 bn USD: [1-9]", run(*imports).stdout)
    assert "Chance of more than 600 bn USD" in run(*imports, "--threshold", "600").stdout


def test_levels_and_prices_have_no_growth_or_total_that_means_nothing() -> None:
    pressure = run("forecast", *QUICK[:1], "VAR", "--target", "gscpi").stdout
    assert "y/y" not in pressure
    assert "on a year before" not in pressure
    assert "months published" not in pressure
    won = run("forecast", *QUICK[:1], "RandomWalk", "--target", "usdkrw").stdout
    assert "y/y" in won
    assert "months published" not in won
    asked = ("forecast", "--model", "RandomWalk", "--target", "usdkrw", "--threshold", "1")
    assert "usdkrw is in KRW per USD, which does not add up" in refused(*asked)


def test_out_writes_the_chart_and_the_figures(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    adjust = ("--adjust", "2026-06=+1200", "--adjust", "2026-07=-300", "--note", "strike ends")
    result = run(*APRIL, *adjust, "--out", folder)
    assert "Judgement: +1,200 mn USD in June 2026, -300 mn USD in July 2026 (strike ends)" in (
        result.stdout
    )
    assert re.search(r"Jun 2026.* \+1\.2 *\n", result.stdout)
    assert "forecast.png" in result.stderr
    made = {path.name: path for path in folder.iterdir()}
    assert set(made) == {"forecast.csv", "forecast.json", "forecast.png", "forecast.svg"}
    assert made["forecast.json"].read_text() == run(*APRIL, *adjust, "--format", "json").stdout
    assert made["forecast.csv"].read_text() == run(*APRIL, *adjust, "--format", "csv").stdout
    assert "strike ends" in made["forecast.csv"].read_text()
    assert imread(made["forecast.png"]).shape[:2] == (720, 1200)
    assert made["forecast.svg"].read_text().startswith("<?xml")
    before = made["forecast.svg"].read_bytes()
    run(*APRIL, *adjust, "--out", folder)
    assert made["forecast.svg"].read_bytes() == before


def test_adjusting_without_a_reason_says_so() -> None:
    assert "no reason given" in run(*APRIL, "--adjust", "2026-06=1200").stdout


def test_pipes_get_plain_lines_of_any_length(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    printed = run(*APRIL).stdout
    assert printed.isascii()
    assert max(map(len, printed.splitlines())) > 100


@pytest.mark.parametrize("width", [50, 80, 120])
def test_terminals_get_lines_that_fit(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], width: int
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", str(width))
    main([*APRIL, "--adjust", "2026-06=1200"], standalone_mode=False)
    lines = click.unstyle(capsys.readouterr().out).splitlines()
    assert max(map(len, lines)) <= width
    assert any("─" in line for line in lines)
    assert not any("…" in line for line in lines)


# -- own figures ------------------------------------------------------------------------------


def test_own_figures_through_the_same_door(taiwan: Path) -> None:
    own = ("--csv", taiwan, "--calendar", "TW", "--release-after", "40", "--unit", "mn USD")
    printed = run("forecast", *own, *QUICK, "--as-of", "2025-12-20", "--threshold", "290").stdout
    assert "taiwan (TW), forecast of 20 December 2025" in printed
    assert "October 2025, nothing yet of November 2025 (after_total)" in printed
    assert "Chance of more than 290 bn USD" in printed
    status = run("data", *own, "--as-of", "2025-12-20").stdout
    assert re.search(r"taiwan +2012-01 +2025-10 +2026-01-09", status)
    scores = run(
        "backtest",
        *own,
        "--from",
        "2024-01",
        "--to",
        "2024-06",
        "--model",
        "RandomWalk",
        "--steps",
        "3",
        "--jobs",
        "1",
    ).stdout
    assert re.search(r"3 +RandomWalk +6", scores)


def test_own_unit_is_printed(taiwan: Path) -> None:
    own = ("--csv", taiwan, "--release-after", "40", "--unit", "mn EUR")
    assert "bn EUR" in run("forecast", *own, *QUICK).stdout


def test_no_output_names_a_currency_that_nobody_gave(taiwan: Path, tmp_path: Path) -> None:
    own = ("--csv", taiwan, "--release-after", "40")
    printed = run("forecast", *own, *QUICK).stdout
    assert re.search(r"Last published +December 2025: [\d,]{6,} units", printed)
    assert "USD" not in printed
    assert json.loads(run("forecast", *own, *QUICK, "--format", "json").stdout)["unit"] == "units"
    assert re.search(r"- +units", run("data", *own).stdout)
    catalog = tmp_path / "own.toml"
    catalog.write_text("[taiwan]\nrelease = {day = 9}\n", encoding="utf-8")
    assert "USD" not in run("data", "--csv", taiwan, "--catalog", str(catalog)).stdout


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--calendar", "TW"], "--calendar describes own figures; give them with --csv FILE"),
        (["--unit", "index"], "--unit describes own figures"),
        (["--csv", "{taiwan}"], "--csv needs --release-after DAYS"),
        (["--csv", "nowhere.csv", "--release-after", "40"], "'nowhere.csv' does not exist"),
        (["--csv", "{taiwan}", "--release-after", "40", "--calendar", "XX"], "XX"),
        (["--csv", "{taiwan}", "--release-after", "40", "--target", "korea"], "korea"),
    ],
)
def test_own_figures_that_are_not_described(taiwan: Path, options: list[str], words: str) -> None:
    assert words in refused("forecast", *(text.format(taiwan=taiwan) for text in options))


# -- backtest ---------------------------------------------------------------------------------


def test_backtest_prints_scores_and_writes_them_all(tmp_path: Path) -> None:
    out, store = tmp_path / "out", tmp_path / "store"
    short = (
        "backtest",
        "--from",
        "2019-01",
        "--to",
        "2020-12",
        "--steps",
        "4",
        "--jobs",
        "1",
        "--model",
        "SeasonalNaive",
        "--store",
        store,
    )
    result = run(*short, "--out", out)
    rows = [line.split() for line in result.stdout.splitlines()]
    shown = [row[:3] for row in rows if row and row[0].isdigit()]
    assert sorted(shown) == sorted(
        [step, model, "24"] for step in ("1", "3") for model in ("RandomWalk", "SeasonalNaive")
    )
    scores = pd.read_csv(out / "scores.csv")
    assert set(scores["step"]) == {1, 2, 3, 4}
    assert set(scores["quantity"]) == {"level", "yoy"}
    one = scores.query("model == 'RandomWalk' and quantity == 'level' and step == 1").iloc[0]
    assert f"{one['rmse']:.2f}" in result.stdout
    frame = pd.read_csv(out / "forecasts.csv")
    assert frame["month"].iloc[0] == "2019-01"
    assert any(store.iterdir())
    assert run(*short).stdout == result.stdout


def test_backtest_after_twenty_days() -> None:
    printed = run(
        "backtest",
        "--from",
        "2026-03",
        "--state",
        "after_20d",
        "--steps",
        "1",
        "--model",
        "FlashRatio",
        "--jobs",
        "1",
    ).stdout
    assert re.search(r"1 +FlashRatio +2 ", printed)


def test_what_succeeded_is_printed_before_the_failure(
    panel: Panel, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = backtesting.backtest(
        "RandomWalk", panel, origins=panel.origins("2019-01", "2019-12"), steps=1, n_jobs=1
    )
    failure = Failure("VAR", 2019, "ModelError: no such luck")

    def fails(*_: object, **__: object) -> Backtest:
        raise IncompleteBacktestError(
            Backtest(done.frame, done.functionals, done.record, (failure,))
        )

    monkeypatch.setattr(backtesting, "backtest", fails)
    result = CliRunner().invoke(main, ["backtest"])
    assert result.exit_code == 2
    assert "RandomWalk" in result.stdout
    assert "VAR" in result.stderr
    assert "no such luck" in result.stderr


# -- models and data --------------------------------------------------------------------------


def test_models_are_listed_with_what_they_do() -> None:
    printed = run("models").stdout
    first_line = (FlashRatio.__doc__ or "").splitlines()[0]
    assert re.search(rf"FlashRatio +{re.escape(first_line)}", printed)
    assert printed.count("\n") > 7


def test_data_lists_every_series(panel: Panel) -> None:
    printed = run("data").stdout
    assert all(id in printed for id in panel.values.columns)
    assert re.search(r"exports_total +1991-01 +2026-04 +2026-06-01 +- +mn USD", printed)
    assert re.search(r"reer_kr .* 2024-11-18  ", printed)
    assert re.search(
        r"exports_total +1991-01 +2020-02 +2020-04-01", run("data", "--as-of", "2020-03-14").stdout
    )


# -- errors, warnings, help -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["forecast", "--as-of", "2027-01-01"], "compiled on 2026-05-15"),
        (["forecast", "--as-of", "soon"], "'soon' is no day"),
        (["forecast", "--model", "Oracle"], "there are AutoRegression"),
        (["forecast", "--steps", "0"], "--steps"),
        (["forecast", "--target", "exports_gold"], "'exports_gold'"),
        (["forecast", "--adjust", "June=5"], "2026-06=+1200"),
        (["forecast", "--note", "why"], "there is none"),
        (["forecast", "--format", "xml"], "'xml'"),
        (["backtest", "--from", "2015"], "2015-01"),
        (["backtest", "--from", "2020-01", "--to", "2019-01"], "give the earlier one first"),
        (["backtest", "--state", "after_lunch"], "after_20d"),
        (["predict"], "No such command"),
        (["--quiet"], "--quiet"),
    ],
)
def test_errors_are_one_sentence(arguments: Sequence[str], words: str) -> None:
    assert words in refused(*arguments)


def test_a_file_in_place_of_the_folder_is_a_sentence(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    result = CliRunner().invoke(main, [*APRIL, "--out", str(blocked / "folder")])
    assert result.exit_code == 2
    assert result.stderr.startswith("Error: ")


def test_an_unforeseen_error_is_a_sentence_that_names_debug(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("so\nthere")

    monkeypatch.setattr(defaults, "target_of", broken)
    assert "so there (ZeroDivisionError; tradeshock --debug shows" in refused("forecast")


def test_debug_shows_the_traceback() -> None:
    result = CliRunner().invoke(main, ["--debug", "forecast", "--as-of", "soon"])
    assert isinstance(result.exception, PanelError)
    assert result.exception.__traceback__ is not None
    failed = CliRunner().invoke(main, ["--debug", "backtest", "--from", "2030-01"])
    assert isinstance(failed.exception, PanelError | BacktestError)


def test_warnings_are_one_line_on_standard_error(monkeypatch: pytest.MonkeyPatch) -> None:
    import warnings

    def stale(_: object) -> pd.DataFrame:
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.warn("reer_kr ends in 2024-09", StaleSeriesWarning, stacklevel=1)
        return pd.DataFrame()

    monkeypatch.setattr("tradeshock.features.panel.status.data_status", stale)
    assert run("data").stderr == "Warning: reer_kr ends in 2024-09\n"


@pytest.mark.parametrize("arguments", [[], ["--help"], ["-h"]])
def test_help_names_the_commands(arguments: list[str]) -> None:
    printed = run(*arguments).stdout
    commands = re.findall(r"^  (\w+)  +\w", printed.partition("Commands:")[2], re.MULTILINE)
    assert commands == [
        "forecast",
        "report",
        "run",
        "archive",
        "scenario",
        "exposure",
        "warn",
        "news",
        "explain",
        "backtest",
        "models",
        "data",
    ]
    assert "..." not in printed.partition("Commands:")[2]


def test_help_imports_nothing_heavy() -> None:
    code = "from tradeshock.forecast.cli.main import main; main(['--help'], prog_name='tradeshock')"
    help_run = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", code], capture_output=True, text=True, check=True
    )
    assert help_run.stdout.startswith("Usage: tradeshock")
    imported = {line.rpartition("|")[2].strip() for line in help_run.stderr.splitlines()}
    assert "tradeshock.forecast.cli.main" in imported
    assert not HEAVY & imported


def test_failure_in_a_real_process_has_exit_code_2_and_no_traceback() -> None:
    code = "from tradeshock.forecast.cli.main import main; main()"
    failed = subprocess.run(
        [sys.executable, "-c", code, "forecast", "--as-of", "soon"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert failed.returncode == 2
    assert failed.stdout == ""
    assert failed.stderr == "Error: 'soon' is no day; write it as '2026-05-15' (year, month, day)\n"


def test_it_runs_as_a_module() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "tradeshock", "models"], capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout == run("models").stdout


@pytest.mark.parametrize(
    ("given", "right"),
    [
        (("forecast", "-v"), "-v forecast"),
        (("forecast", "-vv"), "-v forecast"),
        (("data", "update", "--verbose"), "--verbose data update"),
        (("archive", "list", "--debug"), "--debug archive list"),
    ],
)
def test_what_stands_before_the_command_is_sent_there(given: Sequence[str], right: str) -> None:
    name = right.split()[0]
    said = refused(*given)
    assert f"{name} stands before the command: " in said
    assert said.rstrip().endswith(right)
    assert "It stands before the command" in " ".join(run("--help").stdout.split())


def test_brackets_are_text_and_not_markup(capsys: pytest.CaptureFixture[str]) -> None:
    Terminal().line("VAR(series=[bold])")
    assert capsys.readouterr().out == "VAR(series=[bold])\n"
