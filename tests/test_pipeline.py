import subprocess
import sys
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st
from sklearn.base import clone

from tradeshock.features import FeaturePipeline, Panel, ReleaseRule
from tradeshock.features.errors import PanelError, StaleSeriesWarning
from tradeshock.features.indicators.block import Block
from tradeshock.features.indicators.calendar_effects import CalendarEffects
from tradeshock.features.indicators.changes import (
    below_peak,
    change,
    net_of_season,
    trailing_sum,
    volatility,
    year_on_year,
)
from tradeshock.features.indicators.exchange_rates import ExchangeRates
from tradeshock.features.indicators.flash import Flash
from tradeshock.features.indicators.lags import TargetLags
from tradeshock.features.indicators.memory_cycle import MemoryCycle
from tradeshock.features.indicators.partner_demand import PartnerDemand
from tradeshock.features.indicators.prices import Prices
from tradeshock.features.indicators.semiconductors import SemiconductorCycle
from tradeshock.features.indicators.share_prices import SharePrices
from tradeshock.features.indicators.uncertainty import Uncertainty
from tradeshock.models.checks.case import disturbed


@pytest.fixture(scope="module")
def panel(panel: Panel) -> Panel:
    """The embedded figures without daily quotes, which panels made here have not."""
    return panel.with_quotes(None)


@pytest.fixture(scope="module")
def pipeline(panel: Panel) -> FeaturePipeline:
    return FeaturePipeline().fit(panel)


@pytest.fixture(scope="module")
def target_only(panel: Panel) -> Panel:
    total = panel.series("exports_total").loc["1998-01":]
    return Panel.from_frame(total, ReleaseRule.after(days=40), calendar="TW")


# -- one build serves every origin ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "months"),
    [
        ("after_total", ["1999-05", "2008-10", "2013-03", "2020-04", "2024-10", "2026-04"]),
        # American figures were weeks late.
        ("after_total", ["2025-09", "2025-10", "2025-11", "2025-12", "2026-01", "2026-02"]),
        ("after_10d", ["2016-06", "2019-02", "2025-11", "2026-05"]),
        ("after_20d", ["2016-06", "2020-10", "2025-11", "2026-04"]),
    ],
)
def test_rows_are_the_same_from_cut_and_uncut_panel(
    panel: Panel, pipeline: FeaturePipeline, state: str, months: list[str]
) -> None:
    whole = pipeline.transform(panel, state)
    for month in months:
        (origin,) = panel.origins(month, month, state)
        cut = pipeline.transform(panel.as_of(origin))
        assert str(cut.index[-1]) == month
        pd.testing.assert_frame_equal(cut, whole.loc[:month], check_exact=True)
        assert list(FeaturePipeline().fit_transform(panel.as_of(origin)).columns) == list(
            whole.columns
        )


def test_between_standard_origins_the_last_row_is_that_of_the_earlier(
    panel: Panel, pipeline: FeaturePipeline
) -> None:
    at = pipeline.transform(panel.as_of("2025-03-01"))
    days_later = pipeline.transform(panel.as_of("2025-03-09"))
    pd.testing.assert_frame_equal(at, days_later, check_exact=True)


def test_rows_of_another_state_end_where_it_was_last_reached(
    panel: Panel, pipeline: FeaturePipeline
) -> None:
    known = panel.as_of("2026-05-11")
    assert known.state() == "after_10d"
    assert str(pipeline.transform(known, "after_total").index[-1]) == "2026-05"
    assert str(pipeline.transform(known, "after_20d").index[-1]) == "2026-04"


@pytest.mark.parametrize("origin", ["2009-01-01", "2020-02-21", "2025-12-11"])
def test_later_figures_change_no_row(panel: Panel, pipeline: FeaturePipeline, origin: str) -> None:
    later = panel.release_dates > np.datetime64(origin)
    values = panel.values * np.where(later, 1.7, 1.0)
    other = Panel(values, panel.catalog, "KR", panel.origin)
    state = panel.as_of(origin).state()
    rows = panel.as_of(origin).last_month("exports_total") + 1
    pd.testing.assert_frame_equal(
        pipeline.transform(other, state).loc[:rows],
        pipeline.transform(panel, state).loc[:rows],
        check_exact=True,
    )


# -- lags count from what was published -----------------------------------------------------------


