"""The gate of every answer, on the figures of the snapshot."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from tradeshock.features import Panel
from tradeshock.features.errors import OverlapError
from tradeshock.features.publishers.customs import CustomsCountries, CustomsGoods, CustomsItems
from tradeshock.features.sources.overlap import Passed, check
from tradeshock.features.sources.parts import totals
from tradeshock.features.vintages.answer import Answer

NOW = datetime(2026, 11, 25, tzinfo=UTC)
PARTS = {"items": CustomsItems.series, "countries": CustomsCountries.series}


def answer(table: pd.DataFrame, when: str = "month") -> Answer:
    """Answer of a frame of months by series."""
    tall = table.rename_axis(index=when, columns="series").stack().rename("value").reset_index()
    return Answer("test", NOW, tall)


def recent(panel: Panel, *series: str, months: int = 30) -> pd.DataFrame:
    """Last known months of series, and one month more that repeats the one of a year ago."""
    table = panel.values[list(series)].dropna(how="all").tail(months)
    table.loc[table.index[-1] + 1] = table.iloc[-12]
    return table


def refusal(panel: Panel, table: pd.DataFrame) -> str:
    with pytest.raises(OverlapError) as caught:
        check(answer(table), panel)
    return str(caught.value)


def test_a_series_agrees_with_itself(panel: Panel) -> None:
    for name in panel.values.columns[::5]:
        table = panel.values[[str(name)]].dropna()
        given = answer(table)
        assert check(given, panel) == Passed(given)


def test_totals_and_parts_are_those_of_the_snapshot(panel: Panel) -> None:
    named = set(totals()) | {part for sets in totals().values() for parts in sets for part in parts}
    assert named <= set(panel.values.columns)
    given = answer(panel.values)
    assert check(given, panel).answer is given


@pytest.mark.parametrize("name", ["exports_total", "usdkrw", "us_ip", "dram_export_price", "gpr"])
@pytest.mark.parametrize("factor", [1e-6, 1e-3, 1e3, 1e6])
def test_another_unit_is_refused(panel: Panel, name: str, factor: float) -> None:
    assert "unit" in refusal(panel, panel.values[[name]].dropna() * factor)


@pytest.mark.parametrize("name", ["exports_total", "usdkrw", "brent", "nanya_revenue", "gpr"])
@pytest.mark.parametrize("factor", [0.8, 1.1, 1300.0])
def test_an_amount_or_a_price_has_no_new_base(panel: Panel, name: str, factor: float) -> None:
    assert "its unit has changed" in refusal(panel, panel.values[[name]].dropna() * factor)


@pytest.mark.parametrize("name", ["us_ip", "reer_kr", "world_trade_volume", "share_prices_kr"])
@pytest.mark.parametrize("factor", [0.8, 1.07, 1.4])
def test_an_index_is_rebased_with_its_whole_history_only(
    panel: Panel, name: str, factor: float
) -> None:
    whole = panel.values[[name]].dropna() * factor
    assert check(answer(whole), panel).rebased == (name,)
    assert "did not come with it" in refusal(panel, whole.tail(60))


def test_revisions_of_a_year_pass(panel: Panel) -> None:
    generator = np.random.default_rng(1)
    for name in ("us_ip", "us_electronics_orders", "exports_steel"):
        table = panel.values[[name]].dropna()
        wobble = 1 + 0.01 * generator.standard_normal((len(table), 1))
        assert check(answer(table * wobble), panel).rebased == ()


def test_a_record_month_passes_and_a_thousandfold_one_does_not(panel: Panel) -> None:
    table = recent(panel, "exports_semiconductors")
    for factor, passes in ((2.5, True), (0.3, True), (1e3, False), (1e-3, False)):
        changed = table.copy()
        changed.iloc[-1] *= factor
        if passes:
            assert check(answer(changed), panel).rebased == ()
        else:
            assert "times the median" in refusal(panel, changed)


@pytest.mark.parametrize("service", PARTS)
def test_two_slots_that_changed_places_are_refused(panel: Panel, service: str) -> None:
    names = [name for name in PARTS[service] if not name.endswith("_days")]
    table = recent(panel, *names)
    assert check(answer(table), panel).rebased == ()
    # Those of a like size are the ones that could pass for each other.
    by_size = table.median().sort_values().index
    pairs = [(by_size[i], by_size[j]) for i in range(11) for j in range(i + 1, min(i + 3, 11))]
    for first, second in pairs:
        order = {first: second, second: first}
        moved = table.rename(columns=order)
        assert "test: " in refusal(panel, moved)


@settings(max_examples=30)
@given(seed=st.integers(0, 2**32 - 1))
def test_slots_in_any_other_order_are_refused(panel: Panel, seed: int) -> None:
    names = list(CustomsGoods.series)
    order = np.random.default_rng(seed).permutation(len(names))
    moved = recent(panel, *names)
    moved.columns = pd.Index([names[i] for i in order])
    if list(order) == list(range(len(names))):
        assert check(answer(moved), panel).rebased == ()
    else:
        refusal(panel, moved)


def test_slots_of_nearly_the_same_size_are_told_apart(panel: Panel) -> None:
    values = panel.values.copy()
    values["exports_to_us"] = values["exports_to_china"] * 1.015
    known = Panel(values, panel.catalog, panel.calendar, panel.origin)
    table = recent(known, "exports_to_us", "exports_to_china")
    assert check(answer(table), known).rebased == ()
    order = {"exports_to_us": "exports_to_china", "exports_to_china": "exports_to_us"}
    assert "the order of the answer has changed" in refusal(known, table.rename(columns=order))


def test_the_message_names_what_it_looks_like(panel: Panel) -> None:
    table = recent(panel, "exports_ships").rename(columns={"exports_ships": "exports_steel"})
    assert "such as exports_ships" in refusal(panel, table)


def test_parts_above_their_total_are_refused(panel: Panel) -> None:
    table = recent(panel, *PARTS["items"])
    month = table.index[-1]
    table.loc[month, "exports_total"] = table.loc[month, "exports_semiconductors"]
    assert f"more than exports_total with {table.loc[month, 'exports_total']:,.0f}" in refusal(
        panel, table
    )
    table = recent(panel, "exports_total_first_10_days", "exports_total_first_20_days")
    table.loc[month, "exports_total_first_20_days"] = 1.0 + table.iloc[-1].min() / 2
    assert "exports_total_first_10_days make" in refusal(panel, table)


def test_a_part_is_compared_with_a_total_that_is_known(panel: Panel) -> None:
    table = panel.values[["exports_semiconductors"]].dropna().tail(30)
    table.iloc[-1] = panel.values["exports_total"].dropna().iloc[-1] * 1.01
    assert "more than exports_total" in refusal(panel, table)


def test_figures_below_zero_are_refused(panel: Panel) -> None:
    table = recent(panel, "exports_steel")
    table.iloc[-1] *= -1
    assert "below zero" in refusal(panel, table)


def test_zeros_of_months_to_come_are_refused(panel: Panel) -> None:
    table = recent(panel, "exports_steel")
    table.iloc[-1] = 0.0
    assert "not out yet" in refusal(panel, table)


def test_what_has_nothing_in_common_cannot_be_compared(panel: Panel) -> None:
    table = panel.values[["exports_total"]].dropna().tail(5)
    table.index = table.index + 5
    assert "ask for earlier months" in refusal(panel, table)
    assert "nothing is known" in refusal(panel, table.rename(columns={"exports_total": "mine"}))


def test_a_series_around_zero_is_compared_by_its_moves(panel: Panel) -> None:
    table = panel.values[["gscpi"]].dropna()
    assert check(answer(table * 1.1 + 0.05), panel).rebased == ()
    for other in (table * 10, -table, table.shift(7).dropna(), table * 0):
        assert "correlates" in refusal(panel, other)


def days(panel: Panel, name: str, factor: float = 1.0) -> Answer:
    """Quotes of all working days, at the means of their months."""
    known = panel.values[name].dropna().tail(40) * factor
    index = pd.bdate_range(known.index[0].start_time, known.index[-1].end_time)
    quotes = pd.DataFrame({name: known[index.to_period("M")].to_numpy()}, index=index)
    return answer(quotes, "day")


def test_quotes_are_compared_by_the_means_of_months(panel: Panel) -> None:
    given = days(panel, "usdkrw")
    assert check(given, panel).answer is given
    with pytest.raises(OverlapError, match="unit"):
        check(days(panel, "usdkrw", 1e-3), panel)


def test_quotes_of_an_index_are_brought_to_the_known_base(panel: Panel) -> None:
    passed = check(days(panel, "share_prices_kr", 21.5), panel)
    assert passed.rebased == ("share_prices_kr",)
    expected = days(panel, "share_prices_kr").figures["value"]
    assert passed.answer.figures["value"].to_numpy() == pytest.approx(expected.to_numpy())


def test_a_withdrawn_figure_is_no_figure_to_compare(panel: Panel) -> None:
    given = answer(recent(panel, "exports_steel"))
    table = given.figures.copy()
    table.loc[len(table) - 3, "value"] = np.nan
    withdrawn = replace(given, figures=table)
    assert check(withdrawn, panel).answer is withdrawn
