"""Interpretation: parts add up to what is forecast, and are what they say."""

import json
import re
from pathlib import Path

import click
import needs
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from matplotlib.axes import Axes

from tradeshock.features import FeaturePipeline, Panel
from tradeshock.features.errors import ModelError
from tradeshock.features.indicators.prices import Prices
from tradeshock.forecast import monthly_forecast
from tradeshock.forecast.cli.main import main
from tradeshock.forecast.interpretation import (
    Explanation,
    coefficients,
    contributions,
    corrections,
    explain,
    importances,
    indicators,
    interval_width,
    members,
    partial_effect,
    permutation_importances,
    points,
    recent_misses,
    running_month,
    weights,
)
from tradeshock.forecast.interpretation.columns import column_table
from tradeshock.forecast.monthly.defaults import default_record
from tradeshock.forecast.monthly.forecast import MonthlyForecast
from tradeshock.forecast.plots import plot_contributions
from tradeshock.models import (
    BayesianVAR,
    BiasCorrection,
    Combination,
    DirectRidge,
    FlashBridge,
    GradientBoosting,
    LightGBMBoosting,
    LinearPool,
    Model,
    RandomWalk,
    SeasonalNaive,
)
from tradeshock.models.direct.boosting import (
    FEWEST_IN_A_LEAF,
    LEAF_PENALTY,
    BoostedTrees,
    ResidualSample,
)

TARGET = "exports_total"
BOOSTERS = [GradientBoosting, pytest.param(LightGBMBoosting, marks=needs.lightgbm)]
RIDGE_BRIDGE = "FlashBridge(DirectRidge)"


def growth(model: Model, steps: int) -> np.ndarray:
    """Growth of a model's point from the last published month, 100 log points."""
    last = np.log(model.panel_.series(TARGET).iloc[-1])
    return 100.0 * (np.median(np.log(model.forecast(steps).draws()), axis=0) - last)


@pytest.fixture(scope="module")
def ridge(panel: Panel) -> DirectRidge:
    return DirectRidge().fit(panel)


@pytest.fixture(scope="module")
def made(panel: Panel) -> MonthlyForecast:
    return monthly_forecast(panel)


@pytest.fixture(scope="module")
def explained(made: MonthlyForecast) -> Explanation:
    return explain(made)


@pytest.fixture(scope="module", params=BOOSTERS)
def boosted(request: pytest.FixtureRequest, panel: Panel) -> BoostedTrees:
    model: BoostedTrees = request.param(error_years=2).fit(panel.as_of("2019-07-01"))
    return model


# -- regressions ------------------------------------------------------------------------------


@pytest.mark.parametrize("day", ["2019-07-01", "2026-04-21", "2026-05-15"])
@pytest.mark.parametrize("model", [DirectRidge(), FlashBridge(DirectRidge())], ids=["ridge", "in"])
def test_contributions_add_up_to_the_point(panel: Panel, day: str, model: Model) -> None:
    fitted = model.fit(panel.as_of(day))
    table = contributions(fitted, 12)
    np.testing.assert_allclose(table.sum(), growth(fitted, 12), rtol=0, atol=1e-9)
    by_group = table.groupby("group", sort=False).sum()
    np.testing.assert_allclose(by_group.sum(), table.sum(), rtol=0, atol=1e-9)
    assert list(table.columns) == list(fitted.forecast(12).index)
    counted = fitted.state_ != "after_total" and isinstance(fitted, FlashBridge)
    assert ("nowcast" in by_group.index) == counted


def test_contributions_hold_when_parameters_are_held(panel: Panel) -> None:
    model = DirectRidge().fit(panel.as_of("2026-03-01"))
    model.update(panel, freeze=True)
    np.testing.assert_allclose(contributions(model).sum(), growth(model, 12), rtol=0, atol=1e-9)


