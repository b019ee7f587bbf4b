"""Files are read in exactly one way or refused: shapes that users have, and hostile ones.

The files in data/files and data/hostile hold invented numbers in the shapes of real publishers.
"""

from __future__ import annotations

import builtins
import gzip
import importlib.metadata
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from tradeshock.features import Catalog, Panel, ReleaseRule, Series
from tradeshock.features.errors import CatalogError, PanelError
from tradeshock.forecast.cli.main import main

DATA = Path(__file__).parent / "data"
FIGURES = [1200.5, 1310.25, 1275.0, 1402.75, 1388.5, 1450.0]
RULE = ReleaseRule.after(40)


def read(path: Path, **reading: Any) -> pd.DataFrame:
    return Panel.from_file(path, RULE, **reading).values


def written(folder: Path, text: str, encoding: str = "utf-8", name: str = "own.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


# -- shapes of publishers ---------------------------------------------------------------------

# File, what it takes to read it, column that holds FIGURES, and all columns.
SHAPES: dict[str, tuple[dict[str, Any], str, list[str]]] = {
    "kosis.csv": ({}, "수출액", ["수출액", "수입액"]),
    "census.csv": ({"header": 6}, "Value", ["Value"]),
    "fred.csv": ({}, "XTEXVA01", ["XTEXVA01"]),
    "fred_md.csv": ({}, "RPI", ["RPI", "UNRATE", "BOPGST"]),
    "destatis.csv": (
        {"encoding": "cp1252", "header": (5, 6), "footer": 2},
        "Ausfuhr: Wert Tsd. EUR",
        ["Ausfuhr: Wert Tsd. EUR", "Einfuhr: Wert Tsd. EUR"],
    ),
    "mof_japan.csv": (
        {"header": 3, "missing": ["0"], "columns": {"Exp-Total": "exports_total"}},
        "exports_total",
        ["exports_total"],
    ),
    "oecd.csv": ({}, "KOR", ["KOR", "DEU"]),
    "imf.csv": (
        {"series": ["INDICATOR", "COUNTERPART_COUNTRY"]},
        "XG_FOB_USD.USA",
        ["XG_FOB_USD.USA", "XG_FOB_USD.CHN", "MG_CIF_USD.USA", "MG_CIF_USD.CHN"],
    ),
    "customs_wide.csv": ({}, "89", ["85", "87", "89"]),
    "eurostat.csv": ({}, "exports", ["exports"]),
    "compact.csv": ({}, "exports", ["exports"]),
    "short.csv": ({}, "exports", ["exports"]),
}


@pytest.mark.parametrize("file", SHAPES)
def test_a_publishers_file_is_read_with_one_word_or_none(file: str) -> None:
    reading, column, columns = SHAPES[file]
    values = read(DATA / "files" / file, **reading)
    assert values.columns.tolist() == columns
    figures = values[column].dropna()
    scale = 1000.0 if file == "mof_japan.csv" else 1.0
    np.testing.assert_array_equal(figures, np.multiply(FIGURES, scale))
    months = pd.period_range("2020-01", "2020-06", freq="M", name="month")
    pd.testing.assert_index_equal(figures.index, months)


@pytest.mark.parametrize(
    ("mark", "cells"),
    [
        ("0", ["1.5", "0.0", "0", "0.00", "10.0"]),
        ("0.0", ["1.5", "0", "0.0", "-0", "10.0"]),
        ("-999", ["1.5", "-999.00", "\N{MINUS SIGN}999", "-999", "10.0"]),
        ("-9.5", ["1,5", "-9,50", "-9,5", "-9.5", "10,0"]),
        ("-9,5", ["1,5", "-9,50", "-9,5", "-9,500", "10,0"]),
        ("x", ["1.5", "x", "x", "x", "10.0"]),
    ],
)
def test_a_mark_that_is_a_number_stands_for_it_however_it_is_written(
    mark: str, cells: list[str], tmp_path: Path
) -> None:
    # Marks at the end, where a series may end early beside another one.
    first, *marks, second = cells
    rows = [f"2020-{i:02d};{c};9" for i, c in enumerate([first, second, *marks], start=1)]
    path = written(tmp_path, "\n".join(["month;exports;other", *rows]))
    asked: list[Any] = [mark, [mark]]
    for given in asked + ([float(mark)] if mark in ("0", "-999", "-9.5") else []):
        values = read(path, missing=given, sep=";")["exports"]
        np.testing.assert_array_equal(values, [1.5, 10.0, np.nan, np.nan, np.nan])


def test_a_workbook_whose_october_lost_its_zero() -> None:
    values = read(DATA / "files" / "kosis.xlsx")
    assert values.index.astype(str).tolist()[-4:] == ["2020-09", "2020-10", "2020-11", "2020-12"]
    np.testing.assert_array_equal(values["수출액"], 1000.0 + 7.25 * np.arange(1, 13))


def test_fred_md_says_itself_what_is_in_logs() -> None:
    panel = Panel.from_csv(DATA / "files" / "fred_md.csv", RULE)
    assert {id: panel.catalog[id].transform for id in panel.values} == {
        "RPI": "log", "UNRATE": "level", "BOPGST": "level"
    }  # fmt: skip
    assert panel.values["BOPGST"].iloc[-1] == -46.0


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("2020-01", "2020-02"), ("2020M01", "2020M02"), ("2020-M1", "2020-M2"),
        ("202001", "202002"), ("2020.01", "2020.02"), ("2020. 1", "2020. 2"),
        ("2020.01 월", "2020.02 월"), ("2020/01", "2020/02"), ("2020/1", "2020/2"),
        ("Jan-20", "Feb-20"), ("Jan-2020", "Feb-2020"), ("January 2020", "February 2020"),
        ("2020 JAN", "2020 FEB"), ("2020년 1월", "2020년 2월"), ("2020年1月", "2020年2月"),
        ("01/2020", "02/2020"), ("2020-01-01", "2020-02-01"), ("2020-01-31", "2020-02-29"),
        ("2020-01-01 00:00:00", "2020-02-01 00:00:00"),
        ("2020-01-01T00:00:00+09:00", "2020-02-01T00:00:00+09:00"),
        ("20200101", "20200201"), ("1/1/2020", "2/1/2020"), ("01/01/2020", "01/02/2020"),
        ("01.01.2020", "01.02.2020"), ("31.01.2020", "29.02.2020"), ("Januar 2020", "Februar 2020"),
    ],
)  # fmt: skip
def test_months_are_read_in_every_usual_form(tmp_path: Path, first: str, second: str) -> None:
    path = written(tmp_path, f"month,x\n{first},1.5\n{second},2.5\n")
    assert read(path).index.astype(str).tolist() == ["2020-01", "2020-02"]


