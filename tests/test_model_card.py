"""The model card, and the release rules in words."""

import re

import pytest

from tradeshock.features import Panel
from tradeshock.features.panel.release import LatestOf, ReleaseRule
from tradeshock.forecast import monthly_forecast
from tradeshock.forecast.report.sections.model_card import model_card, rule_words
from tradeshock.forecast.report.sections.track_record import past_forecasts
from tradeshock.forecast.report.words import words_in
from tradeshock.models import RandomWalk, Record


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (ReleaseRule(day=1), "day 1 of the next month"),
        (
            ReleaseRule(day=21, months_after=0, roll="KR"),
            "day 21 of the same month, or the next working day in KR",
        ),
        (ReleaseRule(day=5, months_after=3), "day 5 of 3 months on"),
        (ReleaseRule.after(40), "40 days after the month's end"),
        (
            ReleaseRule(day=17, exceptions={"2025-09": "2025-12-03"}),
            "day 17 of the next month; known exceptions: 2025-09 on 2025-12-03",
        ),
        (
            LatestOf((ReleaseRule(day=1), ReleaseRule(day=15))),
            "day 1 of the next month and day 15 of the next month, whichever is later",
        ),
    ],
)
def test_release_rules_in_words(rule: ReleaseRule | LatestOf, words: str) -> None:
    assert rule_words(rule, words_in("en")) == words


def test_card_says_what_the_forecast_rests_on(panel: Panel, small_record: Record) -> None:
    forecast = monthly_forecast(panel, "2026-05-15", model=RandomWalk(n_draws=200))
    card = model_card(forecast, past_forecasts(forecast, small_record), words_in("en"))
    assert list(card.facts) == [
        "Model",
        "Forecast of",
        "Data until",
        "Window",
        "Parameters",
        "Tuning budget",
        "Seed and draws",
        "Record",
        "Notes",
        "Assumed",
        "Judgement",
        "Versions",
    ]
    state = "made once 10 days of the first month were counted"
    until = card.facts["Data until"]
    assert until.startswith(f"15 May 2026 ({state}): April 2026 and the first")
    assert "January 1991 to April 2026" in card.facts["Window"]
    assert "half_life = 60.0" in card.facts["Parameters"]
    assert card.facts["Seed and draws"] == "0; 200 sample paths"
    series = forecast.fitted.panel_.values.columns
    assert len(card.rules) == len(series) == card.licences["series"].sum()
    assert any(text.startswith("COVID-19, step 1: RMSE") for text in card.failures)


def test_card_names_a_model_that_the_walk_beats(panel: Panel, small_record: Record) -> None:
    naive = monthly_forecast(panel, "2026-05-15", model="SeasonalNaive", steps=3)
    card = model_card(naive, past_forecasts(naive, small_record), words_in("en"))
    assert any(
        re.match(r"Step 1: RMSE \d\.\d\d times that of RandomWalk", t) for t in card.failures
    )


def test_figures_fetched_later_than_the_day_are_said_to_be(panel: Panel) -> None:
    then = monthly_forecast(panel, "2020-06-01", model=RandomWalk(n_draws=20), steps=1)
    assert (
        model_card(then, None, words_in("en"))
        .facts["Data until"]
        .endswith(
            "; as fetched later, up to 2026-11-25: revisions since the origin may be among them"
        )
    )
    own = Panel.from_frame(panel.values["exports_total"].dropna(), ReleaseRule(day=1))
    alone = monthly_forecast(own, model=RandomWalk(n_draws=20), steps=1)
    assert "fetched" not in model_card(alone, None, words_in("en")).facts["Data until"]
