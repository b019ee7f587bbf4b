import time

import numpy as np
import numpy.testing as npt
import pandas as pd
import pytest
import scoringrules
from hypothesis import given, settings, strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from tradeshock.features.errors import ScoreError
from tradeshock.forecast import backtest
from tradeshock.forecast.judging.comparison import diebold_mariano
from tradeshock.forecast.judging.intervals import covered, interval_score, pinball
from tradeshock.forecast.judging.scorable import INTERVALS, QUANTILES, calendar_months, scorable
from tradeshock.forecast.judging.scores import scores
from tradeshock.models import RandomWalk, SeasonalNaive
from tradeshock.models.record.sample_scores import (
    crps_sample,
    log_score_sample,
    pit_sample,
    silverman_bandwidth,
)

figures = st.floats(-1e3, 1e3, allow_subnormal=False)
samples = arrays(float, st.tuples(st.integers(2, 30), st.just(3)), elements=figures)
outcomes = arrays(float, 3, elements=figures)


# Scores of samples


@given(samples, outcomes)
def test_crps_is_that_of_an_independent_implementation(draws, actual):
    expected = scoringrules.crps_ensemble(actual, draws, m_axis=0, estimator="nrg")
    npt.assert_allclose(crps_sample(draws, actual), expected, atol=1e-8)


@given(samples, outcomes, figures, st.floats(0.1, 10))
def test_crps_moves_and_scales_with_the_figures(draws, actual, shift, scale):
    moved = crps_sample(shift + scale * draws, shift + scale * actual)
    npt.assert_allclose(moved, scale * crps_sample(draws, actual), atol=1e-7)


def test_crps_of_many_normal_draws_is_the_closed_form():
    draws = stats.norm.ppf((np.arange(4000) + 0.5) / 4000)[:, None] * [1.0, 2.0]
    expected = scoringrules.crps_normal([0.3, -3.0], 0.0, [1.0, 2.0])
    npt.assert_allclose(crps_sample(draws, [0.3, -3.0]), expected, rtol=2e-3)


def test_a_perfect_sample_has_crps_zero_and_finite_log_score():
    draws = np.full((50, 2), 7.0)
    npt.assert_array_equal(crps_sample(draws, [7.0, 8.0]), [0.0, 1.0])
    assert np.isfinite(log_score_sample(draws, [7.0, 8.0])).all()


def test_log_score_is_that_of_an_independent_implementation():
    draws = np.random.default_rng(1).standard_t(4, size=(500, 4))
    actual = np.array([0.0, 1.0, -2.5, 4.0])
    expected = scoringrules.logs_ensemble(actual, draws, m_axis=0)
    npt.assert_allclose(log_score_sample(draws, actual), expected, rtol=1e-10)


def test_log_score_is_finite_however_far_the_outcome():
    draws = np.random.default_rng(1).normal(size=(500, 3))
    score = log_score_sample(draws, [50.0, 1e4, -1e6])
    assert np.isfinite(score).all()
    assert (np.diff(score) > 0).all()


def test_one_wild_draw_does_not_smear_the_density():
    draws = np.random.default_rng(1).normal(size=(500, 1))
    wild = draws.copy()
    wild[0] = 1e6
    npt.assert_allclose(silverman_bandwidth(wild), silverman_bandwidth(draws), rtol=0.15)
    npt.assert_allclose(log_score_sample(wild, [0.0]), log_score_sample(draws, [0.0]), atol=0.05)


def test_pit_counts_ties_half():
    draws = np.array([1.0, 2.0, 2.0, 3.0])[:, None] * np.ones(4)
    npt.assert_array_equal(pit_sample(draws, [0.0, 2.0, 2.5, 9.0]), [0.0, 0.5, 0.75, 1.0])


@pytest.mark.parametrize("score", [crps_sample, log_score_sample, pit_sample])
def test_what_is_not_out_yet_has_no_score(score):
    draws = np.random.default_rng(1).normal(size=(20, 2))
    npt.assert_array_equal(np.isnan(score(draws, [0.1, np.nan])), [False, True])


# Scores of quantiles and intervals


@given(outcomes, outcomes, st.floats(0.01, 0.99))
def test_pinball_is_that_of_an_independent_implementation(actual, quantile, level):
    expected = scoringrules.quantile_score(actual, quantile, level)
    npt.assert_allclose(pinball(actual, quantile, level), expected, atol=1e-9)


@given(outcomes, outcomes, arrays(float, 3, elements=st.floats(0, 100)), st.floats(0.1, 0.95))
def test_interval_score_is_that_of_an_independent_implementation(actual, lower, width, level):
    expected = scoringrules.interval_score(actual, lower, lower + width, 1 - level)
    npt.assert_allclose(interval_score(actual, lower, lower + width, level), expected, atol=1e-7)


