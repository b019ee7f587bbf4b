"""Worker processes: the same numbers, and a process that dies costs its own chunk at most."""

import os
import signal
import time
from pathlib import Path

import pandas as pd
import pytest

from tradeshock.features import Panel
from tradeshock.forecast import backtest
from tradeshock.forecast.backtesting.chunks import Chunk
from tradeshock.forecast.backtesting.result import IncompleteBacktestError
from tradeshock.forecast.engines.base import Failed
from tradeshock.forecast.engines.loky import LokyExecutor
from tradeshock.forecast.engines.queue import Workers
from tradeshock.models import RandomWalk, SeasonalNaive

HERE = {"n_jobs": 1}


@pytest.fixture(scope="module")
def origins(panel: Panel):
    return panel.origins("2023-07", "2026-05")


@pytest.fixture(autouse=True)
def everything_is_long(monkeypatch):
    monkeypatch.setattr("tradeshock.forecast.engines.queue.WORTH_SECONDS", 0.0)


def small():
    return [RandomWalk(n_draws=20), SeasonalNaive(n_draws=20)]


@pytest.fixture(scope="module")
def done(panel, origins):
    return backtest(small(), panel, origins=origins, **HERE)


def assert_same(a, b):
    pd.testing.assert_frame_equal(a.frame, b.frame, check_exact=True)


def test_worker_processes_give_the_same_numbers(panel, origins, done):
    assert_same(backtest(small(), panel, origins=origins, n_jobs=2), done)


def mortal(marker: Path, once: bool):
    """Model that kills its worker process in 2025; made here so that workers get it by value."""

    class Mortal(SeasonalNaive):
        def _fit(self):
            time.sleep(0.02)
            here = self.panel_.origin.year == 2025 and os.getpid() != parent
            if here and not (once and marker.exists()):
                marker.touch()
                os.kill(os.getpid(), signal.SIGKILL)
            super()._fit()

    parent = os.getpid()
    return Mortal(n_draws=20)


def test_a_worker_that_dies_once_costs_nothing(panel, origins, tmp_path):
    model = mortal(tmp_path / "died", once=True)
    with pytest.warns(RuntimeWarning, match="worker process died.*Mortal 2025"):
        result = backtest(model, panel, origins=origins, n_jobs=2)
    assert (tmp_path / "died").exists()
    expected = backtest({"Mortal": SeasonalNaive(n_draws=20)}, panel, origins=origins, **HERE)
    assert_same(result, expected)


@pytest.mark.slow
def test_a_worker_that_always_dies_is_named_and_the_rest_goes_on(panel, origins, done, tmp_path):
    models = [mortal(tmp_path / "died", once=False), *small()]
    with (
        pytest.warns(RuntimeWarning, match="worker process died"),
        pytest.raises(IncompleteBacktestError) as caught,
    ):
        backtest(models, panel, origins=origins, n_jobs=2)
    assert "Mortal (2025): its worker process died twice" in str(caught.value)
    frame = caught.value.result.frame
    others = frame[frame["model"] != "Mortal"].reset_index(drop=True)
    pd.testing.assert_frame_equal(others, done.frame, check_exact=True)


def test_chunks_handed_out_after_a_death_are_run(panel, origins, tmp_path):
    parts = {}
    job = (("exports_total",), 2025, tuple(d for d in origins if d.year == 2025), 2)
    killer = Chunk("killer", mortal(tmp_path / "died", once=False), *job)
    other = Chunk("other", SeasonalNaive(n_draws=20), *job)

    def finish(chunk, outcome):
        parts[chunk.key] = outcome

    with Workers(LokyExecutor(1), panel, finish) as workers:
        workers.submit([killer])
        (future,) = workers._running
        while not future.done():
            time.sleep(0.01)
        workers.submit([other])
        with pytest.warns(RuntimeWarning, match="Mortal 2025; each"):
            workers.collect(wait=True)
    assert isinstance(parts["killer"], Failed)
    assert [paths.origin for paths in parts["other"]] == list(other.origins)
