"""The archive of issued forecasts: nothing lost, nothing changed, scored by what came."""

import errno
import json
import warnings

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from tradeshock.features import Panel, ReleaseRule, load_panel
from tradeshock.features.errors import (
    ModelError,
    OtherFiguresWarning,
    ScoreError,
    StoredFileError,
    StoredFileWarning,
    UnwritableFileError,
)
from tradeshock.forecast import monthly_forecast
from tradeshock.forecast.archive import Archive, summarise_scores
from tradeshock.forecast.cli.main import main
from tradeshock.forecast.plots import plot_history, plot_issued
from tradeshock.models import BayesianVAR, RandomWalk
from tradeshock.models.record.code_version import code_version
from tradeshock.models.record.files import Schema, write_arrays

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


def test_what_was_said_and_what_came_is_one_frame(archive, panel):
    frame = archive.frame(panel, "exports_total")
    model = frame["model"].iloc[0]
    drawn = plot_history(frame[frame["state"] == "after_total"], model, every=1)
    assert len(drawn.lines) >= 3
    with pytest.raises(ModelError, match=r"has no forecast of imports_total"):
        archive.frame(panel, "imports_total")


def test_what_was_said_and_what_came_is_one_picture(archive, made, panel):
    axes = archive.plot(panel)
    published = axes.lines[-1]
    actual = panel.series("exports_total")
    wanted = actual[actual.index >= made[0].paths.index[0] - 12]
    np.testing.assert_allclose(published.get_ydata(), wanted / 1000.0)
    for line, band, forecast in zip(axes.lines, axes.collections, made, strict=False):
        last = forecast.paths.history["exports_total"].dropna().iloc[-1]
        medians = [last, *forecast.paths.median()]
        np.testing.assert_allclose(line.get_ydata(), np.array(medians) / 1000.0)
        low, high = np.quantile(forecast.paths.draws()[:, -1], [0.1, 0.9]) / 1000.0
        edge = band.get_paths()[0].vertices
        ends = edge[edge[:, 0] == edge[:, 0].max(), 1]
        np.testing.assert_allclose([ends.min(), ends.max()], [low, high])
    assert len(axes.lines) == len(made) + 1
    labels = axes.get_legend_handles_labels()[1]
    assert set(labels) == {"Earlier forecasts", "80 % interval", "Latest forecast", "Published"}
    with pytest.raises(ModelError, match=r"has no forecast of imports_total"):
        archive.plot(panel, "imports_total")


def test_a_picture_has_the_last_forecast_of_a_month_and_not_too_many(panel):
    walk = [
        monthly_forecast(panel, day, RandomWalk(n_draws=20), 2).paths
        for day in ("2026-04-01", "2026-04-20", "2026-05-01")
    ]
    axes = plot_issued(walk, panel.series("exports_total"))
    assert len(axes.lines) == 3
    origins = panel.origins("2022-01", "2025-12")
    many = list(RandomWalk(n_draws=20).replay(panel, "exports_total", origins, 2))
    assert len(plot_issued(many, panel.series("exports_total")).lines) == 25
    with pytest.raises(ScoreError, match=r"give one or more, all of the same series"):
        plot_issued([], panel.series("exports_total"))


def test_a_damaged_file_hides_no_other(archive, panel):
    path = archive.folder / f"{archive.contents().index[1]}.npz"
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    listed = archive.contents()
    assert listed["model"].tolist().count("cannot be read") == 1
    with pytest.warns(StoredFileWarning, match=f"{path.stem}.*is left out"):
        assert len(archive.scores(panel)) == 4
    with pytest.raises(StoredFileError, match="is damaged"):
        archive.read(path.stem)


@pytest.mark.parametrize("what", ["scores", "plot", "frame"])
def test_an_archive_in_which_all_is_damaged_says_so(archive, panel, what):
    asked = {
        "scores": lambda: archive.scores(panel),
        "plot": lambda: archive.plot(panel),
        "frame": lambda: archive.frame(panel, "exports_total"),
    }
    for path in archive.folder.glob("*.npz"):
        path.write_bytes(path.read_bytes()[:300])
    with (
        pytest.warns(StoredFileWarning, match="is damaged"),
        pytest.raises(StoredFileError, match=r"none of the 3 forecasts in .* can be read; bring"),
    ):
        asked[what]()


def test_scores_at_the_command_line_say_what_is_damaged(archive):
    first, second, last = sorted(archive.folder.glob("*.npz"))
    ask = ["archive", "scores", "--archive", str(archive.folder)]
    for path in (first, second):
        path.write_bytes(path.read_bytes()[:300])
    # Of the last one nothing is out.
    with warnings.catch_warnings(action="always"):
        scored = CliRunner().invoke(main, ask)
    assert scored.exit_code == 0, scored.output
    said = "No month that was forecast in the forecasts that are not damaged (2 are) is out yet."
    assert said in scored.stdout
    last.write_bytes(b"")
    with warnings.catch_warnings(action="always"):
        scored = CliRunner().invoke(main, ask)
    assert scored.exit_code == 2
    assert scored.stdout == ""
    assert f"none of the 3 forecasts in {archive.folder} can be read" in scored.stderr