def test_a_column_of_days_decides_their_order_by_all_its_rows(tmp_path: Path) -> None:
    american = [f"{month}/1/2020" for month in range(1, 13)]
    british = [f"1/{month}/2020" for month in range(1, 13)]
    for texts in (american, british):
        path = written(tmp_path, "month,x\n" + "".join(f"{text},1.5\n" for text in texts))
        assert read(path).index[[0, -1]].astype(str).tolist() == ["2020-01", "2020-12"]


def test_two_digits_of_a_year_turn_in_1950(tmp_path: Path) -> None:
    path = written(tmp_path, "month,x\nJan-57,1.5\nFeb-57,2.5\n")
    assert read(path).index[0] == pd.Period("1957-01", "M")


def test_a_way_of_writing_months_can_be_said(tmp_path: Path) -> None:
    path = written(tmp_path, "month,x\n20_01,1.5\n20_02,2.5\n")
    assert read(path, month_format="%y_%m").index.astype(str).tolist() == ["2020-01", "2020-02"]
    with pytest.raises(PanelError, match="line 2: '20_01' is no month in the way"):
        read(path, month_format="%Y-%m")


def test_rows_may_come_newest_first(tmp_path: Path) -> None:
    path = written(tmp_path, "month,x\n2020-02,2.5\n2020-01,1.5\n")
    assert read(path)["x"].tolist() == [1.5, 2.5]


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("month;x\n2020-01;1.234,5\n2020-02;1.310,25\n", {}),
        ("month;x\n2020-01;1234,5\n2020-02;1310,25\n", {}),
        ("month\tx\n2020-01\t1 234,5\n2020-02\t1 310,25\n", {}),
        ('month,x\n2020-01,"1,234.5"\n2020-02,"1,310.25"\n', {}),
        ("month|x\n2020-01|1234.5\n2020-02|1310.25\n", {}),
        ('month,"x; y"\n2020-01,1234.5\n2020-02,1310.25\n', {}),
        ("month;x\n2020-01;1.2345e3\n2020-02;1310.25\n", {}),
        ("month:x\n2020-01:1234.5\n2020-02:1310.25\n", {"sep": ":"}),
        ("2020-01,1234.5\n2020-02,1310.25\n", {"names": ["month", "x"]}),
        ("\n\nmonth,x,\n2020-01,1234.5,\n,,\n2020-02,1310.25,\n", {}),
    ],
)
def test_separators_and_marks_with_one_reading(
    tmp_path: Path, text: str, reading: dict[str, Any]
) -> None:
    for line_end in ("\n", "\r\n"):
        path = written(tmp_path, text.replace("\n", line_end))
        assert read(path, **reading).iloc[:, 0].tolist() == [1234.5, 1310.25]