def test_contributions_of_boosting_name_what_trees_add(boosted: BoostedTrees) -> None:
    table = contributions(boosted, 6)
    np.testing.assert_allclose(table.sum(), growth(boosted, 6), rtol=0, atol=1e-9)
    start = boosted.regressions(6)
    assert start is not None
    rows, row = boosted.rows_, boosted.row_
    added = boosted.predict(rows, row, 6) - start.growth(row)
    np.testing.assert_allclose(table.loc[("trees", "trees")], 100.0 * added[0], atol=1e-9)
    assert np.abs(added).max() > 1e-5
    assert coefficients(boosted, 6).shape == (len(start.names), 6)


@needs.lightgbm
def test_trees_without_a_ridge_have_contributions_and_no_coefficients(panel: Panel) -> None:
    model = LightGBMBoosting(residual_of=None, error_years=2).fit(panel.as_of("2019-07-01"))
    table = contributions(model, 3)
    assert list(table.index.get_level_values("group")) == ["trees", "calendar and season"]
    np.testing.assert_allclose(table.sum(), growth(model, 3), rtol=0, atol=1e-9)
    with pytest.raises(ModelError, match="has no coefficients"):
        coefficients(model)


def test_calendar_row_is_that_of_a_year_before(ridge: DirectRidge) -> None:
    # April 2027 has April 2026's season; only working days tell them apart.
    table = contributions(ridge, 12)
    days = ridge.panel_.calendar.working_days(pd.PeriodIndex(["2026-04", "2027-04"], freq="M"))
    assert days[0] == days[1]
    assert table.loc[("calendar and season", "calendar and season")].iloc[-1] == pytest.approx(0.0)


def test_contribution_is_coefficient_times_indicator(ridge: DirectRidge) -> None:
    table, today = contributions(ridge, 12).droplevel("group"), indicators(ridge)
    coefs = coefficients(ridge, 12).droplevel("group")
    product = coefs.loc[today.index].mul(today["used"], axis=0)
    np.testing.assert_allclose(table.loc[today.index], product, atol=1e-12)
    np.testing.assert_allclose(table.loc["constant"], coefs.loc["constant"], atol=1e-12)
    standard = (today["latest"] - today["mean"]) / today["spread"]
    np.testing.assert_allclose(today["used"], standard.clip(-1.5, 1.5), atol=1e-12)
    assert (standard.abs() > 1.5).any()
    usdkrw = ridge.panel_.series("usdkrw").iloc[-4:]
    assert today.loc["exchange_rates__usdkrw_growth_3", "latest"] == pytest.approx(
        np.log(usdkrw.iloc[-1] / usdkrw.iloc[0])
    )


@pytest.mark.parametrize("column", ["adjusted_growth_3", "exchange_rates__usdkrw_growth_3"])
def test_partial_effect_of_a_ridge_is_a_line_cut_at_both_ends(
    ridge: DirectRidge, column: str
) -> None:
    today = indicators(ridge).loc[column]
    mean, spread = today["mean"], today["spread"]
    at = np.array([-9.0, -1.5, -1.0, 0.0, 1.0, 1.5, 9.0])
    table = partial_effect(ridge, column, mean + spread * at, steps=6)
    slope = coefficients(ridge, 6).droplevel("group").loc[column].to_numpy()
    inside = table.to_numpy()[1:6]
    expected = np.outer(at[1:6] - at[1], slope)
    np.testing.assert_allclose(inside - inside[0], expected, atol=1e-9)
    np.testing.assert_allclose(table.iloc[[0, -1]], table.iloc[[1, -2]], atol=1e-9)
    assert np.abs(slope).max() > 0.05


def test_partial_effect_keeps_to_the_past_where_no_grid_is_given(boosted: BoostedTrees) -> None:
    table = partial_effect(boosted, "prices__brent_growth_3", steps=3)
    assert table.shape == (10, 3)
    assert table.index.is_monotonic_increasing
    assert np.ptp(table[1]) > 0.0


# -- trees ------------------------------------------------------------------------------------


def test_importances_share_out_the_gains(boosted: BoostedTrees) -> None:
    table = importances(boosted, 6)
    np.testing.assert_allclose(table.sum(), 100.0)
    assert (table >= 0.0).all(axis=None)
    means = table.mean(axis=1)
    assert means.is_monotonic_decreasing
    assert "constant" not in table.index.get_level_values("column")
    # Signed columns lie among all others.
    groups = set(table.index.get_level_values("group"))
    assert groups == {"chips", "demand", "exchange rates", "prices", "own total", "uncertainty"}


