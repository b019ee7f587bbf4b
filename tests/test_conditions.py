import pickle

import numpy as np
import pandas as pd
import pytest

from tradeshock.features import Panel
from tradeshock.features.errors import ConditionError
from tradeshock.models import BayesianVAR
from tradeshock.models.conditions import Conditions
from tradeshock.models.paths import ForecastPaths

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


# -- changes, merging, words ------------------------------------------------------------------


def test_the_second_wins_where_both_speak():
    first = Conditions({"usdkrw": {"2026-05": 1500.0, "2026-06": 1510.0}}, sd={"usdkrw": 0.01})
    second = Conditions({"usdkrw": {"2026-06": 1600.0}, "gscpi": {"2026-05": 0.5}})
    merged = first | second
    assert merged == Conditions(
        {"usdkrw": {"2026-05": 1500.0, "2026-06": 1600.0}, "gscpi": {"2026-05": 0.5}},
        sd={"usdkrw": {"2026-05": 0.01}},
    )
    assert len(merged) == 3
    assert [entry.cell for entry in merged] == list(merged.cells)
    assert (second | first) != merged
    assert first | Conditions({}) == first
    assert hash(first | Conditions({})) == hash(first)
    assert len({first, second, merged, merged | second}) == 3
    with pytest.raises(TypeError):
        first | {"usdkrw": {"2026-06": 1600.0}}


def test_conditions_in_words():
    months = {f"2026-{month:02d}": 1550.0 for month in (5, 6, 7, 9)}
    assert Conditions({"usdkrw": months}).text == (
        "usdkrw 1,550 in 2026-05 to 2026-07, usdkrw 1,550 in 2026-09"
    )
    soft = Conditions.relative({"brent": {"2026-05": -0.3}}, to="last", sd={"brent": 0.05})
    assert soft.text == "brent 30 % below the last figure (sd 0.05) in 2026-05"
    assert Conditions({"usdkrw": {"2026-05": np.array([1400.0, 1500.0, 1600.0])}}).text == (
        "usdkrw draw by draw about 1,500 in 2026-05"
    )
    assert Conditions.relative({"gscpi": {"2026-05": 3.0}}, by="amount").text == (
        "gscpi 3 above the baseline in 2026-05"
    )


@pytest.mark.parametrize(
    ("to", "keep", "expected"),
    [
        ("baseline", True, [880.0, 1100.0, 1320.0]),
        ("baseline", False, [1100.0]),
        ("last", True, [440.0, 550.0, 660.0]),
        ("last", False, [550.0]),
    ],
)
def test_changes_become_values(to, keep, expected):
    change = Conditions.relative({"usdkrw": {"2026-05": 0.1}}, to=to, keep_uncertainty=keep)
    assert change.is_relative
    draws = np.array([[800.0], [1000.0], [1200.0]])
    made = change.resolved(draws, {"usdkrw": 500.0})
    assert not made.is_relative
    np.testing.assert_allclose(made.entries[0].value, expected)
    amount = Conditions.relative({"gscpi": {"2026-05": 3.0}}, to=to, by="amount")
    made = amount.resolved(np.array([[-1.0], [0.0], [2.0]]), {"gscpi": 1.0})
    base = 0.0 if to == "baseline" else 1.0
    np.testing.assert_allclose(made.entries[0].value, base + 3.0 + np.array([-1.0, 0.0, 2.0]))


def test_a_share_of_what_may_be_negative_is_refused():
    change = Conditions.relative({"gscpi": {"2026-05": 0.1}})
    with pytest.raises(ConditionError, match='give by="amount"'):
        change.resolved(np.array([[-1.0], [0.5], [2.0]]), {"gscpi": 1.0})


def test_changes_have_to_become_values_before_they_are_laid_out():
    change = Conditions.relative({"usdkrw": {"2026-05": 0.1}})
    with pytest.raises(ConditionError, match="10 % above the baseline in 2026-05, a change that"):
        lay_out(change)


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"to": "mean"}, "got to='mean', expected one of baseline, last"),
        ({"by": "percent"}, "got by='percent', expected one of share, amount"),
    ],
)
def test_references_and_measures_that_do_not_exist(how, message):
    with pytest.raises(ConditionError, match=message):
        Conditions.relative({"usdkrw": {"2026-05": 0.1}}, **how)


def test_changes_against_given_paths():
    paths = ForecastPaths(
        values=np.array([800.0, 1000.0, 1200.0])[:, None, None] * np.ones((3, 2, 1)),
        index=pd.period_range("2026-05", "2026-06", freq="M"),
        series=("usdkrw",),
        history=pd.DataFrame({"usdkrw": [900.0]}, pd.period_range("2026-04", "2026-04", freq="M")),
        origin=pd.Timestamp("2026-05-01"),
        state="after_total",
        seed=0,
        model="given",
    )
    made = Conditions.relative({"usdkrw": {"2026-06": -0.5}}, to=paths)
    np.testing.assert_allclose(made.entries[0].value, [400.0, 500.0, 600.0])
    for series, month in (("brent", "2026-06"), ("usdkrw", "2026-07")):
        with pytest.raises(ConditionError, match=f"{series} in {month}, but the paths hold usdkrw"):
            Conditions.relative({series: {month: -0.5}}, to=paths)


@pytest.mark.parametrize("value", ["1,500", "10%", "1500", True, None, [1.0, "2"]])
def test_text_is_no_value(value):
    with pytest.raises(ConditionError, match="for usdkrw in 2026-05, expected a finite number"):
        Conditions({"usdkrw": {"2026-05": value}})
    with pytest.raises(ConditionError, match="standard deviation of"):
        Conditions({"usdkrw": {"2026-05": 1500.0}}, sd={"usdkrw": value})


def test_changes_are_taken_at_an_origin_before_some_series_begin(panel: Panel) -> None:
    # Exports to Hong Kong begin in 2020.
    model = BayesianVAR(n_draws=20).fit(panel.as_of("2018-11-01"))
    paths = model.forecast(2, Conditions.relative({"usdkrw": {"2018-12": 0.1}}))
    assert np.isfinite(paths.values).all()