def test_a_damaged_file_is_made_good_by_the_same_forecast(archive, made):
    path = archive.folder / f"{archive.contents().index[1]}.npz"
    path.write_bytes(b"damaged")
    assert archive.add(made[1]) == path.stem
    np.testing.assert_array_equal(archive.read(path.stem).paths.values, made[1].paths.values)


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path, made):
    file = tmp_path / "no folder"
    file.touch()
    said = r"no folder/2025-06-01-\w+.npz cannot be written: a part of it is a file and no"
    with pytest.raises(UnwritableFileError, match=said):
        Archive(file).add(made[0])


def test_a_full_disk_is_said_in_the_same_words(tmp_path, made, monkeypatch):
    def full(*given, **more):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(np, "savez_compressed", full)
    said = r"2025-06-01-\w+.npz cannot be written: No space left on device; give another path"
    with pytest.raises(UnwritableFileError, match=said):
        Archive(tmp_path).add(made[0])
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("id", ["2025", "1999-01-01", ""])
def test_an_id_that_does_not_decide_is_refused(archive, id):
    with pytest.raises(ModelError, match=r"forecasts of .* begin with .*archive list"):
        archive.read(id)


@pytest.mark.parametrize(
    "ask",
    [
        ("archive", "show", "2026-05"),
        ("archive", "show", ""),
        ("archive", "plot"),
        ("news",),
        ("news", "--from", "2026-05"),
    ],
)
def test_an_empty_archive_is_said_to_be_empty(tmp_path, ask):
    result = CliRunner().invoke(main, [*ask, "--archive", str(tmp_path)])
    assert result.exit_code == 2
    assert result.stderr == (
        f"Error: there is no forecast in {tmp_path}; `tradeshock forecast --archive` puts one "
        "there\n"
    )


def test_a_forecast_is_kept_with_all_that_it_stood_on(archive, panel):
    one = archive.read("2025-09-01")
    assert one.judgement == {"amounts": {"2025-10": -900.0}, "reason": "holidays"}
    assert one.conditions == []
    assert one.figures == panel.as_of("2025-09-01").fingerprint()
    model = BayesianVAR(series=["exports_total", "usdkrw"], n_draws=100)
    assert one.code == code_version(model)
    assert one.card["Judgement"].endswith("(holidays)")
    assert str(one.paths.seed) in one.card["Seed and draws"]
    assert f"numpy {np.__version__}" in one.card["Versions"]
    assumed = monthly_forecast(panel, DAYS[0], model, 4, conditions={"usdkrw": {"2025-07": 1400.0}})
    (cell,) = archive.read(archive.add(assumed)).conditions
    assert (cell["series"], cell["month"], cell["value"]) == ("usdkrw", "2025-07", 1400.0)


def test_a_model_without_a_source_file_is_kept_too(tmp_path, panel):
    typed = type("Typed", (RandomWalk,), {"__module__": "typed_at_a_prompt"})
    kept = Archive(tmp_path)
    one = kept.read(kept.add(monthly_forecast(panel, DAYS[0], typed(n_draws=20), 2)))
    assert one.code == ""
    assert "RandomWalk" in one.card["Model"] or "Typed" in one.card["Model"]


def test_files_of_the_first_schema_still_read(archive, made, panel):
    old = archive.folder / "2025-09-01-00000000.npz"
    stored = archive.read("2025-09-01").to_stored()
    about = {
        name: value
        for name, value in stored.about.items()
        if name not in ("code", "card", "printed")
    }
    write_arrays(old, Schema("issued forecast", 1), stored.arrays, about)
    one = Archive(archive.folder).read("2025-09-01-00000000")
    np.testing.assert_array_equal(one.paths.values, made[1].paths.values)
    assert (one.csv, one.code, one.card, one.printed) == (made[1].to_csv(), "", {}, None)
    show = ["archive", "show", old.stem, "--archive", str(archive.folder)]
    assert CliRunner().invoke(main, [*show, "--format", "csv"]).stdout == made[1].to_csv()
    refused = CliRunner().invoke(main, show)
    assert refused.exit_code != 0
    assert "which kept no table; say --format csv" in refused.output
    write_arrays(old, Schema("issued forecast", 3), stored.arrays, about)
    with pytest.raises(StoredFileError, match=r"an issued forecast in format 3, .* reads format 2"):
        archive.read(old.stem)


