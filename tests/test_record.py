"""The record, the rows that it is made of, and the wrappers that it feeds."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import scoringrules

from tradeshock.features import Panel
from tradeshock.features.errors import ModelError
from tradeshock.features.panel.vintages import Vintages
from tradeshock.models import ForecastPaths, RandomWalk, Record, SeasonalNaive
from tradeshock.models.pools.wrapper import Wrapper
from tradeshock.models.record.rows import forecast_rows

TARGET = "exports_total"
CELL = ("RandomWalk", TARGET, "after_total")


class Mean(Wrapper):
    """Average of the members' draws, weighted by their past squared errors at step 1."""

    def __init__(self, members=None, n_draws=40, random_state=0):
        self.members = members
        self.n_draws = n_draws
        self.random_state = random_state

    def combine(self, forecasts, record, panel):
        first = forecasts[0]
        weights = np.ones(len(forecasts))
        for i, paths in enumerate(forecasts):
            errors = record.errors(paths.model, paths.series[0], paths.state)
            if len(errors) and errors[1].notna().any():
                weights[i] = 1.0 / (errors[1] ** 2).mean()
        values = sum(w * p.values for w, p in zip(weights, forecasts, strict=True))
        return replace(first, values=values / weights.sum())


@pytest.fixture(scope="module")
def origins(panel: Panel):
    return panel.origins("2023-01", "2026-05")


@pytest.fixture(scope="module")
def forecasts(panel, origins) -> list[ForecastPaths]:
    return list(RandomWalk(n_draws=200).replay(panel, TARGET, origins, 14))


@pytest.fixture(scope="module")
def frame(panel, forecasts):
    return forecast_rows(forecasts, panel)


@pytest.fixture(scope="module")
def record(frame):
    return Record(frame)


def cell(frame, origin, step, quantity):
    keep = (frame["origin"] == origin) & (frame["step"] == step) & (frame["quantity"] == quantity)
    (row,) = frame[keep].to_dict("records")
    return row


# -- rows ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", [1, 7, 13])
def test_a_row_is_what_independent_code_makes_of_the_paths(panel, forecasts, frame, step):
    paths = forecasts[5]
    level, growth = cell(frame, paths.origin, step, "level"), cell(frame, paths.origin, step, "yoy")
    month = paths.index[step - 1]
    draws, actual = paths.draws()[:, step - 1], panel.values.at[month, TARGET]
    grown = paths.yoy()[month].to_numpy()
    came = 100.0 * (actual / panel.values.at[month - 12, TARGET] - 1.0)
    for row, sample, outcome in ((level, draws, actual), (growth, grown, came)):
        assert row["month"] == month
        assert row["actual"] == pytest.approx(outcome, rel=1e-12)
        assert row["mean"] == pytest.approx(sample.mean())
        for name, q in (("q025", 0.025), ("q10", 0.1), ("q50", 0.5), ("q95", 0.95)):
            assert row[name] == pytest.approx(np.quantile(sample, q), rel=1e-12, abs=1e-10)
        assert row["pit"] == pytest.approx((sample < outcome).mean(), abs=0.005)
    logs, outcome = 100.0 * np.log(draws), 100.0 * np.log(actual)
    crps = scoringrules.crps_ensemble(outcome, logs, estimator="nrg")
    assert level["crps"] == pytest.approx(crps, rel=1e-9)
    assert growth["crps"] == pytest.approx(
        scoringrules.crps_ensemble(came, grown, estimator="nrg"), rel=1e-9
    )


def test_scale_and_last_growth_are_those_known_at_the_origin(panel, forecasts, frame):
    origin = forecasts[5].origin
    past = panel.as_of(origin).series(TARGET)
    changes = (100.0 * np.log(past)).diff().abs().median()
    growth = 100.0 * (past / past.shift(12) - 1.0)
    row, grown = cell(frame, origin, 3, "level"), cell(frame, origin, 3, "yoy")
    assert row["scale"] == pytest.approx(changes)
    assert grown["scale"] == pytest.approx(growth.diff().abs().median())
    assert row["last_yoy"] == grown["last_yoy"] == pytest.approx(growth.iloc[-1])


