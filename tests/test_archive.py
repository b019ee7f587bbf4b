"""The archive of issued forecasts: nothing lost, nothing changed, scored by what came."""

import json

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from tradeshock.features import Panel
from tradeshock.features.errors import ModelError, StoredFileError
from tradeshock.forecast import monthly_forecast
from tradeshock.forecast.archive import Archive
from tradeshock.forecast.cli.main import main
from tradeshock.forecast.plots import plot_history
from tradeshock.models import BayesianVAR, RandomWalk

DAYS = ("2025-06-01", "2025-09-01", "2026-05-15")


@pytest.fixture(scope="module")
def made(panel: Panel) -> list:
    model = BayesianVAR(series=["exports_total", "usdkrw"], n_draws=100)
    return [
        monthly_forecast(panel, day, model, 4, adjustments=adjusted, note=note)
        for day, adjusted, note in zip(
            DAYS, (None, {"2025-10": -900.0}, None), (None, "holidays", None), strict=True
        )
    ]


@pytest.fixture
def archive(tmp_path, made) -> Archive:
    kept = Archive(tmp_path / "said")
    for forecast in made:
        kept.add(forecast)
    return kept


def test_a_forecast_is_kept_to_the_last_bit(archive, made):
    for id, forecast in zip(archive.contents().index, made, strict=True):
        one = archive.read(id)
        np.testing.assert_array_equal(one.paths.values, forecast.paths.values)
        assert (one.csv, one.json) == (forecast.to_csv(), forecast.to_json())
        assert one.figures == forecast.fitted.panel_.fingerprint()
        assert one.paths.notes == forecast.paths.notes
    assert json.loads(archive.read("2025-09-01").json)["judgement"]["reason"] == "holidays"


def test_the_same_said_twice_is_there_once(archive, made, panel):
    before = archive.contents()
    assert archive.add(made[0]) == before.index[0]
    pd.testing.assert_frame_equal(archive.contents(), before)
    other = monthly_forecast(panel, DAYS[0], RandomWalk(n_draws=50), 4)
    assert archive.add(other) != before.index[0]
    assert len(archive.contents()) == len(DAYS) + 1
    assert repr(archive).startswith("Archive of 4 forecasts in ")


def test_months_that_came_are_scored_against_the_walk(archive, made, panel):
    table = archive.scores(panel)
    assert len(table) == 8  # of the last forecast nothing is out yet
    first = archive.contents().index[0]
    row = table.loc[(first, pd.Period("2025-07"))]
    actual = panel.series("exports_total")["2025-07"]
    walk = RandomWalk().fit(panel.as_of(DAYS[0])).forecast(2).median().iloc[1]
    assert row["step"] == 2
    assert row["error"] == pytest.approx(100.0 * np.log(actual / made[0].paths.median().iloc[1]))
    assert row["walk"] == pytest.approx(100.0 * np.log(actual / walk), rel=1e-6)
    assert archive.scores(panel.as_of("2025-05-01")).empty


def test_what_was_said_and_what_came_is_one_picture(archive, panel):
    frame = archive.frame(panel, "exports_total")
    model = frame["model"].iloc[0]
    drawn = plot_history(frame[frame["state"] == "after_total"], model, every=1)
    assert len(drawn.lines) >= 3
    with pytest.raises(ModelError, match=r"has no forecast of imports_total"):
        archive.frame(panel, "imports_total")


def test_a_damaged_file_hides_no_other(archive, panel):
    path = archive.folder / f"{archive.contents().index[1]}.npz"
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    listed = archive.contents()
    assert listed["model"].tolist().count("cannot be read") == 1
    assert len(archive.scores(panel)) == 4
    with pytest.raises(StoredFileError, match="is damaged"):
        archive.read(path.stem)


@pytest.mark.parametrize("id", ["2025", "1999-01-01", ""])
def test_an_id_that_does_not_decide_is_refused(archive, id):
    with pytest.raises(ModelError, match=r"forecasts of .* begin with .*archive list"):
        archive.read(id)


def test_the_commands(tmp_path):
    folder = ["--archive", str(tmp_path / "said")]
    asked = ["forecast", "--as-of", "2025-06-01", "--model", "RandomWalk", "--steps", "2"]
    issued = CliRunner().invoke(main, [*asked, "--format", "csv", *folder])
    assert issued.exit_code == 0, issued.output
    listed = CliRunner().invoke(main, ["archive", "list", *folder]).stdout
    id = listed.splitlines()[1].split()[0]
    assert f"Archived: {id}" in issued.stderr
    shown = CliRunner().invoke(main, ["archive", "show", id, *folder])
    assert shown.stdout == issued.stdout
    scored = CliRunner().invoke(main, ["archive", "scores", *folder])
    assert "Outcomes: newest figures, to 2026-04" in scored.stdout
    assert "2 months: RMSE" in scored.stdout
    empty = CliRunner().invoke(main, ["archive", "scores", "--archive", str(tmp_path / "none")])
    assert "No month that was forecast is out yet." in empty.stdout