def test_late_series_lags_from_its_own_last_month(panel: Panel) -> None:
    table = PartnerDemand(["us_ip"]).fit(panel).transform(panel, "after_total")
    x = np.log(panel.series("us_ip"))
    growth = x - x.shift(3)
    # Ordinarily out on day 17 for the month before; in autumn 2025 September's came in December.
    for month, last in {"2025-06": "2025-04", "2025-12": "2025-08", "2026-04": "2026-02"}.items():
        origin = panel.origins(month, month)[0]
        assert str(panel.as_of(origin).last_month("us_ip")) == last
        assert table.at[pd.Period(month), "us_ip_growth_3"] == growth[last]


def test_seasonal_series_are_compared_with_a_year_before(panel: Panel) -> None:
    table = PartnerDemand(["exports_to_us"]).fit_transform(panel.as_of("2024-05-01"))
    sold = panel.series("exports_to_us")
    # March was out on 15 April, April was not yet.
    month = pd.Period("2024-05")
    quarter = sold["2024-01":"2024-03"].sum() / sold["2023-01":"2023-03"].sum()
    assert table.at[month, "exports_to_us_yoy"] == pytest.approx(
        np.log(sold["2024-03"] / sold["2023-03"]), abs=1e-12
    )
    assert table.at[month, "exports_to_us_yoy_3"] == pytest.approx(np.log(quarter), abs=1e-12)


def test_target_lags_by_working_day(panel: Panel) -> None:
    table = TargetLags().fit_transform(panel)
    total = panel.series("exports_total")
    days = panel.calendar.working_days(pd.PeriodIndex(total.index))
    daily = np.log(total / days)
    yoy = daily - daily.shift(12)
    row = table.loc[pd.Period("2023-01")]
    assert row["yoy"] == pytest.approx(yoy["2022-12"], abs=1e-12)
    assert row["yoy_lag_6"] == pytest.approx(yoy["2022-06"], abs=1e-12)
    assert row["yoy_change_3"] == pytest.approx(yoy["2022-12"] - yoy["2022-09"], abs=1e-12)
    two = daily - daily.shift(2)
    usual = np.mean([two[f"{year}-12"] for year in range(2017, 2022)])
    assert row["growth_2"] == pytest.approx(two["2022-12"] - usual, abs=1e-12)
    assert row["below_peak"] <= 0.0


def test_a_steady_season_leaves_no_growth() -> None:
    season = np.tile(np.sin(np.arange(12)), 12)
    np.testing.assert_allclose(net_of_season(change(season, 1))[80:], 0.0, atol=1e-12)


def test_semiconductor_cycle(panel: Panel) -> None:
    table = SemiconductorCycle().fit_transform(panel.as_of("2026-05-01"))
    chips, total = panel.series("exports_semiconductors_ict"), panel.series("exports_total")
    share = chips["2025-04":"2026-03"].sum() / total["2025-04":"2026-03"].sum()
    row = table.iloc[-1]
    assert row["share"] == pytest.approx(share)
    assert row["share_change_12"] > 0.0
    peaks = [name for name in table.columns if name.endswith("below_peak")]
    assert len(peaks) == 3
    assert (table[peaks].dropna() <= 0.0).all(axis=None)


def test_levels_enter_as_levels(panel: Panel) -> None:
    table = Prices(["gscpi", "brent"]).fit_transform(panel)
    assert table.iloc[-1]["gscpi_level"] == panel.series("gscpi").iloc[-1]
    assert "brent_level" not in table
    assert table.iloc[-1]["brent_growth_1"] == pytest.approx(
        np.log(panel.series("brent").iloc[-1] / panel.series("brent").iloc[-2])
    )


def test_uncertainty_is_measured_from_its_usual_level(panel: Panel) -> None:
    table = Uncertainty(["gpr"]).fit_transform(panel)
    logs = np.log(panel.series("gpr"))
    assert table.iloc[-1]["gpr_1"] == pytest.approx(logs.iloc[-1] - logs.iloc[-60:].mean())


def test_exchange_rates_with_and_without_volatility(panel: Panel) -> None:
    table = ExchangeRates().fit_transform(panel)
    plain = ExchangeRates(volatility_months=None).fit_transform(panel)
    assert [c for c in table.columns if c not in plain.columns] == [
        f"{id}_volatility" for id in ("usdkrw", "usdjpy", "usdcny", "usdtwd")
    ]


# -- calendar and flash ---------------------------------------------------------------------------