@pytest.mark.parametrize("marks", [{"decimal": ","}, {"decimal": "."}, {"thousands": "."}])
def test_what_has_two_readings_is_read_as_said(marks: dict[str, str]) -> None:
    values = read(DATA / "hostile" / "two_readings.csv", **marks)
    assert values["exports"].iloc[0] == (101.201 if marks == {"decimal": "."} else 101201.0)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "utf-16"])
def test_encodings_with_one_reading(tmp_path: Path, encoding: str) -> None:
    path = written(tmp_path, "시점,수출액\n2020-01,1.5\n2020-02,2.5\n", encoding)
    assert read(path)["수출액"].tolist() == [1.5, 2.5]
    packed = tmp_path / "own.csv.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert read(packed)["수출액"].tolist() == [1.5, 2.5]
    packed.write_bytes(packed.read_bytes()[:-12])
    with pytest.raises(PanelError, match=r"own.csv.gz cannot be unpacked"):
        read(packed)


@pytest.mark.parametrize("encoding", ["cp1252", "cp932", "euc_jp", "utf-16-le"])
def test_encodings_that_could_be_another_must_be_said(tmp_path: Path, encoding: str) -> None:
    name = "für Öl" if encoding == "cp1252" else "輸出額とか"
    path = written(tmp_path, f"month,{name}\n2020-01,1.5\n2020-02,2.5\n", encoding)
    with pytest.raises(PanelError, match="encoding="):
        read(path)
    assert read(path, encoding=encoding).columns.tolist() == [name]
    with pytest.raises(PanelError, match="there is no encoding 'klingon'"):
        read(path, encoding="klingon")


# -- other kinds of files ---------------------------------------------------------------------


def test_parquet_with_months_in_the_index_or_in_a_column(tmp_path: Path) -> None:
    months = pd.date_range("2020-01-01", periods=6, freq="MS", name="month")
    frame = pd.DataFrame({"x": FIGURES}, months)
    for kept in (frame, frame.reset_index(), frame.set_axis(months.astype(str)).reset_index()):
        kept.to_parquet(tmp_path / "own.parquet")
        values = read(tmp_path / "own.parquet")
        assert values["x"].tolist() == FIGURES
        assert values.index[0] == pd.Period("2020-01", "M")
    frame.index = months.tz_localize("Asia/Seoul").tz_convert("UTC")
    frame.to_parquet(tmp_path / "own.parquet")
    with pytest.raises(PanelError, match="'2019-12-31 15:00:00\\+00:00' is not midnight"):
        read(tmp_path / "own.parquet")
    frame.set_axis(months).assign(x=True).to_parquet(tmp_path / "own.parquet")
    with pytest.raises(PanelError, match="x has 'True'"):
        read(tmp_path / "own.parquet")


