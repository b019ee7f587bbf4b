"""Differences in the last digits are no evidence, whatever test they are handed to."""

import numpy as np
import numpy.testing as npt
import pandas as pd
import pytest

from tradeshock.features.errors import ScoreError
from tradeshock.forecast.judging.calibration import berkowitz, pit_moments
from tradeshock.forecast.judging.comparison import clark_west, diebold_mariano, giacomini_white
from tradeshock.forecast.judging.confidence_set import (
    model_confidence_set,
    superior_predictive_ability,
)
from tradeshock.forecast.judging.efficiency import mincer_zarnowitz
from tradeshock.forecast.judging.fluctuation import giacomini_rossi
from tradeshock.forecast.judging.intervals import covered
from tradeshock.forecast.judging.scorable import QUANTILES, scorable
from tradeshock.forecast.judging.scores import scores
from tradeshock.forecast.judging.significance import is_constant, without_rounding

MONTHS = 120


@pytest.fixture
def loss():
    return 20.0 * np.random.default_rng(0).chisquare(1, MONTHS)


@pytest.fixture
def noise():
    """Rounding in the last digits of a double."""
    return 2e-15 * np.random.default_rng(1).integers(-4, 5, MONTHS)


def test_the_tolerance_goes_with_the_size_of_what_was_subtracted():
    npt.assert_array_equal(without_rounding([1e-9, 1e-3], [1e5, 1.0]), [0.0, 1e-3])
    npt.assert_array_equal(without_rounding([1e-9], [1.0, np.nan]), [1e-9])
    assert is_constant([1.0, 1.0 + 1e-15])
    assert not is_constant([1e-15, 2e-15])


@pytest.mark.parametrize("test", [diebold_mariano, giacomini_white, giacomini_rossi])
@pytest.mark.parametrize("shift", [0.0, 3.0])
def test_pairs_that_differ_by_rounding_or_a_constant_are_refused(test, loss, noise, shift):
    with pytest.raises(ScoreError, match="same amount in every month"):
        test(loss, loss * (1.0 + noise) + shift)


def test_nested_twins_are_refused(noise):
    error = np.random.default_rng(2).normal(size=MONTHS)
    with pytest.raises(ScoreError, match="same amount in every month"):
        clark_west(error, error * (1.0 + noise))


def test_rounding_in_some_months_adds_nothing_to_the_others(loss, noise):
    other = np.where(np.arange(MONTHS) % 2, loss * (1.0 + noise), loss[::-1])
    clean = np.where(np.arange(MONTHS) % 2, loss, loss[::-1])
    assert diebold_mariano(loss, other) == diebold_mariano(loss, clean)


def test_twins_share_their_place_in_the_confidence_set(loss, noise):
    pair = pd.DataFrame({"A": loss, "B": 1.4 * loss[::-1]})
    alone = model_confidence_set(pair, reps=300)
    found = model_confidence_set(pair.assign(Twin=loss * (1.0 + noise), Copy=loss), reps=300)
    assert found.p_values["Twin"] == found.p_values["Copy"] == found.p_values["A"]
    assert found.p_values["B"] == alone.p_values["B"]
    only = model_confidence_set(pd.DataFrame({"A": loss, "Twin": loss * (1.0 + noise)}))
    assert set(only.included) == {"A", "Twin"}
    assert set(only.p_values.values()) == {1.0}


def test_a_constant_difference_is_no_confidence_set(loss):
    with pytest.raises(ScoreError, match="'A' and 'Worse' differ by the same amount"):
        model_confidence_set(pd.DataFrame({"A": loss, "B": loss[::-1], "Worse": loss + 3.0}))


