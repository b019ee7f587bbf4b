"""What a forecast had to do without is said once, in notes, page and JSON."""

from __future__ import annotations

import json
import warnings

import numpy as np
import pandas as pd
import pytest

from tradeshock.features import Panel
from tradeshock.features.errors import OddFigureWarning, StaleSeriesWarning
from tradeshock.forecast import monthly_forecast
from tradeshock.forecast.monthly.staleness import stale_notes
from tradeshock.forecast.report.sections.model_card import model_card
from tradeshock.forecast.report.words import words_in
from tradeshock.models import BayesianVAR, DirectRidge, FlashBridge, FlashRatio, RandomWalk

TOTAL = "exports_total"


@pytest.fixture(scope="module")
def later(panel: Panel) -> Panel:
    """Two months on, with nothing but the total's figure of May."""
    return panel.append(pd.Series([80_100.0], ["2026-05"], name=TOTAL), seen="2026-07-20")


def test_one_sentence_and_one_warning(later: Panel) -> None:
    with pytest.warns(StaleSeriesWarning) as caught:
        forecast = monthly_forecast(later, steps=2)
    texts = [str(warning.message) for warning in caught]
    assert len(texts) == 2
    assert texts[0].startswith("exports_total ends in 2026-05; its figure of 2026-06 should be out")
    assert texts[1].startswith("without ")
    assert "usdkrw" in texts[1]
    assert "(to 2026-04)" in texts[1]
    assert "the published accuracy does not apply" in texts[1]
    notes = forecast.paths.notes
    assert set(texts) < set(notes)
    assert not any(note.startswith("left out as stale") for note in notes)
    assert json.loads(forecast.to_json())["notes"] == list(notes)
    assert texts[1] in model_card(forecast, None, words_in("en")).facts["Notes"]


@pytest.mark.filterwarnings("ignore::tradeshock.features.errors.StaleSeriesWarning")
def test_an_early_count_of_months_ago_is_still_the_running_month(panel: Panel) -> None:
    names = [f"{id}_first_20_days" for id in (TOTAL, "exports_semiconductors")]
    counts = pd.DataFrame([[49_800.0, 18_200.0]], ["2026-05"], names)
    model = FlashBridge(DirectRidge(n_draws=200))
    medians = []
    for seen in ("2026-05-21", "2026-11-26"):
        later = panel.append(counts, seen=seen)
        forecast = monthly_forecast(later, model=model, steps=2)
        assert forecast.paths.state == "after_20d"
        medians.append(forecast.table()["median"].iloc[0])
    assert later.is_stale(TOTAL)
    assert medians[0] == pytest.approx(medians[1], rel=0.01)


def test_counts_that_come_before_a_total_are_said_to_wait(panel: Panel) -> None:
    counts = pd.Series([49_800.0, 60_000.0], ["2026-05", "2026-06"], name=f"{TOTAL}_first_20_days")
    later = panel.append(counts, seen="2026-06-22")
    with pytest.warns(StaleSeriesWarning) as caught:
        forecast = monthly_forecast(later, model=FlashRatio(), steps=1)
    texts = [str(warning.message) for warning in caught]
    waits = "the early count of 2026-06 is not used: the total of 2026-05 has to be there first"
    assert waits in texts
    assert forecast.known == "April 2026 and the first 20 days of May 2026"
    assert forecast.flash is not None
    assert forecast.flash.value == 49_800.0
    alone = panel.append(counts.iloc[:1], seen="2026-06-22")
    with pytest.warns(StaleSeriesWarning):
        same = monthly_forecast(alone, model=FlashRatio(), steps=1)
    np.testing.assert_array_equal(forecast.paths.values, same.paths.values)


def test_a_model_that_reads_the_target_alone_does_without_nothing(panel: Panel) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        forecast = monthly_forecast(panel, model=RandomWalk(), steps=1)
    assert forecast.paths.notes == ()


def test_what_was_late_at_an_earlier_origin_is_not_missing_now(later: Panel) -> None:
    known = later.as_of("2026-05-15")
    assert stale_notes(known, TOTAL, ["usdkrw", "brent", ""]) == ()
    assert "brent, usdkrw (to 2026-04)" in stale_notes(later, TOTAL, ["brent", "usdkrw"])[1]


def test_other_warnings_pass(panel: Panel) -> None:
    class Warns(RandomWalk):
        def _fit(self) -> None:
            warnings.warn("a figure is odd", OddFigureWarning, stacklevel=1)
            super()._fit()

    with pytest.warns(OddFigureWarning, match="a figure is odd"):
        monthly_forecast(panel, model=Warns(), steps=1)


def test_a_model_by_itself_names_what_it_left_out(later: Panel) -> None:
    with pytest.warns(StaleSeriesWarning) as caught:
        model = BayesianVAR().fit(later)
    (one,) = (warning.message for warning in caught)
    assert isinstance(one, StaleSeriesWarning)
    assert one.series == ""
    assert {"usdkrw", "us_ip"} <= {*one.every}
    assert all(f"{id} (ends in 2026-0" in str(one) for id in one.every)
    assert any(note.startswith("left out as stale: ") for note in model.forecast(1).notes)
    assert "usdkrw" in model.inputs_
