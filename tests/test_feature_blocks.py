"""Blocks of any series against slow loops, and `check_block` against blocks that are wrong."""

from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st
from sklearn.base import clone

from tradeshock.features import FeaturePipeline, Panel, ReleaseRule, load_panel
from tradeshock.features.errors import ModelError, PanelError, StaleSeriesWarning
from tradeshock.features.indicators import (
    Block,
    Flash,
    Growth,
    Interaction,
    Lags,
    MemoryCycle,
    Prices,
    Ratio,
    RollingMean,
    Spread,
    Volatility,
    describe_blocks,
)
from tradeshock.features.indicators.block import values_of
from tradeshock.features.indicators.changes import change, lagged
from tradeshock.features.indicators.general.described import shipped_blocks
from tradeshock.forecast import backtest, search
from tradeshock.models import (
    Combination,
    DirectRidge,
    GradientBoosting,
    RandomWalk,
    adjusted_level,
    check_block,
    check_model,
)
from tradeshock.models.adjustment import CalendarAdjustment
from tradeshock.models.checks.check import ConformanceError
from tradeshock.models.checks.of_blocks import BLOCK_CHECKS
from tradeshock.models.direct.boosting import SIGNS

PANEL = load_panel()
GENERAL = [
    Growth("usdkrw", [1, 3]),
    Growth(["exports_total", "gscpi"]),
    Lags("us_ip", (0, 1, 12)),
    RollingMean(["copper", "gscpi"], [3, 6]),
    Volatility("usdkrw", 6),
    Ratio("copper", "exports_to_us", [1]),
    Interaction(Growth("usdkrw"), Growth(["us_ip", "gscpi"], 3)),
    Interaction(Growth("exports_total", 12), Flash()),
]


# -- each by hand ---------------------------------------------------------------------------------


@settings(max_examples=20)
@given(
    id=st.sampled_from(["usdkrw", "us_ip", "gscpi", "exports_to_us", "exports_total"]),
    month=st.sampled_from([str(m) for m in pd.period_range("2003-01", "2026-04", freq="M")]),
    months=st.integers(1, 24),
    lag=st.integers(0, 6),
)
def test_columns_are_those_of_a_slow_look_at_the_day(
    id: str, month: str, months: int, lag: int
) -> None:
    (day,) = PANEL.origins(month, month)
    known = PANEL.as_of(day)
    x = known.series(id)
    level = np.log(x) if known.catalog[id].transform == "log" else x
    news = level.diff() if known.catalog[id].transform == "log" else level
    blocks = [
        Growth(id, months),
        Lags(id, lag),
        RollingMean(id, months),
        Volatility(id, max(months, 2)),
    ]
    row = FeaturePipeline(blocks).to_frame(PANEL, [day]).iloc[0]
    expected = [
        level.iloc[-1] - level.iloc[-1 - months],
        news.iloc[-1 - lag],
        news.iloc[-months:].mean(),
        level.diff().iloc[-max(months, 2) :].std(ddof=0),
    ]
    assert not known.is_stale(id)
    np.testing.assert_allclose(row.to_numpy(), expected, rtol=1e-9, atol=1e-12)
    assert list(row.index) == [
        f"growth__{id}_growth_{months}",
        f"lags__{id}_lag_{lag}",
        f"rolling_mean__{id}_mean_{months}",
        f"volatility__{id}_volatility_{max(months, 2)}",
    ]


@pytest.fixture(scope="module")
def rates(panel: Panel) -> Panel:
    """Two made-up rates, the second published a month later than the first."""
    months = pd.period_range("2000-01", "2026-03", freq="M")
    rng = np.random.default_rng(0)
    made = panel
    for id, day in (("long_rate", 5), ("short_rate", 35)):
        entry = replace(
            panel.catalog["gscpi"], id=id, unit="per cent", release=ReleaseRule.after(days=day)
        )
        last = months if day == 5 else months[:-1]
        made = made.with_series(pd.Series(rng.normal(2, 1, len(last)), last, name=id), entry)
    return made


