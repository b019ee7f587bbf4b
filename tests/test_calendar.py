"""Working days against the ministry's own counts, and what an origin may know of holidays."""

from __future__ import annotations

import doctest
import pickle
from dataclasses import replace
from pathlib import Path

import holidays
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st

import tradeshock.features.days.calendar as module
from tradeshock.features import Panel, ReleaseRule, Series, with_global_drivers
from tradeshock.features.days.calendar import TradeCalendar, window_bounds
from tradeshock.features.days.festivals import KEEP_EID, festival_dates
from tradeshock.features.errors import CalendarWarning, CatalogError, PanelError
from tradeshock.models import DirectRidge, FlashRatio
from tradeshock.models.adjustment import moving_edges

KOREA = TradeCalendar("KR")
ALL_MONTHS = pd.period_range("1985-01", "2035-12", freq="M")
months = st.integers(0, len(ALL_MONTHS) - 1).map(lambda i: ALL_MONTHS[i : i + 1])
days = st.dates(pd.Timestamp("1995-01-01").date(), pd.Timestamp("2035-12-31").date())

# Day of the holiday, and the day on which it was announced.
SURPRISES = {
    "2015-08-14": "2015-08-04",
    "2016-05-06": "2016-04-28",
    "2017-05-09": "2017-03-15",
    "2017-10-02": "2017-09-05",
    "2020-08-17": "2020-07-21",
    "2021-08-16": "2021-07-07",
    "2023-10-02": "2023-09-05",
    "2024-10-01": "2024-09-03",
    "2025-01-27": "2025-01-14",
    "2025-06-03": "2025-04-08",
    "2026-07-17": "2026-01-29",
}


def one(calendar: TradeCalendar, month: str, window: str = "month") -> float:
    return float(calendar.working_days(pd.period_range(month, month, freq="M"), window)[0])


def test_agrees_with_the_ministry_but_for_four_months_of_225():
    path = Path(__file__).parent / "data" / "working_days_official.csv"
    official = pd.read_csv(path, index_col="month")["official_working_days"]
    counted = KOREA.working_days(pd.PeriodIndex(official.index, freq="M"))
    differ = official[official.to_numpy() != counted].index.tolist()
    assert len(official) == 225
    assert differ == ["2006-05", "2007-05", "2008-04", "2010-01"]
    assert [one(KOREA, month) for month in differ] == [22, 22.5, 23, 22.5]


def test_counts_by_hand():
    # May 2025: 22 weekdays and 5 Saturdays, less 1, 5 and 6 May.
    assert one(KOREA, "2025-05") == 22 + 2.5 - 3
    # Chuseok 2025 took 3 to 9 October but for Saturday the 4th; the 10th was a Friday.
    assert one(KOREA, "2025-10", "first_10_days") == 1 + 1 + 0.5 + 1
    assert one(TradeCalendar("KR", saturday_weight=0.0), "2025-05") == 19
    assert one(TradeCalendar("KR", saturday_weight=1.0), "2025-05") == 24
    assert one(TradeCalendar("US"), "2025-07") == 22
    assert one(TradeCalendar(None), "2025-07") == 23


@pytest.mark.parametrize("nation", ["KR", "US", "DE-BY", None])
def test_counts_match_a_plain_loop(nation):
    calendar = TradeCalendar(nation)
    index = pd.period_range("2018-01", "2019-12", freq="M")
    weight = [1, 1, 1, 1, 1, calendar.saturday_weight, 0]
    for window in ("month", "first_10_days", "first_20_days", "rest"):
        by_loop = []
        for start, stop in zip(*window_bounds(index, window), strict=True):
            span = pd.date_range(start, stop, inclusive="left")
            off = calendar.holidays_between(start.item(), stop.item())
            by_loop.append(sum(weight[d.weekday()] for d in span if d.date() not in off))
        np.testing.assert_array_equal(calendar.working_days(index, window), by_loop)


@given(months)
def test_the_first_twenty_days_and_the_rest_make_the_month(month):
    parts = KOREA.working_days(month, "first_20_days") + KOREA.working_days(month, "rest")
    assert parts == KOREA.working_days(month)
    assert KOREA.working_days(month, "first_10_days") <= KOREA.working_days(month, "first_20_days")