def test_a_missing_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, "no matter", name="own.parquet")
    real = builtins.__import__

    def without(name: str, *args: Any, **kwargs: Any) -> Any:
        if name == "pyarrow":
            raise ImportError(name)
        return real(name, *args, **kwargs)

    with pytest.raises(PanelError, match=r"own\.parquet does not"):
        read(path)
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(PanelError, match=re.escape("pip install 'tradeshock[parquet]'")):
        read(path)


def test_workbooks_need_no_extra() -> None:
    needed = importlib.metadata.requires("tradeshock") or []
    (reader,) = [name for name in needed if name.startswith("python-calamine")]
    assert "extra" not in reader


def test_a_damaged_workbook_is_refused(tmp_path: Path) -> None:
    whole = (DATA / "files" / "kosis.xlsx").read_bytes()
    sheet = whole.index(b"xl/worksheets/sheet1.xml")
    path = tmp_path / "own.xlsx"
    path.write_bytes(whole[: sheet + 60] + bytes(20) + whole[sheet + 80 :])
    with pytest.raises(PanelError, match=r"own.xlsx does not open as a workbook"):
        read(path)


def test_sheets_are_found_by_name(tmp_path: Path) -> None:
    path = DATA / "files" / "kosis.xlsx"
    assert len(read(path, sheet="exports")) == 12
    with pytest.raises(PanelError, match=r"has no sheet 'imports'; it has \['exports'\]"):
        read(path, sheet="imports")


# -- hostile files ----------------------------------------------------------------------------

HOSTILE = {
    "wide_row.csv": "line 2 has 3 fields where the header (line 1) has 2: '2010-01,8,133.7'",
    "one_wide_row.csv": "line 4 has 3 fields where the header (line 1) has 2: '2020-03,1,275.0'",
    "no_header.csv": "line 1 is no header: '2020-01,1200.5'; put one above the figures, or name",
    "duplicate_columns.csv": "column 'exports' stands twice in the header (line 1), as columns 2",
    "trailing_commas.csv": "line 2 has 3 fields where the header (line 1) has 2: '2020-01,1200.5,'",
    "two_readings.csv": "'101.201' can be 101.201 or 101201; say which: decimal='.' or decimal=','",
    "cut_zero.csv": "line 2: '2020.1' can be 2020-01 or 2020-10; write months such as '2024-09'",
    "utc_months.csv": "line 2: '2019-12-31T15:00:00Z' is not midnight, so it is not clear which",
    "open_quote.csv": "line 2 does not read: unexpected end of data; close its quotation marks",
    "footnote.csv": "line 8 has 1 fields where the header (line 1) has 2: 'Source: customs'; give "
    "every row as many, or, if notes begin there, say footer=1",
    "mark_on_figure.csv": "line 7: exports has '1450.0p' in 2020-06, which is no number",
    "quarters.csv": "line 2: '2020Q1' is no month, and the file looks quarterly: only months are",
    "german_latin.csv": "is neither UTF-8 nor Korean (line 1); give its encoding, such as",
    "nameless_column.csv": "column 3 has no name in the header (line 1); give it one",
    "month_twice.csv": "exports has two figures for 2020-01, in lines 2 and 8; keep one",
}


@pytest.mark.parametrize("file", HOSTILE)
def test_a_hostile_file_is_refused_by_line_and_text(file: str) -> None:
    with pytest.raises(PanelError, match=re.escape(HOSTILE[file])) as refused:
        Panel.from_csv(DATA / "hostile" / file, RULE)
    assert str(refused.value).startswith(file)


@pytest.mark.parametrize(
    ("months", "looks"),
    [
        (["2005Q1", "2005Q2", "2005Q3"], "quarterly"),
        (["2005-Q4", "2006-Q1"], "quarterly"),
        (["2005년 1분기", "2005년 2분기"], "quarterly"),
        (["2005-03-01", "2005-06-01", "2005-09-01", "2005-12-01"], "quarterly"),
        (["31/03/2005", "30/06/2005", "30/09/2005"], "quarterly"),
        (["2005-01", "2006-01", "2007-01"], "annual"),
        (["2005", "2006", "2007"], "annual"),
        (["2005-01-07", "2005-01-14", "2005-01-21", "2005-01-28"], "weekly"),
        (["2005-W01", "2005-W02"], "weekly"),
        (["20050103", "20050104", "20050105", "20050106", "20050107", "20050110"], "daily"),
    ],
)
def test_what_is_not_monthly_is_called_by_its_name(
    tmp_path: Path, months: list[str], looks: str
) -> None:
    text = "month,x\n" + "".join(f"{month},{i + 1}\n" for i, month in enumerate(months))
    with pytest.raises(PanelError, match=f"looks {looks}: only months are taken; ") as refused:
        Panel.from_csv(written(tmp_path, text), RULE)
    assert "hole" not in str(refused.value)
    assert "month_format" not in str(refused.value)