def test_pairs_wait_for_the_later_of_the_two(rates: Panel) -> None:
    row = Spread("long_rate", "short_rate", 3).fit_transform(rates.as_of("2025-06-01")).iloc[-1]
    known = rates.as_of("2025-06-01")
    both = known.values[["long_rate", "short_rate"]].dropna()
    assert known.last_month("short_rate") < known.last_month("long_rate")
    gap = both["long_rate"] - both["short_rate"]
    assert row["long_rate_less_short_rate"] == gap.iloc[-1]
    assert row["long_rate_less_short_rate_change_3"] == gap.iloc[-1] - gap.iloc[-4]
    ratio = Ratio("copper", "exports_to_us").fit_transform(rates.as_of("2025-06-01")).iloc[-1]
    both = np.log(known.values[["copper", "exports_to_us"]].dropna())
    gap = both["copper"] - both["exports_to_us"]
    assert ratio["copper_to_exports_to_us"] == pytest.approx(gap.iloc[-1], rel=1e-14)
    assert ratio.iloc[-1] == pytest.approx(gap.iloc[-1] - gap.iloc[-13], rel=1e-12)


def test_a_series_counts_for_three_months_after_its_next_figure_was_due(panel: Panel) -> None:
    months = pd.period_range("2010-01", "2024-12", freq="M")
    entry = replace(panel.catalog["gscpi"], id="ended", release=ReleaseRule.after(days=5))
    ended = panel.with_series(pd.Series(np.sin(np.arange(180)), months, name="ended"), entry)
    # On 1 May the figure of March was due, three months after the last.
    days = ended.origins("2025-04", "2025-07")
    with pytest.warns(StaleSeriesWarning, match="ended \\(ends in 2024-12"):
        rows = FeaturePipeline([Lags("ended", 0)]).to_frame(ended, days)
    assert rows.iloc[:, 0].notna().tolist() == [True, True, False, False]


def test_an_interaction_is_the_product_of_columns(panel: Panel) -> None:
    one, other = Growth("usdkrw", [1, 3]), Growth("us_ip")
    table = Interaction(one, other).fit_transform(panel)
    pd.testing.assert_series_equal(
        table["usdkrw_growth_3_x_us_ip_growth_1"],
        one.fit_transform(panel)["usdkrw_growth_3"] * other.fit_transform(panel)["us_ip_growth_1"],
        check_names=False,
    )
    assert Interaction(one, other).inputs(panel) == ("usdkrw", "us_ip")


@pytest.mark.parametrize(
    ("block", "message"),
    [
        (Growth("usdkr"), "the panel has no series 'usdkr'; perhaps"),
        (Growth("USDKRW"), r"no series 'USDKRW'; perhaps \['usdkrw'\]"),
        (Growth("usdkrw", 1.5), "months of Growth is 1.5; give whole numbers"),  # type: ignore[arg-type]
        (Growth("usdkrw", float("nan")), "months of Growth is nan; give whole numbers"),  # type: ignore[arg-type]
        (Growth("usdkrw", pd.NA), "months of Growth is <NA>; give whole numbers"),
        (Growth(None), "series of Growth is None; give ids of series"),  # type: ignore[arg-type]
        (Growth("usdkrw", []), "months of Growth is .*give whole numbers of months"),
        (Growth("usdkrw", 0), "months of Growth is 0"),
        (Growth("usdkrw", [1.5]), r"months of Growth is \[1.5\]"),  # type: ignore[list-item]
        (Lags("usdkrw", -1), r"lags of Lags is -1; .*at least 0, such as \[0, 2\]"),
        (Volatility("usdkrw", 1), r"at least 2, such as \[2, 4\]"),
        (Prices(["brent", "coper"]), r"no series 'coper'; perhaps \['copper'\]"),
        (Ratio("gscpi", "usdkrw"), "Ratio takes positive series.*gscpi is not"),
        (
            Spread("gscpi", "usdkrw"),
            "Spread takes series that are not .* in logs, and usdkrw",
        ),
        (Spread("gscpi", "long_rate"), "of one unit, got gscpi in .* and long_rate in 'per cent'"),
        (Interaction(Growth("usdkrw"), "us_ip"), "Interaction takes two blocks, got 'us_ip'"),  # type: ignore[arg-type]
    ],
)
def test_mistakes_are_one_sentence(rates: Panel, block: Block, message: str) -> None:
    with pytest.raises(PanelError, match=message):
        block.fit_transform(rates)


