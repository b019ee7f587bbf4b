"""Backtests of many targets: each as if it were alone."""

import os
import signal

import pandas as pd
import pytest

from tradeshock.features import Panel
from tradeshock.features.errors import BacktestError, PanelError
from tradeshock.forecast import backtest
from tradeshock.forecast.backtesting.many_targets import backtest_many
from tradeshock.forecast.backtesting.result import Backtest, IncompleteBacktestError
from tradeshock.models import VAR, RandomWalk, SeasonalNaive

TARGETS = ["exports_semiconductors", "exports_total"]
HERE = {"n_jobs": 1}


@pytest.fixture(scope="module")
def origins(panel: Panel):
    return panel.origins("2025-03", "2025-08")


def small():
    return [RandomWalk(n_draws=20), SeasonalNaive(n_draws=20)]


def test_each_target_has_its_own_backtest(panel, origins):
    frame = backtest_many(small(), panel, TARGETS, origins=origins, steps=3, **HERE)
    parts = [backtest(small(), panel, t, origins, 3, **HERE).frame for t in TARGETS]
    pd.testing.assert_frame_equal(frame, pd.concat(parts, ignore_index=True), check_exact=True)


def test_default_origins_are_each_targets_own(panel):
    model = SeasonalNaive(n_draws=20)
    frame = backtest_many(model, panel, TARGETS, steps=1, **HERE)
    for target, rows in frame.groupby("target"):
        alone = backtest(model, panel, target, steps=1, **HERE).frame
        assert list(rows["origin"].unique()) == list(alone["origin"].unique())


def test_models_see_the_target_its_counts_and_the_drivers(panel, origins):
    seen = []

    class Looking(SeasonalNaive):
        def _fit(self):
            seen.append(list(self.panel_.values.columns))
            super()._fit()

    days = panel.origins("2025-03", "2025-03")
    backtest_many(Looking(n_draws=20), panel, TARGETS[1:], ["brent"], origins=days, **HERE)
    counts = ["exports_total_first_10_days", "exports_total_first_20_days"]
    assert [sorted(columns) for columns in seen] == [sorted(["exports_total", *counts, "brent"])]
    var = VAR(["exports_total", "brent"], lags=2, n_draws=20)
    frame = backtest_many(var, panel, TARGETS[1:], ["brent"], origins=days, steps=2, **HERE)
    assert len(frame) == 4


def test_scores_can_be_taken_where_the_backtest_was_run(panel, origins, tmp_path):
    given = {"origins": origins, "steps": 3, **HERE}
    table = backtest_many(small(), panel, TARGETS, reduce=Backtest.scores, store=tmp_path, **given)
    assert list(table["target"].unique()) == TARGETS
    alone = backtest(small(), panel, TARGETS[0], **given).scores()
    pd.testing.assert_frame_equal(table[: len(alone)], alone)
    # Forecasts and rows of two models, two targets each.
    assert len(list(tmp_path.iterdir())) == 8


def test_a_target_that_fails_does_not_lose_the_others(panel, origins):
    class Fussy(SeasonalNaive):
        def _fit(self):
            if self.target_[0] == "exports_total":
                raise ValueError("not this one")
            super()._fit()

    with pytest.raises(IncompleteBacktestError) as caught:
        backtest_many([Fussy(n_draws=20), *small()], panel, TARGETS, origins=origins, **HERE)
    assert "Fussy of exports_total (2025): ValueError: not this one" in str(caught.value)
    rows = caught.value.result.frame.groupby("target")["model"].unique()
    assert list(rows["exports_total"]) == ["RandomWalk", "SeasonalNaive"]
    assert list(rows["exports_semiconductors"]) == ["Fussy", "RandomWalk", "SeasonalNaive"]


def test_a_target_that_kills_its_worker_is_named(panel, origins, monkeypatch):
    monkeypatch.setattr("tradeshock.forecast.engines.queue.WORTH_SECONDS", 0.0)
    parent = os.getpid()

    class Deadly(SeasonalNaive):
        def _fit(self):
            if self.target_[0] == "exports_total" and os.getpid() != parent:
                os.kill(os.getpid(), signal.SIGKILL)
            super()._fit()

    with (
        pytest.warns(RuntimeWarning, match="exports_total"),
        pytest.raises(IncompleteBacktestError, match="  exports_total: its worker process died"),
    ):
        backtest_many(Deadly(n_draws=20), panel, TARGETS, origins=origins, n_jobs=2)


@pytest.mark.parametrize("targets", [[], ["exports_total"] * 2])
def test_bad_targets_are_refused(panel, targets):
    with pytest.raises(BacktestError, match="as targets; give at least one"):
        backtest_many(small(), panel, targets)


def test_unknown_series_are_refused(panel):
    with pytest.raises(PanelError, match="no_such"):
        backtest_many(small(), panel, ["no_such"])
