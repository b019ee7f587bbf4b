"""The panel's doors: what is refused on the way in, and what is hidden on the way back."""

from __future__ import annotations

import re
import warnings
from dataclasses import replace

import numpy as np
import numpy.testing as npt
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from tradeshock.features import Catalog, Panel, ReleaseRule, Series, TradeCalendar, load_panel
from tradeshock.features.days.reading import as_day, as_days
from tradeshock.features.errors import CatalogError, OddFigureWarning, PanelError
from tradeshock.features.readings.derived import daily_average, excluding
from tradeshock.models.systems.var import VAR
from tradeshock.models.univariate.autoregression import AutoRegression
from tradeshock.models.univariate.random_walk import RandomWalk

NEXT_MONTH = ReleaseRule(day=1, months_after=1)


def table(months=48, **columns):
    index = pd.period_range("2020-01", periods=months, freq="M", name="month")
    rng = np.random.default_rng(1)
    x = np.exp(7.0 + np.cumsum(0.02 * rng.standard_normal(months)))
    return pd.DataFrame({"x": x} | columns, index)


def entry(id="x", **fields):
    return Series(**{"id": id, "release": NEXT_MONTH, **fields})


def panel_of(frame, **fields):
    return Panel(frame, Catalog([entry(**fields)]))


# -- the door in ------------------------------------------------------------------------------


def change(frame, month, value):
    frame = frame.copy()
    frame.loc[pd.Period(month, "M"), "x"] = value
    return frame


def indexed(values):
    return table(len(values)).set_axis(pd.Index(values), axis=0)


REFUSED = {
    "gap": (table().drop(pd.Period("2021-03", "M")), "skips 1 month, first 2021-03; add the"),
    "twice": (indexed(["2020-01", "2020-02", "2020-02"]), "['2020-02'] stand twice"),
    "disorder": (table().iloc[::-1], "not in order of time; sort it first"),
    "daily": (table(5).set_axis(pd.date_range("2020-01-01", periods=5)), "2020-01-02, neither"),
    "daily periods": (
        table(3).set_axis(pd.period_range("2020-01-01", periods=3, freq="D")),
        "frequency 'D'; give months",
    ),
    "quarters": (
        table(3).set_axis(pd.period_range("2020Q1", periods=3, freq="Q")),
        "frequency 'Q-DEC'; give months",
    ),
    "quarter starts": (
        table(3).set_axis(pd.date_range("2020-01-01", periods=3, freq="QS")),
        "goes from 2020-01 to 2020-04 and on by 3 months, so it looks quarterly: only months",
    ),
    "text index": (indexed(["January", "February"]), "'January', which is no month"),
    "numbers": (table(3).reset_index(drop=True), "'0', which is no month"),
    "guessed order": (indexed(["01/02/2020", "01/03/2020"]), "'01/02/2020', which is no month"),
    "years": (indexed(["2020", "2021"]), "'2020', which is no month"),
    "no such month": (indexed(["2020-12", "2020-13"]), "'2020-13', which is no month"),
    "nat": (table(2).set_axis(pd.DatetimeIndex(["2020-01-01", None])), "row 2 has no month"),
    "no rows": (table(0), "no rows"),
    "text": (table().astype(object).pipe(change, "2021-05", "1,234"), "text '1,234' in 2021-05"),
    "dates": (table(2, x=pd.to_datetime(["2020-01-01", "2020-02-01"])), "has text '2020-01-01"),
    "booleans": (table(2, x=[True, False]), "x has np.True_ in 2020-01; give numbers"),
    "a boolean": (table(3, x=pd.Series([1, True, 2], table(3).index, object)), "True in 2020-02"),
    "nullable": (table(2, x=pd.array([True, None], "boolean")), "x has np.True_ in 2020-01"),
    "complex": (table(2, x=[1 + 2j, 3 + 0j]), "x has np.complex128(1+2j) in 2020-01; give"),
    "infinite": (change(table(), "2021-05", np.inf), "x is infinite in 2021-05; put NaN"),
    "zero": (change(table(), "2021-05", 0.0), "x is 0 in 2021-05 but is modelled in logs"),
    "negative": (change(table(), "2020-01", -3.5), "x is -3.5 in 2020-01 but"),
    "hole": (change(table(), "2021-05", np.nan), "unknown holes in ['2021-05']; fill them or"),
    "empty": (table() * np.nan, "x has no figure at all"),
    "column twice": (pd.concat([table(), table()], axis=1), "columns ['x'] stand twice"),
    "unknown": (table().rename(columns={"x": "y"}), "no catalog entry for ['y']; add one"),
}