def test_seasonal_naive_errors_are_those_of_the_history_at_the_origin(panel, forecasts, frame):
    origin = forecasts[5].origin
    past = panel.as_of(origin).series(TARGET).dropna()
    growth = 100.0 * (past / past.shift(12) - 1.0)
    for quantity, figures in (("level", past), ("yoy", growth)):
        row, change = cell(frame, origin, 3, quantity), figures.diff(12)
        assert row["naive_mae"] == pytest.approx(change.abs().mean(), rel=1e-12)
        assert row["naive_mse"] == pytest.approx((change**2).mean(), rel=1e-12)


def test_records_made_before_a_column_was_can_still_be_read(frame, record, tmp_path):
    old = frame.drop(columns=["naive_mae", "naive_mse"])
    Record(old).save(tmp_path / "made.npz")
    with np.load(tmp_path / "made.npz") as file:
        arrays = {name: file[name] for name in file.files if not name.startswith("naive")}
    header = json.loads(str(arrays["about"]))
    del header["arrays"]  # which came later
    arrays["about"] = np.array(json.dumps(header))
    np.savez(tmp_path / "old.npz", **arrays)
    read = Record.load(tmp_path / "old.npz").frame
    assert read[["naive_mae", "naive_mse"]].isna().all(axis=None)
    known = read.columns.drop(["naive_mae", "naive_mse"])
    pd.testing.assert_frame_equal(read[known], record.frame[known])


def test_outcomes_are_dated_by_the_release_rule(panel, frame):
    last = panel.last_month(TARGET)
    known = frame["month"] <= last
    assert frame.loc[known, "actual"].notna().all()
    assert frame.loc[~known, ["actual", "crps", "logscore", "pit"]].isna().all(axis=None)
    assert frame.loc[~known, "known_on"].isna().all()
    april = frame.loc[frame["month"] == last, "known_on"]
    assert set(april) == {pd.Timestamp("2026-05-01")}


def test_growth_needs_a_month_a_year_before(panel):
    young = Panel(panel.values.loc["2022-06":, [TARGET]], panel.catalog, panel.calendar)
    rows = forecast_rows(RandomWalk(n_draws=20).fit(young.as_of("2026-05-01")).forecast(14), young)
    assert (rows["quantity"] == "yoy").sum() == 14
    short = next(RandomWalk(n_draws=20).replay(young, TARGET, [pd.Timestamp("2025-07-01")], 14))
    cut = replace(short, history=short.history.iloc[-6:])
    assert list(forecast_rows(cut, young).query("quantity == 'yoy'")["step"]) == [
        7,
        8,
        9,
        10,
        11,
        12,
        13,
        14,
    ]


def test_paths_that_are_not_positive_are_refused(panel, forecasts):
    wrong = replace(forecasts[0], values=forecasts[0].values - 1e6)
    with pytest.raises(ModelError, match=r"step 1, origin 2023-01-01.*positive"):
        forecast_rows(wrong, panel)


# -- as of --------------------------------------------------------------------------------------


def test_an_error_counts_from_the_day_on_which_its_outcome_came(panel, record):
    errors = record.as_of("2024-06-30").errors(*CELL)
    assert errors.index[-1] == pd.Timestamp("2024-06-01")
    # The newest known outcome is that of May 2024: at step h the newest error lags h months.
    assert [errors[h].last_valid_index() for h in (1, 2, 6)] == [
        pd.Timestamp("2024-05-01"),
        pd.Timestamp("2024-04-01"),
        pd.Timestamp("2023-12-01"),
    ]
    on_the_day = record.as_of("2024-07-01").errors(*CELL)
    assert on_the_day.at[pd.Timestamp("2024-06-01"), 1] == record.errors(*CELL).at["2024-06-01", 1]


