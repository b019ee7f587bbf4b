"""Forecasts in the tables of other tools."""

import io

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from tradeshock.features.errors import ModelError
from tradeshock.forecast.cli.main import main
from tradeshock.forecast.monthly.written.shapes import to_hubverse, to_nixtla, to_sktime
from tradeshock.models import BayesianVAR
from tradeshock.models.paths import QUANTILES

ASKED = ["forecast", "--as-of", "2026-05-01", "--model", "RandomWalk", "--steps", "2"]


@pytest.fixture(scope="module")
def paths(panel):
    model = BayesianVAR(series=["exports_total", "usdkrw"], n_draws=200)
    return model.fit(panel.as_of("2026-05-01"), ["exports_total", "usdkrw"]).forecast(3)


def test_hubverse_has_a_row_a_month_and_quantile(paths):
    table = to_hubverse(paths)
    assert len(table) == 2 * 3 * (1 + len(QUANTILES))
    row = table.query("target == 'usdkrw' and horizon == 2 and output_type_id == '0.1'").iloc[0]
    assert row["value"] == pytest.approx(np.quantile(paths.draws("usdkrw")[:, 1], 0.1))
    assert str(row["target_end_date"]) == "2026-06-30"
    assert str(row["origin_date"]) == "2026-05-01"
    means = table[table["output_type"] == "mean"].groupby("target", sort=False)["value"]
    np.testing.assert_allclose(means.get_group("exports_total"), paths.draws().mean(axis=0))


def test_nixtla_has_a_column_an_end_of_interval(paths):
    table = to_nixtla(paths, [0.8])
    name = paths.model
    assert list(table) == ["unique_id", "ds", "cutoff", name, f"{name}-lo-80", f"{name}-hi-80"]
    assert table["ds"].iloc[0] == pd.Timestamp("2026-05-01")
    assert table["cutoff"].unique().tolist() == [pd.Timestamp("2026-04-01")]
    np.testing.assert_allclose(table[f"{name}-hi-80"][:3], np.quantile(paths.draws(), 0.9, axis=0))


def test_sktime_has_a_column_a_series_and_quantile(paths):
    table = to_sktime(paths, [0.1, 0.5])
    assert table.columns.tolist() == [
        (series, level) for series in ("exports_total", "usdkrw") for level in (0.1, 0.5)
    ]
    np.testing.assert_allclose(table["exports_total", 0.5], paths.median())
    assert table.index.equals(paths.index)


@pytest.mark.parametrize("shape", [to_hubverse, to_nixtla, to_sktime])
@pytest.mark.parametrize("levels", [[], [0.0], [0.5, 80.0]])
def test_levels_that_are_none_are_refused(paths, shape, levels):
    with pytest.raises(ModelError, match=r"give numbers between 0 and 1"):
        shape(paths, levels)


@pytest.mark.parametrize(("form", "rows"), [("hubverse", 20), ("nixtla", 2)])
def test_the_command_prints_them(form, rows):
    shown = CliRunner().invoke(main, [*ASKED, "--format", form])
    assert shown.exit_code == 0, shown.output
    assert len(pd.read_csv(io.StringIO(shown.stdout))) == rows


def test_the_command_prints_the_table_of_sktime():
    shown = CliRunner().invoke(main, [*ASKED, "--format", "sktime"])
    assert shown.exit_code == 0, shown.output
    table = pd.read_csv(io.StringIO(shown.stdout), header=[0, 1], index_col=0)
    assert table.index.tolist() == ["2026-05", "2026-06"]
    assert table.columns.tolist() == [("exports_total", f"{level:g}") for level in QUANTILES]
