"""A Dask cluster of two worker processes: the same numbers, and nothing lost with a worker."""

import os
import signal
import time
from contextlib import contextmanager

import pandas as pd
import pytest

from tradeshock.features import Panel
from tradeshock.features.errors import BacktestError
from tradeshock.forecast import backtest
from tradeshock.forecast.backtesting.many_targets import backtest_many
from tradeshock.forecast.backtesting.result import IncompleteBacktestError
from tradeshock.models import RandomWalk, SeasonalNaive

distributed = pytest.importorskip("distributed", reason="needs Dask: tradeshock[dask]")

from tradeshock.forecast.engines.dask import DaskExecutor  # noqa: E402

pytestmark = [
    # A cluster in this process leaves sockets of killed workers to the garbage collector.
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
]


@pytest.fixture(scope="module")
def origins(panel: Panel):
    return panel.origins("2023-07", "2026-05")


@pytest.fixture(scope="module")
def done(panel, origins):
    return backtest(small(), panel, origins=origins, n_jobs=1)


@contextmanager
def cluster():
    with (
        distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
            silence_logs=50,
        ) as workers,
        distributed.Client(workers) as client,
    ):
        yield client


@pytest.fixture(scope="module")
def client():
    with cluster() as client:
        yield client


def test_a_closed_client_is_refused(panel, origins):
    with cluster() as client:
        executor = DaskExecutor(client)
    with pytest.raises(BacktestError, match=r"the Dask client is clos.*; run the backtest while"):
        backtest(small(), panel, origins=origins, executor=executor)
    with pytest.raises(BacktestError, match="the Dask client is closed"):
        DaskExecutor(client)


@pytest.fixture
def doomed():
    """Give each test that kills workers a cluster of its own: Dask may not replace them all."""
    with cluster() as client:
        yield client


def small():
    return [RandomWalk(n_draws=20), SeasonalNaive(n_draws=20)]


def deadly(marker, once: bool):
    """Model that kills its worker process in 2025; made here so that workers get it by value."""

    class Deadly(SeasonalNaive):
        def _fit(self):
            here = self.panel_.origin.year == 2025 and os.getpid() != parent
            if here and not (once and marker.exists()):
                marker.touch()
                os.kill(os.getpid(), signal.SIGKILL)
            super()._fit()

    parent = os.getpid()
    return Deadly(n_draws=20)


def hanging(seconds: float):
    class Hanging(SeasonalNaive):
        def _fit(self):
            if self.panel_.origin.year == 2025:
                time.sleep(seconds)
            super()._fit()

    return Hanging(n_draws=20)


def test_a_cluster_gives_the_same_numbers(panel, origins, done, client, tmp_path):
    executor = DaskExecutor(client, limit=60.0)
    result = backtest(small(), panel, origins=origins, executor=executor, store=tmp_path)
    pd.testing.assert_frame_equal(result.frame, done.frame, check_exact=True)
    # Kept on this side, so that workers need not see the folder.
    assert len(list(tmp_path.iterdir())) == 2 * 8


def test_a_worker_that_is_killed_costs_nothing_but_time(panel, origins, doomed, tmp_path):
    executor = DaskExecutor(doomed, limit=60.0)
    model = deadly(tmp_path / "died", once=True)
    with pytest.warns(RuntimeWarning, match="worker process died.*Deadly 2025"):
        result = backtest(model, panel, origins=origins, executor=executor)
    assert (tmp_path / "died").exists()
    expected = backtest({"Deadly": SeasonalNaive(n_draws=20)}, panel, origins=origins, n_jobs=1)
    pd.testing.assert_frame_equal(result.frame, expected.frame, check_exact=True)


def test_a_task_that_always_kills_its_worker_is_named(panel, origins, done, doomed, tmp_path):
    executor = DaskExecutor(doomed, limit=60.0)
    models = [deadly(tmp_path / "died", once=False), *small()]
    with (
        pytest.warns(RuntimeWarning, match="worker process died"),
        pytest.raises(IncompleteBacktestError) as caught,
    ):
        backtest(models, panel, origins=origins, executor=executor)
    assert "Deadly (2025): its worker process died twice" in str(caught.value)
    frame = caught.value.result.frame
    others = frame[frame["model"] != "Deadly"].reset_index(drop=True)
    pd.testing.assert_frame_equal(others, done.frame, check_exact=True)


@pytest.mark.slow
def test_a_task_that_takes_too_long_is_given_up(panel, origins, doomed):
    began = time.monotonic()
    with pytest.raises(IncompleteBacktestError) as caught:
        backtest(
            [hanging(300.0), *small()],
            panel,
            origins=origins,
            executor=DaskExecutor(doomed, limit=15.0),
        )
    assert time.monotonic() - began < 100.0
    assert "Hanging (2025): it took longer than 15 s" in str(caught.value)
    frame = caught.value.result.frame
    assert set(frame["model"]) == {"Hanging", "RandomWalk", "SeasonalNaive"}


def test_many_targets_run_on_a_cluster(panel, origins, client):
    executor = DaskExecutor(client, limit=60.0)
    given = {"targets": ["exports_total", "exports_semiconductors"], "origins": origins[:12]}
    here = backtest_many(small(), panel, **given, n_jobs=1)
    there = backtest_many(small(), panel, **given, executor=executor)
    pd.testing.assert_frame_equal(there, here, check_exact=True)


def test_bad_arguments_are_refused(panel, client):
    with pytest.raises(BacktestError, match="give a distributed"):
        DaskExecutor("tcp://127.0.0.1:8786")
    with pytest.raises(BacktestError, match="limit is 0"):
        DaskExecutor(client, limit=0)
    with pytest.raises(BacktestError, match="not both"):
        backtest(small(), panel, n_jobs=2, executor=DaskExecutor(client))
    with pytest.raises(BacktestError, match="as an executor"):
        backtest(small(), panel, executor=client)