def test_the_series_of_a_block_of_ones_own_are_not_lost_in_silence(panel: Panel) -> None:
    one, listed = Momentum("usdkrw"), Momentum(("usdkrw",))
    pd.testing.assert_frame_equal(one.fit_transform(panel), listed.fit_transform(panel))
    assert one.inputs(panel) == ("usdkrw",)
    own = DirectRidge().default_features().named_blocks
    with pytest.raises(PanelError, match=r"no series 'usdkrx'; perhaps \['usdkrw'\]"):
        DirectRidge(features=[*own, Momentum(("usdkrx",))]).fit(panel)
    # What the author wrote down, and what was taken away, is left out.
    fewer = panel.select(["exports_total", "brent"])
    assert Momentum().inputs(fewer) == ("brent",)
    assert Momentum(("usdkrw", "brent")).inputs(fewer) == ("brent",)
    unknown = "no columns in state after_total: the panel has no series 'usdkrx'$"
    with pytest.raises(ConformanceError, match=unknown):
        check_block(Misspelt(), panel)


class Momentum(Block):
    """Growth over a quarter."""

    def __init__(self, series: str | tuple[str, ...] = ("bunker_fuel", "brent")) -> None:
        self.series = series

    def _columns(self, known, series):
        return {f"{id}_3": known.last(id, change(values_of(known, id), 3)) for id in series}


class Misspelt(Momentum):
    def __init__(self, series: tuple[str, ...] = ("usdkrx",)) -> None:
        super().__init__(series)


class GivesASeries(Momentum):
    def _columns(self, known, series):
        return pd.Series(known.last("brent", values_of(known, "brent")), known.months)


def test_what_a_block_gives_has_names(panel: Panel) -> None:
    with pytest.raises(ConformanceError, match="_columns of GivesASeries gave a Series"):
        check_block(GivesASeries(), panel)


# -- pipelines and models -------------------------------------------------------------------------


def test_a_block_that_is_defined_in_a_function_is_refused(panel: Panel) -> None:
    class Inside(Momentum):
        """Not to be found by its name."""

    model = DirectRidge(features=[Inside()], error_years=0)
    with pytest.raises(
        ModelError, match=r"of DirectRidge hold .*Inside.*; define the class or fun"
    ):
        model.fit(panel.as_of("2026-05-01"))
    days = panel.origins("2025-01", "2025-02")
    with pytest.raises(
        ModelError, match=r"of DirectRidge hold .*Inside.*; define the class or fun"
    ):
        backtest(model, panel, origins=days, steps=1, n_jobs=1)
    model.set_params(features=[Momentum()]).fit(panel.as_of("2026-05-01"))


class Gives(Block):
    """Two columns, the second of which is made of the first."""

    def __init__(self, second=None, series=("brent",)):
        self.second = second
        self.series = series

    def _columns(self, known, series):
        first = known.last("brent", np.log(values_of(known, "brent")))
        return {"first": first, "second": self.second(first, known.months)}


@pytest.mark.parametrize(
    ("second", "what"),
    [
        (lambda x, _: x[:-1], r"an array of \d+ values"),
        (lambda x, _: pd.Series(x[1:]), r"an array of \d+ values"),
        (lambda x, _: np.c_[x, x], r"an array of shape \(\d+, 2\)"),
        (lambda x, _: np.array(["a"] * len(x)), "a ndarray of <U1, not all numbers"),
        (lambda x, _: ["a", *x[1:].astype(object)], "a list of .*, not all numbers"),
        (lambda x, _: x + 0j, "a ndarray of complex128, not all numbers"),
        (lambda x, _: None, "a NoneType, not all numbers"),
        (lambda x, months: pd.Series(x, months[[0, *range(len(x) - 1)]]), "a Series in which a"),
    ],
)
def test_a_column_that_is_not_one_number_a_month_is_named(panel: Panel, second, what: str) -> None:
    known = panel.as_of("2026-05-01")
    message = (
        rf"^column 'second' of Gives is {what}.*; give an array of \d+ numbers, one a month of"
    )
    with pytest.raises(PanelError, match=message):
        Gives(second).fit_transform(known)


def test_a_series_without_months_is_taken_in_its_order(panel: Panel) -> None:
    known = panel.as_of("2026-05-01")
    for second in (
        lambda x, _: pd.Series(x),
        lambda x, _: pd.Series(x, dtype="Float64"),
        lambda x, _: list(x),
        lambda x, months: pd.Series(x, months)[::-1],
    ):
        table = Gives(second).fit_transform(known)
        assert table["first"].notna().sum() > 200
        np.testing.assert_array_equal(table["second"], table["first"])
    part = Gives(lambda x, months: pd.Series(x, months).iloc[-5:]).fit_transform(known)
    np.testing.assert_array_equal(part["second"].iloc[-5:], part["first"].iloc[-5:])
    assert part["second"].iloc[:-5].isna().all()


