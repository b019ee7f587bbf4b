"""Polls combined with the forecast, by weights that both have earned."""

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from tradeshock.features.errors import ModelError
from tradeshock.forecast import monthly_forecast
from tradeshock.forecast.cli.main import main
from tradeshock.forecast.monthly.polls import PRIOR_MONTHS, parse_polls
from tradeshock.models.record.shipped import shipped_record

DAY = "2026-04-21"


@pytest.fixture(scope="module")
def free(panel):
    return monthly_forecast(panel, DAY, steps=3)


def polled(panel, polls, **arguments):
    return monthly_forecast(panel, DAY, steps=3, polls=polls, **arguments)


def test_without_past_polls_both_count_alike(panel, free):
    made = polled(panel, {"2026-04": 60.0})
    before = panel.series("exports_total")["2025-04"]
    middle, both = (f.table()["median"].iloc[0] for f in (free, made))
    assert both == pytest.approx(np.sqrt(middle * before * 1.6), rel=2e-3)
    assert "with weight 0.50 (no past polls" in " ".join(made.paths.notes)
    # Uncertainty stays, later months move along.
    width = [np.log(f.paths.draws()[:, 0]).std() for f in (free, made)]
    assert width[1] == pytest.approx(width[0], rel=0.02)
    assert made.table()["median"].iloc[1] > free.table()["median"].iloc[1]


def test_past_polls_give_the_weights(panel, free):
    total = panel.series("exports_total")
    growth = 100.0 * (total / total.shift(12) - 1.0)
    months = pd.period_range("2025-04", "2026-03", freq="M")
    exact = {str(m): float(growth[m]) for m in months}
    errors = shipped_record().errors(free.model, "exports_total", "after_20d")[1].dropna()
    ours = errors[pd.PeriodIndex(errors.index, freq="M").isin(months)]
    loss = (ours**2).sum()
    pooled = loss / 2 / len(ours)
    share = (loss + PRIOR_MONTHS * pooled) / (loss + 2 * PRIOR_MONTHS * pooled)
    made = polled(panel, {**exact, "2026-04": 60.0})
    assert f"with weight {share:.2f} from 12 months" in " ".join(made.paths.notes)
    assert share > 0.6


def test_polls_of_published_months_alone_change_nothing(panel, free):
    made = polled(panel, {"2026-03": 48.0})
    np.testing.assert_array_equal(made.paths.values, free.paths.values)


def test_polls_meet_other_assumptions(panel, free):
    made = polled(panel, {"2026-04": 60.0}, conditions={"usdkrw": {"2026-06": 1600.0}})
    assert made.conditions.series == ("exports_total", "usdkrw")


@pytest.mark.parametrize(
    ("polls", "message"),
    [
        ({"2027-12": 3.0}, "poll is of 2027-12, but the forecast goes from 2026-04 to 2026-06"),
        ({"2026-04": -100.0}, "above -100"),
        ({"2026-04": "much"}, "got|is 'much'"),
        ({"spring": 3.0}, "month of a poll does not read"),
        ([48.0], "give growth by month"),
    ],
)
def test_polls_that_make_no_sense_are_refused(panel, polls, message):
    with pytest.raises(ModelError, match=message):
        polled(panel, polls)


@pytest.mark.parametrize("text", ["2026-04", "2026-04=", "=48", "2026-04:48"])
def test_polls_that_do_not_read_are_refused(text):
    with pytest.raises(ModelError, match="write month=growth"):
        parse_polls([text])
    with pytest.raises(ModelError, match="given twice"):
        parse_polls(["2026-04=48", "2026-04=47"])


def test_the_command_line_takes_polls():
    asked = ["forecast", "--as-of", DAY, "--steps", "2", "--poll", "2026-04=+48.0"]
    shown = CliRunner().invoke(main, asked)
    assert shown.exit_code == 0
    assert "poll of 2026-04: +48.0 % on a year before, with weight 0.50" in shown.output