def test_outcomes_and_forecasts_are_there_on_their_very_day(record):
    day = pd.Timestamp("2024-07-01")
    june = (pd.Timestamp("2024-06-01"), 1)
    for cut, out in ((record.as_of(day), True), (record.as_of("2024-06-30"), False)):
        row = cut.frame.set_index(["origin", "step"]).loc[june]
        assert pd.notna([row["actual"], row["crps"], row["known_on"]]).tolist() == [out] * 3
        origins, table = cut.arrays(["q50", "actual"], *CELL)
        known_on = cut.known_on(*CELL)
        assert known_on.shape == table["actual"].shape == (len(origins), 14)
        np.testing.assert_array_equal(np.isnat(known_on), np.isnan(table["actual"]))
        place = origins.get_loc(june[0])
        assert pd.Series(known_on[place, :1]).dropna().tolist() == [day] * out
        # The forecast of the day itself.
        assert (origins[-1] == day) == (len(known_on) == 19) == out
        assert cut.frame["origin"].max() == origins[-1]


def test_a_record_speaks_of_figures_up_to_the_first_that_were_others(panel):
    day, may = pd.Timestamp("2024-09-10"), pd.Period("2024-05", "M")
    final = panel.values.at[may, TARGET]

    def revised(before):
        rows = [(TARGET, may, "2024-06-01", before), (TARGET, may, day, final)]
        seen = pd.DataFrame(rows, columns=["series", "month", "seen", "value"])
        return panel.with_vintages(Vintages(seen))

    ours, other = revised(final * 0.98), revised(final * 0.99)
    days = ours.origins("2024-01", "2025-03")
    made = Record(forecast_rows(RandomWalk(n_draws=40).replay(ours, TARGET, days, 2), ours))
    signed = made.with_figures(ours)
    assert signed.made_from(ours, TARGET).frame["origin"].max() == days[-1]
    # From October on both have seen the same; what lies between was forecast from others.
    kept = signed.made_from(other, TARGET).frame
    assert kept["origin"].max() == pd.Timestamp("2024-05-01")


def test_later_outcomes_cannot_be_seen(panel, frame):
    origin = pd.Timestamp("2024-06-01")
    late = frame["known_on"].isna() | (frame["known_on"] > origin)
    other = frame.copy()
    other.loc[late, ["actual", "crps", "logscore", "pit"]] *= 1.7
    ours, theirs = Record(frame).as_of(origin), Record(other).as_of(origin)
    pd.testing.assert_frame_equal(ours.frame, theirs.frame)
    for column in ("actual", "crps", "logscore", "pit", "q50"):
        pd.testing.assert_frame_equal(ours.matrix(column, *CELL), theirs.matrix(column, *CELL))


def test_cutting_twice_is_cutting_at_the_earlier_day(record):
    twice = record.as_of("2024-06-01").as_of("2025-01-01")
    pd.testing.assert_frame_equal(twice.frame, record.as_of("2024-06-01").frame)
    assert len(twice) == len(twice.frame) == 18 * 14


def test_frame_and_matrices_agree(record):
    cut = record.as_of("2025-03-15")
    for column in ("crps", "q10", "actual"):
        table = cut.frame.pivot(index="origin", columns="step", values=column)
        np.testing.assert_array_equal(cut.matrix(column, *CELL), table)
    errors = 100.0 * np.log(cut.matrix("actual", *CELL) / cut.matrix("q50", *CELL))
    pd.testing.assert_frame_equal(cut.errors(*CELL), errors)


def test_what_is_not_there_is_empty():
    assert len(Record()) == 0
    assert Record().as_of("2024-01-01").errors(*CELL).empty
    assert Record().models == []
    assert repr(Record().as_of("2024-01-01")) == "Record as of 2024-01-01: 0 rows, models []"


def test_concat_keeps_the_last_of_equal_forecasts(frame):
    half = frame["origin"] < "2025-01-01"
    newer = frame[~half].copy()
    again = frame[half].assign(q50=1.0)
    record = Record.concat([Record(frame[half]), Record(newer), Record(), Record(again)])
    table = record.matrix("q50", *CELL)
    assert (table.loc[:"2024-12-31"] == 1.0).all(axis=None)
    assert len(record) == len(Record(frame))
    assert len(Record.concat([])) == 0