def test_each_column_has_to_be_known_at_some_time(panel: Panel) -> None:
    with pytest.raises(ConformanceError, match=r"nothing was ever known of \['second'\]$"):
        check_block(Gives(lambda x, _: x * np.nan), panel, only=["columns_are_numbers"])
    check_block(Gives(lambda x, _: x), panel, only=["columns_are_numbers"])


def test_a_pipeline_names_blocks_that_have_no_name(panel: Panel) -> None:
    blocks = [Growth("usdkrw"), ("growth_2", Flash()), RollingMean("us_ip"), Growth("us_ip")]
    pipeline = FeaturePipeline(blocks).fit(panel)
    assert [name for name, _ in pipeline.blocks_] == [
        "growth",
        "growth_2",
        "rolling_mean",
        "growth_3",
    ]
    assert set(pipeline.inputs(panel)) >= {"usdkrw", "us_ip", "exports_total"}
    with pytest.raises(PanelError, match="got 'us_ip' as a block"):
        FeaturePipeline([Growth("usdkrw"), "us_ip"]).fit(panel)  # type: ignore[list-item]
    for none in ([], Growth("usdkrw"), "usdkrw"):
        with pytest.raises(
            PanelError, match=r"blocks of a FeaturePipeline is .*; give blocks in a"
        ):
            FeaturePipeline(none).fit(panel)  # type: ignore[arg-type]


def test_parameters_of_blocks_are_set_through_the_pipeline(panel: Panel) -> None:
    pipeline = FeaturePipeline([("fx", Growth("usdkrw")), Interaction(Growth("brent"), Flash())])
    assert pipeline.get_params()["fx__months"] == (1,)
    assert pipeline.get_params()["interaction__first__series"] == "brent"
    other = clone(pipeline).set_params(fx__months=[2], interaction__first__series="copper")
    assert "fx__usdkrw_growth_2" in other.fit(panel).get_feature_names_out()
    assert other.inputs(panel)[:2] == ("usdkrw", "copper")
    assert "brent" in repr(pipeline)
    assert clone(other).set_params(**other.get_params()).get_params().keys() == (
        other.get_params().keys()
    )
    usual = FeaturePipeline()
    assert usual.get_params()["prices__series"][0] == "brent"
    assert usual.blocks is None
    usual.set_params(prices__series=("dubai",))
    assert "brent" not in usual.inputs(panel)
    for name in ("fx__week", "oil__months", "months"):
        with pytest.raises(ValueError, match=f"no parameter '{name.removeprefix('fx__')}'; it has"):
            pipeline.set_params(**{name: 1})


def test_a_grid_reaches_into_the_blocks(panel: Panel) -> None:
    model = DirectRidge(features=FeaturePipeline([("fx", Growth("usdkrw"))]), n_draws=20)
    days = panel.origins("2024-01", "2026-04")
    grid = {"features__fx__months": [(1,), (1, 3)]}
    found = search(model, grid, panel, origins=days, steps=1, n_jobs=1)
    made = [one.model.features.blocks[0][1].months for one in found.specifications.values()]
    assert sorted(made) == [(1,), (1, 3)]
    assert model.features.blocks[0][1].months == (1,)


def test_a_frame_has_one_row_an_origin(panel: Panel) -> None:
    pipeline = FeaturePipeline([Growth("usdkrw", [1, 3]), Flash()])
    days = panel.origins("2019-01", "2019-06") + panel.origins("2019-03", "2019-03", "after_20d")
    frame = pipeline.to_frame(panel, days)
    assert list(frame.index) == days
    for day, row in frame.iterrows():
        alone = FeaturePipeline(pipeline.blocks).fit_transform(panel.as_of(day)).iloc[-1]
        np.testing.assert_array_equal(row.to_numpy(), alone.to_numpy())
    assert not hasattr(pipeline, "blocks_")
    whole = pipeline.to_frame(panel)
    table = FeaturePipeline(pipeline.blocks).fit_transform(panel)
    np.testing.assert_array_equal(whole.to_numpy(), table.to_numpy())
    assert whole.index.equals(
        pd.DatetimeIndex(panel.origin_days(table.index, panel.state()), name="origin")
    )
    # Between two standard origins the earlier one's row counts.
    between = pipeline.to_frame(panel, [days[0] + pd.Timedelta(days=3)])
    np.testing.assert_array_equal(between.to_numpy()[0], frame.to_numpy()[0])
    with pytest.raises(PanelError, match="compiled on"):
        pipeline.to_frame(panel, ["2030-01-01"])