def test_two_months_with_a_hole_between_are_no_quarters(tmp_path: Path) -> None:
    with pytest.raises(PanelError, match="skips 2 months, first 2005-02"):
        Panel.from_csv(written(tmp_path, "month,x\n2005-01,1\n2005-04,2\n"), RULE)


def test_every_hostile_file_and_shape_is_tried() -> None:
    assert set(HOSTILE) == {path.name for path in (DATA / "hostile").iterdir()}
    assert {*SHAPES, "kosis.xlsx"} == {path.name for path in (DATA / "files").iterdir()}


@pytest.mark.parametrize(
    ("text", "reading", "says"),
    [
        ("", {}, "own.csv is empty"),
        ("month,x\n", {}, "nothing stands below the header in line 1"),
        ("month\n2020-01\n", {}, "line 1 has no separator: 'month'"),
        ("month,x;y\n2020-01,1;2\n", {}, "sep=','"),
        ("month,x\n2020-01,1\n", {"sep": "::"}, "sep='::' is no separator"),
        ("month,x\n2020-01,1\n", {"decimal": "x"}, "decimal='x' and thousands=None are no way"),
        ("month,x\n2020-01,1\n", {"decimal": ",", "thousands": ","}, "both ','"),
        ("month,x\n2020-01,1\n", {"header": 9}, "header=9 names a line"),
        ("month,x\n2020-01,1\n", {"names": ["a"]}, "fields where there are 1 names"),
        ("month,x\n2020-01,1\n", {"columns": ["y"]}, "there is no series 'y' in it"),
        ("month,x\n2020-01,1\n", {"month": "when"}, "there is no column 'when' in the header"),
        ("month,x\n2020-01,1\n", {"nrows": 3}, "no option 'nrows'"),
        ("month,x\n2020-01,True\n", {}, "x has 'True' in 2020-01, which is no number"),
        ("month,x\n2020-01,1+2j\n", {}, r"x has '1\+2j' in 2020-01, which is no number"),
        ("month,x\n2020-01,1\n2020-03,2\n", {}, "skips 1 month, first 2020-02"),
        ("month,x\n2020-01-15,1\n", {}, "'2020-01-15' is no month"),
        ("Title\nmore\nmonth,x\n2020-01,1\n2020-02,1\n", {"sep": ","}, "say header=3"),
        (
            "TIME_PERIOD,OBS_VALUE,A,B\n2020-01,1,a,b\n2020-01,2,a,c\n2020-01,3,d,b\n",
            {},
            r"rows differ in the columns \['A', 'B'\]; say which tell series apart",
        ),
        ("item,2020-01,2020-02\nx,1,2\nx,3,4\n", {}, "x has two figures for 2020-01, in lines 2"),
    ],
)
def test_refusals_say_what_to_do(
    tmp_path: Path, text: str, reading: dict[str, Any], says: str
) -> None:
    with pytest.raises(PanelError, match=says):
        read(written(tmp_path, text), **reading)


def test_long_files_by_the_name_of_their_column(tmp_path: Path) -> None:
    path = written(tmp_path, "month,item,value\n2020-01,a,1\n2020-01,b,2\n2020-02,a,3\n")
    values = read(path, series="item")
    assert values.columns.tolist() == ["a", "b"]
    assert values["a"].tolist() == [1.0, 3.0]
    with pytest.raises(PanelError, match="one column should hold the figures"):
        read(written(tmp_path, "month,item,v,w\n2020-01,a,1,1\n"), series="item")


# -- what a series is, said at the same door --------------------------------------------------

