"""Intervals that widen with recent misses, and the note on months missed on one side."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from tradeshock.features import Panel, ReleaseRule
from tradeshock.forecast import interpretation
from tradeshock.models import RandomWalk, Recalibration, Record
from tradeshock.models.pools.recent_misses import (
    EXPECTED,
    FADES_FROM,
    FARTHEST,
    WIDEST,
    faded,
    recent_misses,
)
from tradeshock.models.pools.regime import regime_note
from tradeshock.models.record.rows import forecast_rows

MEMBER = RandomWalk(n_draws=200)
TARGET = "exports_total"
DAY = "2019-06-01"


@pytest.fixture(scope="module")
def rows(panel):
    origins = panel.origins("2012-01", "2019-06")
    return forecast_rows(list(MEMBER.replay(panel, TARGET, origins, 4)), panel)


def known_months(distance):
    """Distances as a record has them: what came out after the last origin is not known."""
    origins, steps = distance.shape
    out = np.arange(origins)[:, None] + np.arange(steps) < origins - 1
    return np.where(out, distance, np.nan)


@given(st.integers(0, 10_000), st.floats(0.5, 24.0))
@settings(max_examples=50, deadline=None)
def test_the_factor_is_the_weighted_mean_of_squares_by_month(seed, half_life):
    rng = np.random.default_rng(seed)
    distance = known_months(np.abs(rng.standard_normal((30, 4))))
    by_month = [
        [distance[t - h, h] for h in range(3) if t - h >= 0 and np.isfinite(distance[t - h, h])]
        for t in range(30)
    ]
    sizes = [np.mean(np.minimum(row, FARTHEST) ** 2) / EXPECTED for row in by_month if row]
    weights = 0.5 ** (np.arange(len(sizes))[::-1] / half_life) * (1.0 - 0.5 ** (1.0 / half_life))
    mean = weights @ sizes + (1.0 - weights.sum())
    expected = np.clip(np.sqrt(mean), 1.0, WIDEST)
    recent = recent_misses(distance, half_life)
    assert recent[-1] == pytest.approx(expected, rel=1e-10)
    # What an origin knew is what a record that ends before it says.
    before = [recent_misses(known_months(distance[:t]), half_life)[-1] for t in range(1, 30)]
    np.testing.assert_allclose(recent[:-2], before, rtol=1e-10)


def test_misses_as_large_as_expected_or_none_leave_the_intervals():
    for size in (np.nan, np.sqrt(EXPECTED), 0.0):
        recent = recent_misses(known_months(np.full((40, 3), size)), 3.0)
        np.testing.assert_array_equal(recent, np.ones(41))


def test_the_factor_fades_with_the_step():
    factors = faded(np.array([1.0, 2.0]), 12)[1]
    np.testing.assert_allclose(factors[:FADES_FROM], np.sqrt(2.0))
    assert (np.diff(factors[FADES_FROM - 1 :]) < 0.0).all()
    assert factors[-1] == pytest.approx(2.0 ** (1.0 / np.sqrt(12.0)))


def test_misses_of_the_last_months_widen_and_fade(panel, rows):
    paths = MEMBER.fit(panel.as_of(DAY), TARGET).forecast(4)

    def factors(frame, half_life=3.0):
        model = Recalibration(MEMBER, half_life=half_life)
        model.combine([paths], Record(frame).as_of(DAY), panel.as_of(DAY))
        return model.recent_, model.factors_

    shocked = rows.copy()
    months = pd.PeriodIndex(shocked["month"], freq="M")
    shocked.loc[months >= pd.Period("2019-03"), "actual"] *= 0.7
    old = rows.copy()
    old.loc[months.year == 2015, "actual"] *= 0.7
    calm, now, then = factors(rows)[0], factors(shocked)[0], factors(old)[0]
    assert now > 1.5 > then
    assert then == pytest.approx(calm, abs=0.01)
    # Left to themselves, steps learn as if nothing were widened.
    with_, without = factors(shocked)[1], factors(shocked, None)[1]
    np.testing.assert_allclose(with_ / without, np.tile(faded(np.array(now), 4)[:, None], 4))


def test_steps_learn_together_what_recent_misses_leave(panel, rows):
    """As if the record had held the intervals as they were widened in their time."""
    shocked = rows[rows["quantity"] == "level"].copy()
    months = pd.PeriodIndex(shocked["month"], freq="M")
    shocked.loc[(months >= pd.Period("2016-03")) & (months <= "2016-08"), "actual"] *= 0.8

    def recalibrated(frame, day, half_life):
        known = panel.as_of(day)
        model = Recalibration(MEMBER, half_life=half_life, across_steps=True)
        model.combine([MEMBER.fit(known, TARGET).forecast(4)], Record(frame).as_of(day), known)
        return model

    widened = shocked.copy()
    quantiles = rows.filter(regex=r"^q\d").columns.drop("q50")
    for day, of_day in shocked.groupby("origin"):
        by_step = faded(np.array(recalibrated(shocked, day, 3.0).recent_), 4)
        power = by_step[of_day["step"].to_numpy() - 1][:, None]
        middle = of_day[["q50"]].to_numpy()
        widened.loc[of_day.index, quantiles] = (
            middle * (of_day[quantiles].to_numpy() / middle) ** power
        )
    model, without = recalibrated(shocked, DAY, 3.0), recalibrated(widened, DAY, None)
    np.testing.assert_allclose(model.learned_, without.learned_, rtol=1e-9)
    assert (model.learned_ < recalibrated(shocked, DAY, None).learned_).any()


@pytest.mark.parametrize("steps", [1, 2, 3, 12])
@pytest.mark.parametrize("across_steps", [True, False])
def test_the_misses_that_are_shown_are_those_that_widen(panel, rows, steps, across_steps):
    """Of a short forecast too, which learns from misses of longer ones if steps learn together."""
    model = Recalibration(MEMBER, across_steps=across_steps)
    model.fit(panel.as_of("2017-07-01"), TARGET, Record(rows))
    shown = interpretation.recent_misses(model, steps)
    size = (shown["weight"] * shown["size"]).sum() + 1.0 - shown["weight"].sum()
    width = interpretation.interval_width(model, steps)
    assert model.recent_ > 1.0
    assert model.recent_ == pytest.approx(np.sqrt(size), rel=1e-12)
    np.testing.assert_allclose(width["recent"].iloc[0], np.sqrt(model.recent_))


def test_three_months_missed_on_one_side_are_said(panel, rows):
    months = pd.PeriodIndex(rows["month"], freq="M")

    def note(factor, since):
        moved = rows.copy()
        late = months >= pd.Period(since)
        moved.loc[late, "actual"] = moved.loc[late, "q50"] * factor
        return regime_note(Record(moved).as_of(DAY), MEMBER.name, TARGET, "after_total")

    below = note(0.8, "2019-03")
    assert below.startswith("regime: exports_total came out below")
    assert "2019-03 to 2019-05 (-20.0, -20.0, -20.0 %)" in below
    assert "above" in note(1.2, "2019-03")
    # One month is none, and months inside the middle half are none.
    assert note(1.0, "2019-03") is None


@pytest.mark.parametrize("days", [1, 40])
def test_the_months_of_the_note_are_those_missed_however_late_they_came(days):
    months = pd.period_range("2012-01", "2024-12", freq="M", name="month")
    growth = 0.01 * np.sin(np.arange(len(months)))
    growth[-3:] += 0.3
    frame = pd.DataFrame({"x": np.exp(5.0 + growth.cumsum())}, months)
    panel = Panel.from_frame(frame, ReleaseRule.after(days=days))
    origins = panel.origins("2018-01", "2024-12", target="x")
    record = Record(forecast_rows(MEMBER.replay(panel, "x", origins, 2), panel))
    note = regime_note(record.as_of(panel.origin), MEMBER.name, "x", "after_total")
    assert "step 1 in each of 2024-10 to 2024-12 (" in note


def test_the_forecast_carries_the_note(panel, rows):
    moved = rows.copy()
    late = pd.PeriodIndex(moved["month"], freq="M") >= pd.Period("2019-03")
    moved.loc[late, "actual"] = moved.loc[late, "q50"] * 0.8
    model = Recalibration(MEMBER).fit(panel.as_of(DAY), TARGET, Record(moved))
    assert any(note.startswith("regime: ") for note in model.forecast(3).notes)
    calm = Recalibration(MEMBER).fit(panel.as_of(DAY), TARGET, None)
    assert not any(note.startswith("regime: ") for note in calm.forecast(3).notes)
