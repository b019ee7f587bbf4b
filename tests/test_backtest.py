"""Backtests: the same numbers however they are run, and nothing lost when something fails."""

from typing import ClassVar

import numpy as np
import pandas as pd
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from tradeshock.features import Panel
from tradeshock.features.errors import BacktestError, PanelError
from tradeshock.forecast import backtest
from tradeshock.forecast.backtesting.functionals import jan_feb, year_total
from tradeshock.forecast.backtesting.result import IncompleteBacktestError
from tradeshock.models import Model, RandomWalk, SeasonalNaive
from tradeshock.models.pools.wrapper import Wrapper

TARGET = "exports_total"
HERE = {"n_jobs": 1}


class Oracle(Model):
    """Knows what came out, and forecasts it."""

    def __init__(self, panel=None, n_draws=20, random_state=0):
        self.panel = panel
        self.n_draws = n_draws
        self.random_state = random_state

    def _fit(self):
        pass

    def _paths(self, steps, rng, conditions):
        known = self.panel.values[self.target_[0]]
        truth = known.reindex(known.index.union(self._ahead(steps))).ffill()[self._ahead(steps)]
        return np.tile(truth.to_numpy()[None, :, None], (self.n_draws, 1, 1))


class Failing(SeasonalNaive):
    """Raises in one year."""

    def _fit(self):
        if self.panel_.origin.year == 2024:
            raise ValueError(f"no luck on {self.panel_.origin.date()}")
        super()._fit()


class Counting(SeasonalNaive):
    """Writes down when it is fitted, updated, and on how many threads."""

    log: ClassVar[list[tuple[str, str, int]]] = []

    def note(self, what):
        threads = max((lib["num_threads"] for lib in threadpool_info()), default=1)
        Counting.log.append((what, str(self.panel_.origin.date()), threads))

    def _fit(self):
        self.note("fit")
        super()._fit()

    def update(self, panel, freeze=False):
        self._open(panel, self.target_, None)
        self.note("update")
        super()._fit()
        return self


class Seeing(SeasonalNaive):
    """Writes down what its replays are given."""

    given: ClassVar[list[Panel]] = []

    def replay(self, panel, target, origins, steps):
        Seeing.given.append(panel)
        return super().replay(panel, target, origins, steps)


class First(Wrapper):
    """The first member's paths, shifted by the number of errors it knows."""

    def __init__(self, members=None, n_draws=20, random_state=0):
        self.members = members
        self.n_draws = n_draws
        self.random_state = random_state

    def combine(self, forecasts, record, panel):
        first = forecasts[0]
        errors = record.errors(first.model, first.series[0], first.state)
        known = int(errors[1].notna().sum()) if len(errors) else 0
        return first.shifted(pd.Series(float(known), first.index), f"{known} errors")


def small(**kw):
    return [RandomWalk(n_draws=20, **kw), SeasonalNaive(n_draws=20)]


@pytest.fixture(scope="module")
def origins(panel: Panel):
    return panel.origins("2023-07", "2026-05")


@pytest.fixture(scope="module")
def done(panel, origins):
    return backtest(small(), panel, origins=origins, **HERE)


def test_a_replay_is_given_nothing_that_came_after_its_last_origin(panel, origins):
    """A stored chunk is looked up by the figures known at its origins: it may use no others."""
    Seeing.given.clear()
    backtest(Seeing(n_draws=20), panel, origins=origins, **HERE)
    last = [max(day for day in origins if day.year == year) for year in range(2023, 2027)]
    assert [given.origin for given in Seeing.given] == last
    for given, day in zip(Seeing.given, last, strict=True):
        pd.testing.assert_frame_equal(given.values, panel.as_of(day).values)


# -- what it gives ------------------------------------------------------------------------------


def test_an_oracle_has_no_error_at_any_step(panel, origins):
    result = backtest(Oracle(panel), panel, origins=origins, steps=15, **HERE)
    table = result.scores(reference=None)
    assert set(table["step"]) == set(range(1, 16))
    assert set(table["quantity"]) == {"level", "yoy"}
    assert (table[["rmse", "mae", "bias", "crps", "pinball"]] == 0.0).all(axis=None)
    assert (result.frame.dropna()["q975"] == result.frame.dropna()["actual"]).all()