def test_saved_and_loaded_is_the_same_bit_for_bit(record, tmp_path):
    path = tmp_path / "deep" / "record.npz"
    record.save(path)
    loaded = Record.load(path)
    pd.testing.assert_frame_equal(loaded.frame, record.frame, check_exact=True)
    assert [file.name for file in path.parent.iterdir()] == ["record.npz"]
    Record().save(path)
    assert len(Record.load(path)) == 0


def test_bad_records_are_refused(frame, tmp_path):
    with pytest.raises(ModelError, match="known_on"):
        Record(frame.drop(columns="known_on"))
    with pytest.raises(ModelError, match="step 1 from 2023-01-01 is there twice"):
        Record(pd.concat([frame, frame.iloc[:1]]))
    np.savez(tmp_path / "other.npz", a=1)
    with pytest.raises(ModelError, match=r"no record can be read.*tradeshock did not write"):
        Record.load(tmp_path / "other.npz")
    with pytest.raises(FileNotFoundError, match="there is no file"):
        Record.load(tmp_path / "none.npz")


# -- wrappers -----------------------------------------------------------------------------------


MEMBERS = [RandomWalk(n_draws=40), SeasonalNaive(n_draws=40)]


@pytest.fixture(scope="module")
def few(panel):
    return panel.origins("2024-01", "2024-12")


def test_a_wrapper_without_record_copes(panel):
    paths = Mean(MEMBERS).fit(panel).forecast(3)
    members = [member.fit(panel).forecast(3).values for member in MEMBERS]
    np.testing.assert_allclose(paths.values, np.mean(members, axis=0), rtol=1e-12)
    assert paths.model == "Mean(RandomWalk, SeasonalNaive)"


def test_replay_of_a_wrapper_is_fit_with_the_record(panel, few):
    wrapper = Mean(MEMBERS)
    record = wrapper.make_record(panel, TARGET, few, 3)
    replayed = list(wrapper.replay(panel, TARGET, few, 3))
    for paths in (replayed[0], replayed[7]):
        slow = Mean(MEMBERS).fit(panel.as_of(paths.origin), TARGET, record).forecast(3)
        np.testing.assert_allclose(paths.values, slow.values, rtol=1e-12)
    # By then errors are known, and the random walk's are the smaller ones.
    naive, walk = (m.fit(panel.as_of(few[7])).forecast(3).values for m in MEMBERS[::-1])
    assert np.abs(replayed[7].values - walk).sum() < np.abs(replayed[7].values - naive).sum()


def test_update_reads_the_record_on(panel, few):
    wrapper = Mean(MEMBERS)
    record = wrapper.make_record(panel, TARGET, few, 3)
    updated = wrapper.fit(panel.as_of(few[2]), TARGET, record).update(panel.as_of(few[-1]))
    fresh = Mean(MEMBERS).fit(panel.as_of(few[-1]), TARGET, record)
    np.testing.assert_array_equal(updated.forecast(3).values, fresh.forecast(3).values)


def test_wrappers_may_be_members(panel, few):
    outer = Mean([Mean(MEMBERS), SeasonalNaive(n_draws=40)])
    record = outer.make_record(panel, TARGET, few[:6], 2)
    assert record.models == ["Mean(RandomWalk, SeasonalNaive)", "RandomWalk", "SeasonalNaive"]
    *_, last = outer.replay(panel, TARGET, few[:6], 2)
    slow = outer.fit(panel.as_of(few[5]), TARGET, record).forecast(2)
    np.testing.assert_allclose(last.values, slow.values, rtol=1e-12)


@pytest.mark.parametrize(
    ("members", "message"),
    [
        (None, "got none"),
        ([], "expected models in a list or tuple"),
        (["RandomWalk"], r"'RandomWalk' is the name of one: give RandomWalk\(\)"),
        ([RandomWalk(), RandomWalk(random_state=1)], r"more than one is called \['RandomWalk'\]"),
    ],
)
def test_bad_members_are_refused(panel, members, message):
    with pytest.raises(ModelError, match=message):
        Mean(members).fit(panel)