@pytest.mark.parametrize(("frame", "message"), REFUSED.values(), ids=REFUSED)
def test_the_door_refuses(frame, message):
    with pytest.raises(PanelError, match=re.escape(message)):
        panel_of(frame)


@pytest.mark.parametrize(
    "index",
    [
        pd.date_range("2020-01-01", periods=48, freq="MS"),
        pd.date_range("2020-01-01", periods=48, freq="MS") + pd.offsets.MonthEnd(0),
        pd.date_range("2020-01-01", periods=48, freq="MS", tz="Asia/Seoul"),
        [f"{month}" for month in table().index],
        [f"{month}-01" for month in table().index],
    ],
    ids=["month start", "month end", "zone", "text", "days as text"],
)
def test_months_are_read(index):
    values = panel_of(table().set_axis(pd.Index(index), axis=0)).values
    pd.testing.assert_frame_equal(values, table())


def test_numbers_of_any_type_become_floats():
    frame = table(3)
    for column in (["1.5", "2", None], pd.array([1, 2, None], "Int64"), [1, 2, 3]):
        values = panel_of(frame.assign(x=column)).values
        assert (values.dtypes == "float64").all()
    assert panel_of(table() - table().mean(), transform="level").values["x"].min() < 0.0


def test_the_given_table_is_not_touched():
    frame = change(table(), "2021-05", np.nan)
    before = frame.copy()
    panel = panel_of(frame, holes=("2021-05",))
    pd.testing.assert_frame_equal(frame, before)
    cut = panel.as_of("2022-01-01").values
    cut.iloc[0, 0] = -1.0
    assert panel.values.iloc[0, 0] == frame.iloc[0, 0]


@pytest.mark.parametrize("transform", ["log", "level"])
def test_known_holes_are_filled_from_earlier_months(transform):
    full = table()
    frame = change(change(full, "2022-05", np.nan), "2022-06", np.nan)
    panel = panel_of(frame, holes=("2022-05", "2022-06"), transform=transform)
    x = full["x"]
    if transform == "log":
        may = x["2021-05"] * x["2022-04"] / x["2021-04"]
        june = x["2021-06"] * may / x["2021-05"]
    else:
        may = x["2021-05"] + x["2022-04"] - x["2021-04"]
        june = x["2021-06"] + may - x["2021-05"]
    npt.assert_allclose(panel.values["x"].loc["2022-05":"2022-06"], [may, june], rtol=1e-14)
    later = frame.copy()
    later.loc["2022-07":] *= 1.3
    other = panel_of(later, holes=("2022-05", "2022-06"), transform=transform)
    day = "2022-07-15"
    pd.testing.assert_frame_equal(panel.as_of(day).values, other.as_of(day).values)


def test_holes_of_young_series_and_at_the_edges():
    frame = change(change(table(), "2020-06", np.nan), "2023-12", np.nan)
    holes = ("2019-01", "2020-06", "2023-12")
    x = panel_of(frame, holes=holes).values["x"]
    assert x["2020-06"] == x["2020-05"]
    assert np.isnan(x["2023-12"])


@pytest.mark.parametrize("begins", ["2020-01", "2020-03"])
def test_a_hole_goes_by_the_year_before_from_the_fourteenth_month_on(begins):
    start = pd.Period(begins)
    frame = table().loc[begins:].reindex(table().index)
    early = change(frame, str(start + 12), np.nan)
    x = panel_of(early, holes=(str(start + 12),)).values["x"]
    assert x[start + 12] == x[start + 11]
    later = change(frame, str(start + 13), np.nan)
    x = panel_of(later, holes=(str(start + 13),)).values["x"]
    assert x[start + 13] == pytest.approx(x[start + 1] * x[start + 12] / x[start], rel=1e-14)


def test_catalog_entries_are_checked():
    with pytest.raises(CatalogError, match=r"x: holes \['2020-99'\] do not all read"):
        entry(holes=("2020-99",))
    with pytest.raises(CatalogError, match="window 'week' is none of"):
        entry(window="week")
    with pytest.raises(CatalogError, match="transform 'sqrt' is none of"):
        entry(transform="sqrt")
    with pytest.raises(CatalogError, match="needs flash_of"):
        entry(window="first_10_days")
    with pytest.raises(CatalogError, match="x stands twice"):
        Catalog([entry(), entry()])
    with pytest.raises(CatalogError, match=r"unknown catalog fields \['colour'\]"):
        Series.from_table("x", {"colour": "red", "release": {"day": 1}})
    with pytest.raises(CatalogError, match="x: no release rule"):
        Series.from_table("x", {})
    assert repr(Catalog([entry()])) == "Catalog of 1 series"