def test_scores_say_which_revision_counts_and_sum_up_by_step(archive, panel):
    table = archive.scores(panel)
    assert set(table["outcome"]) == {"figure as of 2026-05-15"}
    vintages = load_panel(vintages=True)
    assert set(archive.scores(vintages, actual="first")["outcome"]) == {"first print"}
    summary = summarise_scores(table)
    assert summary["n"].tolist() == [2, 2, 2, 2]
    second = table[table["step"] == 2]
    assert summary.loc[2, "mae"] == pytest.approx(second["error"].abs().mean())
    assert summary.loc[2, "mae_ratio"] == pytest.approx(
        second["error"].abs().sum() / second["walk"].abs().sum()
    )
    assert summary.loc[2, "coverage_80"] == second["inside"].mean()
    assert summary.loc[2, "crps_ratio"] == pytest.approx(
        second["crps"].sum() / second["crps_walk"].sum()
    )
    assert summarise_scores(archive.scores(panel.as_of("2025-05-01"))).empty


ASKED = ["forecast", "--as-of", "2025-06-01", "--model", "RandomWalk", "--steps", "2"]


@pytest.mark.parametrize("form", ["table", "csv", "json", "hubverse", "nixtla", "sktime"])
def test_show_prints_what_forecast_printed(tmp_path, form):
    folder = ["--archive", str(tmp_path / "said")]
    more = ["--adjust", "2025-06=+500", "--note", "=1+1", "--assume", "exports_total:2025-07=60000"]
    asked = [*ASKED, *more, "--model", "BayesianVAR", "--steps", "8", "--format", form]
    issued = CliRunner().invoke(main, [*asked, *folder])
    assert issued.exit_code == 0, issued.output
    shown = CliRunner().invoke(main, ["archive", "show", "2025-06", *folder, "--format", form])
    assert shown.stdout == issued.stdout
    if form == "table":
        bare = CliRunner().invoke(main, ["archive", "show", "2025-06", *folder])
        assert bare.stdout == issued.stdout
        assert "Chance of more than" in bare.stdout


def test_the_commands(tmp_path):
    folder = ["--archive", str(tmp_path / "said")]
    issued = CliRunner().invoke(main, [*ASKED, *folder])
    assert issued.exit_code == 0, issued.output
    listed = CliRunner().invoke(main, ["archive", "list", *folder]).stdout
    id = listed.splitlines()[1].split()[0]
    assert f"Archived: {id} in {tmp_path / 'said'}" in issued.stderr
    scored = CliRunner().invoke(main, ["archive", "scores", *folder])
    assert "Outcomes: figure as of 2026-05-15, months to 2026-04" in scored.stdout
    assert "2 months: RMSE" in scored.stdout
    empty = CliRunner().invoke(main, ["archive", "scores", "--archive", str(tmp_path / "none")])
    assert f"No forecast in {tmp_path / 'none'}; `tradeshock forecast" in empty.stdout
    picture = tmp_path / "said.svg"
    drawn = CliRunner().invoke(main, ["archive", "plot", *folder, "--out", str(picture)])
    assert drawn.exit_code == 0, drawn.output
    assert picture.read_text(encoding="utf-8").startswith("<?xml")
    refused = CliRunner().invoke(main, ["archive", "plot", *folder, "--out", "said.gif"])
    assert "is no picture; end the name in .png" in refused.output


def test_without_a_folder_the_users_own_archive_is_meant(home, tmp_path, monkeypatch):
    listed = CliRunner().invoke(main, ["archive", "list"])
    assert f"No forecast in {home / 'archive'}" in listed.stdout
    # The option stands before others, so what follows is not taken for a folder.
    kept = CliRunner().invoke(main, ["forecast", "--archive", *ASKED[1:]])
    assert f"in {home / 'archive'}" in kept.stderr
    id = kept.stderr.split("Archived: ")[1].split()[0]
    assert Archive().contents().index.tolist() == [id]
    shown = CliRunner().invoke(main, ["archive", "show", id])
    assert shown.stdout == kept.stdout
    # The variable names another one, in which every forecast is kept then.
    monkeypatch.setenv("TRADESHOCK_ARCHIVE", str(tmp_path / "shared"))
    assert Archive().folder == tmp_path / "shared"
    for asked in (ASKED, [*ASKED, "--archive"]):
        kept = CliRunner().invoke(main, asked)
        assert f"in {tmp_path / 'shared'}" in kept.stderr
    assert id in CliRunner().invoke(main, ["archive", "list"]).stdout
    monkeypatch.chdir(tmp_path)
    kept = CliRunner().invoke(main, [*ASKED, "--archive", "."])
    assert list(tmp_path.glob(f"{id}.npz"))