def test_temporary_holiday_is_unknown_before_its_announcement(panel: Panel) -> None:
    table = CalendarEffects().fit_transform(panel)
    # 27 January 2025 became a holiday by announcement of mid-January.
    day = panel.origins("2025-01", "2025-01")[0]
    assert np.exp(table.at[pd.Period("2025-01"), "working_days"]) == pytest.approx(21.0)
    months = pd.period_range("2025-01", "2025-01", freq="M")
    assert panel.as_of(day).calendar.working_days(months)[0] == 21.0
    assert panel.calendar.working_days(months)[0] == 20.0
    later = CalendarEffects()
    later.fit(panel)
    assert np.exp(
        later.transform(panel, "after_20d").at[pd.Period("2025-01"), "working_days"]
    ) == pytest.approx(20.0)


def test_flash_holds_the_month_that_is_running(panel: Panel) -> None:
    block = Flash().fit(panel)
    late = block.transform(panel, "after_20d")
    id = "exports_total_first_20_days"
    counted = panel.series(id)
    days = panel.calendar.working_days(pd.PeriodIndex(counted.index), "first_20_days")
    growth = np.log(counted / days)
    month = pd.Period("2026-04")
    assert late.at[month, "total_yoy"] == pytest.approx(growth[month] - growth[month - 12])
    early = block.transform(panel, "after_10d")
    assert early.at[month, "total_yoy"] != late.at[month, "total_yoy"]
    assert block.transform(panel, "after_total").isna().all(axis=None)
    assert list(early.columns) == list(late.columns)
    assert late.loc["2018-01":"2026-04"].notna().all(axis=None)


def test_part_of_itself_is_not_taken_apart(panel: Panel) -> None:
    block = Flash().fit(panel, "exports_semiconductors")
    columns = block.transform(panel, "after_20d").loc["2020-01":"2026-04"]
    assert columns[["total_yoy"]].notna().all(axis=None)
    assert [name for name in columns if not name.startswith("total_")] == []


# -- pipeline -------------------------------------------------------------------------------------


def test_names(panel: Panel, pipeline: FeaturePipeline) -> None:
    names = pipeline.get_feature_names_out()
    assert 60 <= len(names) <= 190
    assert len(set(names)) == len(names)
    assert list(names) == list(pipeline.transform(panel).columns)
    assert {name.split("__")[0] for name in names} == {
        "lags",
        "semiconductors",
        "exchange_rates",
        "partner_demand",
        "prices",
        "uncertainty",
        "calendar",
        "flash",
    }
    latest = pipeline.transform(panel).iloc[-1]
    assert latest.notna().all(), latest.index[latest.isna()].tolist()


def test_parameters_and_clones(panel: Panel) -> None:
    pipeline = FeaturePipeline([("lags", TargetLags()), ("prices", Prices(["brent"]))])
    pipeline.fit(panel)
    other = clone(pipeline)
    assert not hasattr(other, "blocks_")
    assert other.blocks[1][1] is not pipeline.blocks[1][1]
    assert repr(other) == repr(pipeline)
    assert "brent" in repr(other)
    other.set_params(blocks=[("prices", Prices().set_params(series=["copper"]))])
    assert [c.split("_growth")[0] for c in other.fit_transform(panel).columns] == [
        "prices__copper"
    ] * 3
    with pytest.raises(ValueError, match="no parameter 'seris'"):
        Prices().set_params(seris=[])


@pytest.mark.parametrize("unfitted", [FeaturePipeline(), Prices()])
def test_unfitted(panel: Panel, unfitted: FeaturePipeline) -> None:
    with pytest.raises(PanelError, match="not fitted"):
        unfitted.transform(panel)
    with pytest.raises(PanelError, match="not fitted"):
        unfitted.get_feature_names_out()


def test_two_blocks_of_one_name(panel: Panel) -> None:
    with pytest.raises(PanelError, match="share a name"):
        FeaturePipeline([("a", Prices()), ("a", TargetLags())]).fit(panel)


def test_target_alone(target_only: Panel) -> None:
    table = FeaturePipeline().fit_transform(target_only)
    assert {name.split("__")[0] for name in table.columns} == {"lags", "calendar"}
    assert table.index[-1] == target_only.last_month("exports_total") + 1
    origin = target_only.origins("2019-06", "2019-06")[0]
    assert str(origin.date()) == "2019-07-10"
    cut = FeaturePipeline().fit_transform(target_only.as_of(origin))
    pd.testing.assert_frame_equal(cut, table.loc[:"2019-06"], check_exact=True)