def test_the_frame_has_a_row_for_each_forecast(done, origins):
    frame = done.frame
    assert len(frame) == 2 * 2 * 12 * len(origins)
    assert list(frame["model"].unique()) == ["RandomWalk", "SeasonalNaive"]
    keys = ["model", "target", "quantity", "origin", "state", "step"]
    assert not frame.duplicated(keys).any()
    first = frame[frame["step"] == 1].drop_duplicates("origin")
    assert (pd.PeriodIndex(first["origin"], freq="M") == pd.PeriodIndex(first["month"])).all()
    numbers = frame.select_dtypes("number")
    out = numbers.columns.difference(["actual", "crps", "logscore", "pit"])
    assert np.isfinite(numbers[out].to_numpy()).all()
    assert repr(done).startswith(f"Backtest: 2 models from {len(origins)} origins, RMSE by step")


def test_the_numbers_are_those_of_the_slow_path(panel, done, origins):
    paths = RandomWalk(n_draws=20).fit(panel.as_of(origins[20])).forecast(12)
    rows = done.frame.query("model == 'RandomWalk' and quantity == 'level'")
    rows = rows[rows["origin"] == origins[20]]
    np.testing.assert_allclose(rows["q50"], paths.median(), rtol=1e-9)
    np.testing.assert_allclose(rows["q10"], paths.quantile(0.1)[0.1], rtol=1e-9)


def test_scores_compare_with_the_random_walk_if_it_is_there(panel, origins, done):
    assert "rmse_ratio" in done.scores()
    alone = backtest(SeasonalNaive(n_draws=20), panel, origins=origins[:12], **HERE)
    assert "rmse_ratio" not in alone.scores(by=["model", "state"])
    assert list(alone.scores(by=["model", "state"])["n"]) == [144, 144]
    assert alone.scores()["note"].str.contains("no model is labelled RandomWalk").all()


def test_the_plot_has_a_line_for_each_model(done):
    ax = done.plot()
    assert [line.get_label() for line in ax.lines] == ["RandomWalk", "SeasonalNaive"]
    expected = done.scores(reference=None).query("model == 'RandomWalk' and quantity == 'level'")
    np.testing.assert_allclose(ax.lines[0].get_ydata(), expected["rmse"])
    assert ax.get_title(loc="left") == "Error by step"
    assert ax.get_ylabel() == "RMSE, 100 log points, about %"
    assert done.plot("yoy", ax=ax) is ax


def test_the_plot_tells_states_and_targets_apart(panel):
    days = [d for s in panel.states(TARGET) for d in panel.origins("2025-01", "2025-06", state=s)]
    result = backtest(RandomWalk(n_draws=20), panel, origins=days, steps=2, **HERE)
    ax = result.plot()
    names = [line.get_label() for line in ax.lines]
    assert sorted(names) == [f"RandomWalk, {state}" for state in sorted(panel.states(TARGET))]
    table = result.scores(["model", "state", "step"]).query("quantity == 'level'")
    one = table[table["state"] == "after_10d"]
    heights = dict(zip(names, ax.lines, strict=True))["RandomWalk, after_10d"].get_ydata()
    np.testing.assert_allclose(heights, one["rmse"])


def test_origins_of_all_states_can_be_mixed(panel):
    days = [d for s in panel.states(TARGET) for d in panel.origins("2025-03", "2025-04", state=s)]
    result = backtest(RandomWalk(n_draws=20), panel, origins=days, steps=2, **HERE)
    assert list(result.frame["origin"].unique()) == sorted(days)
    assert result.frame.groupby("state")["origin"].nunique().to_dict() == {
        "after_total": 2,
        "after_10d": 2,
        "after_20d": 2,
    }