def test_a_rival_that_is_worse_by_a_constant_does_not_beat_the_benchmark(loss, noise):
    table = pd.DataFrame({"Walk": loss, "Worse": loss + 3.0, "Twin": loss * (1.0 + noise)})
    found = superior_predictive_ability(table, "Walk")
    assert (found.lower, found.p_value, found.upper) == (1.0, 1.0, 1.0)
    assert found.gain == 0.0
    rivals = table.assign(Other=loss[::-1])
    alone = superior_predictive_ability(rivals[["Walk", "Other"]], "Walk", reps=300)
    assert superior_predictive_ability(rivals, "Walk", reps=300).p_value == alone.p_value
    with pytest.raises(ScoreError, match="'Better' is better than the benchmark by the same"):
        superior_predictive_ability(table.assign(Better=loss - 1.0), "Walk")


@pytest.mark.parametrize("level", [0.0, 5e4])
def test_a_forecast_without_error_is_not_called_inefficient(level):
    actual = level + np.random.default_rng(3).normal(3.0, 9.0, MONTHS)
    for forecast, line in ((actual, "slope 1"), (2.0 * actual, r"slope 0\.5")):
        with pytest.raises(ScoreError, match=f"without error .*{line}"):
            mincer_zarnowitz(actual, forecast)
    with pytest.raises(ScoreError, match="must vary"):
        mincer_zarnowitz(actual, np.where(np.arange(MONTHS) % 2, 0.3, 0.1 + 0.2))


def test_small_swings_around_a_large_figure_are_regressed_all_the_same():
    rng = np.random.default_rng(4)
    forecast = rng.normal(size=MONTHS)
    actual = forecast + rng.normal(size=MONTHS)
    low, high = mincer_zarnowitz(actual, forecast), mincer_zarnowitz(actual + 1e8, forecast + 1e8)
    npt.assert_allclose(high.slope, low.slope, rtol=1e-6)
    npt.assert_allclose(high.slope_error, low.slope_error, rtol=1e-6)


def test_pits_that_are_all_the_same_are_refused(noise):
    for pit in (np.full(MONTHS, 0.5), 0.3 + noise):
        with pytest.raises(ScoreError, match="the same"):
            berkowitz(pit)
        with pytest.raises(ScoreError, match="does not vary"):
            pit_moments(pit)


def test_the_end_of_an_interval_is_inside_whatever_its_last_digit(noise):
    actual = np.full(MONTHS, 1081.977)
    assert covered(actual, actual * (1.0 + noise), actual + 1.0).all()
    assert covered(actual, actual - 1.0, actual * (1.0 + noise)).all()
    assert not covered(actual, actual * (1.0 + 1e-9), actual + 1.0).any()


def test_perfect_forecasts_score_zero_whatever_their_last_digit(noise):
    """Both models are right to the last digit but one: none is better, and neither ratio exists."""
    rng = np.random.default_rng(5)
    month = pd.period_range("2012-01", periods=MONTHS, freq="M")
    frame = pd.DataFrame({"month": month, "origin": month.to_timestamp(), "step": 1})
    frame = frame.assign(target="exports_total", state="after_total", quantity="level")
    frame["actual"] = 5e4 * np.exp(rng.normal(size=MONTHS) / 10)
    frame = frame.assign(logscore=-1.0, scale=1.0, naive_mae=1.0, naive_mse=1.0)
    models = []
    for name, digits in (("RandomWalk", noise), ("Oracle", noise[::-1])):
        right = frame["actual"] * (1.0 + digits)
        quantiles = dict.fromkeys(QUANTILES, right)
        models.append(frame.assign(model=name, crps=100.0 * np.abs(digits), **quantiles))
    table = scores(pd.concat(models))
    zero = ["rmse", "mae", "bias", "crps", "mase", "rmsse", "mase_robust"]
    assert (table[zero] == 0.0).all(axis=None)
    assert (table[["coverage_50", "coverage_95"]] == 1.0).all(axis=None)
    assert table[["rmse_ratio", "crps_ratio", "dm_p"]].isna().all(axis=None)
    assert table["note"].str.contains("no test: same forecasts as the reference").all()
    errors = scorable(pd.concat(models)).pivot(index="month", columns="model", values="error")
    for test in (diebold_mariano, giacomini_rossi):
        with pytest.raises(ScoreError, match="same amount in every month"):
            test(errors["Oracle"] ** 2, errors["RandomWalk"] ** 2)
