"""Series are matched by their labels, or refused, by everything that takes two of them."""

import numpy as np
import numpy.testing as npt
import pandas as pd
import pytest

from tradeshock.features.errors import ScoreError
from tradeshock.forecast.judging.alignment import by_month
from tradeshock.forecast.judging.calibration import (
    berkowitz,
    coverage_binomial,
    coverage_hac,
    pit_moments,
)
from tradeshock.forecast.judging.comparison import clark_west, diebold_mariano, giacomini_white
from tradeshock.forecast.judging.confidence_set import (
    model_confidence_set,
    superior_predictive_ability,
)
from tradeshock.forecast.judging.efficiency import mincer_zarnowitz
from tradeshock.forecast.judging.fluctuation import giacomini_rossi
from tradeshock.forecast.judging.intervals import covered, interval_score, pinball
from tradeshock.models.record.sample_scores import crps_sample, pit_sample

MONTHS = pd.period_range("2015-01", periods=60, freq="M")
TWO_SERIES = [diebold_mariano, clark_west, giacomini_white, giacomini_rossi, mincer_zarnowitz]


@pytest.fixture
def pair():
    a, b = np.random.default_rng(0).normal(size=(2, 60)).cumsum(axis=1)
    return pd.Series(a, MONTHS), pd.Series(b, MONTHS)


def result(test, a, b):
    found = test(a, b, step=3)
    return getattr(found, "test", found)


@pytest.mark.parametrize("test", TWO_SERIES)
@pytest.mark.parametrize("labels", ["months", "days", "texts"])
def test_the_order_of_labelled_rows_does_not_matter(test, pair, labels):
    a, b = pair
    expected = result(test, a.to_numpy(), b.to_numpy())
    index = {"months": MONTHS, "days": MONTHS.to_timestamp(), "texts": MONTHS.astype(str)}[labels]
    a, b = a.set_axis(index), b.set_axis(index)
    assert result(test, a, b) == expected
    assert result(test, a, b[::-1]) == expected
    if labels != "texts":
        assert result(test, a[::-1], b.sample(frac=1.0, random_state=0)) == expected


@pytest.mark.parametrize("test", TWO_SERIES)
def test_labels_that_cannot_be_matched_are_refused(test, pair):
    a, b = (x.reset_index(drop=True) for x in pair)
    with pytest.raises(ScoreError, match="labels of the two do not agree"):
        test(a, b.set_axis(b.index + 1))
    with pytest.raises(ScoreError, match="more than once"):
        test(pd.concat([a, a]), pd.concat([b, b]))


def test_months_of_one_only_are_months_without_a_loss(pair):
    a, b = pair
    holes = a.to_numpy(copy=True)
    holes[[5, 30]] = np.nan
    expected = diebold_mariano(holes, b.to_numpy(), step=3)
    assert diebold_mariano(a.drop(a.index[[5, 30]]), b, step=3) == expected
    # Gone from both: lags still count calendar months.
    gone = a.index[[5, 30]]
    assert diebold_mariano(a.drop(gone), b.drop(gone), step=3) == expected


def test_a_plain_array_goes_row_by_row(pair):
    a, _ = pair
    zeros = np.zeros(60)
    assert diebold_mariano(a, zeros) == diebold_mariano(a.to_numpy(), zeros)
    with pytest.raises(ScoreError, match="not the same in the same order"):
        giacomini_white(a, a[::-1], instruments=np.ones((60, 1)))


def test_instruments_are_matched_too(pair):
    a, b = pair
    known = pd.DataFrame({"one": 1.0, "lag": a.shift(1).fillna(0.0)})
    expected = giacomini_white(a.to_numpy(), b.to_numpy(), instruments=known.to_numpy())
    assert giacomini_white(a, b, instruments=known[::-1]) == expected


def test_single_series_are_put_in_order():
    rng = np.random.default_rng(1)
    pit = pd.Series(rng.uniform(size=60), MONTHS)
    hits = (pit > 0.2).astype(float)
    for test, x in (
        (berkowitz, pit),
        (pit_moments, pit),
        (lambda h: coverage_hac(h, 0.8, 6), hits),
        (lambda h: coverage_binomial(h, 0.8), hits),
    ):
        assert test(x[::-1]) == test(x.to_numpy())


def test_tables_of_losses_are_put_in_order():
    rng = np.random.default_rng(2)
    table = pd.DataFrame(rng.chisquare(1, (60, 3)), MONTHS, ["A", "B", "C"])
    shuffled = table.sample(frac=1.0, random_state=0)
    assert model_confidence_set(shuffled, reps=200) == model_confidence_set(table, reps=200)
    assert superior_predictive_ability(shuffled, "A", reps=200) == superior_predictive_ability(
        table, "A", reps=200
    )


def test_scores_row_by_row_want_the_same_labels(pair):
    a, b = pair
    npt.assert_array_equal(pinball(a, b, 0.5), pinball(a.to_numpy(), b.to_numpy(), 0.5))
    for score in (
        lambda: pinball(a, b[::-1], 0.5),
        lambda: interval_score(a, b[::-1], b[::-1] + 1.0, 0.8),
        lambda: covered(a, b, b[::-1]),
    ):
        with pytest.raises(ScoreError, match="not the same in the same order"):
            score()


def test_two_days_of_one_month_are_refused():
    days = pd.to_datetime(["2020-01-11", "2020-01-21"])
    with pytest.raises(ScoreError, match="2020-01 is there more than once"):
        by_month(pd.Series([1.0, 2.0], days))


def test_a_month_that_is_missing_does_not_count_as_inside():
    hits = np.array([1.0, 0.0] * 10)
    holes = np.append(hits, [np.nan] * 5)
    assert coverage_binomial(holes, 0.8) == coverage_binomial(hits, 0.8)


def test_a_draw_that_is_nan_leaves_no_score():
    draws = np.random.default_rng(3).normal(size=(3, 2))
    draws[1, 0] = np.nan
    actual = np.zeros(2)
    for score in (pit_sample, crps_sample):
        npt.assert_array_equal(np.isnan(score(draws, actual)), [True, False])
