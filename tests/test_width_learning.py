"""Intervals whose steps learn together, against the rule written out month by month."""

from collections import defaultdict

import numpy as np
import pandas as pd
import pytest

from tradeshock.features import Panel
from tradeshock.models import RandomWalk, Recalibration, Record
from tradeshock.models.record.rows import forecast_rows

MEMBER = RandomWalk(n_draws=200)
TARGET = "exports_total"
DAY = pd.Timestamp("2019-06-01")
INTERVALS = {0.5: ("q25", "q75"), 0.8: ("q10", "q90"), 0.9: ("q05", "q95"), 0.95: ("q025", "q975")}


@pytest.fixture(scope="module")
def rows(panel: Panel) -> pd.DataFrame:
    """The last forecast is of December: half a year of outcomes came out after it."""
    origins = panel.origins("2012-01", "2018-12")
    return forecast_rows(list(MEMBER.replay(panel, TARGET, origins, 12)), panel)


def learned(
    rows: pd.DataFrame, panel: Panel, across_steps: bool = True, steps: int = 12
) -> Recalibration:
    known = panel.as_of(DAY)
    paths = MEMBER.fit(known, TARGET).forecast(steps)
    model = Recalibration(MEMBER, half_life=None, across_steps=across_steps)
    model.combine([paths], Record(rows).as_of(DAY), known)
    return model


def distance(row: pd.Series, low: str, high: str) -> float:
    edge = row[low] if row["actual"] < row["q50"] else row[high]
    return float(np.log(row["actual"] / row["q50"]) / np.log(edge / row["q50"]))


def test_steps_learn_from_their_own_misses_and_from_those_of_all(
    rows: pd.DataFrame, panel: Panel
) -> None:
    out = Record(rows).as_of(DAY).frame.dropna(subset="actual")
    assert pd.PeriodIndex(out["month"]).max() > pd.Period(DAY, "M") - 2
    expected = np.empty((12, 4))
    for column, (level, (low, high)) in enumerate(INTERVALS.items()):
        news: dict[pd.Period, list[float]] = defaultdict(list)
        own = np.zeros(12)
        for step, each in out.sort_values("month").groupby("step"):
            for count, (_, row) in enumerate(each.iterrows(), start=1):
                far = distance(row, low, high)
                news[row["month"]].append(far)
                missed = far > np.exp(own[step - 1])
                size = max(0.3 / np.sqrt(count), 0.05) / step
                own[step - 1] += size * (level if missed else level - 1.0)
        common = 0.0
        for month in sorted(news):
            common += 0.3 * np.mean(
                [level if d > np.exp(common) else level - 1 for d in news[month]]
            )
        weight = 1.0 / np.sqrt(np.arange(1, 13))
        expected[:, column] = np.exp(weight * own + (1.0 - weight) * common)
    np.testing.assert_allclose(learned(rows, panel).factors_, expected, rtol=1e-9)


def test_what_short_steps_miss_now_widens_long_ones(rows: pd.DataFrame, panel: Panel) -> None:
    shocked = rows.copy()
    late = pd.PeriodIndex(shocked["month"], freq="M") >= pd.Period("2018-10")
    shocked.loc[late & (shocked["step"] <= 3), "actual"] *= 0.5
    wider = learned(shocked, panel).factors_ / learned(rows, panel).factors_
    assert (wider[11] > 1.005).all()
    alone = learned(shocked, panel, across_steps=False), learned(rows, panel, across_steps=False)
    np.testing.assert_array_equal(alone[0].factors_[3:], alone[1].factors_[3:])


def test_widths_of_a_month_are_those_of_longer_forecasts(rows: pd.DataFrame, panel: Panel) -> None:
    longer = learned(rows, panel)
    for steps in (1, 3):
        shorter = learned(rows, panel, steps=steps)
        np.testing.assert_array_equal(shorter.factors_, longer.factors_[:steps])
        np.testing.assert_array_equal(shorter.learned_, longer.learned_[:steps])
    further = learned(rows, panel, steps=15)
    np.testing.assert_array_equal(further.factors_[12:], longer.factors_[[11, 11, 11]])


def test_the_first_step_learns_as_it_does_alone(rows: pd.DataFrame, panel: Panel) -> None:
    together, alone = learned(rows, panel), learned(rows, panel, across_steps=False)
    np.testing.assert_array_equal(together.factors_[0], alone.factors_[0])
    assert (together.factors_[11] != alone.factors_[11]).all()