def test_ends_belong_to_the_interval():
    npt.assert_array_equal(covered([1, 2, 3, 3.1], 1, 3), [True, True, True, False])


# Scores of a backtest


def tidy_frame(models=("RandomWalk", "Sharp"), origins=40, steps=3, noise=(5.0, 2.0)):
    """Forecasts with normal errors of growing precision; outcomes are a random series."""
    rng = np.random.default_rng(3)
    first = pd.period_range("2014-01", periods=origins, freq="M")
    growth = rng.normal(5.0, 8.0, size=origins + steps)
    rows = pd.MultiIndex.from_product(
        [models, range(origins), range(1, steps + 1), ["level", "yoy"]],
        names=["model", "i", "step", "quantity"],
    ).to_frame(index=False)
    rows["target"], rows["state"] = "exports_total", "after_total"
    rows["origin"] = first.to_timestamp()[rows["i"]]
    rows["month"] = first[rows["i"]] + rows["step"].to_numpy() - 1
    level = rows["quantity"] == "level"
    spread = rows["model"].map(dict(zip(models, noise, strict=True))).astype(float)
    actual = growth[rows["i"] + rows["step"] - 1]
    middle = actual + spread * rng.normal(size=len(rows))
    for name, probability in QUANTILES.items():
        quantile = middle + spread * stats.norm.ppf(probability)
        rows[name] = np.where(level, 4e4 * np.exp(quantile / 100), quantile)
    rows["actual"] = np.where(level, 4e4 * np.exp(actual / 100), actual)
    rows["mean"] = rows["q50"]
    rows["crps"] = scoringrules.crps_normal(actual, middle, spread)
    rows["logscore"] = -stats.norm.logpdf(actual, middle, spread)
    rows["pit"], rows["scale"] = stats.norm.cdf(actual, middle, spread), 4.0
    rows["naive_mae"] = np.where(level, 5000.0, 8.0)
    rows["naive_mse"] = np.where(level, 6000.0, 9.0) ** 2
    rows["last_yoy"] = growth[rows["i"] - 1]
    return rows.drop(columns="i")


@pytest.fixture(scope="module")
def frame():
    return tidy_frame()


def one(table, **where):
    for key, value in where.items():
        table = table[table[key] == value]
    assert len(table) == 1
    return table.iloc[0]


def test_scores_are_what_their_definitions_say(frame):
    table = scores(frame)
    row = one(table, model="Sharp", step=2, quantity="level")
    part = frame.query("model == 'Sharp' and step == 2 and quantity == 'level'")
    error = 100 * np.log(part["actual"] / part["q50"])
    assert row["n"] == 40
    npt.assert_allclose(row["rmse"], np.sqrt((error**2).mean()))
    npt.assert_allclose(row["mae"], error.abs().mean())
    npt.assert_allclose(row["bias"], error.mean())
    npt.assert_allclose(row["mase_robust"], error.abs().mean() / 4)
    npt.assert_allclose(row["rmsse_robust"], row["rmse"] / 4)
    missed = part["actual"] - part["q50"]
    npt.assert_allclose(row["mase"], missed.abs().mean() / 5000)
    npt.assert_allclose(row["rmsse"], np.sqrt((missed**2).mean()) / 6000)
    npt.assert_allclose(row["crps"], part["crps"].mean())
    npt.assert_allclose(row["logscore"], part["logscore"].mean())
    inside = (part["actual"] >= part["q05"]) & (part["actual"] <= part["q95"])
    npt.assert_allclose(row["coverage_90"], inside.mean())
    logs = {name: 100 * np.log(part[name]) for name in [*QUANTILES, "actual"]}
    expected = np.mean(
        [
            scoringrules.interval_score(logs["actual"], logs[low], logs[up], 1 - level)
            for level, (low, up) in INTERVALS.items()
        ]
    )
    npt.assert_allclose(row["interval_score"], expected)


def test_mase_and_rmsse_of_one_forecast_by_hand(panel):
    """Hyndman and Koehler (2006), eq. of section 3, and the M5's, with a season of 12 months."""
    (origin,) = panel.origins("2023-07", "2023-07")
    frame = backtest([SeasonalNaive(), RandomWalk()], panel, origins=[origin], steps=12).frame
    past = panel.as_of(origin).series("exports_total").dropna().to_numpy()
    naive = past[12:] - past[:-12]
    table = scores(frame, by=("model",), reference=None).query("quantity == 'level'")
    for model, rows in frame.query("quantity == 'level'").groupby("model"):
        missed = rows["actual"].to_numpy() - rows["q50"].to_numpy()
        row = one(table, model=model)
        npt.assert_allclose(row["mase"], np.abs(missed).mean() / np.abs(naive).mean())
        npt.assert_allclose(row["rmsse"], np.sqrt((missed**2).mean() / (naive**2).mean()))
    # As utilsforecast 0.2.17 has them of the same medians and history.
    walk = one(table, model="RandomWalk")
    npt.assert_allclose([walk["mase"], walk["rmsse"]], [0.87, 0.73], atol=0.02)