@pytest.mark.parametrize(("holiday", "announced"), SURPRISES.items())
def test_a_surprise_is_a_working_day_until_it_is_announced(holiday, announced):
    before = KOREA.as_of(pd.Timestamp(announced) - pd.Timedelta(days=1))
    after = KOREA.as_of(announced)
    assert before.is_working_day(holiday)
    assert not after.is_working_day(holiday)
    assert not KOREA.is_working_day(holiday)
    assert one(before, holiday[:7]) == one(after, holiday[:7]) + 1


def test_a_snap_election_moves_the_regular_one():
    regular = "2017-12-20"
    assert not KOREA.as_of("2017-03-09").is_working_day(regular)
    assert KOREA.as_of("2017-03-10").is_working_day(regular)
    assert KOREA.is_working_day(regular)
    assert not KOREA.as_of("2025-04-03").is_working_day("2027-03-03")
    assert KOREA.is_working_day("2027-03-03")
    assert KOREA.as_of("2017-03-14").is_working_day("2022-03-09")
    assert not KOREA.is_working_day("2022-03-09")


def test_the_snapshot_day_knows_the_laws_of_spring_2026():
    assert not KOREA.as_of("2026-05-15").is_working_day("2027-07-19")
    assert KOREA.as_of("2026-01-28").is_working_day("2027-07-19")


@given(days, days)
def test_as_of_forgets_nothing_and_learns_nothing_later(first, second):
    early, late = sorted([first, second])
    assert KOREA.as_of(early).as_of(early) == KOREA.as_of(early)
    assert KOREA.as_of(late).as_of(early) == KOREA.as_of(early)
    assert KOREA.as_of(early).as_of(late) == KOREA.as_of(early)
    # Whatever was the past at an origin is known in full.
    past = pd.period_range("1995-01", end=pd.Period(early, "M") - 1, freq="M")
    np.testing.assert_array_equal(KOREA.as_of(early).working_days(past), KOREA.working_days(past))


def test_calendars_are_values():
    cut = KOREA.as_of("2020-05-01")
    assert cut == TradeCalendar("KR", origin="2020-05-01")
    assert cut != KOREA
    assert len({cut, TradeCalendar("KR", origin="2020-05-01"), KOREA}) == 2
    again = pickle.loads(pickle.dumps(cut))
    assert again == cut
    np.testing.assert_array_equal(again.working_days(ALL_MONTHS), cut.working_days(ALL_MONTHS))
    with pytest.raises(AttributeError):
        cut.nation = "US"


def test_next_working_day_passes_over_saturdays_and_holidays():
    assert KOREA.next_working_day("2025-10-03") == pd.Timestamp("2025-10-10")
    assert KOREA.next_working_day("2025-10-10") == pd.Timestamp("2025-10-10")
    assert not KOREA.is_working_day("2025-10-11")
    assert TradeCalendar("US").next_working_day("2026-07-03") == pd.Timestamp("2026-07-06")


@given(days)
def test_next_working_day_is_the_first_one(day):
    found = KOREA.next_working_day(day)
    assert KOREA.is_working_day(found)
    assert not any(KOREA.is_working_day(d) for d in pd.date_range(day, found)[:-1])


def test_moving_holidays_by_hand():
    index = pd.period_range("2024-12", "2025-02", freq="M")
    table = KOREA.moving_holidays(index)
    assert table.columns.tolist() == [
        "seollal_pre", "seollal", "seollal_post", "chuseok_pre", "chuseok", "chuseok_post"
    ]  # fmt: skip
    assert table.index.equals(index)
    # Lunar New Year was 29 January 2025: 28 to 30 are the holiday, 31 January to 6 February after.
    expected = pd.DataFrame(
        {"seollal_pre": [0, 1, 0], "seollal": [0, 1, 0], "seollal_post": [0, 1 / 7, 6 / 7]}, index
    )
    pd.testing.assert_frame_equal(table[expected.columns], expected.astype(float))
    assert (table.filter(like="chuseok") == 0).all(axis=None)