def test_figures_after_the_origin_are_refused():
    with pytest.raises(PanelError, match=r"figure for 2023-12, .* 2024-01-01, after .* 2023-12-31"):
        Panel(table(), {"x": entry()}, origin="2023-12-31")
    assert Panel(table(), {"x": entry()}, origin="2024-02-03").origin == pd.Timestamp("2024-02-03")
    assert panel_of(table()).origin == pd.Timestamp("2024-01-01")


# -- the door to the past ---------------------------------------------------------------------

SNAPSHOT = load_panel()
DAYS = st.dates(pd.Timestamp("1991-03-01").date(), SNAPSHOT.origin.date())


@settings(max_examples=60)
@given(DAYS)
def test_as_of_hides_exactly_what_came_later(day):
    cut = SNAPSHOT.as_of(day)
    rows = len(cut.values)
    known = ~np.isnan(cut.values.to_numpy())
    exists = ~np.isnan(SNAPSHOT.values.to_numpy())
    out = SNAPSHOT.release_dates <= np.datetime64(day)
    assert (cut.release_dates[known] <= np.datetime64(day)).all()
    npt.assert_array_equal(known, (exists & out)[:rows])
    assert not (exists & out)[rows:].any()
    npt.assert_array_equal(cut.values.to_numpy()[known], SNAPSHOT.values.to_numpy()[:rows][known])
    assert cut.calendar.origin == cut.origin == pd.Timestamp(day)


@settings(max_examples=20)
@given(DAYS, DAYS)
def test_as_of_is_idempotent_and_goes_back_only(one, other):
    early, late = sorted([one, other])
    cut = SNAPSHOT.as_of(late).as_of(early)
    assert cut.fingerprint() == SNAPSHOT.as_of(early).fingerprint()
    assert cut.as_of(early).fingerprint() == cut.fingerprint()
    assert cut.calendar == SNAPSHOT.as_of(early).calendar
    if early < late:
        with pytest.raises(PanelError, match=f"compiled on {early}"):
            cut.as_of(late)


@pytest.mark.parametrize(
    ("day", "message"),
    [
        ("2026-05-16", "compiled on 2026-05-15 and cannot tell what is known on 2026-05-16"),
        ("1950-01-01", "nothing was published by 1950-01-01"),
        ("someday", "'someday' is no day"),
        (2015, "2015 is no day"),
        (None, "None is no day"),
    ],
)
def test_days_that_cannot_be_asked_for(panel, day, message):
    with pytest.raises(PanelError, match=message):
        panel.as_of(day)


def test_hours_do_not_move_the_day_and_zones_must_name_one(panel):
    day = pd.Timestamp("2026-04-21")
    for same in (day + pd.Timedelta(hours=12.5), day.tz_localize("Asia/Seoul")):
        assert panel.as_of(same).fingerprint() == panel.as_of("2026-04-21").fingerprint()
    in_utc = day.tz_localize("Asia/Seoul").tz_convert("UTC")
    with pytest.raises(PanelError, match="not midnight in zone UTC, so it is not clear which day"):
        panel.as_of(in_utc)


STATES = {
    "2026-05-15": ("after_10d", "2026-05-11", "2026-04"),
    "2026-05-10": ("after_total", "2026-05-01", "2026-04"),
    "2026-04-30": ("after_20d", "2026-04-21", "2026-03"),
    "2026-04-21": ("after_20d", "2026-04-21", "2026-03"),
    "2026-04-20": ("after_10d", "2026-04-13", "2026-03"),
    "2026-04-12": ("after_total", "2026-04-01", "2026-03"),
    "2026-02-28": ("after_20d", "2026-02-23", "2026-01"),
    "2012-07-25": ("after_total", "2012-07-01", "2012-06"),
}


@pytest.mark.parametrize("day", STATES)
def test_states_and_standard_origins(panel, day):
    cut = panel.as_of(day)
    state, origin, last = STATES[day]
    assert cut.state() == state
    assert cut.standard_origin() == pd.Timestamp(origin)
    assert cut.last_month("exports_total") == pd.Period(last, "M")