def test_origins_by_default_reach_from_2010_to_the_last_figure(panel):
    frame = backtest("SeasonalNaive", panel, steps=1, **HERE).frame
    assert (frame["origin"].min(), frame["origin"].max()) == (
        pd.Timestamp("2010-01-01"),
        pd.Timestamp("2026-05-01"),
    )
    young = Panel(panel.values.loc["2014-03":, [TARGET]], panel.catalog, panel.calendar)
    frame = backtest(SeasonalNaive(n_draws=20), young, steps=1, **HERE).frame
    assert frame["month"].min() == pd.Period("2024-03", "M")


def test_models_may_have_labels_of_their_own(panel, origins):
    models = {"seed 0": RandomWalk(n_draws=20), "seed 1": RandomWalk(n_draws=20, random_state=1)}
    result = backtest(models, panel, origins=origins[:3], steps=2, **HERE)
    assert list(result.frame["model"].unique()) == ["seed 0", "seed 1"]
    assert result.record.models == ["seed 0", "seed 1"]
    assert result.frame["q10"].nunique() == 2 * 2 * 2 * 3


def test_functionals_are_reduced_from_whole_paths(panel):
    days = panel.origins("2024-11", "2025-02")
    reductions = {"year": year_total, "winter": jan_feb, "up": lambda paths: float(paths.seed == 0)}
    result = backtest(
        RandomWalk(n_draws=20), panel, origins=days, steps=14, functionals=reductions, **HERE
    )
    table = result.functionals.set_index(["origin", "functional", "item"])
    paths = RandomWalk(n_draws=20).fit(panel.as_of(days[0])).forecast(14)
    total = panel.values.loc["2024-01":"2024-12", TARGET].sum()
    row = table.loc[(days[0], "year", "2024 q50")]
    assert row["value"] == pytest.approx(np.median(paths.total()[pd.Period("2024", "Y")]))
    assert row["actual"] == pytest.approx(total)
    assert table.loc[(days[2], "winter", "2025 mean"), "actual"] == pytest.approx(
        panel.values.loc["2025-01":"2025-02", TARGET].sum()
    )
    assert table.loc[(days[3], "up", ""), "value"] == 1.0
    assert np.isnan(table.loc[(days[3], "winter", "2026 q90"), "actual"]) == (
        pd.Period("2026-02", "M") > panel.last_month(TARGET)
    )


def test_a_functional_must_return_numbers(panel, origins):
    with pytest.raises(IncompleteBacktestError, match="'text' returned str"):
        backtest(small(), panel, origins=origins[:2], functionals={"text": str}, **HERE)


# -- wrappers -----------------------------------------------------------------------------------


def test_members_are_replayed_once_and_feed_their_wrappers(panel):
    days = panel.origins("2025-01", "2025-04")
    Counting.log.clear()
    member = Counting(n_draws=20)
    models = [First([member]), First([member, RandomWalk(n_draws=20)]), member]
    result = backtest(models, panel, origins=days, steps=2, warmup=3, **HERE)
    # Three origins of warm-up and four that are scored.
    assert len(Counting.log) == 7
    assert result.frame["origin"].min() == days[0]
    level = result.frame[result.frame["quantity"] == "level"]
    medians = level.pivot(index=["origin", "step"], columns="model", values="q50")
    known = medians["First(Counting)"] - medians["Counting"]
    # The origin of step 1 is not known, the others before it are.
    np.testing.assert_allclose(known.xs(1, level="step"), [3, 4, 5, 6], atol=1e-6)
    both = medians["First(Counting, RandomWalk)"]
    pd.testing.assert_series_equal(both, medians["First(Counting)"], check_names=False)
    assert result.record.models == [
        "Counting",
        "First(Counting)",
        "First(Counting, RandomWalk)",
        "RandomWalk",
    ]
    slow = First([member]).fit(panel.as_of(days[2]), TARGET, result.record).forecast(2)
    assert slow.median().iloc[0] == pytest.approx(medians["First(Counting)"][(days[2], 1)])


