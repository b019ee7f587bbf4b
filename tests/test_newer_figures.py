"""Newer figures on top of a panel: from files, by tables' names, on the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from tradeshock.features import Panel
from tradeshock.features.errors import PanelError
from tradeshock.forecast.cli.main import main

TOTAL, CHIPS = "exports_total", "exports_semiconductors"
# As somebody types it from the customs service's announcement of 21 May 2026; invented figures.
ANNOUNCED = """월,수출 (1~20일),반도체 1-20일
2026-05,49800,18200
"""


@pytest.fixture(autouse=True)
def june(clock: Callable[[str], None]) -> None:
    """May is over when its figures are given."""
    clock("2026-06-02T01:00:00")


def written(folder: Path, text: str, name: str = "newest.csv") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


# -- names ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "id"),
    [
        ("exports_total", TOTAL),
        ("Exports_Total", TOTAL),
        ("Exports", TOTAL),
        ("수출 총액", TOTAL),
        ("수출", TOTAL),
        ("Exports of semiconductors", CHIPS),
        ("반도체", CHIPS),
        ("반도체(1~10일)", f"{CHIPS}_first_10_days"),
        ("exports_total first 20 days", f"{TOTAL}_first_20_days"),
        ("Total exports, first 10 days", f"{TOTAL}_first_10_days"),
        ("10일 수출", f"{TOTAL}_first_10_days"),
        ("원/달러", "usdkrw"),
    ],
)
def test_series_go_by_the_names_of_tables(panel: Panel, name: str, id: str) -> None:
    month = panel.last_month(id)
    figure = 1.001 * float(panel.values[id][month])
    (change,) = panel.changes(pd.Series([figure], [str(month)], name=name)).to_dict("records")
    assert (change["series"], change["kind"]) == (id, "revised")


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["exports_totl"], "no series 'exports_totl'; did you mean 'exports_total'"),
        (["쌀", "보리"], "no series '쌀', '보리'"),
        (["수출", "exports_total"], r"\['수출', 'exports_total'\] are all names of exports_total"),
    ],
)
def test_names_that_are_none(panel: Panel, names: list[str], message: str) -> None:
    table = pd.DataFrame([[80_000.0] * len(names)], ["2026-05"], names)
    with pytest.raises(PanelError, match=message):
        panel.append(table)


def test_a_file_of_newer_figures(panel: Panel, tmp_path: Path) -> None:
    later = panel.append(written(tmp_path, ANNOUNCED), seen="2026-05-21")
    assert later.state(TOTAL) == "after_20d"
    assert later.values[f"{TOTAL}_first_20_days"].iloc[-1] == 49_800.0
    assert later.values[f"{CHIPS}_first_20_days"].iloc[-1] == 18_200.0
    semicolons = written(tmp_path, "Monat;Exports\n2026-04;85.900,5\n", "german.csv")
    changes = panel.changes(semicolons, sep=";", decimal=",", thousands=".")
    assert list(changes["after"]) == [85_900.5]


# -- the command line -------------------------------------------------------------------------


def test_the_newest_announcement_is_forecast_from(tmp_path: Path) -> None:
    newest = written(tmp_path, ANNOUNCED)
    forecast = run("forecast", "--add", newest, "--as-of", "2026-05-21")
    assert forecast.exit_code == 0, forecast.output
    assert "first 20 days of May 2026: 49.8 bn USD" in forecast.stdout
    assert "Added: 2 new and 0 revised figures of 2 series, 2026-05 to 2026-05" in forecast.stderr


def test_the_total_alone_is_enough(tmp_path: Path) -> None:
    alone = written(tmp_path, "month,exports_total_first_20_days\n2026-05,49800\n")
    forecast = run("forecast", "--add", alone, "--as-of", "2026-05-21", "--steps", "2")
    assert forecast.exit_code == 0, forecast.output
    assert "the first 20 days of May 2026" in forecast.stdout


def test_every_command_takes_newer_figures(tmp_path: Path) -> None:
    revised = written(tmp_path, "month,수출\n2026-04,85900\n2026-05,80100\n")
    quick = ("--model", "RandomWalk", "--steps", "1")
    forecast = run("forecast", "--add", revised, *quick)
    assert "May 2026: 80.1 bn USD" in forecast.stdout
    assert "exports_total 2026-04: 85,867.478 is now 85,900" in forecast.stderr
    status = run("data", "--add", revised)
    assert "exports_total                                1991-01  2026-05" in status.stdout
    # A page takes seconds to draw; it is read from the same panel.
    assert "--add" in run("report", "--help").stdout
    span = ("--from", "2026-04", "--to", "2026-05", "--jobs", "1")
    scored = run("backtest", "--add", revised, *quick, *span)
    assert scored.exit_code == 0, scored.output


def test_columns_are_chosen_and_renamed(tmp_path: Path) -> None:
    table = written(tmp_path, "month;Ausfuhr;Reis\n2026-05;80100;3\n")
    refused = run("forecast", "--add", table)
    assert "no series 'Ausfuhr', 'Reis'" in refused.stderr
    quick = ("--model", "RandomWalk", "--steps", "1")
    taken = run("forecast", "--add", table, "--column", "Ausfuhr=exports_total", *quick)
    assert taken.exit_code == 0, taken.output
    assert "May 2026: 80.1 bn USD" in taken.stdout


def test_contradictions_are_refused(tmp_path: Path) -> None:
    dollars = written(tmp_path, "month,exports_total_first_20_days\n2026-05,49800000000\n")
    refused = run("forecast", "--add", dollars)
    assert refused.exit_code == 2
    assert "exports_total_first_20_days" in refused.stderr
    assert "Added" not in refused.stderr
