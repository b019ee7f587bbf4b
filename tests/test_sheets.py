"""Sheets in other units than the catalog's, and the inbox that an update looks at."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result

from tradeshock.features import Panel
from tradeshock.features.vintages import Answer, Store, live_panel
from tradeshock.features.vintages.sheet import read_sheet, unread
from tradeshock.features.vintages.sheet_units import UNITS, converted
from tradeshock.forecast.cli.main import main

Clock = Callable[[str], None]
MAY = pd.Period("2026-05", "M")


@pytest.fixture(autouse=True)
def june(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    clock("2026-06-02T01:00:00")
    # Nothing is there: an update reads the inbox alone.
    monkeypatch.setenv("TRADESHOCK_MIRROR", "http://127.0.0.1:9")
    monkeypatch.setattr("tradeshock.features.sources.registry.all_sources", lambda **_: ())


def data(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["data", *map(str, arguments)])


def sheet(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding=encoding)
    return path


# 87,211.190 and 85,867.478 million USD are known of March and April, 38,600.7 and 32,800 of chips.
@pytest.mark.parametrize(
    ("text", "encoding", "unit"),
    [
        ("month,exports_total\n2026-03,87211190\n2026-04,85867478\n2026-05,80123400\n", "", "thou"),
        ("월,수출\n2026년 3월,872.1\n2026년 4월,858.7\n2026년 5월,801.234\n", "cp949", "억달러"),
        ("month;exports_total\nMar-26;87,2\nApr-26;85,9\nMay-26;80,1234\n", "utf-16", "bn USD"),
        ("월,수출 (억달러)\n2026-05,801.234\n", "cp949", ""),
        ("month,exports_total [bn USD]\n2026-05,80.1234\n", "", ""),
        ("month,Exports (USD thousand)\n2026-04,85867478\n2026-05,80123400\n", "", ""),
        ("월,수출(백만달러)\n2026-03,87211.2\n2026-05,80123.4\n", "utf-8-sig", ""),
        ("series,2026-03,2026-04,2026-05\n수출（천달러）,87211190,85867478,80123400\n", "", ""),
        ("월,수출（단위：억달러）\n2026-05,801.234\n", "", ""),
    ],
)
def test_a_unit_is_stated_or_that_of_known_months(
    text: str, encoding: str, unit: str, tmp_path: Path
) -> None:
    run = data("add", sheet(tmp_path / "sheet.csv", text, encoding or "utf-8"))
    assert run.exit_code == 0, run.output
    lines = run.stdout.splitlines()
    # What is found and not stated is said; rounded figures of known months are no revisions.
    assert [line for line in lines if "is read as" in line] == lines[:-1]
    assert len(lines) == 1 + bool(unit)
    assert unit in lines[0]
    assert lines[-1].startswith("Added: 1 new and 0 revised figures of 1 series")
    assert live_panel().values.at[MAY, "exports_total"] == pytest.approx(80123.4)


def test_each_column_has_its_own_unit(tmp_path: Path, panel: Panel) -> None:
    months = pd.period_range("2026-01", "2026-04", freq="M")
    known = panel.values.loc[months, ["exports_total", "exports_semiconductors", "weight_dram"]]
    typed = known.set_axis(["exports_total", "반도체", "weight_dram"], axis=1) * [1e3, 1e-2, 1.0]
    made = converted(typed, panel)
    assert list(made.values) == list(known)
    np.testing.assert_allclose(made.values, known, rtol=1e-12)
    assert made.factors == {"exports_total": 1e-3, "exports_semiconductors": 100.0}
    assert len(made.notes) == 2


def test_every_way_of_writing_a_unit_is_of_one_unit() -> None:
    forms = [form for _, written in UNITS.values() for form in written]
    assert len(forms) == len(set(forms))
    factors = sorted(factor for factor, _ in UNITS.values())
    assert all(b / a >= 9.99 for a, b in pairwise(factors))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        # A lost digit among months in thousands: the cell is named, as it was written.
        (
            "month,exports_total\n2026-02,67399000\n2026-03,87211190\n2026-04,8586747\n",
            r"exports_total of 2026-04 is 8,586\.747 \(written as 8,586,747\), known so far as",
        ),
        # One month alone may have lost its digits.
        ("month,exports_total\n2026-04,858.67\n2026-05,801.2\n", "exports_total of 2026-04 is"),
        ("month,imports_total\n2026-03,600\n", r"as in 'exports_total \(bn USD\)'"),
        (
            "월,수출 (천달러)\n2026-03,872.1\n2026-04,858.7\n2026-05,801.2\n",
            "says thousand USD, but most of its known months are in 억달러",
        ),
        ("월,수출 (억달러)\n2026-05,80123.4\n", "exports_total is 8,012,340 in 2026-05"),
        ("month,exports_total (tonnes)\n2026-05,80123.4\n", "no series 'exports_total"),
    ],
)
def test_a_wrong_unit_or_digit_is_refused(text: str, said: str, tmp_path: Path) -> None:
    run = data("add", sheet(tmp_path / "sheet.csv", text))
    assert run.exit_code == 2
    assert re.search(said, run.stderr), run.stderr
    assert not Store().exists()


# -- what came since ---------------------------------------------------------------------------


def official(day: str, **figures: float) -> None:
    """Keep what customs say on a day: exports_total by month, such as m2026_05=80000."""
    rows = [("exports_total", name[1:].replace("_", "-"), v) for name, v in figures.items()]
    table = pd.DataFrame(rows, columns=["series", "month", "value"])
    moment = datetime.fromisoformat(day).replace(tzinfo=UTC)
    Store().append(Answer("customs_items", moment, table))


def test_what_a_sheet_repeats_of_earlier_days_takes_nothing_back(
    tmp_path: Path, clock: Clock
) -> None:
    file = sheet(tmp_path / "mine.csv", "month,exports_total\n2026-04,85867.5\n2026-05,80000\n")
    assert data("add", file).exit_code == 0
    # Customs revise April and replace the typed May; the sheet goes on with June.
    official("2026-06-15T01:00", m2026_04=85900.0, m2026_05=80111.0)
    clock("2026-07-02T01:00:00")
    sheet(file, file.read_text() + "2026-06,79000\n")
    assert data("add", file).stdout.startswith("Added: 1 new and 0 revised")
    assert live_panel().values["exports_total"].tail(3).tolist() == [85900.0, 80111.0, 79000.0]


def test_a_figure_that_was_never_known_is_a_revision(tmp_path: Path) -> None:
    official("2026-06-01T01:00", m2026_05=80000.0)
    file = sheet(tmp_path / "mine.csv", "month,exports_total\n2026-05,81000\n")
    assert data("add", file).stdout.startswith("Added: 0 new and 1 revised")


# -- the inbox -----------------------------------------------------------------------------------


def test_a_template_goes_into_the_inbox_and_is_read_from_there(home: Path) -> None:
    said = data("template", "--names", "korean").stdout
    file = home / "inbox" / "customs.xlsx"
    assert f"Written: {file}" in said
    assert said.endswith("then: tradeshock data update\n")
    assert "is there already" in data("template").stderr
    # As it was written there is nothing to take, and it is looked at again.
    untouched = data("update")
    assert "inbox/customs.xlsx   nothing new in it yet" in untouched.stdout
    assert unread(Store().history()) == [file]


def test_sheets_of_the_inbox_are_read_once(home: Path) -> None:
    inbox = home / "inbox"
    file = sheet(inbox / "a.csv", "월,수출\n2026-03,872.1\n2026-04,858.7\n2026-05,801.234\n")
    for name in ("~$a.xlsx", ".hidden.csv", "notes.docx"):
        sheet(inbox / name, "not read")
    run = data("update")
    assert run.exit_code == 0, run.output
    assert run.stdout.splitlines()[:2] == [
        "inbox/a.csv          1 new, 0 revised",
        "    exports_total is read as 억달러: so are most of its known months",
    ]
    assert "1 of 1 answers kept: 1 new and 0 revised figures" in run.stdout
    assert live_panel().values.at[MAY, "exports_total"] == pytest.approx(80123.4)
    assert unread(Store().history()) == []
    again = data("update")
    assert "inbox/" not in again.stdout
    assert again.exit_code == 3
    # It stays where it is, and is read again when it was changed.
    sheet(file, file.read_text() + "2026-06,802.5\n")
    assert "inbox/a.csv          1 new, 0 revised" in data("update").stdout


def test_a_wrong_sheet_of_the_inbox_stops_no_other(home: Path) -> None:
    sheet(home / "inbox" / "a.csv", "month,exports_total\n2026-04,8586\n")
    sheet(home / "inbox" / "b.xlsx", "no workbook")
    (home / "inbox" / "d.csv").mkdir()
    sheet(home / "inbox" / "c.csv", "month,exports_total\n2026-05,80000\n")
    run = data("update")
    assert run.exit_code == 0, run.output
    assert "inbox/a.csv          nothing kept\n    exports_total of 2026-04 is 8,586" in run.stdout
    assert "inbox/b.xlsx         nothing kept\n    b.xlsx does not open" in run.stdout
    assert "inbox/d.csv          nothing kept" in run.stdout
    assert "1 of 4 answers kept" in run.stdout
    assert [file.name for file in unread(Store().history())] == ["a.csv", "b.xlsx", "d.csv"]


def test_one_source_alone_leaves_the_inbox(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setenv("TRADESHOCK_HOME", str(home))
    monkeypatch.setenv("TRADESHOCK_MIRROR", "http://127.0.0.1:9")
    sheet(home / "inbox" / "a.csv", "month,exports_total\n2026-05,80000\n")
    run = data("update", "--source", "kosis_ict")
    assert "inbox" not in run.stdout
    assert not Store().exists()


def test_what_is_read_is_known_by_the_hash_of_the_file(tmp_path: Path) -> None:
    file = sheet(tmp_path / "a.csv", "month,exports_total\n2026-05,80000\n")
    read = read_sheet(Store().history(), file)
    assert len(read.answer.raw_hash) == 64
    sheet(file, file.read_text() + "\n")
    assert read_sheet(Store().history(), file).answer.raw_hash != read.answer.raw_hash
