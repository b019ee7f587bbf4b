"""Backtests on a Dask cluster: `pip install 'tradeshock[dask]'`."""

from __future__ import annotations

import warnings
from collections import Counter
from concurrent.futures import CancelledError
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from tradeshock.features.errors import BacktestError, TradeshockError
from tradeshock.features.panel.panel import Panel
from tradeshock.forecast.engines.base import Died, Executor, Failed, Outcome, Task, Ticket, attempt

if TYPE_CHECKING:
    from distributed import Client

# Between two looks at which workers are alive.
LOOK_SECONDS = 1.0
# For a finished result to arrive, and for a worker to start anew.
PATIENCE_SECONDS = 60.0


@dataclass(frozen=True)
class _Held:
    """A task that a worker holds."""

    future: Any
    worker: str
    deadline: float


class DaskExecutor(Executor):
    """Runs the tasks of a backtest on the workers of a Dask cluster.

    Each task depends on its seed, its parameters and the panel alone, so it may be run again
    wherever a worker was lost. The panel is sent to the cluster once. Each thread of the cluster
    is handed one task at a time; workers with one thread each are best, because models use one
    core, and because a task that kills its worker then harms no other.

    Parameters
    ----------
    client : distributed.Client
        Connected to the cluster; it stays open.
    limit : float
        Seconds that a task may take, and that a worker is waited for where there is none. A task
        that takes longer is a failure, and its worker is started anew, if it has a nanny.

    Raises
    ------
    TradeshockError
        If Dask's `distributed` is not installed.
    BacktestError
        If the client is none or is closed, or the limit is not positive.

    Notes
    -----
    Tasks are bound to the worker that they are handed to. Left to itself, Dask hands a task whose
    worker died to the next worker, up to four of them, and a nanny whose worker dies while it
    starts gives up: one bad task could empty a cluster.
    """

    def __init__(self, client: Client, limit: float = 3600.0) -> None:
        try:
            from distributed import Client
        except ImportError as error:
            raise TradeshockError(
                "DaskExecutor needs Dask: pip install 'tradeshock[dask]'"
            ) from error
        if not isinstance(client, Client) or client.asynchronous:
            raise BacktestError(f"got {client!r} as a client; give a distributed.Client()")
        _refuse_closed(client)
        if not limit > 0.0:
            raise BacktestError(f"limit is {limit!r}; give a positive number of seconds")
        self._client: Any = client
        self._limit = limit
        self._panel: Any = None
        self._held: dict[str, _Held] = {}
        self._refused: list[str] = []
        self._threads: dict[str, int] = {}
        # Threads, by worker, that are at a task which was given up.
        self._stuck: Counter[str] = Counter()
        self._deserted = False

    @property
    def capacity(self) -> int:
        """Threads of the cluster at this moment."""
        self._threads = self._client.nthreads()
        usable = sum(threads - self._stuck[worker] for worker, threads in self._threads.items())
        return max(1, usable)

    def open(self, panel: Panel) -> None:
        """Send the panel to the cluster."""
        _refuse_closed(self._client)
        # Computed here once, not on each worker.
        _ = panel.release_dates
        with warnings.catch_warnings():
            # A large panel is meant to travel with this one task: unlike scattered data, what a
            # task gave is made again when the workers that held it die.
            warnings.filterwarnings("ignore", "Sending large graph", UserWarning)
            self._panel = self._client.submit(_same, panel, key=f"panel-{uuid4().hex}")

    def submit(self, task: Task) -> Ticket:
        """Hand over a task to a free worker."""
        key = f"{task.label}-{uuid4().hex}"
        worker = self._free_worker()
        if worker is None:
            self._refused.append(key)
            return key
        future = self._client.submit(
            attempt, task, self._panel, key=key, workers=[worker], allow_other_workers=False
        )
        self._held[key] = _Held(future, worker, monotonic() + self._limit)
        return key

    def collect(self, wait: bool) -> list[tuple[Ticket, Outcome | Failed | Died]]:
        """Return what has ended."""
        ended = self._look()
        while wait and not ended:
            self._pause()
            ended = self._look()
        return ended

    def close(self, kill: bool) -> None:
        """Cancel what was handed over; workers finish what they are at."""
        if self._held:
            self._client.cancel([held.future for held in self._held.values()])
        self._held.clear()
        self._refused.clear()
        self._panel = None

    # -- inside -------------------------------------------------------------------------------

    def _free_worker(self) -> str | None:
        """Worker with the most idle threads; waits for one if the cluster has none."""
        if not self._threads and not self._deserted:
            try:
                self._client.wait_for_workers(1, timeout=self._limit)
            except TimeoutError:
                # Not waited for again by each of the tasks that are left.
                self._deserted = True
            self._threads = self._client.nthreads()
        busy = Counter(held.worker for held in self._held.values()) + self._stuck
        idle = {worker: threads - busy[worker] for worker, threads in self._threads.items()}
        idle = {worker: threads for worker, threads in idle.items() if not self._blocked(worker)}
        return max(idle, key=lambda worker: idle[worker], default=None)

    def _blocked(self, worker: str) -> bool:
        return self._stuck[worker] >= self._threads[worker]

    def _pause(self) -> None:
        """Wait until something may have ended."""
        from distributed import wait

        futures = [held.future for held in self._held.values()]
        # What was cancelled is found when the futures are looked at one by one.
        with suppress(TimeoutError, CancelledError):
            wait(futures, timeout=LOOK_SECONDS, return_when="FIRST_COMPLETED")
        self._threads = self._client.nthreads()

    def _look(self) -> list[tuple[Ticket, Outcome | Failed | Died]]:
        now = monotonic()
        ended: list[tuple[Ticket, Outcome | Failed | Died]] = [
            (key, Failed("the cluster has no workers that could run it")) for key in self._refused
        ]
        self._refused = []
        for key, held in list(self._held.items()):
            if held.future.status != "pending":
                ended.append((key, self._outcome(held.future)))
            elif held.worker not in self._threads:
                held.future.cancel()
                ended.append((key, Died()))
            elif held.deadline <= now:
                self._give_up(held)
                ended.append((key, Failed(f"it took longer than {self._limit:g} s (limit)")))
            else:
                continue
            del self._held[key]
        return ended

    def _outcome(self, future: Any) -> Outcome | Failed | Died:
        from distributed import KilledWorker

        try:
            return future.result(timeout=PATIENCE_SECONDS)
        except (KilledWorker, CancelledError, TimeoutError):
            # Cancelled: the cluster lost it. Late: its worker died holding the result.
            return Died()
        except Exception as error:  # noqa: BLE001  # e.g. a result that cannot be sent back
            return Failed.from_exception(error)

    def _give_up(self, late: _Held) -> None:
        """Cancel a task; a thread cannot be stopped, so its worker is started anew."""
        late.future.cancel()
        self._stuck[late.worker] += 1
        try:
            self._client.restart_workers(
                [late.worker], timeout=PATIENCE_SECONDS, raise_for_error=False
            )
        except ValueError:
            # A worker without a nanny cannot be started anew; it goes on with fewer threads.
            return


def _refuse_closed(client: Any) -> None:
    if client.status not in ("running", "connecting", "newly-created"):
        raise BacktestError(
            f"the Dask client is {client.status}; run the backtest while it is connected, for "
            "instance inside `with Client() as client:`"
        )


def _same(panel: Panel) -> Panel:
    return panel