def test_stale_series_is_named_and_its_columns_run_dry(panel: Panel) -> None:
    block = SemiconductorCycle(["us_semiconductor_ip", "semiconductor_export_price"])
    # Its figure of April is due on 14 May 2026; that of December is the last there is.
    months = panel.values.index < pd.Period("2025-12")
    older = Panel(
        panel.values.assign(
            semiconductor_export_price=panel.values["semiconductor_export_price"].where(months)
        ),
        panel.catalog,
        "KR",
        panel.origin,
    )
    with pytest.warns(StaleSeriesWarning, match=r"export_price \(ends in 2025-11, though 2026-03"):
        table = block.fit_transform(older)
    prices = table.filter(like="semiconductor_export_price")
    assert prices.iloc[-1].isna().all()
    assert prices.loc["2026-02"].notna().all()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        block.fit(panel)


def test_import_is_light() -> None:
    code = (
        "import sys; import tradeshock.features.indicators.pipeline; "
        "heavy = {'sklearn', 'scipy', 'statsmodels', 'matplotlib', 'holidays'} & set(sys.modules); "
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


# -- arithmetic -----------------------------------------------------------------------------------

series = st.lists(st.floats(0.5, 1e4), min_size=30, max_size=60).map(np.array)


@given(series, st.integers(2, 12))
def test_changes_agree_with_pandas(x: np.ndarray, months: int) -> None:
    s = pd.Series(x)
    np.testing.assert_allclose(change(x, months), s.diff(months))
    np.testing.assert_allclose(trailing_sum(x, months), s.rolling(months).sum(), rtol=1e-9)
    np.testing.assert_allclose(
        volatility(x, months), s.diff().rolling(months).std(ddof=0), rtol=1e-6, atol=1e-3
    )
    np.testing.assert_allclose(
        year_on_year(x, months), np.log(s.rolling(months).sum()).diff(12), atol=1e-9
    )
    np.testing.assert_allclose(
        below_peak(x, months), s - s.rolling(months, min_periods=1).max(), atol=1e-9
    )


@given(series, st.integers(1, 29))
def test_changes_look_back_only(x: np.ndarray, cut: int) -> None:
    for transform in (
        lambda v: change(v, 3),
        lambda v: below_peak(v, 12),
        lambda v: volatility(v, 6),
        lambda v: year_on_year(v, 3),
        lambda v: net_of_season(v, 1),
    ):
        np.testing.assert_array_equal(transform(x)[:cut], transform(x[:cut]))


def test_share_prices_grow_and_stand_below_their_peak(panel: Panel) -> None:
    row = SharePrices().fit_transform(panel.as_of("2020-04-01")).iloc[-1]
    prices = np.log(panel.series("share_prices_kr"))[:"2020-03"]
    assert row["share_prices_kr_growth_3"] == pytest.approx(prices.iloc[-1] - prices.iloc[-4])
    below = prices.iloc[-1] - prices.iloc[-12:].max()
    assert row["share_prices_kr_below_peak"] == pytest.approx(below)
    assert below < -0.05


def test_the_memory_cycle_is_of_the_last_published_months(panel: Panel) -> None:
    # On the 12th the maker has filed April, the Bank of Korea prints on the 14th.
    row = MemoryCycle().fit_transform(panel.as_of("2026-05-12")).iloc[-1]
    revenue, price = (np.log(panel.series(id)) for id in ("nanya_revenue", "dram_export_price"))
    assert row["nanya_revenue_growth_3"] == pytest.approx(revenue["2026-04"] - revenue["2026-01"])
    assert row["dram_export_price_growth_6"] == pytest.approx(price["2026-03"] - price["2025-09"])
    value, weight = (
        np.log(panel.series(id).rolling(3).sum()) for id in ("exports_hs854232", "weight_hs854232")
    )
    unit = (value - 2.0 * weight).diff(12)["2026-03"]
    assert row["price_against_volume"] == pytest.approx(unit)


@pytest.mark.parametrize("block", [SharePrices(), MemoryCycle()], ids=["shares", "memory"])
@pytest.mark.parametrize("origin", ["2009-01-01", "2020-02-21", "2025-12-11"])
def test_new_blocks_look_back_only(panel: Panel, block: Block, origin: str) -> None:
    other = disturbed(panel, pd.Timestamp(origin))
    state = panel.as_of(origin).state()
    rows = panel.as_of(origin).last_month("exports_total") + 1
    tables = [block.fit(panel).transform(p, state).loc[:rows] for p in (panel, other)]
    pd.testing.assert_frame_equal(*tables, check_exact=True)
    cut = block.fit(panel).transform(panel.as_of(origin), state)
    pd.testing.assert_frame_equal(cut, tables[0], check_exact=True)