def test_a_wrapper_of_a_failed_member_fails_by_name(panel, origins):
    with pytest.raises(IncompleteBacktestError) as caught:
        backtest([First([Failing(n_draws=20)])], panel, origins=origins, steps=2, **HERE)
    assert "First(Failing) (2023, 2024, 2025, 2026): its members failed" in str(caught.value)
    assert "Failing (2024): ValueError: no luck on 2024-01-01" in str(caught.value)


def test_parameters_are_kept_between_refits(panel, origins):
    Counting.log.clear()
    backtest(Counting(n_draws=20), panel, origins=origins[3:11], refit_every=3, **HERE)
    done = [what for what, _, _ in Counting.log]
    # Three origins in 2023, five in 2024: every year begins with a fit.
    assert done == ["fit", "update", "update", "fit", "update", "update", "fit", "update"]


def test_one_thread_inside_and_as_many_as_before_outside(panel, origins):
    Counting.log.clear()
    with threadpool_limits(2):
        before = [lib["num_threads"] for lib in threadpool_info()]
        backtest(Counting(n_draws=20), panel, origins=origins[:2], steps=1, **HERE)
        assert [lib["num_threads"] for lib in threadpool_info()] == before
    assert {threads for _, _, threads in Counting.log} == {1}
    assert 2 in before


def test_the_progress_bar_writes_to_standard_error_alone(panel, origins, capsys):
    backtest(SeasonalNaive(n_draws=20), panel, origins=origins[:2], progress=True, **HERE)
    out, err = capsys.readouterr()
    assert out == ""
    assert "1/1" in err
    backtest(SeasonalNaive(n_draws=20), panel, origins=origins[:2], **HERE)
    assert capsys.readouterr() == ("", "")


# -- when something fails -------------------------------------------------------------------------


def test_one_model_that_fails_does_not_lose_the_others(panel, origins, done):
    with pytest.raises(IncompleteBacktestError) as caught:
        backtest([Failing(n_draws=20), *small()], panel, origins=origins, **HERE)
    message = str(caught.value)
    assert "1 of the models failed" in message
    assert "Failing (2024): ValueError: no luck on 2024-01-01" in message
    result = caught.value.result
    (failure,) = result.failures
    assert (failure.model, failure.year) == ("Failing", 2024)
    assert "Traceback" in failure.details
    others = result.frame[result.frame["model"] != "Failing"].reset_index(drop=True)
    pd.testing.assert_frame_equal(others, done.frame, check_exact=True)
    assert set(result.frame.loc[result.frame["model"] == "Failing", "origin"].dt.year) == {
        2023,
        2025,
        2026,
    }


# -- at the door ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"models": []}, "no models were given"),
        ({"models": [3]}, "got 3 as a model"),
        ({"models": small() * 2}, "more than one model is called 'RandomWalk'"),
        ({"steps": 0}, "steps is 0; give a whole number, at least 1"),
        ({"refit_every": 0}, "refit_every is 0"),
        ({"warmup": -1}, "warmup is -1"),
        ({"n_jobs": 0}, "n_jobs is 0"),
        ({"origins": []}, "no origins were given"),
        ({"origins": ["2024-01-01", "2024-01-01"]}, "2024-01-01 is given twice"),
    ],
)
def test_bad_arguments_are_refused(panel, arguments, message):
    given = {"models": SeasonalNaive(n_draws=20), "panel": panel, "origins": ["2024-01-01"]}
    with pytest.raises(BacktestError, match=message):
        backtest(**{**given, **arguments})


def test_labels_must_not_be_other_models_names(panel):
    models = {"SeasonalNaive": RandomWalk(n_draws=20), "first": First([SeasonalNaive(n_draws=20)])}
    with pytest.raises(BacktestError, match="more than one model is called 'SeasonalNaive'"):
        backtest(models, panel)


def test_origins_outside_the_panel_are_refused(panel):
    with pytest.raises(PanelError, match="2026-05-15"):
        backtest(SeasonalNaive(n_draws=20), panel, origins=["2027-01-01"])
    short = Panel(panel.values.loc["2020-01":, [TARGET]], panel.catalog, panel.calendar)
    with pytest.raises(BacktestError, match="give origins of your own"):
        backtest(SeasonalNaive(n_draws=20), short)