@pytest.mark.parametrize("day", [day for day in STATES if day > "2025"])
def test_without_an_end_origins_go_on_to_the_newest_of_a_state(panel, day):
    cut = panel.as_of(day)
    for state in cut.states():
        *_, newest = every = cut.origins("2025-01", state=state)
        assert panel.origins("2025-01", pd.Period("2025-01") + len(every) - 1, state) == every
        # The next one is still to come.
        assert panel.origin_days(pd.period_range("2025-01", periods=len(every) + 1), state)[
            -1
        ] > np.datetime64(day)
        assert newest <= pd.Timestamp(day)
    with pytest.raises(PanelError, match="after_5d"):
        cut.origins("2025-01", state="after_5d")
    with pytest.raises(PanelError, match=r"after_total from 2027-01 on .* newest is that"):
        cut.origins("2027-01")


def test_origins_are_labelled_by_the_month_of_step_one(panel):
    assert panel.states() == ("after_total", "after_10d", "after_20d")
    assert panel.origins("2015-01", "2015-01") == [pd.Timestamp("2015-01-01")]
    assert panel.origins("2026-04", "2026-05", "after_10d") == [
        pd.Timestamp("2026-04-13"),
        pd.Timestamp("2026-05-11"),
    ]
    assert panel.origins("2026-03", "2026-03", "after_20d") == [pd.Timestamp("2026-03-23")]
    for state in panel.states():
        for origin in panel.origins("2017-01", "2018-12", state)[::5]:
            cut, before = panel.as_of(origin), panel.as_of(origin - pd.Timedelta(days=1))
            assert (cut.state(), cut.standard_origin()) == (state, origin)
            assert (before.state(), before.last_month("exports_total")) != (
                state,
                cut.last_month("exports_total"),
            )


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (("2026-05", "2026-06"), "in 2026-06 as of 2026-05-15; .* it has 2026-05 to 2026-05"),
        (("1980-01", "1980-03"), "in 1980-01 .* it has none of them"),
        (("1991-01", "1991-03"), "in 1991-01 .* it has 1991-02 to 1991-03"),
        (("2015-12", "2016-02", "after_20d"), "no origin after_20d in 2015-12"),
        (("2026-05", "2026-05", "after_20d"), "none of them"),
        (("2026-03", "2026-01"), "give the earlier one first"),
        (("2026-13", "2027-01"), "'2026-13' is no month"),
        (("2026-01", "2026-01", "after_5d"), "no state 'after_5d' here; it has"),
        (("2026-01", "2026-01", "after_20d", "usdkrw"), r"it has \['after_total'\]"),
        (("2026-01", "2026-01", "after_total", "exprts"), "no series 'exprts'"),
    ],
)
def test_origins_that_are_not_there(panel, asked, message):
    with pytest.raises(PanelError, match=message):
        panel.origins(*asked)


def test_american_figures_were_late_in_autumn_2025(panel):
    for day, last in {
        "2025-10-01": "2025-08",
        "2025-12-02": "2025-08",
        "2025-12-03": "2025-09",
        "2025-12-22": "2025-09",
        "2025-12-23": "2025-11",
    }.items():
        cut = panel.as_of(day)
        assert cut.last_month("us_ip") == pd.Period(last, "M")
        assert not cut.is_stale("us_ip")
    months = panel.months.get_indexer(pd.PeriodIndex(["2025-09", "2025-10"], freq="M"))
    columns = [panel.values.columns.get_loc(c) for c in ("us_ip", "us_imports_from_kr")]
    npt.assert_array_equal(
        panel.release_dates[np.ix_(months, columns)].astype(str),
        [["2025-12-03", "2025-12-11"], ["2025-12-23", "2026-01-08"]],
    )


def test_a_late_month_holds_back_the_months_after_it():
    rule = ReleaseRule(day=1, months_after=1, exceptions={"2023-06": "2023-10-15"})
    panel = panel_of(table(), release=rule)
    assert panel.as_of("2023-10-14").last_month("x") == pd.Period("2023-05", "M")
    assert panel.as_of("2023-10-15").last_month("x") == pd.Period("2023-09", "M")
    assert panel.as_of("2023-10-14").expected_month("x") == pd.Period("2023-05", "M")
    assert panel.origins("2023-10", "2023-10", target="x") == [pd.Timestamp("2023-10-15")]
    with pytest.raises(PanelError, match=r"no origin after_total in 2023-07 .* has 2023-10 to"):
        panel.origins("2023-07", "2023-10", target="x")


