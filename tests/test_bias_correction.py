"""Correction of forecasts by what an indicator foretells of their errors."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st
from sklearn.linear_model import Ridge

from tradeshock.features.errors import ModelError
from tradeshock.models import BiasCorrection, Conditions, RandomWalk, Record
from tradeshock.models.pools.error_slopes import (
    corrections_pay,
    expanding_slopes,
    known_counts,
)
from tradeshock.models.pools.known_growth import growth_as_known
from tradeshock.models.record.rows import forecast_rows

MEMBER = RandomWalk(n_draws=200)
TARGET = "exports_total"
MONTHS = pd.period_range("2020-03", "2020-04", freq="M")


@pytest.fixture(scope="module")
def forecasts(panel):
    return list(MEMBER.replay(panel, TARGET, panel.origins("2005-01", "2024-12"), 4))


@pytest.fixture(scope="module")
def record(panel, forecasts):
    return Record(forecast_rows(forecasts, panel))


def corrected(panel, record, origin, **parameters):
    model = BiasCorrection(MEMBER, **parameters)
    return model.fit(panel.as_of(origin), TARGET, record)


def test_slopes_are_those_of_a_ridge_regression_through_the_origin():
    rng = np.random.default_rng(0)
    growth = rng.standard_normal((60, 2)) * [3.0, 0.1]
    errors = growth @ [0.5, -4.0] + rng.standard_normal(60)
    found = expanding_slopes(growth, errors, np.array([30, 60]), prior=24.0)
    for row, n in zip(found, (30, 60), strict=True):
        size = np.sqrt((growth[:n] ** 2).mean(axis=0))
        own = Ridge(alpha=24.0, fit_intercept=False).fit(growth[:n] / size, errors[:n])
        np.testing.assert_allclose(row, own.coef_ / size, rtol=1e-10)


@given(st.integers(0, 10_000), st.floats(0.01, 100.0))
@settings(max_examples=25, deadline=None)
def test_the_unit_of_an_indicator_does_not_matter(seed, factor):
    rng = np.random.default_rng(seed)
    growth, errors = rng.standard_normal((40, 2)), rng.standard_normal(40)
    one = expanding_slopes(growth, errors, np.array([40]), 24.0) @ growth[-1]
    other = expanding_slopes(growth * factor, errors, np.array([40]), 24.0) @ (growth[-1] * factor)
    np.testing.assert_allclose(one, other, rtol=1e-8)


def test_what_is_not_known_says_nothing():
    rng = np.random.default_rng(1)
    growth, errors = rng.standard_normal((40, 1)), rng.standard_normal(40)
    whole = expanding_slopes(growth, errors, np.array([30]), 24.0)
    growth[30:], errors[35:] = np.nan, np.nan
    np.testing.assert_array_equal(expanding_slopes(growth, errors, np.array([40]), 24.0), whole)
    # Less than a year of an indicator is too little.
    growth[11:] = np.nan
    assert expanding_slopes(growth, errors, np.array([40]), 24.0) == 0.0


def test_outcomes_count_from_the_day_on_which_they_came_out():
    came = np.array(["2020-03-01", "2020-04-01", "NaT", "NaT"], dtype="datetime64[D]")
    days = np.array(["2020-02-01", "2020-03-01", "2020-05-01"], dtype="datetime64[D]")
    assert known_counts(came, days).tolist() == [0, 1, 2]


def test_corrections_that_did_not_pay_are_not_made():
    growth, errors = np.ones((40, 1)), np.ones(40)
    assert corrections_pay(growth, errors, 0.5 * np.ones((40, 1)), 40, 24)
    assert not corrections_pay(growth, errors, -0.5 * np.ones((40, 1)), 40, 24)
    assert not corrections_pay(growth, errors, 0.5 * np.ones((40, 1)), 23, 24)


def test_growth_is_that_of_figures_which_were_out(panel):
    days = [pd.Timestamp(day) for day in ("2020-05-08", "2020-05-12", "2012-06-01")]
    found = growth_as_known(panel, ["nanya_revenue", "nothing"], days, 3)
    revenue = np.log(panel.series("nanya_revenue"))
    march, april = (100.0 * (revenue[m] - revenue[m - 3]) for m in MONTHS)
    np.testing.assert_allclose(found[:, 0], [march, april, np.nan])
    assert np.isnan(found[:, 1]).all()


def test_a_series_that_ended_long_ago_says_nothing(panel):
    # It ended in 2025-12, which was news in March and is four months old after that of April.
    days = [pd.Timestamp("2026-03-20"), pd.Timestamp("2026-05-15")]
    found = growth_as_known(panel, ["semiconductor_export_price"], days, 3)[:, 0]
    assert np.isfinite(found[0])
    assert np.isnan(found[1])


def test_the_whole_distribution_of_a_step_moves(panel, forecasts, record):
    model = corrected(panel, record, "2024-12-01")
    paths, member = model.forecast(4), MEMBER.fit(panel.as_of("2024-12-01"), TARGET).forecast(4)
    moved = np.log(paths.draws() / member.draws())
    np.testing.assert_allclose(moved, np.tile(moved[0], (200, 1)), atol=1e-12)
    np.testing.assert_allclose(100.0 * moved[0], model.corrections_[TARGET], atol=1e-9)
    assert np.abs(moved[0]).max() > 0.001


def test_without_a_record_or_an_indicator_the_member_speaks(panel, record):
    day = "2024-12-01"
    for model in (
        corrected(panel, None, day),
        corrected(panel, record, day, series=("nothing",)),
        corrected(panel, record, "2012-12-01"),
    ):
        own = MEMBER.fit(model.panel_, TARGET).forecast(4).draws()
        np.testing.assert_array_equal(model.forecast(4).draws(), own)


def test_a_replay_is_what_was_forecast_on_the_day(panel, record, forecasts):
    days = [forecasts[i].origin for i in (100, 170, 239)]
    model = BiasCorrection(MEMBER)
    for paths in model.replay_from([forecasts], record, panel):
        if paths.origin in days:
            on_the_day = corrected(panel, record, paths.origin).forecast(4)
            np.testing.assert_allclose(paths.draws(), on_the_day.draws(), rtol=1e-12)


def test_what_is_decided_in_january_holds_for_the_year(panel, record, forecasts):
    chosen = {}
    for each in forecasts:
        one = BiasCorrection(MEMBER)
        one.combine([each], record.as_of(each.origin), panel.as_of(each.origin))
        chosen.setdefault(each.origin.year, set()).add(tuple(one.slopes_["nanya_revenue"] != 0.0))
    assert all(len(kinds) == 1 for kinds in chosen.values())
    assert len(set.union(*chosen.values())) > 1


def test_steps_beyond_the_record_are_corrected_as_its_last(panel, record):
    model = corrected(panel, record, "2024-12-01")
    model.forecast(7)
    np.testing.assert_array_equal(model.slopes_.iloc[4:], model.slopes_.iloc[[3, 3, 3]])


@pytest.mark.parametrize("to", ["baseline", "last"])
@pytest.mark.parametrize("by", ["share", "amount"])
def test_what_is_assumed_of_the_target_is_assumed_of_the_corrected_forecast(
    panel, vector_record, to, by
):
    model = vector_record
    free = model.forecast(4)
    month = free.index[2]
    size = 0.1 if by == "share" else 5_000.0
    given = Conditions.relative({TARGET: {str(month): size}}, to=to, by=by, keep_uncertainty=False)
    middle = float(np.median(free.draws()[:, 2]))
    base = middle if to == "baseline" else float(panel_last(model))
    wanted = base * 1.1 if by == "share" else base + 5_000.0
    np.testing.assert_allclose(model.forecast(4, given).draws()[:, 2], wanted, rtol=1e-9)
    value = Conditions({TARGET: {str(month): 60_000.0}})
    np.testing.assert_allclose(model.forecast(4, value).draws()[:, 2], 60_000.0, rtol=1e-9)


def panel_last(model):
    return model.panel_.series(TARGET).iloc[-1]


@pytest.fixture(scope="module")
def vector_record(panel, record):
    from tradeshock.models import BayesianVAR

    member = BayesianVAR(series=[TARGET, "usdkrw"], n_draws=200)
    frame = record.frame.assign(model=member.name)
    model = BiasCorrection(member).fit(panel.as_of("2024-12-01"), TARGET, Record(frame))
    model.forecast(4)
    assert (model.corrections_.abs() > 0.01).any(axis=None)
    return model


def test_the_running_month_is_left_to_its_early_count(panel, record):
    rows = record.frame.assign(state="after_20d")
    model = BiasCorrection(MEMBER).fit(panel.as_of("2024-12-23"), TARGET, Record(rows))
    model.forecast(4)
    assert model.state_ == "after_20d"
    assert model.slopes_.iloc[0].eq(0.0).all()
    assert model.slopes_.iloc[1:].ne(0.0).any(axis=None)


def test_bad_parameters_are_refused(panel):
    for parameters in ({"months": 0}, {"prior": 0.0}, {"trial": 0}, {"series": "nanya_revenue"}):
        with pytest.raises(ModelError):
            BiasCorrection(MEMBER, **parameters).fit(panel.as_of("2020-01-01"), TARGET)
