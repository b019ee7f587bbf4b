"""Figures of one's own that are five to ten years old: few past forecasts, and those the walk's."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from nations import figures, panel_of

from tradeshock.forecast import monthly_forecast, own_past_record
from tradeshock.forecast.cli.main import main
from tradeshock.forecast.plots import plot_warning
from tradeshock.forecast.report.page import Report
from tradeshock.forecast.routine.own_past import missing_past
from tradeshock.forecast.warning import early_warning
from tradeshock.models import Combination, RandomWalk, Recalibration, SeasonalNaive
from tradeshock.models.record.record import Record

YOUNG = "Recalibration(RandomWalk, across_steps=True)"

pytestmark = pytest.mark.usefixtures("home")


def india(months: int) -> pd.Series:
    """The newest months of India's exports."""
    return figures("india").rename("india").iloc[-months:]


def test_a_past_without_an_outcome_is_no_track_record_of_warnings() -> None:
    young = panel_of(india(60))
    assert own_past_record(young).frame["actual"].isna().all()
    warning = early_warning(young)
    assert warning.forecast.model == YOUNG
    assert warning.track_record().empty
    assert warning.notes[-1].endswith("no track record of these chances")
    assert warning.table()["hit_rate"].isna().all()


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.usefixtures("without_pictures")
def test_the_page_does_not_test_the_walk_against_itself(language: str) -> None:
    young = panel_of(india(75))
    rows = own_past_record(young).frame
    # As after ten years: of a former default the newest forecasts are not there.
    record = Record(rows[(rows["model"] != YOUNG) | (rows["origin"] < "2026-03-15")])
    made = monthly_forecast(young)
    page = Report.from_forecast(made, record, language=language).html()
    assert {"en": "are those of RandomWalk", "ko": "RandomWalk 모형과 같으므로"}[language] in page
    board = re.search(r'<table id="scoreboard">.*?</table>', page, re.DOTALL)
    assert board is not None
    # p and what it could have found: blank in each row.
    rows = re.findall(r"<tr>(.*?)</tr>", board[0].split("<tbody>")[1], re.DOTALL)
    assert len(rows) >= 4
    for row in rows:
        cells = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
        assert [re.sub("<.*?>", "", cell) for cell in cells[-2:]] == ["–", "–"]
    # Lines at one and at zero say nothing; the intervals are judged.
    for name in ("errors", "saved", "episodes-chart"):
        assert f'id="{name}"' not in page
    assert 'id="coverage"' in page


def test_misses_that_no_forecast_was_there_for_are_dashes(tmp_path: Path) -> None:
    file = tmp_path / "india.csv"
    india(61).rename_axis("month").to_csv(file)
    run = CliRunner().invoke(main, ["explain", "--csv", str(file), "--release-after", "15"])
    assert run.exit_code == 0, run.output
    assert re.search(r"^Apr 2026 +\+21\.9 +- +- ", run.stdout, re.MULTILINE)
    assert "nan" not in run.stdout
    # Of a month before there is one day.
    india(60).rename_axis("month").to_csv(file)
    first = CliRunner().invoke(main, ["forecast", "--csv", str(file), "--release-after", "15"])
    assert "Record: 1 past origin of india, 2026-05-15" in first.stderr


def test_figures_that_never_move_are_forecast_without_news() -> None:
    months = pd.period_range("2019-09", periods=80, freq="M")
    for values in (np.full(80, 100.0), np.resize(np.arange(1.0, 13.0), 80)):
        still = panel_of(pd.Series(values, months, name="peg"))
        own_past_record(still)
        made = monthly_forecast(still)
        assert made.model == YOUNG
        assert made.paths.notes == ()
        assert isinstance(made.fitted, Recalibration)
        # Roundings are no misses.
        assert (made.fitted.factors_ == 1.0).all()


def test_one_rounding_beyond_an_interval_is_no_regime() -> None:
    young = panel_of(india(80))
    rows = own_past_record(young).frame
    for name in ("q25", "q50", "q75"):
        rows[name] = rows["actual"] * (1.0 - 3e-16)
    record = Record(rows)
    model = Recalibration(RandomWalk(), across_steps=True).fit(young, "india", record=record)
    assert model.forecast(12).notes == ()


def test_looking_back_at_a_young_day_leaves_the_later_past() -> None:
    today = panel_of(india(90))
    old = Recalibration(Combination([RandomWalk(n_draws=20), SeasonalNaive(n_draws=20)]))
    before = own_past_record(today, model=old).frame
    then = today.as_of("2025-02-20")
    young = own_past_record(then)
    assert YOUNG in young.models
    assert young.frame["origin"].max() <= then.origin
    assert not (young.frame["known_on"] > then.origin).any()
    assert not missing_past(today, "india", old)
    after = own_past_record(today, model=old).frame
    after = after[after["model"] != YOUNG]
    order = ["model", "origin", "step"]
    pd.testing.assert_frame_equal(
        after.sort_values(order, ignore_index=True), before.sort_values(order, ignore_index=True)
    )
    # What was corrected is made anew from the first forecast of that month on.
    series = india(90)
    series["2024-12"] *= 1.1
    own_past_record(panel_of(series).as_of("2025-02-20"))
    days = [day for day, _ in missing_past(today, "india", old)]
    assert min(days) == pd.Timestamp("2024-01-15")


def test_the_threshold_is_written_beside_the_chances() -> None:
    months = pd.period_range("2026-05", periods=12, freq="M")
    table = pd.DataFrame({"chance": np.linspace(0.33, 0.44, 12), "light": "amber"}, months)
    figure = Figure(figsize=(6.0, 4.0), layout="constrained")
    ax = plot_warning(table, 0.4, figure.subplots())
    FigureCanvasAgg(figure).draw()
    words = {text.get_text(): text.get_window_extent() for text in ax.texts}
    (label,) = (box for text, box in words.items() if text.startswith("warning"))
    others = [box for text, box in words.items() if not text.startswith("warning")]
    others += [bar.get_window_extent() for bar in ax.patches]
    assert len(others) > 12
    assert not any(label.overlaps(box) for box in others)
    assert figure.bbox.contains(label.x1, label.y1)
