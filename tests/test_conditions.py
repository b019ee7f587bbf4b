import pickle

import numpy as np
import pandas as pd
import pytest

from tradeshock.features.errors import ConditionError
from tradeshock.models.conditions import Conditions

INDEX = pd.period_range("2026-03", "2026-08", freq="M")
SERIES = ("exports_total", "usdkrw", "gscpi")
LOGS = (True, True, False)


def lay_out(conditions, n_draws=5, **published):
    months = {name: pd.Period(month, "M") for name, month in published.items()}
    return conditions.for_(SERIES, INDEX, n_draws, logs=LOGS, published=months)


def test_values_land_on_their_series_and_month():
    conditions = Conditions({"usdkrw": {"2026-05": 1500.0}, "gscpi": {"2026-06": -0.5}})
    values, sd = lay_out(conditions)
    assert values.shape == (1, 6, 3)
    assert values[0, 2, 1] == np.log(1500.0)
    assert values[0, 3, 2] == -0.5
    assert np.isnan(values).sum() == 16
    assert not sd.any()


def test_draws_and_softness():
    by_draw = np.array([1400.0, 1450.0, 1500.0, 1550.0, 1600.0])
    conditions = Conditions(
        {"usdkrw": {"2026-05": by_draw, "2026-06": 1500.0}, "gscpi": {"2026-06": 0.0}},
        sd={"usdkrw": {"2026-05": 0.02}, "gscpi": 0.3},
    )
    values, sd = lay_out(conditions)
    np.testing.assert_array_equal(values[:, 2, 1], np.log(by_draw))
    assert (values[:, 3, 1] == np.log(1500.0)).all()
    assert sd[2, 1] == 0.02
    assert sd[3, 1] == 0.0
    assert sd[3, 2] == 0.3


@pytest.mark.parametrize(
    "month", ["2026-05", pd.Period("2026-05", "M"), pd.Timestamp("2026-05-31")]
)
def test_months_in_any_monthly_form(month):
    assert next(iter(Conditions({"usdkrw": {month: 1.0}}))).month == pd.Period("2026-05", "M")


def test_immutable_and_apart_from_its_source():
    source = {"usdkrw": {"2026-05": np.array([1.0, 2.0])}}
    conditions = Conditions(source)
    source["usdkrw"]["2026-05"][0] = 9.0
    source["usdkrw"]["2026-06"] = 3.0
    assert len(conditions) == 1
    entry = conditions.entries[0]
    np.testing.assert_array_equal(entry.value, [1.0, 2.0])
    with pytest.raises(ValueError, match="read-only"):
        entry.value[0] = 5.0
    with pytest.raises(AttributeError):
        conditions.entries = ()


def test_pickle_and_empty():
    conditions = Conditions({"usdkrw": {"2026-05": 1500.0}})
    again = pickle.loads(pickle.dumps(conditions))
    assert again.series == ("usdkrw",)
    assert again.last_month == pd.Period("2026-05", "M")
    empty = Conditions({})
    assert empty.last_month is None
    assert np.isnan(lay_out(empty).values).all()


@pytest.mark.parametrize(
    ("values", "sd", "message"),
    [
        ({"usdkrw": {"2026-05": 1.0, pd.Period("2026-05", "M"): 2.0}}, None, "2026-05 twice"),
        ({"usdkrw": {"2026-Q2": 1.0}}, None, "conditions of usdkrw: '2026-Q2' is no month"),
        ({"usdkrw": {"2026-05-17": 1.0}}, None, "2026-05-17"),
        ({"usdkrw": {"2026-05": np.nan}}, None, "usdkrw in 2026-05, expected a finite number"),
        ({"usdkrw": {"2026-05": np.ones((2, 2))}}, None, "flat array"),
        ({"usdkrw": 1500.0}, None, "expected a mapping of month to value"),
        ({"usdkrw": {"2026-05": 1.0}}, {"gscpi": 0.1}, "'gscpi' but no values"),
        ({"usdkrw": {"2026-05": 1.0}}, {"usdkrw": {"2026-06": 0.1}}, "2026-06 but no value"),
        ({"usdkrw": {"2026-05": 1.0}}, {"usdkrw": -0.1}, "standard deviation of -0.1"),
    ],
)
def test_refused_when_made(values, sd, message):
    with pytest.raises(ConditionError, match=message):
        Conditions(values, sd)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"brent": {"2026-05": 80.0}}, "'brent', which this model does not contain"),
        ({"exports_total": {"2026-02": 9e4}}, "published up to 2026-02"),
        ({"usdkrw": {"2026-04": 1400.0}}, "published up to 2026-04; condition on 2026-05"),
        ({"usdkrw": {"2026-09": 1400.0}}, "after the last forecast month 2026-08"),
        ({"exports_total": {"2026-05": -3.0}}, "expected a positive value"),
        ({"usdkrw": {"2026-05": np.ones(4)}}, "got 4 values for usdkrw"),
    ],
)
def test_refused_when_applied(values, message):
    with pytest.raises(ConditionError, match=message):
        lay_out(Conditions(values), usdkrw="2026-04")
