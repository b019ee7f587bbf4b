"""Forecasts as a workbook and as Parquet files."""

import sys
import warnings

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from tradeshock.features.errors import ModelError
from tradeshock.forecast import monthly_forecast
from tradeshock.forecast.cli.main import main
from tradeshock.forecast.monthly.written.shapes import to_hubverse, to_nixtla
from tradeshock.models import VAR, BayesianVAR

ASKED = ["forecast", "--as-of", "2026-05-01", "--model", "RandomWalk", "--steps", "8"]


@pytest.fixture(scope="module")
def made(panel):
    return monthly_forecast(
        panel,
        "2026-05-01",
        BayesianVAR(series=["exports_total", "usdkrw"], n_draws=100),
        8,
        threshold=700_000,
        adjustments={"2026-06": 1200.0},
        note="=1+1",
    )


def read(path, sheet):
    """A sheet's table below its two rows of names and units, and the units."""
    whole = pd.read_excel(path, sheet_name=sheet, engine="calamine", header=None)
    names = whole.iloc[0].tolist()
    return whole.iloc[2:].set_axis(names, axis=1).reset_index(drop=True), whole.iloc[1].tolist()


def test_sheets_hold_the_tables_and_their_units(made, tmp_path):
    path = tmp_path / "may.xlsx"
    made.to_excel(path)
    table = made.table()
    months, units = read(path, "months")
    assert list(months) == ["month", "median", "low80", "high80", "adjustment"]
    assert units[1:] == ["mn USD"] * 4
    assert pd.PeriodIndex(pd.to_datetime(months["month"]), freq="M").equals(
        pd.PeriodIndex(table.index)
    )
    np.testing.assert_allclose(months["median"].astype(float), table["median"])
    assert months["adjustment"].tolist() == [0.0, 1200.0, *[0.0] * 6]
    growth, units = read(path, "growth")
    assert set(units[1:]) == {"% on a year before"}
    np.testing.assert_allclose(growth["high80"].astype(float), table["yoy_high80"])
    years, units = read(path, "years")
    total = made.year_total()
    assert years["year"].tolist() == [2026]
    assert years["median"].iloc[0] == pytest.approx(total["median"].iloc[0])
    assert years["chance"].iloc[0] == pytest.approx(total["chance"].iloc[0])
    assert dict(zip(years, units, strict=True))["published_months"] == "of 12"


def test_the_card_says_what_it_is_and_text_is_no_formula(made, tmp_path):
    path = tmp_path / "may.xlsx"
    made.to_excel(path)
    card = pd.read_excel(path, sheet_name="card", engine="calamine", header=None)
    facts = dict(zip(card[0], card[1], strict=True))
    assert facts["Origin"] == "2026-05-01 (after_total)"
    assert "(=1+1)" in facts["Judgement"]
    assert facts["Threshold"] == "700,000 mn USD a year"
    assert set(made.paths.notes) <= set(card[1])


def test_names_and_units_stay_in_sight(made, tmp_path):
    from zipfile import ZipFile

    path = tmp_path / "may.xlsx"
    made.to_excel(path)
    with ZipFile(path) as book:
        page = book.read("xl/worksheets/sheet1.xml").decode()
        looks = book.read("xl/styles.xml").decode()
    assert '<pane xSplit="1" ySplit="2"' in page
    assert 'formatCode="mmm yyyy"' in looks


def test_equal_forecasts_give_equal_files(made, tmp_path):
    for name in ("a.xlsx", "b.xlsx"):
        made.to_excel(tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_what_has_no_growth_and_no_years_has_no_sheets_of_them(panel, tmp_path):
    with warnings.catch_warnings(action="ignore"):
        model = VAR(series=["gscpi"], n_draws=50)
        index = monthly_forecast(panel, "2026-05-01", model, 2, target="gscpi")
    index.to_excel(tmp_path / "index.xlsx")
    with pd.ExcelFile(tmp_path / "index.xlsx", engine="calamine") as book:
        assert book.sheet_names == ["months", "card"]


def test_parquet_files_are_the_long_tables(made, tmp_path):
    made.to_parquet(tmp_path / "a.parquet")
    read = pd.read_parquet(tmp_path / "a.parquet")
    pd.testing.assert_frame_equal(read, to_hubverse(made.paths), check_dtype=False)
    made.to_parquet(tmp_path / "b.parquet", "nixtla")
    read = pd.read_parquet(tmp_path / "b.parquet")
    pd.testing.assert_frame_equal(read, to_nixtla(made.paths), check_dtype=False)
    with pytest.raises(ModelError, match=r"got the shape 'sktime'; long tables are hubverse and"):
        made.to_parquet(tmp_path / "c.parquet", "sktime")


@pytest.mark.parametrize(
    ("module", "way", "name", "extra"),
    [
        ("xlsxwriter", "to_excel", "a.xlsx", "excel"),
        ("pyarrow", "to_parquet", "a.parquet", "parquet"),
    ],
)
def test_a_missing_extra_is_named(made, tmp_path, monkeypatch, module, way, name, extra):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ModelError, match=rf"{name} needs .*: pip install 'tradeshock\[{extra}\]'"):
        getattr(made, way)(tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_a_workbook_ends_in_xlsx(made, tmp_path):
    with pytest.raises(ModelError, match=r"got .*may\.xls' as a workbook; end the name in \.xlsx"):
        made.to_excel(tmp_path / "may.xls")


@pytest.mark.parametrize(
    ("form", "name"), [("excel", "forecast.xlsx"), ("parquet", "forecast.parquet")]
)
def test_the_command_writes_them_beside_the_others(tmp_path, form, name):
    run = CliRunner().invoke(main, [*ASKED, "--format", form, "--out", str(tmp_path)])
    assert run.exit_code == 0, run.output
    assert run.stdout == CliRunner().invoke(main, ASKED).stdout
    others = {f"forecast.{kind}" for kind in ("csv", "json", "png", "svg")}
    assert {path.name for path in tmp_path.iterdir()} == others | {name}
    assert name in run.stderr
    lost = CliRunner().invoke(main, [*ASKED, "--format", form])
    assert lost.exit_code == 2
    assert f"--format {form} writes {name}: say where with --out FOLDER" in lost.stderr