def test_models_take_blocks_in_a_list(panel: Panel) -> None:
    days = panel.origins("2024-01", "2024-03")
    listed = [("flash", Flash()), Growth("usdkrw", [1, 3])]
    models = {
        "listed": DirectRidge(features=listed, n_draws=50),
        "piped": DirectRidge(features=FeaturePipeline(listed), n_draws=50),
        "own": DirectRidge(n_draws=50),
    }
    frame = backtest(models, panel, origins=days, steps=2, n_jobs=1).frame
    points = frame.set_index("model")["q50"]
    np.testing.assert_array_equal(points["listed"], points["piped"])
    assert (points["listed"].to_numpy() != points["own"].to_numpy()).any()
    fitted = DirectRidge(features=listed).fit(panel)
    assert "growth__usdkrw_growth_3" in fitted.rows_.names
    assert "usdkrw" in fitted.inputs_
    for features in ("usdkrw", [Growth], [("growth", "usdkrw")], []):
        for model in (DirectRidge, GradientBoosting):
            with pytest.raises(ModelError, match="expected a FeaturePipeline, or blocks in a list"):
                model(features=features).fit(panel)


def test_a_ridge_with_blocks_of_its_own_is_a_model_like_any_other(panel: Panel) -> None:
    checks = ["future_does_not_matter", "replay_is_the_slow_path", "reads_no_more_than_it_says"]
    check_model(DirectRidge(features=[Growth("usdkrw", [1, 3])]), panel, only=checks)


def test_what_models_see_of_a_series(panel: Panel) -> None:
    seen = panel.transformed("usdkrw")
    x = panel.series("usdkrw")
    pd.testing.assert_series_equal(seen["published"], x, check_names=False)
    pd.testing.assert_series_equal(seen["change_12"], np.log(x).diff(12), check_names=False)
    gscpi = panel.transformed("gscpi")
    assert gscpi["level"].equals(gscpi["published"])
    column = Growth("usdkrw", 3).fit_transform(panel).iloc[-1, 0]
    assert column == pytest.approx(seen["change_3"].iloc[-1], rel=1e-12)
    pd.testing.assert_series_equal(adjusted_level(panel, "usdkrw"), seen["level"].rename("usdkrw"))
    total = panel.series("exports_total")
    expected = CalendarAdjustment().fit(total, panel.calendar).adjusted_
    pd.testing.assert_series_equal(
        adjusted_level(panel, "exports_total"), expected, check_names=False
    )
    for look in (panel.transformed, lambda id: adjusted_level(panel, id)):
        with pytest.raises(PanelError, match="no series 'usdkr'"):
            look("usdkr")


def test_what_stands_in_a_hole_is_not_shown_as_published(panel: Panel) -> None:
    months = pd.period_range("2012-01", "2015-12", freq="M")
    figures = pd.DataFrame({"a": np.linspace(1.0, 2.0, len(months))}, months)
    figures.loc["2015-03":"2015-04", "a"] = np.nan
    rule, holes = ReleaseRule(day=1), {"a": ["2014-02", "2015-03", "2015-04"]}
    seen = Panel.from_frame(figures, rule, "KR", holes=holes).transformed("a")
    assert [str(m) for m in seen.index[seen["published"].isna()]] == ["2015-03", "2015-04"]
    # What the catalog names and came out after all, as in 2014, is shown.
    assert seen["level"].notna().all()
    shown = panel.transformed("exports_to_hong_kong")["published"]
    holes = panel.catalog["exports_to_hong_kong"].holes
    assert tuple(map(str, shown.index[shown.isna()])) == holes


def test_the_table_of_blocks_describes_every_column(panel: Panel) -> None:
    table = describe_blocks(panel)
    names = FeaturePipeline(shipped_blocks()).fit(panel).get_feature_names_out()
    assert list(table["column"]) == list(names)
    assert set(table["sign"]) == {"+", "-", "either"}
    made = table[table["block"] != "calendar"]
    assert (made["series"] != "").all()
    assert (made["publisher"] != "").all()
    by_name = table.set_index("column")
    for column, sign in SIGNS.items():
        if column in by_name.index:
            assert by_name.loc[column, "sign"] == {1: "+", -1: "-"}[sign]
    assert by_name.loc["prices__brent_growth_3", "series"] == "brent"
    own = describe_blocks(
        panel, [Ratio("copper", "brent"), Interaction(Growth("usdkrw"), Growth("us_ip"))]
    )
    assert set(own["series"]) == {"copper, brent", "usdkrw, us_ip"}
    assert set(own["sign"]) == {"either"}