def test_moving_holidays_of_a_window_of_days():
    # Chuseok was 6 October 2025: 28 September to 4 October before it, 8 to 14 October after.
    index = pd.period_range("2025-09", "2025-10", freq="M")
    flash = KOREA.moving_holidays(index, "first_10_days")
    np.testing.assert_allclose(flash["chuseok_pre"], [0, 4 / 7])
    np.testing.assert_allclose(flash["chuseok_post"], [0, 3 / 7])
    np.testing.assert_allclose(KOREA.moving_holidays(index)["chuseok_pre"], [3 / 7, 4 / 7])
    longer = KOREA.moving_holidays(index, before=14)
    np.testing.assert_allclose(longer["chuseok_pre"], [10 / 14, 4 / 14])


@given(st.integers(1986, 2034), st.integers(1, 20), st.integers(1, 20))
def test_moving_holidays_sum_to_one_a_year(year, before, after):
    index = pd.period_range(f"{year}-01", f"{year}-12", freq="M")
    sums = KOREA.moving_holidays(index, before=before, after=after).sum()
    # A long run-up to an early Lunar New Year starts in December.
    np.testing.assert_allclose(sums.drop("seollal_pre"), 1)
    assert sums["seollal_pre"] <= 1 + 1e-12


# -- other nations ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["KOR", "kr", "SouthKorea", "South Korea", "Korea"])
def test_one_nation_by_any_of_its_names(name):
    assert TradeCalendar(name) == KOREA
    assert one(TradeCalendar(name), "2025-10") == 20.0
    assert ReleaseRule(day=1, roll=name) == ReleaseRule(day=1, roll="KR")
    assert Series("x", ReleaseRule(day=1), nation=name).nation == "KR"


def test_days_off_that_are_worked_count():
    # State Council, 25 October 2023: off 10 to 17 February and 1 to 7 October 2024, worked on
    # Sundays 4 and 18 February and 29 September, and on Saturday 12 October.
    china = TradeCalendar("CN")
    assert one(china, "2024-02") == 21 - 5 + 2
    assert one(china, "2024-10") == 23 - 5 + 1
    assert china.is_working_day("2024-02-04")
    assert china.next_working_day("2024-02-03") == pd.Timestamp("2024-02-04")
    assert china.next_working_day("2024-02-10") == pd.Timestamp("2024-02-18")
    # Directorate-General of Personnel Administration: off 8 to 14 and 28 February 2024, worked on
    # Saturday the 17th.
    assert one(TradeCalendar("TW"), "2024-02") == 21 - 5 - 1 + 1


def test_weekends_are_those_of_the_nation():
    # March 2024 had ten Fridays and Saturdays and no holiday in Egypt.
    assert one(TradeCalendar("EG"), "2024-03") == 31 - 10
    assert not TradeCalendar("EG").is_working_day("2024-03-01")
    assert TradeCalendar("EG").is_working_day("2024-03-03")
    # The Emirates went from Friday and Saturday to Saturday and Sunday in 2022.
    assert TradeCalendar("AE").is_working_day("2021-11-07")
    assert not TradeCalendar("AE").is_working_day("2022-11-06")


def test_a_part_of_a_nation():
    assert one(TradeCalendar("DE-BY"), "2025-01") == one(TradeCalendar("DE"), "2025-01") - 1
    assert TradeCalendar("deu-by").nation == "DE-BY"


def test_windows_of_the_lunar_holidays_of_china():
    index = pd.period_range("2024-12", "2025-02", freq="M")
    table = TradeCalendar("CN").moving_holidays(index)
    # New Year was 29 January 2025: off to 4 February, run-up from the 22nd, after to the 11th.
    np.testing.assert_allclose(table["lunar_new_year_pre"], [0, 1, 0])
    np.testing.assert_allclose(table["lunar_new_year"], [0, 3 / 7, 4 / 7])
    np.testing.assert_allclose(table["lunar_new_year_post"], [0, 0, 1])
    autumn = TradeCalendar("CN").moving_holidays(pd.period_range("2025-09", "2025-10", freq="M"))
    np.testing.assert_allclose(autumn["mid_autumn"], [0, 1])  # 6 October
    np.testing.assert_allclose(autumn["mid_autumn_pre"], [2 / 7, 5 / 7])