def test_ratios_and_test_use_the_reference_on_the_same_forecasts(frame):
    gone = (frame["model"] == "RandomWalk") & (frame["origin"] < "2014-06")
    row = one(scores(frame[~gone]), model="Sharp", step=2, quantity="yoy")
    assert (row["n"], row["n_reference"]) == (40, 35)
    assert row["note"] == "the reference has not made all forecasts"
    part = frame.query("step == 2 and quantity == 'yoy' and origin >= '2014-06'")
    errors = (part["actual"] - part["q50"]).to_numpy().reshape(2, 35)
    rmse = np.sqrt((errors**2).mean(axis=1))
    npt.assert_allclose(row["rmse_ratio"], rmse[1] / rmse[0])
    test = diebold_mariano(errors[1] ** 2, errors[0] ** 2, step=2)
    npt.assert_allclose(row["dm_p"], test.p_value)
    expected = np.sqrt(1 - test.smallest_detectable_difference / rmse[0] ** 2)
    npt.assert_allclose(row["detectable_ratio"], expected)


def test_order_of_rows_does_not_matter(frame):
    by = ("model", "step", "window", "phase")
    shuffled = frame.sample(frac=1.0, random_state=0)
    pd.testing.assert_frame_equal(scores(frame, by), scores(shuffled, by))


def test_input_is_left_alone(frame):
    before = frame.copy()
    scores(frame, by=("model", "episode"))
    pd.testing.assert_frame_equal(frame, before)


def test_the_reference_against_itself_says_so(frame):
    row = one(scores(frame), model="RandomWalk", step=1, quantity="level")
    assert row["rmse_ratio"] == row["crps_ratio"] == 1
    assert np.isnan(row["dm_p"])
    assert row["note"] == "no test: same forecasts as the reference"


def test_an_oracle_scores_zero_everywhere(frame):
    oracle = frame[frame["model"] == "Sharp"].assign(model="Oracle", crps=0.0)
    oracle[list(QUANTILES)] = np.tile(oracle[["actual"]], len(QUANTILES))
    table = scores(pd.concat([frame, oracle]), by=("model", "step", "window"))
    perfect = table[table["model"] == "Oracle"]
    zero = ["rmse", "mae", "bias", "crps", "pinball", "interval_score", "mase", "rmse_ratio"]
    assert (perfect[zero] == 0).all(axis=None)
    assert (perfect[["coverage_50", "coverage_95"]] == 1).all(axis=None)
    assert (perfect.loc[perfect["quantity"] == "yoy", "direction"] == 1).all()
    against = scores(pd.concat([frame, oracle]), reference="Oracle")
    assert against["rmse_ratio"].isna().all()
    assert against["note"].str.contains("no error to divide by").all()


def test_direction_is_the_side_of_the_last_published_growth(frame):
    rows = frame.query("model == 'RandomWalk' and step == 1 and quantity == 'yoy'").iloc[:4].copy()
    rows["last_yoy"] = 5.0
    rows["q50"] = [6.0, 4.0, 4.0, 5.0]
    rows["actual"] = [7.0, 1.0, 9.0, 9.0]
    row = scores(rows, reference=None).iloc[0]
    assert row["direction"] == (1 + 1 + 0 + 0.5) / 4
    without = scores(rows.drop(columns="last_yoy"), reference=None).iloc[0]
    assert np.isnan(without["direction"])
    assert without["note"] == "no last_yoy for some forecasts"


def test_a_missing_scale_is_told_and_not_averaged_over(frame):
    rows = frame.copy()
    rows.loc[rows["origin"] == "2014-01-01", "scale"] = np.nan
    table = scores(rows, reference=None)
    assert table["mase_robust"].isna().all()
    assert table["mase"].notna().all()
    assert (table["note"] == "no positive scale for some forecasts").all()


def test_frames_made_before_mase_had_its_columns_are_scored_without_it(frame):
    table = scores(frame.drop(columns=["naive_mae", "naive_mse"]), reference=None)
    assert table[["mase", "rmsse"]].isna().all(axis=None)
    assert (table["note"] == "no seasonal naive error in sample for some forecasts").all()
    assert table["rmse"].notna().all()


def test_windows_overlap_and_months_outside_are_left_out(frame):
    windows = {"all": ("2000-01", "2030-12"), "2015": ("2015-01", "2015-12")}
    table = scores(frame, by=("model", "step", "window"), windows=windows)
    row = one(table, model="Sharp", step=1, quantity="level", window="2015")
    assert row["n"] == 12
    whole = scores(frame)
    npt.assert_array_equal(table.loc[table["window"] == "all", "rmse"], whole["rmse"])