# -- check_block ----------------------------------------------------------------------------------


@pytest.mark.parametrize("block", GENERAL, ids=repr)
def test_general_blocks_keep_the_contract(panel: Panel, block: Block) -> None:
    check_block(block, panel)


@pytest.mark.parametrize(("name", "block"), shipped_blocks(), ids=lambda given: str(given)[:20])
def test_shipped_blocks_keep_the_contract(panel: Panel, name: str, block: Block) -> None:
    check_block(block, panel)


def test_the_memory_block_says_that_it_reads_value_and_weight(panel: Panel) -> None:
    read = MemoryCycle().inputs(panel)
    assert {"exports_hs854232", "weight_hs854232"} <= set(read)
    fewer = panel.select([id for id in panel.values.columns if id != "weight_hs854232"])
    assert "exports_hs854232" not in MemoryCycle().inputs(fewer)


class Won(Block):
    """Growth of the won by `how`, which is right or wrong."""

    how: Callable[..., np.ndarray]

    def __init__(self, series: tuple[str, ...] = ("usdkrw",)) -> None:
        self.series = series

    def _columns(self, known, series):
        return {f"{id}_how": self.how(known, id) for id in series}


class Peeks(Won):
    """Centred mean: the month after is in it."""

    def how(self, known, id):
        x = np.log(values_of(known, id))
        ahead = np.append(x[1:], np.nan)
        return known.last(id, np.nanmean([lagged(x, 1), x, ahead], axis=0))


class AboveTheLowest(Won):
    """Above the lowest figure ever, which is long past at recent origins."""

    def how(self, known, id):
        x = np.log(values_of(known, id))
        return known.last(id, x - np.nanmin(x))


class ScaledByTheTens(Won):
    """In standard deviations of 2010-2019, in the rows before them, too."""

    def how(self, known, id):
        x = np.log(values_of(known, id))
        tens = x[(known.panel.months.year >= 2010) & (known.panel.months.year < 2020)]
        if not len(tens):
            return known.last(id, x * np.nan)
        return known.last(id, (x - np.nanmean(tens)) / np.nanstd(tens))


class PeeksInOldRows(Won):
    """Growth of the coming twelve months in rows before 2016."""

    def how(self, known, id):
        x = np.log(values_of(known, id))
        ahead = np.append(x[12:], np.full(min(12, len(x)), np.nan))
        old = known.panel.months < pd.Period("2016-01", "M")
        return known.last(id, np.where(old, ahead - x, change(x, 12)))


LOOK_AHEAD_IN_OLD_ROWS = [AboveTheLowest(("copper",)), ScaledByTheTens(), PeeksInOldRows()]


class CountsFromTheCalendar(Won):
    """The month before step 1, which is often published after the origin."""

    def how(self, known, id):
        return known.current(lagged(values_of(known, id), 1))


class TakesTheMeanOfAllMonths(Won):
    def how(self, known, id):
        x = values_of(known, id)
        return known.last(id, x - np.nanmean(x))


class LearnsInFit(Won):
    """Scales by what it saw in fit, and so by what was out when it was fitted."""

    def fit_transform(self, panel, target="exports_total"):
        self.mean_ = float(panel.values["usdkrw"].iloc[:-1].mean())
        return super().fit_transform(panel, target)

    def how(self, known, id):
        return known.last(id, values_of(known, id) / self.mean_)


class RemembersTheLastPanel(Won):
    def how(self, known, id):
        column = known.last(id, change(values_of(known, id), 1))
        before, self.seen_ = getattr(self, "seen_", 0), len(column)
        return column + before


class KeepsStaleFigures(Won):
    def how(self, known, id):
        x = values_of(known, id)
        rows = known.panel.last_known([id], pd.DatetimeIndex(known.origins))[:, 0]
        return np.where(rows >= 0, x[rows], np.nan)


class WantsALongHistory(Won):
    def how(self, known, id):
        if known.panel.values[id].notna().sum() < 120:
            raise ValueError("give ten years")
        return known.last(id, values_of(known, id))


class HidesWhatItReads(Won):
    def inputs(self, panel, target="exports_total"):
        return ()

    def how(self, known, id):
        return known.last(id, values_of(known, id))