@pytest.mark.parametrize("nation", ["CN", "TW", "HK", "MO", "SG", "VN", "MY"])
def test_windows_lie_on_the_librarys_holidays(nation):
    years = range(2010, 2031)
    found = holidays.country_holidays(nation, years=years, language="en_US")
    calendar = TradeCalendar(nation)
    days = [day for day, name in found.items() if "Lunar New Year" in name or "Chinese New" in name]
    for day in days:
        month = pd.PeriodIndex([day], freq="M")
        near = calendar.moving_holidays(month - 1) + calendar.moving_holidays(month).to_numpy()
        assert near.filter(like="lunar_new_year").to_numpy().sum() > 0
    full = calendar.moving_holidays(pd.period_range("2010-01", "2030-12", freq="M")).sum()
    np.testing.assert_allclose(full.filter(like="lunar_new_year"), 21)


def test_ramadan_and_the_eids():
    index = pd.period_range("2024-02", "2024-07", freq="M")
    table = TradeCalendar("ID").moving_holidays(index)
    # Ramadan from 12 March, Eid al-Fitr on 10 April and Eid al-Adha on 16 June 2024.
    np.testing.assert_allclose(table["eid_al_fitr_ahead"], [0, 20 / 22, 2 / 22, 0, 0, 0])
    np.testing.assert_allclose(table["eid_al_fitr_pre"], [0, 0, 1, 0, 0, 0])
    np.testing.assert_allclose(table["eid_al_adha"], [0, 0, 0, 0, 1, 0])
    assert moving_edges(index, TradeCalendar("ID"), "month").shape == (6, 5)
    assert moving_edges(index, TradeCalendar("TW"), "month").shape == (6, 4)
    assert moving_edges(index, KOREA, "month").shape == (6, 4)


@pytest.mark.parametrize("nation", KEEP_EID)
def test_eid_is_a_holiday_within_a_day_where_it_is_kept(nation):
    found = TradeCalendar(nation).holidays_between("2015-01-01", "2025-12-31")
    for dates in ("eid_al_fitr", "eid_al_adha"):
        for day in festival_dates(dates):
            if np.datetime64("2015-02-01") < day < np.datetime64("2025-12-01"):
                near = [(day + shift).item() for shift in range(-2, 5)]
                assert any(d in found for d in near), (nation, day)


def test_frozen_festivals_are_koreas_holidays():
    table = KOREA.holidays_between("1985-01-01", "2035-12-31")
    for dates, names in (("seollal", ("Korean New Year", "Folk Day")), ("chuseok", ("Chuseok",))):
        ours = {day for day, name in table.items() if set(name.split("; ")) & set(names)}
        assert {day.item() for day in festival_dates(dates) if day.item().year >= 1985} == ours


# -- before holidays are known ----------------------------------------------------------------


def test_before_holidays_are_known_every_weekday_counts():
    # January 1940 had 23 weekdays and 4 Saturdays, January 1997 23 weekdays.
    assert one(KOREA, "1940-01") == 23 + 4 * 0.5
    assert one(TradeCalendar("TW"), "1997-01") == 23
    assert str(TradeCalendar("TW").known_from) == "1998-01"
    assert one(KOREA, "1957-06") < one(TradeCalendar(None, saturday_weight=0.5), "1957-06")


def test_a_panel_that_begins_before_its_calendar_says_so():
    months = pd.period_range("1995-01", periods=24, freq="M")
    figures = pd.Series(np.arange(1.0, 25.0), months, name="x")
    with pytest.warns(CalendarWarning, match="begin in 1995-01, the holidays of TW in 1998-01"):
        Panel.from_frame(figures, ReleaseRule(day=1), "TW")
    panel = Panel.from_frame(figures, ReleaseRule(day=1), "KR")
    old = pd.Series(1.0, pd.period_range("1940-01", "1996-12", freq="M"), name="old")
    with pytest.warns(CalendarWarning, match="begin in 1940-01, the holidays of KR in 1950-01"):
        panel.with_series(old, Series("old", ReleaseRule(day=1)))


def test_world_series_that_begin_before_the_calendar_need_no_holidays():
    # Warnings are errors here: only working days of figures that have them are worth one.
    months = pd.period_range("2019-01", periods=24, freq="M")
    young = Panel.from_frame(
        pd.Series(np.arange(1.0, 25.0), months, name="x"), ReleaseRule(day=20), "TW"
    )
    wide = with_global_drivers(young)
    assert wide.months[0] < wide.calendar.known_from < months[0]