def test_stale_series(panel):
    assert panel.is_stale("imports_total")
    assert panel.expected_month("imports_total") == pd.Period("2026-04", "M")
    assert not panel.is_stale("exports_total")
    assert not panel.as_of("2026-03-20").is_stale("imports_total")
    assert panel.as_of("2010-01-01").is_stale("exports_total_first_10_days")
    # a year's delay is not staleness
    slow = panel_of(table(), release=ReleaseRule.after(400))
    assert not slow.as_of("2023-06-01").is_stale("x")
    assert slow.as_of("2023-06-01").expected_month("x") == slow.as_of("2023-06-01").last_month("x")


def test_series_and_last_known(panel):
    x = panel.series("exports_total_first_20_days")
    assert x.notna().all()
    assert (x.index[0], x.index[-1]) == (pd.Period("2016-01"), pd.Period("2026-04"))
    early = panel.as_of("2010-01-01")
    with pytest.raises(
        PanelError, match="no figure of exports_total_first_20_days was out on 2010"
    ):
        early.series("exports_total_first_20_days")
    with pytest.raises(PanelError, match=r"no series 'exports_tot'; perhaps .*; it has 75 series"):
        panel.last_month("exports_tot")
    ids = ["exports_total", "us_ip", "exports_total_first_20_days"]
    days = [pd.Timestamp(day) for day in ("2010-01-01", "2025-12-02", "2026-04-21", "2026-05-15")]
    rows = panel.last_known(ids, days)
    for row, day in zip(rows, days, strict=True):
        cut = panel.as_of(day)
        for at, id in zip(row, ids, strict=True):
            last = cut.values[id].last_valid_index()
            assert (at == -1 and last is None) or panel.months[at] == last
    npt.assert_array_equal(early.last_known(ids[2:], days[:1]), [[-1]])
    assert "75 series, 1991-01 to 2026-05" in repr(panel)


def test_fingerprint_tells_panels_apart():
    frame = table()
    panel = panel_of(frame)
    assert panel.fingerprint() == panel_of(frame.copy()).fingerprint()
    moved = frame.copy()
    moved.iloc[-1, 0] = np.nextafter(moved.iloc[-1, 0], np.inf)
    others = [
        panel_of(moved),
        panel_of(frame.iloc[1:]),
        Panel(frame, panel.catalog, origin="2024-01-02"),
        Panel(frame, panel.catalog, "KR"),
        Panel(frame, panel.catalog, TradeCalendar(None, saturday_weight=0.5)),
        panel_of(frame, transform="level"),
        panel_of(frame, release=ReleaseRule(day=31, months_after=0)),
        Panel(frame.rename(columns={"x": "y"}), {"y": entry("y")}),
    ]
    assert len({p.fingerprint() for p in [panel, *others]}) == 1 + len(others)
    assert panel_of(frame, title="renamed").fingerprint() == panel.fingerprint()
    # NaN that comes out of arithmetic has other bits
    ragged = frame.assign(y=frame["x"].where(frame.index < pd.Period("2023-06", "M")))
    signed = ragged.assign(y=-ragged["y"] * -1.0)
    entries = {"x": entry(), "y": entry("y")}
    assert Panel(ragged, entries).fingerprint() == Panel(signed, entries).fingerprint()


# -- one's own series -------------------------------------------------------------------------


def test_with_series_adds_and_replaces(panel):
    own = pd.Series(np.arange(1.0, 25.0), pd.period_range("2024-01", periods=24, freq="M"))
    own_entry = Series(id="own", release=ReleaseRule.after(10))
    wider = panel.with_series(own, own_entry)
    assert "own" in wider
    assert "own" not in panel
    npt.assert_array_equal(wider.series("own"), own)
    assert wider.as_of("2025-01-09").last_month("own") == pd.Period("2024-11", "M")
    assert wider.as_of("2025-01-10").last_month("own") == pd.Period("2024-12", "M")
    replaced = wider.with_series((2.0 * own).rename("own"))
    npt.assert_array_equal(replaced.series("own"), 2.0 * own)
    assert len(replaced.values.columns) == 76
    old = pd.Series([5.0, 6.0], ["1980-01", "1980-02"], name="own")
    assert panel.with_series(old, own_entry).months[0] == pd.Period("1980-01", "M")
    assert panel.with_series(own, own_entry, calendar="US").calendar.nation == "US"


def test_with_series_on_a_panel_of_the_past(panel):
    early = panel.as_of("2010-01-05")
    own = pd.Series([1.0, 2.0], pd.period_range("2009-11", periods=2, freq="M"), name="own")
    wider = early.with_series(own, entry("own"))
    assert wider.origin == early.origin
    assert wider.values["exports_total_first_10_days"].isna().all()
    with pytest.raises(PanelError, match=r"own has a figure for 2009-12, .* out on 2010-01-31"):
        early.with_series(own, entry("own", release=ReleaseRule(day=31, months_after=1)))


