"""The fingerprint of a panel: what a forecast depends on moves it, and nothing else does."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tradeshock.features import Panel, ReleaseRule, Series
from tradeshock.features.days import calendar as calendar_module
from tradeshock.features.days.holidays import holidays_of
from tradeshock.models import RandomWalk

TARGET = "exports_total"


@pytest.fixture(scope="module")
def panel(panel: Panel) -> Panel:
    """The embedded figures without daily quotes, which panels made here have not."""
    return panel.with_quotes(None)


def changed(panel: Panel, id: str = TARGET, **fields: object) -> Panel:
    """Return a panel that differs in one entry of the catalog."""
    entry = replace(panel.catalog[id], **fields)  # type: ignore[arg-type]
    return Panel(panel.values, panel.catalog.with_series(entry), panel.calendar, panel.origin)


def late(panel: Panel, month: str, day: str, id: str = "us_ip") -> Panel:
    """Return a panel in which one month of a series came out on another day."""
    rule = panel.catalog[id].release
    assert isinstance(rule, ReleaseRule)
    exceptions = {**dict(rule.exceptions), month: day}
    return changed(panel, id, release=replace(rule, exceptions=exceptions))


@pytest.mark.parametrize(
    "fields",
    [
        {"adjustment": "SA"},
        {"unit": "bn USD"},
        {"transform": "level"},
        {"nation": "TW"},
    ],
)
def test_how_a_series_is_measured_counts(panel: Panel, fields: dict[str, str]) -> None:
    assert changed(panel, **fields).fingerprint() != panel.fingerprint()


def test_words_of_the_catalog_do_not_count(panel: Panel) -> None:
    words = dict.fromkeys(("title", "publisher", "code", "licence", "retrieved", "note"), "other")
    assert changed(panel, **words).fingerprint() == panel.fingerprint()


def test_the_order_of_columns_and_of_the_catalog_does_not_count(panel: Panel) -> None:
    ids = list(panel.values.columns)
    assert panel.select(reversed(ids)).fingerprint() == panel.fingerprint()
    backwards = {id: panel.catalog[id] for id in reversed(list(panel.catalog))}
    again = Panel(panel.values, backwards, panel.calendar, panel.origin)
    assert again.fingerprint() == panel.fingerprint()
    assert panel.select(ids[:-1]).fingerprint() != panel.fingerprint()


def test_figures_swapped_between_series_count(panel: Panel) -> None:
    both = panel.select(["usdkrw", "usdjpy"])
    values = both.values.rename(columns={"usdkrw": "usdjpy", "usdjpy": "usdkrw"})
    swapped = Panel(values, panel.catalog, panel.calendar, panel.origin)
    assert swapped.fingerprint() != both.fingerprint()


def test_the_months_of_the_figures_count(panel: Panel) -> None:
    """The same figures out on the same days, each of the month before."""
    one = panel.select(["usdkrw"])
    rule, shift = ReleaseRule(day=3, months_after=1), ReleaseRule(day=3, months_after=2)
    entry = one.catalog["usdkrw"]
    first = Panel(one.values, {"usdkrw": replace(entry, release=rule)}, "KR", "2026-05-15")
    earlier = first.values.set_axis(first.months - 1)
    # The calendar that counts must be the same, so another series has the outer months.
    outer = pd.DataFrame({"own": 1.0}, pd.period_range("1980-01", "2026-05", freq="M"))
    own = Series(id="own", release=ReleaseRule(day=1, months_after=0))
    a, b = (
        Panel(
            outer.join(values),
            {"own": own, "usdkrw": replace(entry, release=r)},
            "KR",
            "2026-05-15",
        )
        for values, r in ((first.values, rule), (earlier, shift))
    )
    assert a.fingerprint() != b.fingerprint()


def test_months_in_which_nothing_was_published_do_not_count(panel: Panel) -> None:
    one = panel.select(["usdkrw"])
    old = pd.Series([5.0], ["1970-01"], name="own")
    wider = one.with_series(old, Series(id="own", release=ReleaseRule(day=1))).select(["usdkrw"])
    assert len(wider.values) > len(one.values)
    assert wider.fingerprint() == one.fingerprint()


def test_an_exception_for_later_months_leaves_the_past_as_it_was(panel: Panel) -> None:
    planned = late(panel, "2026-09", "2026-12-01")
    assert planned.catalog["us_ip"] != panel.catalog["us_ip"]
    for day in ("2023-01-01", "2026-05-15"):
        assert planned.as_of(day).fingerprint() == panel.as_of(day).fingerprint()


@pytest.mark.parametrize("id", ["us_ip", TARGET])
def test_release_days_count_from_the_day_on_which_they_can_be_seen(panel: Panel, id: str) -> None:
    moved = late(panel, "2022-08", "2022-10-21", id)
    same = [
        day
        for day in ("2022-09-01", "2022-10-20", "2022-10-21", "2023-01-01")
        if moved.as_of(day).fingerprint() == panel.as_of(day).fingerprint()
    ]
    planned = panel.catalog[id].release.dates(pd.period_range("2022-08", "2022-08", freq="M"))[0]
    assert same == (["2022-09-01"] if planned > np.datetime64("2022-09-01") else [])


def test_being_late_by_the_rule_counts_though_no_figure_moves(panel: Panel) -> None:
    """A figure that was due and is missing makes a series stale, which models see."""
    day, id = "2023-01-01", "us_ip"
    values = panel.as_of(day).values
    on_time = Panel(values, panel.catalog, panel.calendar, day)
    rule = ReleaseRule(day=1, months_after=1)
    eager = Panel(
        values,
        panel.catalog.with_series(replace(panel.catalog[id], release=rule)),
        panel.calendar,
        day,
    )
    assert eager.is_stale(id) > on_time.is_stale(id)
    assert eager.fingerprint() != on_time.fingerprint()


def test_a_holiday_moved_within_its_month_counts(
    panel: Panel, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {day: panel.as_of(day).fingerprint() for day in ("1995-06-01", "2024-06-01")}
    table = holidays_of("KR")
    wednesday = np.datetime64("2024-10-09")
    assert wednesday in table.days
    days = np.where(table.days == wednesday, np.datetime64("2024-10-10"), table.days)
    moved = replace(table, days=days)
    monkeypatch.setattr(calendar_module, "holidays_of", lambda _: moved)
    after = {day: panel.as_of(day).fingerprint() for day in before}
    assert after["2024-06-01"] != before["2024-06-01"]
    # More than five years before: no forecast looks so far.
    assert after["1995-06-01"] == before["1995-06-01"]


def test_equal_fingerprints_mean_equal_forecasts(panel: Panel) -> None:
    planned = late(panel, "2026-09", "2026-12-01").as_of("2026-05-01")
    ids = list(reversed(panel.values.columns))
    shuffled = panel.as_of("2026-05-01").select(ids)
    assert planned.fingerprint() == shuffled.fingerprint()
    first, second = (RandomWalk(n_draws=20).fit(p, TARGET).forecast(6) for p in (planned, shuffled))
    np.testing.assert_array_equal(first.values, second.values)
