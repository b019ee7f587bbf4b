"""No figure of a file is lost without a word: what cannot have a place is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pandas as pd
import pytest
from click.testing import CliRunner

from tradeshock.features import Catalog, Panel, ReleaseRule, Series
from tradeshock.features.errors import PanelError
from tradeshock.features.files.workbook_writing import MAIN, PARTS
from tradeshock.forecast.cli.main import main

Clock = Callable[[str], None]
RULE = ReleaseRule.after(days=15)


def read(path: Path, **reading: Any) -> pd.DataFrame:
    return Panel.from_file(path, RULE, **reading).values


def written(folder: Path, text: str) -> Path:
    path = folder / "own.csv"
    path.write_text(text, encoding="utf-8")
    return path


# -- months across ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "heading",
    ["2020-03(P)", "2020-03*", "2020-03p", "2020.03(P)", "2020-13", "2020Q1", "Total", "합계"],
)
def test_figures_below_no_month_are_refused(tmp_path: Path, heading: str) -> None:
    last = written(tmp_path, f"item,2020-01,2020-02,{heading}\nx,1,2,3\ny,1,2,\n")
    with pytest.raises(PanelError, match=rf"own\.csv: .*\['{re.escape(heading)}'\]; write"):
        read(last)
    assert read(written(tmp_path, "item,2020-01,2020-02,note\nx,1,2,new\n")).shape == (2, 1)


@pytest.mark.parametrize("heading", ["2020-01(P)", "202O-01", "Jna 2020", "2020.01p"])
def test_so_is_a_marked_first_month(tmp_path: Path, heading: str) -> None:
    with pytest.raises(PanelError, match=re.escape(f"no month as heading: ['{heading}']")):
        read(written(tmp_path, f"item,{heading},2020-02,2020-03\nx,1,2 p,3\n"))


def test_codes_in_front_of_the_months_are_labels(tmp_path: Path) -> None:
    codes = "HS6,item,2020-01,2020-02\n854231,x,1,2\n854232,y,3,4\n"
    assert read(written(tmp_path, codes)).columns.tolist() == ["854231", "854232"]
    behind = "2020-01,2020-02".join(["item,", ",code\n"]) + "x,1,2,85\ny,3,4,87\n"
    with pytest.raises(PanelError, match=r"if it names the rows, say series=\[...\]"):
        read(written(tmp_path, behind))
    assert read(written(tmp_path, behind), series="code").columns.tolist() == ["85", "87"]


# -- months by a format -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("months", "way", "lacking"),
    [(["1", "2"], "%m", "year"), (["2020", "2021"], "%Y", "month"), (["x", "x"], "x", "year")],
)
def test_a_format_says_year_and_month(
    tmp_path: Path, months: list[str], way: str, lacking: str
) -> None:
    path = written(tmp_path, "month,x\n" + "".join(f"{month},1\n" for month in months))
    with pytest.raises(PanelError, match=f"month_format='{way}' has no {lacking}; say how both"):
        read(path, month_format=way)
    command = ["data", "--csv", str(path), "--release-after", "15", "--month-format", way]
    run = CliRunner().invoke(main, command)
    assert run.exit_code == 2
    assert f"--month-format {way} has no {lacking}; " in run.stderr
    assert "--month year --month month" in run.stderr


# -- workbooks --------------------------------------------------------------------------------


def workbook(folder: Path, *rows: tuple[str, str]) -> Path:
    """Workbook of two columns, each cell the inside of its element or a text."""
    path = folder / "own.xlsx"
    lines = []
    for number, cells in enumerate(rows, start=1):
        marked = [
            cell if cell.startswith("<c") else f'<c t="inlineStr"><is><t>{cell}</t></is></c>'
            for cell in cells
        ]
        lines.append(f'<row r="{number}">{"".join(marked)}</row>')
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>'
    with ZipFile(path, "w") as archive:
        for name, text in {**PARTS, "xl/worksheets/sheet1.xml": sheet}.items():
            archive.writestr(name, text)
    return path


TOP, FIRST = ("month", "x"), ("2020-01", "<c><v>1</v></c>")


@pytest.mark.parametrize(
    "cell", ['<c t="e"><f>1/0</f><v>#DIV/0!</v></c>', '<c t="e"><v>#N/A</v></c>']
)
def test_a_cell_in_error_is_no_missing_figure(tmp_path: Path, cell: str) -> None:
    shown = cell.partition("<v>")[2].partition("</v>")[0]
    path = workbook(tmp_path, TOP, FIRST, ("2020-02", cell))
    says = f"own.xlsx: line 3: x has '{shown}' in 2020-02, which is no number; correct it"
    with pytest.raises(PanelError, match=re.escape(says)):
        read(path)
    assert read(path, missing=[shown])["x"].notna().tolist() == [True, False]


def test_nor_is_a_formula_that_was_never_worked_out(tmp_path: Path) -> None:
    cell = '<c r="B3"><f>B2+1</f></c>'
    path = workbook(tmp_path, TOP, FIRST, ("2020-02", cell))
    with pytest.raises(PanelError, match=r"x has '=B2\+1' in 2020-02.* a formula needs its value"):
        read(path)
    worked_out = cell.replace("</f>", "</f><v>2</v>")
    assert read(workbook(tmp_path, TOP, FIRST, ("2020-02", worked_out)))["x"].tolist() == [1.0, 2.0]
    # what says by itself that it is empty is missing: =IF(A3="","",A3)
    empty = '<c t="str"><f>IF(B2="","",B2)</f><v></v></c>'
    assert read(workbook(tmp_path, TOP, FIRST, ("2020-02", empty)))["x"].isna().tolist() == [
        False,
        True,
    ]


def test_the_same_in_an_open_document(tmp_path: Path) -> None:
    names = "".join(
        f' xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{short}:1.0"'
        for short in ("office", "table", "text")
    )
    kind = 'office:value-type="string"'
    error = f'table:formula="of:=1/0" {kind} office:string-value="" calc:value-type="error"'
    rows = [
        [(kind, "month"), (kind, "x")],
        [(kind, "2020-01"), ('office:value-type="float" office:value="1"', "1")],
        [(kind, "2020-02"), (error, "#DIV/0!")],
        [(kind, "2020-03"), ('table:formula="of:=[.B2]+1"', "")],
    ]
    lines = [
        "".join(
            f"<table:table-cell {says}><text:p>{shown}</text:p></table:table-cell>"
            for says, shown in row
        )
        for row in rows
    ]
    table = "".join(f"<table:table-row>{line}</table:table-row>" for line in lines)
    path = tmp_path / "own.ods"
    with ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "META-INF/manifest.xml",
            '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
        archive.writestr(
            "content.xml",
            f'<office:document-content{names} xmlns:calc="urn:calc"><office:body>'
            f'<office:spreadsheet><table:table table:name="figures">{table}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
    with pytest.raises(PanelError, match=r"line 3: x has '#DIV/0!' in 2020-02"):
        read(path)
    with pytest.raises(PanelError, match=r"line 4: x has '=\[\.B2\]\+1' in 2020-03"):
        read(path, missing=["#DIV/0!"])


# -- months that are yet to come --------------------------------------------------------------


def months_until(last: str, first: str = "2024-01") -> pd.Series:
    months = pd.period_range(first, last, freq="M")
    return pd.Series(range(100, 100 + len(months)), months, dtype=float, name="x")


def test_figures_of_months_to_come_are_refused(tmp_path: Path, clock: Clock) -> None:
    clock("2026-05-27T01:00:00")
    path = tmp_path / "plan.csv"
    months_until("2027-12").rename_axis("month").to_csv(path)
    says = "x has figures for 2026-05 to 2027-12, but it is 2026-05-27: what they count is not over"
    for door in (Panel.from_frame, lambda figures, rule: read(path)):
        with pytest.raises(PanelError, match=says):
            door(months_until("2027-12"), RULE)
    panel = Panel.from_frame(months_until("2025-12"), RULE)
    new = months_until("2027-12", "2026-01")
    with pytest.raises(PanelError, match=says):
        panel.append(new)
    assert panel.append(new[:"2026-04"]).series("x").index[-1] == pd.Period("2026-04", "M")


def test_a_desk_may_be_ahead_of_its_rule(clock: Clock) -> None:
    figures = months_until("2026-05")
    clock("2026-05-27T20:00:00")  # in Korea it is the 28th, and a weekend ends the month
    assert Panel.from_frame(figures, RULE).origin == pd.Timestamp("2026-06-15")
    clock("2026-05-11T01:00:00")
    within = ReleaseRule(day=11, months_after=0)
    assert Panel.from_frame(figures, within).origin == pd.Timestamp("2026-05-11")
    with pytest.raises(PanelError, match="x has figures for 2026-05, but it is 2026-05-11"):
        Panel.from_frame(figures, ReleaseRule(day=12, months_after=0))
    # A count of the first ten days is over before its rule's day.
    early = Series(id="x", release=within, flash_of="whole", window="first_10_days")
    clock("2026-05-10T01:00:00")
    assert Panel.from_frame(figures, catalog=Catalog([early])).months[-1] == figures.index[-1]
    clock("2026-05-06T01:00:00")
    with pytest.raises(PanelError, match="x has figures for 2026-05, but it is 2026-05-06"):
        Panel.from_frame(figures, catalog=Catalog([early]))


# -- what is said of a file -------------------------------------------------------------------

PLAIN = "month,x,y\n2020-01,1,3\n2020-02,2,4\n"


@pytest.mark.parametrize(
    ("reading", "says"),
    [
        ({"header": "1"}, "header is '1'; give a line counted from 1, header=4"),
        ({"header": ()}, r"header is \(\); give a line"),
        ({"header": True}, "header is True; give a line"),
        ({"footer": -2}, "footer is -2; give the number of rows of notes"),
        ({"month_format": 5}, "month_format is 5; give text"),
        ({"series": 5}, "series is 5; give a list of texts"),
        ({"columns": []}, r"columns is \[\]; name a series to take"),
        ({"columns": {"x": "z", "y": "z"}}, r"columns gives \['x', 'y'\] one name, 'z'"),
        ({"names": ["month", "month"]}, "names has 'month' twice; give every column"),
        ({"names": "month"}, r"names is 'month'; give a list"),
        ({"sheet": "exports"}, r"own\.csv: it is no workbook and has no sheets; leave out sheet="),
    ],
)
def test_options_that_make_no_sense(tmp_path: Path, reading: dict[str, Any], says: str) -> None:
    with pytest.raises(PanelError, match=says):
        read(written(tmp_path, PLAIN), **reading)


def test_a_mark_of_missing_figures_may_stand_alone(tmp_path: Path) -> None:
    path = written(tmp_path, PLAIN.replace("3", "not yet"))
    assert read(path, missing="not yet")["y"].isna().tolist() == [True, False]


@pytest.mark.parametrize("path", [5, None, b"own.csv"])
def test_what_is_no_path_is_called_so(path: Any) -> None:
    with pytest.raises(PanelError, match="as a file; give its path, such as"):
        read(path)


def test_folders_are_called_folders(tmp_path: Path) -> None:
    with pytest.raises(PanelError, match="is a folder; give a file in it"):
        read(tmp_path)
    panel = Panel.from_frame(months_until("2025-12"), RULE)
    with pytest.raises(PanelError, match="is a folder; give a file in it"):
        panel.append(str(tmp_path))


def test_a_frame_without_columns_is_refused() -> None:
    with pytest.raises(PanelError, match="the table has no columns; give at least one series"):
        Panel.from_frame(months_until("2025-12").to_frame()[[]], RULE)


@pytest.mark.parametrize(
    ("text", "line"),
    [("month,\n2020-01,1\n", 2), ("item,2020-01,2020-02\na,1,2\n,3,4\n", 3)],
)
def test_a_series_needs_a_name(tmp_path: Path, text: str, line: int) -> None:
    path = written(tmp_path, text)
    with pytest.raises(PanelError, match=rf"own\.csv: line {line}: the figure .* without a name"):
        read(path)
    assert read(path, columns={"": "exports"}).columns.tolist() == ["exports"]
    with pytest.raises(PanelError, match="column 1 has no name; give each series one"):
        Panel.from_frame(months_until("2025-12").rename(""), RULE)


def test_a_sheet_is_that_of_the_workbook_of_two_files(tmp_path: Path) -> None:
    own = written(tmp_path, "month,x\n2019-12,5\n")
    newer = workbook(tmp_path, TOP, FIRST)
    words = ["data", "--csv", str(own), "--release-after", "15"]
    run = CliRunner().invoke(main, [*words, "--add", str(newer), "--sheet", "figures"])
    assert run.exit_code == 0, run.output
    assert "Added: 1 new" in run.stderr
    run = CliRunner().invoke(main, [*words, "--sheet", "figures"])
    assert "it is no workbook and has no sheets; leave out --sheet figures" in run.stderr
