"""Release days by hand, against a plain loop, and nonsense refused."""

from __future__ import annotations

import calendar
import doctest
import pickle
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st

import tradeshock.features.panel.release as module
from tradeshock.features.days.calendar import TradeCalendar
from tradeshock.features.errors import CatalogError
from tradeshock.features.panel.release import LatestOf, ReleaseRule

MONTHS = pd.period_range("1991-01", "2030-12", freq="M")
plain_rules = st.builds(
    ReleaseRule,
    day=st.integers(1, 31),
    months_after=st.integers(0, 3),
    roll=st.sampled_from([None, "KR", "US"]),
)


def days_of(rule: ReleaseRule | LatestOf, *months: str) -> list[str]:
    return rule.dates(pd.PeriodIndex(list(months), freq="M")).astype(str).tolist()


def test_korean_release_days():
    total = ReleaseRule(day=1, months_after=1)
    # Sunday 1 June 2025 and New Year's Day: the ministry publishes all the same.
    assert days_of(total, "2025-05", "2023-12") == ["2025-06-01", "2024-01-01"]
    flash = ReleaseRule(day=21, months_after=0, roll="KR")
    # 21 September 2024 was a Saturday; 21 January 2023 too, and Lunar New Year followed.
    assert days_of(flash, "2024-09", "2023-01") == ["2024-09-23", "2023-01-25"]
    items = ReleaseRule(day=15, months_after=1, roll="KR")
    # Liberation Day, then a weekend and its substitute or none.
    assert days_of(items, "2025-07", "2026-07") == ["2025-08-18", "2026-08-18"]


def test_day_is_clipped_to_the_month():
    rule = ReleaseRule(day=31, months_after=1)
    assert days_of(rule, "2024-01", "2025-01", "2025-03") == [
        "2024-02-29",
        "2025-02-28",
        "2025-04-30",
    ]


@given(plain_rules, st.sampled_from(range(len(MONTHS))))
def test_matches_a_plain_loop(rule, i):
    month = MONTHS[i] + rule.months_after
    length = calendar.monthrange(month.year, month.month)[1]
    day = date(month.year, month.month, min(rule.day, length))
    if rule.roll is not None:
        while not TradeCalendar(rule.roll).is_working_day(day):
            day += timedelta(days=1)
    assert rule.dates(MONTHS)[i] == np.datetime64(day)


@given(plain_rules)
def test_dates_ascend_and_do_not_depend_on_the_rest_of_the_index(rule):
    dates = rule.dates(MONTHS)
    assert dates.dtype == "datetime64[D]"
    assert (np.diff(dates) >= np.timedelta64(0, "D")).all()
    np.testing.assert_array_equal(rule.dates(MONTHS[::-7]), dates[::-7])


@given(st.integers(0, 200), st.sampled_from(range(len(MONTHS))))
def test_days_after_the_end_of_the_month(days, i):
    rule = ReleaseRule.after(days)
    end = MONTHS[i].to_timestamp(how="end").normalize()
    assert pd.Timestamp(rule.dates(MONTHS)[i]) == end + pd.Timedelta(days=days)


def test_days_after_the_end_are_rolled():
    # 40 days after January 2025 is 12 March; after 31 May 2025 is Thursday 10 July;
    # 34 days is Friday 4 July, a holiday in the United States.
    assert days_of(ReleaseRule.after(40, roll="US"), "2025-01", "2025-05") == [
        "2025-03-12",
        "2025-07-10",
    ]
    assert days_of(ReleaseRule.after(34, roll="US"), "2025-05") == ["2025-07-07"]


def test_exceptions_replace_single_months_and_are_not_rolled():
    late = {"2025-10": "2025-12-23", "2025-09": "2025-12-06"}
    rule = ReleaseRule(day=17, months_after=1, roll="US", exceptions=late)
    assert days_of(rule, "2025-08", "2025-09", "2025-10", "2025-11") == [
        "2025-09-17",
        "2025-12-06",
        "2025-12-23",
        "2025-12-17",
    ]


def test_rules_are_values():
    late = {"2025-10": "2025-12-23", "2025-09": "2025-12-03"}
    rule = ReleaseRule(17, 1, "US", late)
    same = ReleaseRule(17, 1, "US", tuple(reversed(late.items())))
    assert rule == same
    assert hash(rule) == hash(same)
    assert pickle.loads(pickle.dumps(rule)) == rule
    assert hash(LatestOf((rule, same))) == hash(LatestOf((same, rule)))
    assert ReleaseRule.after(40) == ReleaseRule(days_after_end=40)


@given(st.lists(plain_rules, min_size=1, max_size=3))
def test_latest_of_is_the_latest(rules):
    latest = LatestOf(tuple(rules)).dates(MONTHS)
    np.testing.assert_array_equal(latest, np.max([r.dates(MONTHS) for r in rules], axis=0))
    np.testing.assert_array_equal(LatestOf((LatestOf(tuple(rules)),)).dates(MONTHS), latest)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({}, "day of the month or days_after_end"),
        ({"day": 1, "days_after_end": 3}, "one of the two"),
        ({"day": 0}, "day is 0; give a whole number from 1 to 31"),
        ({"day": 32}, "day is 32"),
        ({"day": 1.5}, r"day is 1\.5"),
        ({"day": True}, "day is True"),
        ({"day": 1, "months_after": -1}, "months_after is -1"),
        ({"days_after_end": -1}, "days_after_end is -1"),
        ({"days_after_end": 3, "months_after": 2}, "drop months_after"),
        ({"day": 1, "roll": "XX"}, "nation 'XX'"),
        ({"day": 1, "exceptions": {"2025": "2025-12-03"}}, "exception '2025'"),
        ({"day": 1, "exceptions": {"2025-09": "soon"}}, "'soon' does not read"),
        ({"day": 1, "exceptions": {"2025-09": "2025-08-31"}}, "before the month itself"),
        (
            {"day": 1, "exceptions": (("2025-09", "2025-12-03"), ("2025-09", "2025-11-01"))},
            "two days for 2025-09, 2025-11-01 and 2025-12-03; keep one",
        ),
        (
            {"day": 1, "exceptions": {"2025-09": "2025-12-03", "2025-9": "2025-11-01"}},
            "two days for 2025-09",
        ),
    ],
)
def test_refusals(arguments, says):
    with pytest.raises(CatalogError, match=says):
        ReleaseRule(**arguments)


def test_latest_of_nothing_is_refused():
    with pytest.raises(CatalogError, match="got no rules"):
        LatestOf(())


def test_examples_run():
    results = doctest.testmod(module)
    assert results.attempted
    assert not results.failed