def test_newer_figures_move_the_origin(panel):
    total = panel.series("exports_total")
    newer = pd.concat([total, pd.Series([80_000.0], pd.PeriodIndex(["2026-05"], freq="M"))])
    with pytest.raises(PanelError, match="2026-06-01, after the panel's origin 2026-05-15"):
        panel.with_series(newer.rename("exports_total"))
    moved = panel.with_series(newer.rename("exports_total"), origin="2026-06-02")
    assert moved.last_month("exports_total") == pd.Period("2026-05", "M")
    assert moved.calendar.origin == pd.Timestamp("2026-06-02")
    assert moved.as_of("2026-05-15").last_month("exports_total") == pd.Period("2026-04", "M")
    with pytest.raises(PanelError, match="already knows figures of 2026-05-15"):
        panel.with_series(total, origin="2026-05-01")


def test_with_series_is_the_same_door(panel):
    own = pd.Series([1.0, -2.0], ["2024-01", "2024-02"], name="own")
    with pytest.raises(PanelError, match="own is -2 in 2024-02 but is modelled in logs"):
        panel.with_series(own, entry("own"))
    with pytest.raises(PanelError, match=r"no catalog entry for \['own'\]"):
        panel.with_series(own)


def test_select(panel):
    part = panel.as_of("2020-01-01").select(["usdkrw", "exports_total"])
    assert list(part.values) == ["usdkrw", "exports_total"]
    assert part.states() == ("after_total",)
    npt.assert_array_equal(part.series("exports_total"), part.values["exports_total"].dropna())
    assert part.release_dates.shape == part.values.shape
    with pytest.raises(PanelError, match="no series 'gold'"):
        panel.select(["gold"])


def test_rules_of_a_frame_by_column():
    frame = table(y=table()["x"])
    rules = {"x": NEXT_MONTH, "y": ReleaseRule.after(40)}
    panel = Panel.from_frame(frame, rules)
    assert panel.as_of("2023-05-05").last_month("x") == pd.Period("2023-04", "M")
    assert panel.as_of("2023-05-05").last_month("y") == pd.Period("2023-02", "M")
    with pytest.raises(PanelError, match=r"no release rule for \['y'\]; give one"):
        Panel.from_frame(frame, {"x": NEXT_MONTH})
    assert Panel.from_frame(table()["x"].rename(None), NEXT_MONTH).values.columns[0] == (
        "exports_total"
    )


@pytest.fixture(scope="module")
def taiwan(panel, tmp_path_factory):
    path = tmp_path_factory.mktemp("csv") / "taiwan.csv"
    frame = panel.series("exports_total").loc["2008-01":].rename("exports").to_frame()
    frame.to_csv(path)
    return Panel.from_csv(path, ReleaseRule.after(40), calendar="TW")


@pytest.mark.parametrize(
    "model",
    [RandomWalk(n_draws=100), AutoRegression(n_draws=100), VAR(n_draws=100)],
    ids=lambda m: type(m).__name__,
)
def test_a_csv_of_another_nation_published_after_40_days(taiwan, model):
    assert taiwan.calendar.nation == "TW"
    assert taiwan.calendar.saturday_weight == 0.0
    assert taiwan.states("exports") == ("after_total",)
    cut = taiwan.as_of("2025-06-20")
    assert cut.last_month("exports") == pd.Period("2025-04", "M")
    assert cut.state("exports") == "after_total"
    assert cut.standard_origin("exports") == pd.Timestamp("2025-06-09")
    assert taiwan.origins("2025-05", "2025-05", target="exports") == [pd.Timestamp("2025-06-09")]
    paths = model.fit(cut, "exports").forecast(3)
    assert paths.index[0] == pd.Period("2025-05", "M")
    month = paths.median() / cut.series("exports").iloc[-1]
    assert month.between(0.7, 1.4).all()


# -- derived targets --------------------------------------------------------------------------