def test_groups_from_the_calendar_and_the_episodes(frame):
    by = ("model", "year")
    assert set(scores(frame, by)["year"]) == {2014, 2015, 2016, 2017}
    table = scores(frame, by=("model", "step", "episode", "phase"))
    row = one(table, model="Sharp", step=1, quantity="yoy", episode="Oil and China", phase="entry")
    assert row["n"] == 16
    months = calendar_months(frame, (1, 2))["month"]
    assert set(pd.PeriodIndex(months).month) == {1, 2}
    assert one(scores(frame, by=("model", "month_of_year", "step")), model="Sharp", step=1,
               quantity="yoy", month_of_year=1)["n"] == 4  # fmt: skip


def test_pooled_steps_are_tested_on_the_mean_loss_of_an_origin_month(frame):
    row = one(scores(frame, by=("model",)), model="Sharp", quantity="yoy")
    part = frame[frame["quantity"] == "yoy"]
    loss = (part["actual"] - part["q50"]).pow(2).groupby([part["model"], part["origin"]]).mean()
    expected = diebold_mariano(loss["Sharp"], loss["RandomWalk"], step=3)
    npt.assert_allclose(row["dm_p"], expected.p_value)


def test_too_few_months_for_a_test_are_told(frame):
    table = scores(frame[frame["origin"] < "2014-04"])
    note = one(table, model="Sharp", step=1, quantity="yoy")["note"]
    assert note.startswith("no test: 3 months are too few")


def test_months_without_outcome_are_not_scored(frame):
    rows = frame.copy()
    rows.loc[rows["month"] == rows["month"].max(), ["actual", "crps", "logscore"]] = np.nan
    row = one(scores(rows), model="Sharp", step=3, quantity="yoy")
    assert row["n"] == 39


def test_text_months_are_read(frame):
    rows = frame.assign(month=frame["month"].astype(str))
    pd.testing.assert_frame_equal(scores(rows), scores(frame))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda f: f.drop(columns="q50"), r"no columns \['q50'\]"),
        (lambda f: f.assign(actual=np.nan), "None of the 480 rows has an outcome"),
        (lambda f: pd.concat([f, f.iloc[[0]]]), "more than once"),
        (lambda f: f.assign(q05=-1.0), "not positive"),
        (lambda f: f.assign(crps=np.nan), "model RandomWalk, target exports_total.*step 1"),
    ],
)
def test_frames_that_cannot_be_scored_are_refused(frame, change, message):
    with pytest.raises(ScoreError, match=message):
        scorable(change(frame))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"by": ("model", "colour")}, "Cannot group by .*colour"),
        ({"by": "model"}, "give a list"),
        ({"windows": {"a": ("2015-01", "2015-12")}}, "does not contain 'window'"),
        ({"episodes": []}, "neither 'episode' nor 'phase'"),
        ({"reference": "Naive"}, "'Naive'; there are"),
        ({"by": ("window",), "windows": {"a": ("1999-01", "1999-12")}}, "falls into any"),
    ],
)
def test_questions_that_make_no_sense_are_refused(frame, arguments, message):
    with pytest.raises(ScoreError, match=message):
        scores(frame, **arguments)


def test_a_large_backtest_is_scored_in_a_second():
    names = ("RandomWalk", *(f"Model{i}" for i in range(9)))
    large = tidy_frame(names, origins=200, steps=12, noise=range(1, 11))
    began = time.perf_counter()
    scores(large)
    # Twenty times what it takes on an idle core.
    assert time.perf_counter() - began < 3


@settings(max_examples=20, deadline=None)
@given(st.floats(0.5, 2.0))
def test_scores_of_levels_do_not_depend_on_the_unit(factor):
    small = tidy_frame(origins=12)
    scaled = small.copy()
    level = scaled["quantity"] == "level"
    money = [*QUANTILES, "actual", "mean"]
    scaled.loc[level, money] = scaled.loc[level, money] * factor
    columns = ["rmse", "bias", "pinball", "interval_score", "rmse_ratio"]
    npt.assert_allclose(scores(scaled)[columns], scores(small)[columns], atol=1e-7)


def test_a_backtest_without_a_random_walk_says_how_to_name_its_reference(panel) -> None:
    models = {"walk": RandomWalk(n_draws=20), "naive": SeasonalNaive(n_draws=20)}
    done = backtest(models, panel, origins=panel.origins("2020-01", "2020-12"), steps=1, n_jobs=1)
    table = done.scores()
    assert "rmse_ratio" not in table
    assert table["note"].str.endswith("name the reference, such as scores(reference='walk')").all()
    named = done.scores(reference="walk").set_index(["model", "quantity"])
    assert named.loc[("walk", "level"), "rmse_ratio"] == 1.0
    assert not done.scores(reference=None)["note"].str.contains("reference").any()