@pytest.mark.parametrize("boosting", BOOSTERS)
def test_gain_of_one_split_is_the_fall_of_the_penalised_error(
    boosting: type[BoostedTrees],
) -> None:
    n = 4 * FEWEST_IN_A_LEAF
    X = np.repeat([0.0, 10.0], [n // 4, 3 * n // 4])[:, None]
    left = np.random.default_rng(3).standard_normal(n) + X[:, 0]
    left -= left.mean()
    sums, counts = [left[: n // 4].sum(), left[n // 4 :].sum()], [n // 4, 3 * n // 4]
    expected = sum(s**2 / (m + LEAF_PENALTY) for s, m in zip(sums, counts, strict=True))
    model = boosting(n_bags=1, max_iter=1)
    gains = model.gains(ResidualSample(X, left[:, None], (0,)))
    assert gains.shape == (1, 1)
    assert gains[0, 0] == pytest.approx(expected, rel=1e-4)


def test_a_ridge_has_no_trees(ridge: DirectRidge) -> None:
    with pytest.raises(ModelError, match="has no trees; coefficients"):
        importances(ridge)


def test_shuffling_what_no_fit_used_changes_nothing(panel: Panel) -> None:
    known = panel.as_of("2019-07-01")
    pipeline = FeaturePipeline([("prices", Prices(["brent", "gpr_kr"])), ("own", Prices([]))])
    model = DirectRidge(pipeline, penalties=[1.0], error_years=1).fit(known)
    table = permutation_importances(model, 3, years=8)
    assert set(table.index.get_level_values("column")) == set(model.rows_.names)
    assert table.to_numpy().max() > 0.1
    # Quotes begin later than these fits.
    unused = [name for name in model.rows_.names if name.endswith("_running")]
    assert (table.droplevel("group").loc[unused] == 0.0).all(axis=None)
    again = permutation_importances(model, 3, years=8)
    pd.testing.assert_frame_equal(table, again)


def test_a_group_of_one_column_is_that_column(panel: Panel) -> None:
    known = panel.as_of("2019-07-01")
    pipeline = FeaturePipeline([("prices", OneColumn())])
    model = DirectRidge(pipeline, penalties=[1.0], error_years=1).fit(known)
    by_column = permutation_importances(model, 2, years=3).droplevel("column")
    by_group = permutation_importances(model, 2, years=3, by="group")
    np.testing.assert_allclose(by_group.loc["prices"], by_column.loc["prices"], atol=1e-12)
    assert list(by_group.index.sort_values()) == ["own total", "prices"]


class OneColumn(Prices):
    """Growth of crude oil over three months alone."""

    def __init__(self) -> None:
        super().__init__(["brent"])

    def _columns(self, known, series):  # type: ignore[no-untyped-def]
        name = "brent_growth_3"
        return {name: super()._columns(known, series)[name]}


def test_permutations_are_out_of_sample(panel: Panel, ridge: DirectRidge) -> None:
    # Errors behind them are those from which paths are drawn: without a shuffle, the same.
    lesson = ridge.past_.lesson(pd.Period("2024-01", "M"), ridge.state_, 12)
    assert lesson is not None
    errors = lesson.outcomes - ridge.predict(lesson.rows, lesson.new, 12)
    vectors = ridge.past_.errors(ridge.state_, ridge.last_, 12, 10)
    assert any(np.array_equal(errors[0], vector) for vector in vectors)
    assert lesson.rows.months[-1] == pd.Period("2024-01", "M").ordinal
    with pytest.raises(ModelError, match="no forecast of step 12 from the last 1 years"):
        permutation_importances(ridge, 12, years=1)


# -- members ----------------------------------------------------------------------------------


@pytest.mark.parametrize("day", ["2026-05-01", "2026-05-15"])
def test_members_pool_to_the_forecast(panel: Panel, day: str) -> None:
    made = monthly_forecast(panel, as_of=day)
    table, way = weights(made), points(made)
    pool = members(made)["Combination"]
    assert isinstance(pool, Combination)
    np.testing.assert_array_equal(table["weight"].to_numpy(), pool.weights_.to_numpy().ravel())
    for member in pool.members_:
        own = table.xs(member.name, level="member")
        np.testing.assert_allclose(own["growth"], growth(member, 12), atol=1e-9)
    pooled = (table["weight"] * table["growth"]).groupby(level="month").sum()
    np.testing.assert_allclose(pooled, growth(pool, 12), rtol=0, atol=1e-9)
    np.testing.assert_allclose(way["pooling"], 0.0, atol=1e-9)
    np.testing.assert_allclose(way["rest"], 0.0, atol=1e-9)
    np.testing.assert_allclose(way.drop(columns="forecast").sum(axis=1), way["forecast"], atol=1e-9)
    # The median of an even number of draws is the mean of two levels, not of two logs.
    last = made.last.value
    np.testing.assert_allclose(
        last * np.exp(way["forecast"] / 100.0), made.table()["median"], rtol=1e-6
    )
    widths = (table["weight"] * table["width"]).groupby(level="month").sum()
    np.testing.assert_allclose(interval_width(made)["drawn"], widths, rtol=0, atol=1e-9)


def test_corrections_are_slopes_times_growth(made: MonthlyForecast) -> None:
    table = corrections(made)
    model = members(made)["BiasCorrection"]
    by_month = table["correction"].groupby(level="month").sum()
    np.testing.assert_allclose(by_month, model.corrections_[TARGET], atol=1e-12)  # type: ignore[attr-defined]
    np.testing.assert_allclose(points(made)["correction"], by_month, atol=1e-12)
    figures = made.fitted.panel_.series("nanya_revenue")
    assert table["growth"].iloc[0] == pytest.approx(
        100.0 * np.log(figures.iloc[-1] / figures.iloc[-4])
    )
    assert table["correction"].abs().max() > 1.0


def test_running_month_is_read_as_the_bridge_says(made: MonthlyForecast, panel: Panel) -> None:
    table = running_month(made)
    assert list(table.index) == list(weights(made).index.unique("member"))
    logs = np.log(table[["expected", "by_ratio", "by_share", "nowcast"]])
    read = logs["expected"] + sum(
        table[f"weight_{name}"] * (logs[f"by_{name}"] - logs["expected"])
        for name in ("ratio", "share")
    )
    np.testing.assert_allclose(logs["nowcast"], read, atol=1e-12)
    own = weights(made).xs(made.paths.index[0])
    np.testing.assert_allclose(table["nowcast"], own.loc[table.index, "forecast"], rtol=1e-9)
    assert running_month(FlashBridge().fit(panel.as_of("2026-05-01"))).empty


def test_a_linear_pool_is_more_than_its_members_mean(panel: Panel) -> None:
    pool = LinearPool([RandomWalk(), SeasonalNaive()]).fit(panel)
    way = points(pool, 6)
    assert way["pooling"].abs().max() > 0.1
    np.testing.assert_allclose(way["forecast"], growth(pool, 6), atol=1e-9)
    np.testing.assert_allclose(way.drop(columns="forecast").sum(axis=1), way["forecast"], atol=1e-9)


def test_only_what_wraps_the_whole_is_on_the_way(panel: Panel) -> None:
    record = default_record(panel, TARGET)
    bridge = FlashBridge(DirectRidge())
    corrected = BiasCorrection(bridge).fit(panel, TARGET, record)
    way = points(corrected)
    assert way["correction"].abs().max() > 1.0
    np.testing.assert_allclose(way["members"], growth(corrected.members_[0], 12), atol=1e-9)
    np.testing.assert_allclose(way["rest"], 0.0, atol=1e-9)
    assert weights(corrected).empty
    pool = Combination([RandomWalk(), BiasCorrection(bridge)]).fit(panel, TARGET, record)
    assert corrections(pool).empty
    way = points(pool)
    np.testing.assert_allclose(way["pooling"] + way["rest"], 0.0, atol=1e-9)
    assert list(weights(pool).index.unique("member")) == [m.name for m in pool.members_]


# -- width ------------------------------------------------------------------------------------


@pytest.mark.parametrize("day", ["2026-05-01", "2026-05-15"])
def test_width_is_what_is_shown(panel: Panel, day: str) -> None:
    made = monthly_forecast(panel, as_of=day)
    table, shown = interval_width(made), made.table()
    product = table["drawn"] * table["learned"] * table["recent"]
    np.testing.assert_allclose(table["recalibrated"], product, atol=1e-12)
    parts = table[["recalibrated", "rest", "judgement"]].sum(axis=1)
    np.testing.assert_allclose(table["width"], parts, rtol=0, atol=1e-9)
    width = 100.0 * np.log(shown["high80"] / shown["low80"])
    np.testing.assert_allclose(table["width"], width, rtol=0, atol=1e-9)
    # Between the 100th and 101st of 1,000 draws, whose factors lie beside that of the 80 % level.
    assert (table["rest"].abs() < 0.005 * table["width"]).all()
    np.testing.assert_allclose(table["low"], 100.0 * (shown["low80"] / shown["median"] - 1.0))
    assert (table["recent"] >= 1.0).all()


def test_misses_give_the_factor_of_recent_misses(made: MonthlyForecast) -> None:
    table = recent_misses(made)
    size = (table["weight"] * table["size"]).sum() + 1.0 - table["weight"].sum()
    assert made.fitted.recent_ == pytest.approx(np.sqrt(size), rel=1e-12)  # type: ignore[attr-defined]
    assert made.fitted.recent_ > 1.5  # type: ignore[attr-defined]
    np.testing.assert_allclose(interval_width(made)["recent"].iloc[3], np.sqrt(size) ** 0.5)
    assert table.index[-1] == made.last.month
    record = default_record(made.fitted.panel_, TARGET)
    assert record is not None
    # Of April 2026 after 10 days of April, of March and of February.
    known, name = record.as_of(made.origin), members(made)["BiasCorrection"].name
    medians, out = (known.matrix(c, name, TARGET, made.paths.state) for c in ("q50", "actual"))
    gaps = 100.0 * np.log(out / medians)
    months = pd.PeriodIndex(gaps.index, freq="M")
    for step in (1, 2, 3):
        gap = gaps[step][months == made.last.month - step + 1].iloc[0]
        assert table[f"step_{step}"].iloc[-1] == pytest.approx(gap, rel=1e-12)


def test_without_recalibration_or_record_nothing_is_stretched(panel: Panel) -> None:
    model = Combination([RandomWalk(), SeasonalNaive()]).fit(panel)
    table = interval_width(model, 3)
    assert (table[["learned", "recent"]] == 1.0).all(axis=None)
    np.testing.assert_allclose(table["drawn"], table["width"], atol=0.1)
    assert recent_misses(model, 3).empty


# -- the command --------------------------------------------------------------------------------


def test_command_prints_and_writes_the_frames(explained: Explanation, tmp_path: Path) -> None:
    run = CliRunner().invoke(main, ["explain", "--out", str(tmp_path)])
    assert run.exit_code == 0, run.output
    printed = re.sub(" +", " ", run.stdout)
    growths = explained.weights["growth"].iloc[:3]
    shown = " ".join(f"{value:+.1f} (33 %)" for value in growths)
    assert f"May 2026 {shown} +0.0 {explained.points['forecast'].iloc[0]:+.1f}" in printed
    named = "BayesianVAR TradeBayesianVAR DirectRidge Correction by nanya_revenue Forecast"
    assert f"Month {named}" in printed
    grown = explained.corrections["growth"].iloc[0]
    assert (
        "Correction by nanya_revenue (Monthly revenue of Nanya Technology, a Taiwanese maker of "
        "memories): what past errors had in common with its growth, which is now "
        f"{grown:+.1f}." in printed
    )
    top = explained.top()
    for (_, title), row in zip(top.index, top.to_numpy(), strict=True):
        assert f"{title} {' '.join(f'{value:+z.2f}' for value in row)}" in printed
    wide = explained.width.iloc[0]
    line = f"{wide['drawn']:.1f} {wide['learned']:.2f} {wide['recent']:.2f} {wide['width']:.1f}"
    assert f"May 2026 {line} {wide['low']:+.1f} to {wide['high']:+.1f}" in printed
    nowcast = explained.running_month.loc[RIDGE_BRIDGE, "nowcast"] / 1000.0
    assert re.search(rf"DirectRidge .* {nowcast:.1f} ", printed)
    assert f"Apr 2026 {explained.recent_misses['step_1'].iloc[-1]:+.1f}" in printed
    tables = {"points.csv", "weights.csv", "corrections.csv", "contributions.csv", "width.csv"}
    made = {path.name for path in tmp_path.iterdir()}
    assert made == tables | {"explanation.json", "explanation.png"}
    assert json.loads((tmp_path / "explanation.json").read_text()) == json.loads(
        explained.to_json()
    )
    weights_written = pd.read_csv(tmp_path / "weights.csv")
    np.testing.assert_allclose(weights_written["growth"], explained.weights["growth"])
    corrected = pd.read_csv(tmp_path / "corrections.csv")
    np.testing.assert_allclose(corrected["correction"], explained.corrections["correction"])
    assert set(corrected["title"]) == {explained.corrected_by["nanya_revenue"]}


def test_command_fits_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "80")
    main(["explain", "--steps", "3"], standalone_mode=False)
    lines = click.unstyle(capsys.readouterr().out).splitlines()
    assert max(map(len, lines)) <= 80
    assert any("TradeBayesianVAR" in line for line in lines)


def test_command_of_a_model_without_members(tmp_path: Path) -> None:
    asked = ["explain", "--model", "RandomWalk", "--steps", "3", "--as-of", "2026-05-01"]
    run = CliRunner().invoke(main, [*asked, "--out", str(tmp_path)])
    assert run.exit_code == 0, run.output
    assert "In brackets" not in run.stdout
    assert "Running month" not in run.stdout
    assert "Missed by" not in run.stdout
    assert "explanation.png" not in {path.name for path in tmp_path.iterdir()}
    with pytest.raises(ModelError, match="no member of this forecast starts from a regression"):
        plot_contributions(explain(monthly_forecast(model="RandomWalk", steps=2)).contributions)


def drawn(ax: Axes) -> pd.DataFrame:
    """Lengths of a picture's bars, rows by months."""
    names = [text.get_text() for text in ax.get_yticklabels()]
    return pd.DataFrame(
        {bars.get_label(): [bar.get_width() for bar in bars] for bars in ax.containers}, names
    )


def test_the_picture_is_of_the_whole_forecast(explained: Explanation) -> None:
    ax = explained.plot()
    table = drawn(ax)
    assert ax.get_title(loc="left") == "Exports (KR): what the forecast is made of"
    said = " ".join(text.get_text() for text in ax.texts).replace("\n", " ")
    assert f"First groups of indicators in {RIDGE_BRIDGE}, at its weight" in said
    assert "Correction: Monthly revenue of Nanya Technology, a Taiwanese maker" in said
    corrected = explained.points["correction"].iloc[[0, 2, 11]]
    assert corrected.abs().max() > 1.0
    np.testing.assert_allclose(table.loc["correction by nanya_revenue"], corrected, atol=1e-9)
    np.testing.assert_allclose(table.loc["sum"], table.drop(index="sum").sum(), atol=1e-9)
    forecast = explained.points["forecast"].iloc[[0, 2, 11]]
    np.testing.assert_allclose(table.loc["sum"], forecast, atol=1e-9)


def test_pictures_of_forecasts_made_otherwise_add_up(panel: Panel) -> None:
    bridge = FlashBridge(DirectRidge())
    corrected = BiasCorrection(bridge)
    made = explain(monthly_forecast(panel, model=corrected, adjustments={"2026-07": 900.0}))
    table = drawn(made.plot())
    assert {"correction by nanya_revenue", "judgement"} <= set(table.index)
    np.testing.assert_allclose(
        table.loc["sum"], made.points["forecast"].iloc[[0, 2, 11]], atol=1e-9
    )
    # A regression inside a member is no part of the whole's sum, and stands alone.
    inner = Combination([RandomWalk(), BiasCorrection(bridge)])
    ax = explain(monthly_forecast(panel, model=inner)).plot()
    assert ax.get_title(loc="left") == f"What moves {bridge.name}"


# -- the whole --------------------------------------------------------------------------------


def test_explanation_finds_members_by_name(explained: Explanation) -> None:
    assert list(explained.members)[:3] == ["Recalibration", "BiasCorrection", "Combination"]
    assert isinstance(explained.members["DirectRidge"], DirectRidge)
    assert isinstance(explained.members["BayesianVAR"], BayesianVAR)
    assert members(explained.forecast).keys() == explained.members.keys()
    table = explained.contributions
    own = explained.weights.xs(RIDGE_BRIDGE, level="member")["growth"]
    np.testing.assert_allclose(table.loc[RIDGE_BRIDGE].sum(), own, rtol=0, atol=1e-9)


def test_top_adds_up_and_names_the_largest(explained: Explanation) -> None:
    table = explained.top(5, steps=(1, 12, 99)).loc[RIDGE_BRIDGE]
    months = explained.root.paths.index[[0, 11]]
    assert list(table.columns) == list(months)
    whole = explained.contributions.loc[RIDGE_BRIDGE][months]
    np.testing.assert_allclose(table.loc["Sum"], whole.sum(), atol=1e-9)
    np.testing.assert_allclose(table.drop(index="Sum").sum(), whole.sum(), atol=1e-9)
    rest = ["Other indicators", "Constant", "Calendar and season", "Nowcast", "Sum"]
    assert list(table.index[5:]) == rest
    assert table.iloc[0].abs().max() == whole.drop(
        index=["calendar and season", "constant", "nowcast"], level="column"
    ).abs().max(axis=None)


def test_assumptions_and_judgement_have_rows_of_their_own(panel: Panel) -> None:
    first = "2026-06"
    made = monthly_forecast(
        panel,
        steps=6,
        adjustments={first: 2000.0},
        note="strike",
        conditions={"usdkrw": {first: 1600.0}, TARGET: {"2026-07": 90_000.0}},
    )
    free = monthly_forecast(panel, steps=6)
    explained = explain(made)
    table = explained.contributions.loc[RIDGE_BRIDGE]
    own = explained.weights.xs(RIDGE_BRIDGE, level="member")["growth"]
    np.testing.assert_allclose(table.sum(), own, rtol=0, atol=1e-9)
    assert table.loc[("assumptions", "assumptions")].abs().max() > 0.5
    before = explain(free).contributions.loc[RIDGE_BRIDGE]
    pd.testing.assert_frame_equal(
        table.drop(index="assumptions", level="group"), before, check_exact=False, atol=1e-9
    )
    way = explained.points
    np.testing.assert_allclose(way.drop(columns="forecast").sum(axis=1), way["forecast"], atol=1e-9)
    np.testing.assert_allclose(way["rest"], 0.0, atol=1e-9)
    added = np.log(made.table()["median"] / (made.table()["median"] - 2000.0))[first]
    assert way.loc[first, "judgement"] == pytest.approx(100.0 * added, rel=1e-4)
    width = explained.width
    shown = made.table()
    np.testing.assert_allclose(
        width["width"], 100.0 * np.log(shown["high80"] / shown["low80"]), atol=1e-9
    )
    assert width.loc[first, "judgement"] < -0.1
    assert (width["judgement"].drop(pd.Period(first)) == 0.0).all()


def test_json_holds_the_frames(explained: Explanation) -> None:
    content = json.loads(explained.to_json())
    assert content["members"] == list(explained.members)
    month = str(explained.root.paths.index[0])
    added = sum(row[month] for row in content["contributions"])
    first = next(row for row in content["weights"] if row["member"] == RIDGE_BRIDGE)
    assert first["month"] == month
    assert added == pytest.approx(first["growth"], abs=1e-9)
    assert len(content["width"]) == 12
    assert {"weight", "size", "step_1"} <= content["recent_misses"][-1].keys()


@pytest.mark.parametrize("model", [RandomWalk(), BayesianVAR(), DirectRidge()])
def test_any_model_is_explained(panel: Panel, model: Model) -> None:
    made = monthly_forecast(panel, model=model, steps=3)
    explained = explain(made)
    assert explained.weights.empty
    assert list(explained.members) == [model.name]
    np.testing.assert_allclose(explained.points["members"], explained.points["forecast"])
    assert explained.contributions.empty == (not isinstance(model, DirectRidge))
    assert explained.top().empty == explained.contributions.empty
    assert json.loads(explained.to_json())["corrections"] == []
    assert "growth from 2026-04" in repr(explained)
    assert "<table" in explained._repr_html_()


def test_explaining_leaves_the_forecast_as_it_was(panel: Panel) -> None:
    made = monthly_forecast(panel)
    before = made.paths.values.copy()
    explain(made).to_json()
    np.testing.assert_array_equal(made.fitted.forecast(12).values, before)


def test_picture_draws_groups_and_their_sum(explained: Explanation) -> None:
    from matplotlib.figure import Figure

    axes = Figure(layout="constrained").subplots()
    ax = plot_contributions(explained.contributions, ax=axes)
    labels = [label.get_text() for label in ax.get_yticklabels()]
    assert labels[-1] == "sum"
    assert {"chips", "demand", "exchange rates", "own total"} < set(labels)
    months = [text.get_text() for text in ax.get_legend().get_texts()]
    assert months == ["May 2026", "July 2026", "April 2027"]
    sums = [container[-1].get_width() for container in ax.containers]
    whole = explained.contributions.sum()
    np.testing.assert_allclose(sums, whole.iloc[[0, 2, 11]])


def test_words_of_columns(panel: Panel) -> None:
    names = [
        "adjusted_growth_1",
        "prices__gscpi_growth_3",
        "semiconductors__exports_semiconductors_ict_yoy_3_change_1",
        "flash__part_yoy",
        "exchange_rates__usdkrw_running",
        "my_block__something_else",
    ]
    table = column_table(names, panel.catalog)
    assert table["title"].to_list() == [
        "Own growth in 1 month, adjusted",
        "Global Supply Chain Pressure Index: change in 3 months",
        "Exports of semiconductors, ICT statistics: growth over a year of three months, change in "
        "1 month",
        "Early count, chips: growth over a year",
        "Korean won per US dollar: running month on the last",
        "My block: something else",
    ]
    assert table["group"].to_list() == [
        "own total",
        "uncertainty",
        "chips",
        "early counts",
        "exchange rates",
        "my block",
    ]
    # One series' id begins the other's.
    assert table["series"].iloc[2] == "exports_semiconductors_ict"


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda m: explain("a forecast"), "got str; give a forecast of monthly_forecast"),
        (lambda m: weights(DirectRidge()), "no fitted model"),
        (lambda m: contributions(DirectRidge()), "no fitted DirectRidge"),
        (lambda m: contributions(FlashBridge()), "no fitted DirectRidge"),
        (lambda m: coefficients(m.members_[0]), "no fitted DirectRidge"),
        (lambda m: partial_effect(m.members_[1], "brent"), "there is no column 'brent'.*prices__b"),
        (lambda m: permutation_importances(m.members_[1], by="block"), 'got by="?.block'),
        (lambda m: permutation_importances(m.members_[1], repeats=0), "repeats=0; give whole"),
        (lambda m: contributions(m.members_[1], 0), "steps"),
        (lambda m: importances(m.members_[1], -1), "steps"),
        (lambda m: weights(m, 0), "steps"),
        (lambda m: interval_width(m, 1.5), "steps"),
    ],
)
def test_wrong_questions_are_sentences(panel: Panel, ask: object, words: str) -> None:
    model = Combination([RandomWalk(), DirectRidge()]).fit(panel)
    with pytest.raises(ModelError, match=words):
        ask(model)  # type: ignore[operator]


def test_levels_are_refused(panel: Panel) -> None:
    made = monthly_forecast(panel, model="VAR", target="gscpi", steps=2)
    with pytest.raises(ModelError, match="growth in per cent means nothing"):
        explain(made)