def test_scores_of_own_figures_take_their_series_or_say_what_is_lacking(tmp_path):
    months = pd.period_range("2000-01", periods=72, freq="M").strftime("%Y-%m")
    figures = [1000.0 + 13 * i % 170 for i in range(72)]
    own = tmp_path / "us.csv"
    pd.DataFrame({"month": months, "exports_us": figures}).to_csv(own, index=False)
    folder = ("--archive", str(tmp_path / "kept"))
    with_file = ("--csv", str(own), "--release-after", "37")
    asked = ["forecast", *with_file, "--as-of", "2005-08-15", "--model", "RandomWalk", *folder]
    assert CliRunner().invoke(main, asked).exit_code == 0
    for options in ((), ("--target", "exports_us")):
        refused = CliRunner().invoke(main, ["archive", "scores", *folder, *options])
        assert refused.exit_code == 2
        assert "exports_us, which is not among the package's figures" in refused.stderr
        assert "--csv FILE" in refused.stderr
    refused = CliRunner().invoke(main, ["archive", "plot", *folder])
    assert "not among the package's figures" in refused.stderr

    pd.DataFrame({"month": months, "exports_us": figures, "imports_us": figures}).to_csv(
        own, index=False
    )
    scored = CliRunner().invoke(main, ["archive", "scores", *folder, *with_file])
    assert scored.exit_code == 0, scored.output
    assert "months: RMSE" in scored.stdout
    pd.DataFrame({"month": months, "imports_us": figures}).to_csv(own, index=False)
    refused = CliRunner().invoke(main, ["archive", "scores", *folder, *with_file])
    assert "exports_us, which is not in the file of --csv" in refused.stderr


def test_figures_of_another_nation_score_no_forecast_of_the_same_name(tmp_path):
    months = pd.period_range("2000-01", periods=84, freq="M").strftime("%Y-%m")
    figures = pd.Series([1000.0 + 13 * i % 170 for i in range(84)], months)
    folder = ("--archive", str(tmp_path / "kept"))

    def given(name: str, values: pd.Series, calendar: str = "IN") -> tuple[str, ...]:
        file = tmp_path / f"{name}.csv"
        values.rename("exports").rename_axis("month").to_csv(file)
        return ("--csv", str(file), "--release-after", "15", "--calendar", calendar)

    def asked(*arguments: str):
        with warnings.catch_warnings(action="always"):
            return CliRunner().invoke(main, arguments)

    one, other = given("one", figures), given("other", 3.0 * figures)
    for own in (one, other):
        day = ("--as-of", "2005-08-20", "--model", "RandomWalk", "--steps", "3")
        assert asked("forecast", *own, *day, *folder).exit_code == 0
    kept = Archive(tmp_path / "kept")
    ids = list(kept.contents().index)
    assert len(ids) == 2

    scored = asked("archive", "scores", *folder, *one)
    assert scored.stdout.count("2005-08-20-") == 3
    assert "1 of 2 forecasts of exports in " in scored.stderr
    assert "67 % off these in the median" in scored.stderr
    # What was revised since is scored; a fifth on all months is no revision.
    revised = figures.copy()
    revised["2005-07"] *= 1.5
    assert (
        asked("archive", "scores", *folder, *given("revised", 1.1 * revised)).stdout.count(
            "2005-08-20-"
        )
        == 3
    )
    nation = asked("archive", "scores", *folder, *given("nation", figures, "JP"))
    assert "it is of IN, these are of JP" in nation.stderr
    assert "No month that was forecast is out yet" in nation.stdout

    mine, theirs = sorted(ids, key=lambda id: float(kept.read(id).paths.values.mean()))
    ask = ("--to", "2005-09-20", "--model", "RandomWalk", *folder)
    assert asked("news", *one, *ask).exit_code == 0
    assert asked("news", *one, *ask, "--from", mine).exit_code == 0
    refused = asked("news", *one, *ask, "--from", theirs)
    assert refused.exit_code == 2
    assert f"{theirs} was made from other figures of exports" in refused.stderr


def test_figures_in_another_unit_score_no_forecast(tmp_path):
    months = pd.period_range("2000-01", periods=72, freq="M")
    figures = pd.DataFrame({"exports": [1000.0 + 13 * i % 170 for i in range(72)]}, months)
    rule = ReleaseRule.after(days=15)
    kept = Archive(tmp_path)
    dollars = Panel.from_frame(figures, rule, unit="mn USD")
    kept.add(monthly_forecast(dollars, "2005-08-20", RandomWalk(), 3))
    assert len(kept.scores(dollars, "exports")) == 3
    with pytest.warns(OtherFiguresWarning, match="it is in mn USD, these are in mn EUR"):
        assert kept.scores(Panel.from_frame(figures, rule, unit="mn EUR"), "exports").empty