def test_without_chips(panel):
    wider = excluding(panel, "exports_total", "exports_semiconductors")
    id = "exports_total_ex_semiconductors"
    assert list(wider.values.columns[-3:]) == [id, f"{id}_first_10_days", f"{id}_first_20_days"]
    rest = panel.values["exports_total"] - panel.values["exports_semiconductors"]
    pd.testing.assert_series_equal(wider.series(id), rest.dropna().rename(id))
    # out with the later of the two: chips on the 15th
    assert wider.as_of("2026-04-14").last_month(id) == pd.Period("2026-02", "M")
    assert wider.as_of("2026-04-15").last_month(id) == pd.Period("2026-03", "M")
    assert wider.states(id) == panel.states()
    assert wider.as_of("2026-04-21").state(id) == "after_20d"
    # the rest of February waits for the 15th, so March's early counts are out before or with it
    assert wider.as_of("2026-04-15").state(id) == "after_10d"
    assert wider.as_of("2026-04-14").state(id) == "after_20d"
    early = excluding(panel.as_of("2018-03-20"), "exports_total", "exports_semiconductors")
    pd.testing.assert_frame_equal(early.values, wider.as_of("2018-03-20").values)
    assert early.fingerprint() == wider.as_of("2018-03-20").fingerprint()


def test_excluding_takes_what_the_panel_has(panel):
    few = panel.select(["exports_total", "exports_semiconductors", "exports_total_first_10_days"])
    wider = excluding(few, "exports_total", "exports_semiconductors", id="rest")
    assert list(wider.values.columns[3:]) == ["rest"]
    with pytest.raises(PanelError, match="no series 'exports_ships'"):
        excluding(few, "exports_total", "exports_ships")
    with pytest.raises(PanelError, match="modelled in logs"):
        excluding(few, "exports_semiconductors", "exports_total")


def test_holes_of_the_parts_are_holes_of_the_rest():
    frame = table(y=table()["x"] / 3.0)
    frame.loc[pd.Period("2022-05", "M"), "y"] = np.nan
    entries = {"x": entry(), "y": entry("y", holes=("2022-05",))}
    rest = excluding(Panel(frame, entries), "x", "y")
    assert rest.catalog["x_ex_y"].holes == ("2022-05",)
    assert rest.series("x_ex_y").notna().all()


def test_daily_average(panel):
    wider = daily_average(panel, "exports_total")
    id = "exports_total_daily_average"
    days = TradeCalendar("KR").working_days(pd.PeriodIndex(["2026-04"], freq="M"))[0]
    assert wider.values.at[pd.Period("2026-04"), id] == pytest.approx(85867.478 / days, rel=1e-14)
    assert wider.catalog[id].unit == "mn USD a working day"
    assert wider.states(id) == ("after_total",)
    early = daily_average(wider, "exports_total_first_10_days", id="first")
    assert early.last_month("first") == pd.Period("2026-05", "M")
    assert early.catalog["first"].flash_of is None
    assert early.as_of("2026-05-10").last_month("first") == pd.Period("2026-04", "M")
    with pytest.raises(PanelError, match="no series 'gold'"):
        daily_average(panel, "gold")


@pytest.mark.parametrize("part", ["usdkrw", "us_ip", "gscpi"])
def test_what_is_in_another_unit_cannot_be_taken_out(panel, part):
    with pytest.raises(PanelError, match=f"exports_total is in mn USD and {part} in "):
        excluding(panel, "exports_total", part)
    with pytest.raises(PanelError, match=f"{part} is in .*, which does not add up, and has"):
        excluding(panel, part, part)


def test_averages_of_a_working_day_are_of_amounts(panel):
    says = ", which does not add up, and has no average of a working day"
    with pytest.raises(PanelError, match=f"usdkrw is in KRW per USD{says}"):
        daily_average(panel, "usdkrw")
    daily = daily_average(panel, "exports_total")
    with pytest.raises(PanelError, match=f"daily_average is in mn USD a working day{says}"):
        daily_average(daily, "exports_total_daily_average")
    # a balance may be below zero and adds up all the same
    balance = panel_of(table() - 1100.0, transform="level")
    assert (daily_average(balance, "x").values["x_daily_average"] < 0.0).any()


# -- figures that contradict each other -------------------------------------------------------


def test_nothing_published_is_odd(panel):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        wider = excluding(panel, "exports_total", "exports_semiconductors")
        wider = daily_average(wider, "exports_total")
        again = Panel(wider.values, wider.catalog, "KR", wider.origin)
    assert again.values.shape[1] == 79
    # 29 % in a month and 50 % in a year, which were true
    growth = panel.series("exports_total").pct_change()["2026-03"]
    assert growth == pytest.approx(0.29, abs=0.01)


def damaged(panel, id, months, factor):
    values = panel.values[[id]].copy()
    values.loc[months, id] *= factor
    return Panel(values, panel.catalog, "KR", panel.origin)