@pytest.mark.parametrize("model", [DirectRidge(), FlashRatio()], ids=["DirectRidge", "FlashRatio"])
def test_one_series_from_1957_breaks_nothing(panel, model):
    months = pd.period_range("1957-01", panel.last_month("us_ip"), freq="M")
    old = pd.Series(np.nan, months, name="us_ip_long")
    old[panel.series("us_ip").index] = panel.series("us_ip")
    old = old.bfill()
    entry = replace(panel.catalog["us_ip"], id="us_ip_long")
    wider = panel.with_series(old, entry)
    assert wider.months[0] == pd.Period("1957-01", "M")
    alone = model.fit(panel, "exports_total").forecast(3).median()
    beside = model.fit(wider, "exports_total").forecast(3).median()
    np.testing.assert_allclose(beside, alone, rtol=1e-9)


def test_no_lunar_holidays_no_columns():
    index = pd.period_range("2024-12", "2025-02", freq="M")
    assert TradeCalendar("US").moving_holidays(index).shape == (3, 0)


def test_frozen_table_holds_what_the_library_said():
    # The library may learn of new holidays after the freeze; those before 2026 are settled.
    library = holidays.country_holidays("KR", years=range(2000, 2026))
    ours = KOREA.holidays_between("2000-01-01", "2025-12-31")
    assert {day for day in ours if ours[day] != "Workers' Day"} >= set(library)
    extra = set(ours) - set(library)
    assert {(day.month, day.day) for day in extra} == {(5, 1)}


def test_other_nations_come_from_the_library():
    assert not TradeCalendar("TW").is_working_day("2025-10-10")
    assert TradeCalendar("TW").saturday_weight == 0


@pytest.mark.parametrize(
    ("ask", "error", "says"),
    [
        (lambda: TradeCalendar("XX"), CatalogError, r"nation 'XX'; give an ISO code"),
        (lambda: TradeCalendar("Sout Korea"), CatalogError, r"did you mean 'KR'\?"),
        (lambda: TradeCalendar("Germny"), CatalogError, r"did you mean 'DE'\?"),
        (lambda: TradeCalendar("DE-XX"), CatalogError, r"'XX' in DE; its parts are \['BB'"),
        (lambda: TradeCalendar(82), CatalogError, "nation 82 is no text"),
        (lambda: TradeCalendar("KR", 1.5), CatalogError, "between 0 and 1"),
        (lambda: TradeCalendar("KR", float("nan")), CatalogError, "between 0 and 1"),
        (lambda: one(KOREA, "2036-01"), PanelError, "2036-01-01 is outside the calendar"),
        (lambda: one(KOREA, "1899-12"), PanelError, "1899-12-01 is outside the calendar"),
        (lambda: one(KOREA, "2025-01", "week"), CatalogError, "no window 'week'"),
        (lambda: KOREA.as_of(pd.NaT), PanelError, "is no day"),
        (
            lambda: KOREA.working_days(pd.period_range("2025Q1", "2025Q2", freq="Q")),
            PanelError,
            "expected a monthly",
        ),
        (
            lambda: KOREA.moving_holidays(ALL_MONTHS, before=0),
            CatalogError,
            "at least one day",
        ),
    ],
)
def test_refusals(ask, error, says):
    with pytest.raises(error, match=says):
        ask()


def test_examples_run():
    results = doctest.testmod(module)
    assert results.attempted
    assert not results.failed


def test_taiwan_is_frozen_as_the_library_has_it():
    from tradeshock.features.days import holidays

    months = pd.period_range("1998-01", "2035-12", freq="M")
    frozen = TradeCalendar("TW").working_days(months)
    library = holidays._library_holidays("TW")
    days = holidays.calendar_days(2035)
    off = library.weekends[: len(days)].copy()
    off[np.isin(days, library.days)] = True
    off[np.isin(days, library.worked)] = False
    by_month = pd.Series(1.0 - off, pd.PeriodIndex(pd.DatetimeIndex(days), freq="M"))
    np.testing.assert_array_equal(frozen, by_month.groupby(level=0).sum().loc[months])