GAPS = "month,x,balance\n2020-01,1.5,-2\n2020-02,,0\n2020-04,2.5,1\n"


def test_levels_and_holes_are_declared_at_the_door(tmp_path: Path) -> None:
    path = written(tmp_path, GAPS)
    holes = {"x": ["2020-02", "2020-03"], "balance": ["2020-03"]}
    panel = Panel.from_csv(path, RULE, transform={"balance": "level"}, holes=holes)
    assert panel.catalog["balance"].transform == "level"
    assert panel.catalog["x"].holes == ("2020-02", "2020-03")
    assert panel.values["x"].tolist() == [1.5, 1.5, 1.5, 2.5]
    again = Panel.from_csv(path, RULE, transform={"balance": "level"}, holes=["2020-02", "2020-03"])
    pd.testing.assert_frame_equal(again.values, panel.values)
    for lacking in ({}, {"transform": "level"}, {"transform": {"balance": "level"}}):
        with pytest.raises(PanelError, match=r"holes=\['2024-09'\]"):
            Panel.from_csv(path, RULE, **lacking)
    with pytest.raises(PanelError, match=r"balance is -2 .*say transform='level'"):
        Panel.from_csv(path, RULE, holes=holes)
    with pytest.raises(PanelError, match="transform names 'y', which is no column"):
        Panel.from_csv(path, RULE, transform={"y": "level"})
    with pytest.raises(CatalogError, match="transform 'sqrt' is none of"):
        Panel.from_csv(path, RULE, transform="sqrt")


CATALOG = """
[x]
title = "Invented exports"
release = {day = 7}
holes = ["2020-02", "2020-03"]
[balance]
unit = "mn EUR"
transform = "level"
release = {day = 9}
holes = ["2020-03"]
"""


def test_a_catalog_says_all_of_many_series(tmp_path: Path) -> None:
    path, toml = written(tmp_path, GAPS), written(tmp_path, CATALOG, name="own.toml")
    panel = Panel.from_csv(path, catalog=toml)
    assert panel.catalog["x"].title == "Invented exports"
    assert panel.catalog["balance"].unit == "mn EUR"
    assert panel.origin == pd.Timestamp("2020-05-09")
    same = Panel.from_csv(path, catalog=Catalog.read(toml))
    assert same.fingerprint() == panel.fingerprint()
    wider = written(tmp_path, GAPS.replace("balance", "other"))
    with pytest.raises(PanelError, match=r"no release rule for \['other'\]; give one"):
        Panel.from_csv(wider, catalog=toml)


def test_a_frame_takes_the_same_words() -> None:
    months = pd.period_range("2020-01", periods=3, freq="M")
    frame = pd.DataFrame({"x": [1.0, np.nan, 2.0], "y": [0.0, 1.0, 2.0]}, months)
    entry = Series(id="y", release=ReleaseRule(day=3), transform="level")
    panel = Panel.from_frame(frame, {"x": RULE}, holes={"x": ["2020-02"]}, catalog=Catalog([entry]))
    assert panel.catalog["y"] is entry
    assert panel.values["x"].tolist() == [1.0, 1.0, 2.0]


# -- the command line -------------------------------------------------------------------------


def status(*words: str) -> Any:
    return CliRunner().invoke(main, ["data", *words])


def test_the_command_line_reads_the_same_files(tmp_path: Path) -> None:
    own = ("--release-after", "40", "--csv")
    destatis = (str(DATA / "files" / "destatis.csv"), "--encoding", "cp1252", "--footer", "2")
    run = status(*own, *destatis, "--header", "5,6")
    assert run.exit_code == 0, run.output
    assert "Ausfuhr: Wert Tsd. EUR" in run.stdout
    run = status(*own, *destatis, "--header", "6")
    assert run.exit_code == 2  # the line of units alone names both columns the same
    assert "'Tsd. EUR' stands twice" in run.stderr
    assert "'six' is no line" in status(*own, *destatis, "--header", "six").stderr
    run = status(*own, str(DATA / "files" / "kosis.xlsx"), "--sheet", "exports")
    assert run.exit_code == 0, run.output
    assert "2020-12" in run.stdout
    two = str(DATA / "hostile" / "two_readings.csv")
    assert status(*own, two).exit_code == 2
    assert status(*own, two, "--decimal", ",").exit_code == 0
    many = str(DATA / "files" / "imf.csv")
    run = status(*own, many, "--series", "INDICATOR", "--series", "COUNTERPART_COUNTRY")
    assert "XG_FOB_USD.CHN" in run.stdout