CALM = [
    "exports_total", "imports_total", "exports_semiconductors", "exports_steel", "exports_to_us",
    "exports_to_china", "exports_to_japan", "usdkrw", "us_ip", "brent", "world_trade_volume",
    "exports_total_first_20_days", "exports_total_first_10_days",
]  # fmt: skip


@pytest.mark.parametrize("id", CALM)
@pytest.mark.parametrize("back", [1, 7, 40, -20])
def test_a_lost_digit_and_another_unit_are_named(panel, id, back):
    months = panel.series(id).index
    month = months[-back] if back > 0 else months[-back - 12]
    says = f"{id} is .* in {month}, far outside"
    with pytest.warns(OddFigureWarning, match=says):
        damaged(panel, id, slice(month, month), 0.1)
    for factor in (1000.0, 0.001):
        with pytest.warns(OddFigureWarning, match=f"{id} is .*, far outside"):
            damaged(panel, id, slice(month, None), factor)


def test_every_series_in_logs_but_the_wildest_shows_a_change_of_unit(panel):
    unseen = []
    for id in panel.values:
        if panel.catalog[id].transform == "log":
            month = panel.series(id).index[60]
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                damaged(panel, id, slice(month, None), 1000.0)
            if not any(w.category is OddFigureWarning for w in caught):
                unseen.append(id)
    # Ships delivered in ten days: from nothing to a fleet. Against its total it is seen.
    assert unseen == ["exports_ships_first_10_days"]


def test_a_level_series_in_another_unit(panel):
    with pytest.warns(OddFigureWarning, match="gscpi is .* far outside"):
        damaged(panel, "gscpi", slice("2020-01", None), 1000.0)
    rate = pd.Series(np.repeat([0.5, 0.75, 1.0, 1.25, 2.0], 12), NEW.index, name="rate")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Panel.from_frame(rate, NEXT_MONTH, transform="level")


NEW = table(60)


def counts(ten=0.3, twenty=0.6):
    frame = NEW.assign(first=NEW["x"] * ten, second=NEW["x"] * twenty)
    entries = [
        entry(),
        entry("first", window="first_10_days", flash_of="x"),
        entry("second", window="first_20_days", flash_of="x"),
    ]
    return frame, Catalog(entries)


@pytest.mark.parametrize(
    ("ten", "twenty", "says"),
    [
        (0.3e6, 0.6e6, "first is .* in 2020-01, more than the whole month .*one unit"),
        (0.3, 1.01, "second is .* in 2020-01, more than the whole month"),
        (0.6, 0.5, "first is .* in 2020-01, more than the first 20 days"),
        (0.3e-3, 0.6e-3, "first is 0.0003 of x in the middle of its months; give both in one"),
    ],
)
def test_counts_that_contradict_their_total_are_refused(ten, twenty, says):
    with pytest.raises(PanelError, match=says):
        Panel(*counts(ten, twenty))
    Panel(*counts())


def test_counts_that_contradict_what_the_panel_has(panel):
    in_usd = panel.values["exports_ships_first_10_days"].dropna() * 1e6
    with pytest.raises(PanelError, match=r"exports_ships_first_10_days is .* more than"):
        panel.with_series(in_usd)


def test_two_counts_of_one_window_are_refused():
    one = entry("first", window="first_10_days", flash_of="x")
    with pytest.raises(CatalogError, match="first and again are both the count of first_10_days"):
        Catalog([entry(), one, replace(one, id="again")])
    assert len(Catalog([entry(), one]).with_series(replace(one, title="newer"))) == 2


def test_entry(panel):
    assert panel.entry("exports_total") is panel.catalog["exports_total"]
    with pytest.raises(PanelError, match="no series 'gold'"):
        panel.entry("gold")


def test_days_of_any_kind_in_the_order_given() -> None:
    noon = pd.Timestamp("2020-05-02 12:00")
    zoned = noon.normalize().tz_localize("Asia/Seoul")
    days = [noon, "2019-01-01", np.datetime64("2021-03-04"), zoned, noon.date()]
    expected = [as_day(day) for day in days]
    assert list(as_days(days)) == expected
    assert list(as_days([noon, noon])) == [noon.normalize()] * 2
    for index in (pd.DatetimeIndex([noon]), pd.DatetimeIndex([zoned])):
        assert list(as_days(index)) == [noon.normalize()]
    assert len(as_days([])) == 0
    with pytest.raises(PanelError, match="NaT is no day"):
        as_days(pd.DatetimeIndex([noon, pd.NaT]))