class ChangesThePanel(Won):
    def how(self, known, id):
        known.panel.values.loc[known.panel.months[0], id] = 1.0
        return known.last(id, values_of(known, id))


class DividesByZero(Won):
    def how(self, known, id):
        with np.errstate(divide="ignore"):
            return known.last(id, 1.0 / (values_of(known, id) * 0.0))


class ReadsElsewhere(Won):
    """Later growth from a panel that it loads itself, which no origin has cut."""

    def how(self, known, id):
        x = np.log(PANEL.values["exports_total"])
        return x.diff().reindex(known.months).to_numpy()


class RemembersRows(Won):
    """Keeps the rows that it made first for whoever asks for as many."""

    kept: ClassVar[dict[tuple[int, str], np.ndarray]] = {}

    def how(self, known, id):
        rows = known.last(id, change(values_of(known, id), 1))
        return self.kept.setdefault((len(rows), known.state), rows)


class ReadsMore(Won):
    def how(self, known, id):
        brent = known.last("brent", values_of(known, "brent"))
        return known.last(id, values_of(known, id)) / brent


@pytest.mark.parametrize(
    ("block", "check", "message"),
    [
        (ReadsElsewhere(), "figures_come_through_the_panel", r"\['usdkrw_how'\] are the same"),
        (RemembersRows(), "figures_come_through_the_panel", "are the same in state after_total"),
        (Peeks(), "future_does_not_matter", "see what came out after"),
        (Peeks(), "rows_are_those_of_each_day", "are others in the panel as of"),
        (CountsFromTheCalendar(("us_ip",)), "future_does_not_matter", "us_ip_how of"),
        (
            CountsFromTheCalendar(("us_ip",)),
            "rows_are_those_of_each_day",
            "us_ip_how of .* and nan",
        ),
        (TakesTheMeanOfAllMonths(), "future_does_not_matter", "see what came out after"),
        (TakesTheMeanOfAllMonths(), "rows_are_those_of_each_day", "are others in the panel"),
        (LearnsInFit(), "future_does_not_matter", "see what came out after"),
        (LearnsInFit(), "nothing_is_carried_over", "depend on a fit on"),
        (RemembersTheLastPanel(), "nothing_is_carried_over", "depend on"),
        (KeepsStaleFigures(), "stale_series_are_left_empty", r"\['usdkrw_how'\] are filled"),
        (WantsALongHistory(), "young_panels_are_no_exception", "raised ValueError: give ten"),
        (HidesWhatItReads(), "reads_no_more_than_it_says", "inputs does not name"),
        (ChangesThePanel(), "parameters_and_panel_are_unchanged", "changed the panel"),
        (DividesByZero(), "columns_are_numbers", "infinite values in state"),
    ],
)
def test_bad_blocks_are_caught(panel: Panel, block: Won, check: str, message: str) -> None:
    panel = panel.select([*panel.values.columns])
    panel.values = panel.values.copy()
    with pytest.raises(
        ConformanceError, match=f"{type(block).__name__} fails the check {check}.*{message}"
    ):
        check_block(block, panel, only=[check])


def test_a_block_that_reads_more_than_it_says_is_told_so_first(panel: Panel) -> None:
    message = "reads_no_more_than_it_says: it cannot do without .*'brent'.* in `series`, or write"
    with pytest.raises(ConformanceError, match=message):
        check_block(ReadsMore(), panel)


@pytest.mark.parametrize("block", LOOK_AHEAD_IN_OLD_ROWS, ids=lambda b: type(b).__name__)
@pytest.mark.parametrize("check", ["future_does_not_matter", "rows_are_those_of_each_day"])
def test_look_ahead_in_old_rows_is_caught(panel: Panel, block: Block, check: str) -> None:
    with pytest.raises(ConformanceError, match=f"fails the check {check}"):
        check_block(block, panel, only=[check])


@pytest.mark.parametrize("block", LOOK_AHEAD_IN_OLD_ROWS, ids=lambda b: type(b).__name__)
def test_look_ahead_in_old_rows_of_a_models_features_is_caught(panel: Panel, block: Won) -> None:
    check = "features_are_those_of_each_day"
    for features in (block, [("mine", block)], FeaturePipeline([Growth("usdkrw"), block])):
        inside = Combination([RandomWalk(), DirectRidge(features=features)])
        with pytest.raises(ConformanceError, match=f"{check}.*{block.series[0]}_how of"):
            check_model(inside, panel, only=[check])