def test_the_command_line_takes_levels_holes_and_a_catalog(tmp_path: Path) -> None:
    path, toml = written(tmp_path, GAPS), written(tmp_path, CATALOG, name="own.toml")
    said = ("--transform", "balance=level", "--hole", "2020-02", "--hole", "2020-03")
    assert status("--csv", str(path), "--release-after", "40", *said).exit_code == 0
    run = status("--csv", str(path), "--catalog", str(toml))
    assert run.exit_code == 0, run.output
    assert "mn EUR" in run.stdout
    assert "--hole describes own figures" in status("--hole", "2020-02").stderr
    assert "--month-format describes a file of figures" in status("--month-format", "%Y").stderr
    run = status("--csv", str(path), "--catalog", str(toml), "--transform", "a", "--transform", "b")
    assert "speaks of all; give it once" in run.stderr


def test_files_are_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "fred.csv"
    shutil.copy(DATA / "files" / "fred.csv", path)
    before = path.read_bytes()
    read(path)
    assert path.read_bytes() == before


# -- years by months --------------------------------------------------------------------------

YEARS = ("2023", "2024")
NUMBERS = ",".join(map(str, range(1, 13)))
NAMES = "Jan,Feb,Mar,Apr,May,Jun,Jul,Aug,Sep,Oct,Nov,Dec"
FIRST = ",".join(f"{100 + i}.5" for i in range(12))
SECOND = "120.5,121.5,,,,,,,,,,"
LATER = pd.period_range("2023-01", "2024-02", freq="M", name="month")
BOTH = pd.Series([*(100.5 + i for i in range(12)), 120.5, 121.5], LATER)


@pytest.mark.parametrize(
    ("header", "before", "behind", "name"),
    [
        (f"year,{NUMBERS}", "", "", "exports_total"),
        (f"Year,{NAMES}", "", "", "exports_total"),
        (f"Year,{NAMES},Total", "", ",9999", "exports_total"),
        (f"Year,{NAMES},Annual total", "", ",", "exports_total"),
        (f"연도,{','.join(f'{m}월' for m in range(1, 13))},합계", "", ",9999", "exports_total"),
        (f"Country,Year,{NUMBERS}", "India,", "", "India"),
    ],
)
def test_years_by_months_read_like_one_row_a_month(
    tmp_path: Path, header: str, before: str, behind: str, name: str
) -> None:
    rows = [
        f"{before}{year},{row}{behind}" for year, row in zip(YEARS, (FIRST, SECOND), strict=True)
    ]
    panel = Panel.from_csv(written(tmp_path, "\n".join([header, *rows])), RULE, calendar="IN")
    pd.testing.assert_series_equal(panel.series(name), BOTH.rename(name), check_freq=False)
    assert list(panel.values) == [name]
    assert panel.origin == pd.Timestamp("2024-04-09")
    BOTH.rename(name).to_csv(tmp_path / "tall.csv")
    same = Panel.from_csv(tmp_path / "tall.csv", RULE, calendar="IN")
    pd.testing.assert_frame_equal(panel.values, same.values)


