"""Worker processes on this machine, through joblib's loky."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import joblib

from tradeshock.features.panel.panel import Panel
from tradeshock.forecast.engines.base import Died, Executor, Failed, Outcome, Task, Ticket, attempt

# Tasks that are handed out for each worker: one more than it runs keeps it busy.
AHEAD = 2


class LokyExecutor(Executor):
    """Worker processes, started with the first task.

    The panel is written to disk once and memory-mapped by all workers. When a worker process dies,
    loky gives up all of them, so all tasks handed out come back as `Died`.

    Parameters
    ----------
    n_jobs : int
        Number of worker processes.
    """

    def __init__(self, n_jobs: int) -> None:
        self._n_jobs = n_jobs
        self._panel: Panel | None = None
        self._pool: Any = None
        self._folder: TemporaryDirectory[str] | None = None
        self._running: list[Any] = []
        self._ended: list[tuple[Ticket, Outcome | Failed | Died]] = []

    @property
    def capacity(self) -> int:
        """Two tasks for each worker."""
        return AHEAD * self._n_jobs

    def open(self, panel: Panel) -> None:
        """Remember the panel; processes are started when there is a task."""
        self._panel = panel

    def submit(self, task: Task) -> Ticket:
        """Hand over a task."""
        from joblib.externals import loky

        future: Ticket
        try:
            future = self._started().submit(_run_in_worker, task)
        except loky.BrokenProcessPool:
            self._give_up()
            future = self._started().submit(_run_in_worker, task)
        self._running.append(future)
        return future

    def collect(self, wait: bool) -> list[tuple[Ticket, Outcome | Failed | Died]]:
        """Return what has ended."""
        from joblib.externals import loky

        if not self._ended:
            patience = None if wait else 0.0
            done, _ = loky.wait(self._running, patience, return_when=loky.FIRST_COMPLETED)
            self._running = [future for future in self._running if future not in done]
            self._ended = [(future, _outcome(future)) for future in done]
            if any(isinstance(outcome, Died) for _, outcome in self._ended):
                self._give_up()
        ended, self._ended = self._ended, []
        return ended

    def close(self, kill: bool) -> None:
        """Stop the processes and remove the panel's file."""
        self._stop(kill)
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None
        self._running, self._ended = [], []

    # -- inside -------------------------------------------------------------------------------

    def _started(self) -> Any:
        from joblib.externals import loky

        if self._folder is None:
            assert self._panel is not None
            self._folder = TemporaryDirectory(prefix="tradeshock-")
            # Computed here, so that all workers share it.
            _ = self._panel.release_dates
            joblib.dump(self._panel, Path(self._folder.name) / "panel")
        if self._pool is None:
            path = str(Path(self._folder.name) / "panel")
            self._pool = loky.ProcessPoolExecutor(
                self._n_jobs, initializer=_open_panel, initargs=(path,)
            )
        return self._pool

    def _give_up(self) -> None:
        """Take in what the broken processes were given; some of it may have finished."""
        self._ended += [(future, _outcome(future)) for future in self._running]
        self._running = []
        self._stop(kill=True)

    def _stop(self, kill: bool) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, kill_workers=kill)
            self._pool = None


def _outcome(future: Any) -> Outcome | Failed | Died:
    from joblib.externals import loky

    try:
        return future.result()
    except loky.BrokenProcessPool:
        return Died()
    except Exception as error:  # noqa: BLE001  # e.g. a result that cannot be sent back
        return Failed.from_exception(error)


_shared: dict[str, Panel] = {}


def _open_panel(path: str) -> None:
    _shared["panel"] = joblib.load(path, mmap_mode="r")


def _run_in_worker(task: Task) -> Outcome | Failed:
    return attempt(task, _shared["panel"])