class Age(Won):
    """Days since the last figure of each series came out."""

    def how(self, known, id):
        rows = known.positions(id)
        column = list(known.panel.values.columns).index(id)
        days = (known.origins - known.panel.release_dates[rows, column]).astype("timedelta64[D]")
        return np.where(rows >= 0, days.astype(float), np.nan)


class IsOut(Won):
    """Whether the early count of the running month is out, of series that ended, too."""

    def how(self, known, id):
        month = known.first_row + np.arange(len(known.months))
        return (known.positions(id) == month).astype(float)


class IsAbove(Won):
    """Whether the last figure, or the growth to it, is above a threshold."""

    def __init__(self, series: str, threshold: float = 0.0, growth: bool = False) -> None:
        self.series, self.threshold, self.growth = series, threshold, growth

    def how(self, known, id):
        x = values_of(known, id)
        x = change(np.log(x), 12) if self.growth else x
        return known.last(id, np.where(np.isnan(x), np.nan, x > self.threshold))


class IsAboveElsewhere(IsAbove):
    """The same of a panel that it loads itself."""

    def how(self, known, id):
        cut = replace(known, panel=PANEL.as_of(known.panel.origin))
        return super().how(cut, id)


THRESHOLDS = [
    ("gscpi", 0.0, False),
    ("gscpi", 3.5, False),
    ("us_ip", 0.0, True),
    ("usdkrw", 1500.0, False),
]


@pytest.mark.parametrize("threshold", THRESHOLDS, ids=str)
def test_thresholds_are_made_of_figures(panel: Panel, threshold: tuple[str, float, bool]) -> None:
    check_block(IsAbove(*threshold), panel)
    with pytest.raises(ConformanceError, match=r"figures_come_through.* are the same in state"):
        check_block(IsAboveElsewhere(*threshold), panel)


class AgeOfTheOutcome(Age):
    """The age, in a sign that says what the month will bring."""

    def how(self, known, id):
        x = np.log(PANEL.values["exports_total"]).diff().reindex(known.months).to_numpy()
        return super().how(known, id) * np.where(x > 0.0, 1.0, -1.0)


class OutcomeWhereOld(Won):
    """The month's own growth, from elsewhere, in rows in which the series is old."""

    def how(self, known, id):
        x = np.log(PANEL.values["exports_total"]).diff().shift(-1).to_numpy()
        return known.last(id, x[: len(known.panel.months)])


COUNTS = ("exports_total_first_10_days", "exports_total_first_20_days")


@pytest.mark.parametrize(
    "block",
    [
        Age(("us_ip",)),
        Age(("us_ip", "exports_semiconductors", "cpb_world_trade")),
        Age(COUNTS),
        IsOut(COUNTS),
        Flash(None),
    ],
    ids=repr,
)
def test_blocks_of_release_days_or_of_early_counts_keep_the_contract(
    panel: Panel, block: Block
) -> None:
    if isinstance(block, Won):
        block.set_params(series=tuple(id for id in block.series if id in panel))
    check_block(block, panel)


@pytest.mark.parametrize("cheat", [AgeOfTheOutcome, OutcomeWhereOld], ids=lambda c: c.__name__)
@pytest.mark.parametrize("series", [("us_ip",), COUNTS, ("us_ip", "usdkrw", "brent", "us_cpi")])
def test_an_outcome_in_the_dress_of_an_age_is_caught(
    panel: Panel, cheat: type[Won], series: tuple[str, ...]
) -> None:
    block = cheat(tuple(id for id in series if id in panel))
    with pytest.raises(ConformanceError, match=r"figures_come_through.* are the same in state"):
        check_block(block, panel, only=["figures_come_through_the_panel"])


def test_every_check_has_caught_a_block() -> None:
    (mark,) = [m for m in test_bad_blocks_are_caught.pytestmark if m.name == "parametrize"]
    assert {check for _, check, _ in mark.args[1]} == set(BLOCK_CHECKS)


def test_what_cannot_be_checked(panel: Panel) -> None:
    with pytest.raises(ModelError, match="as a block; give one"):
        check_block(Growth, panel)  # type: ignore[arg-type]
    with pytest.raises(ModelError, match="no checks"):
        check_block(Growth("usdkrw"), panel, only=["everything"])
    with pytest.raises(ModelError, match="no origins to check on"):
        check_block(Growth("usdkrw"), panel, origins=[])