def test_years_by_months_of_several_series(tmp_path: Path) -> None:
    rows = "".join(
        f"{year},{item},{row},0\n"
        for item in ("85", "87")
        for year, row in zip(YEARS, (FIRST, SECOND), strict=True)
    )
    path = written(tmp_path, f"Year,HS,{NAMES},Total\n{rows}")
    for reading in ({}, {"series": "HS"}, {"month": "Year"}, {"columns": ["85", "87"]}):
        values = read(path, **reading).dropna()
        assert list(values) == ["85", "87"]
        assert values["87"].tolist() == BOTH.tolist()
    path = written(
        tmp_path, "\n".join([",".join(["Year", NUMBERS]), f"2023,{FIRST}"]), name="a.csv"
    )
    assert list(read(path, columns={"exports_total": "india"})) == ["india"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f"Year,{NAMES},Remark\n2023,{FIRST},x\n", "'Remark' stands behind the months 1 to 12"),
        (f"Year,{NAMES}\n2022/23,{FIRST}\n", "line 2: '2022/23' in the column 'Year' is no year"),
        (f"Year,{NAMES}\n2023,{FIRST}\nMean,{FIRST}\n", "line 3: 'Mean' in the column 'Year'"),
        (f"Year,Dec,{NAMES[:-4]}\n2023,{FIRST}\n", "begin with 'Dec', so that a row may be a fis"),
        (f"{NAMES}\n{FIRST}\n", "there is no column of years"),
        (f"Year,{NAMES}\n2023,{FIRST}\n2023,{FIRST}\n", "has two figures for 2023-01, in lines 2"),
        (f"Year,HS,{NAMES}\n2023,2009,{FIRST}\n", "['Year', 'HS'] may hold the years; say which"),
        (f"Year,{NAMES}\n2023,,,,,,,,,,,,\n", "the table has no columns"),
        (f"Year,{NAMES[:-4]}\n2023,{FIRST[:-6]}\n", "looks annual"),
    ],
)
def test_years_by_months_in_doubt_are_refused(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(PanelError, match=re.escape(says)):
        Panel.from_csv(written(tmp_path, text), RULE)


# -- Nixtla's long frame ----------------------------------------------------------------------


@pytest.mark.parametrize("ends", [False, True])
def test_a_long_frame_of_nixtla_reads_as_file_and_as_frame(tmp_path: Path, ends: bool) -> None:
    days = LATER.to_timestamp(how="end").normalize() if ends else LATER.to_timestamp()
    frames = [
        pd.DataFrame({"unique_id": id, "ds": days[first:], "y": BOTH.to_numpy()[first:] * factor})
        for id, factor, first in (("us", 1.0, 0), ("china", 2.0, 3))
    ]
    frame = pd.concat(frames, ignore_index=True)
    frame.to_csv(tmp_path / "long.csv", index=False)
    shuffled = frame.sort_values("y", ascending=False)
    panels = [
        Panel.from_csv(tmp_path / "long.csv", RULE),
        Panel.from_frame(frame, RULE),
        Panel.from_frame(frame.set_index("unique_id"), RULE),
        Panel.from_frame(frame.astype({"ds": str}), RULE),
    ]
    for panel in panels:
        assert list(panel.values) == ["us", "china"]
        assert panel.values["us"].tolist() == BOTH.tolist()
        assert panel.series("china").tolist() == (2.0 * BOTH.iloc[3:]).tolist()
    again = Panel.from_frame(shuffled, RULE).values[["us", "china"]]
    pd.testing.assert_frame_equal(again, panels[0].values, check_freq=False)
    added = panels[0].append(
        pd.DataFrame({"unique_id": ["us"], "ds": [pd.Timestamp("2024-03-01")], "y": [7.0]}),
        "2024-05-01",
    )
    assert added.series("us").iloc[-1] == 7.0


def test_a_long_frame_in_doubt_is_refused(tmp_path: Path) -> None:
    days = pd.to_datetime(["2024-01-01", "2024-02-01"])
    frame = pd.DataFrame({"unique_id": "us", "ds": days, "y": [1.0, 2.0]})
    for odd, says in (
        (frame.assign(price=3.0), "has the column 'price' too"),
        (frame.assign(unique_id=["us", None]), "row 2 has no unique_id"),
        (frame.assign(ds=days[0]), "us has two figures for 2024-01-01"),
        (frame.assign(ds=days + pd.Timedelta(days=3)), "2024-01-04"),
    ):
        with pytest.raises(PanelError, match=says):
            Panel.from_frame(odd, RULE)
    frame.assign(price=3.0).to_csv(tmp_path / "wide.csv", index=False)
    with pytest.raises(PanelError, match=re.escape("there are ['y', 'price']")):
        Panel.from_csv(tmp_path / "wide.csv", RULE)
