"""Running chunks: here if they are short, in worker processes if they are long."""

from __future__ import annotations

import warnings
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from traceback import format_exception
from types import TracebackType
from typing import Any, Self

import joblib

from tradeshock.features.panel import Panel
from tradeshock.forecast.chunks import Chunk
from tradeshock.models.paths import ForecastPaths


@dataclass(frozen=True)
class Failed:
    """A chunk that raised; in words, because not every exception survives a trip to a process.

    Parameters
    ----------
    message : str
        Type and text of the exception.
    details : str
        Traceback.
    """

    message: str
    details: str = ""

    @classmethod
    def from_exception(cls, error: Exception) -> Self:
        """Put an exception into words."""
        return cls(f"{type(error).__name__}: {error}", "".join(format_exception(error)))


Outcome = list[ForecastPaths] | Failed
Finish = Callable[[Chunk, Outcome], None]

# What remains of a model must take longer than this to be handed out, and three times as long
# before there are workers: starting them takes about two seconds.
WORTH_SECONDS = 1.0
# Chunks that are handed out for each worker: one more than it runs keeps it busy.
AHEAD = 2


def run_chunks(
    groups: Iterable[Sequence[Chunk]], panel: Panel, n_jobs: int, finish: Finish
) -> None:
    """Run chunks and hand over each one's forecasts, or how it failed.

    Parameters
    ----------
    groups : iterable of sequences of Chunk
        Chunks of one model each, which take about equally long. A group goes to worker processes
        once what remains of it looks long enough.
    panel : Panel
    n_jobs : int
        Worker processes; 1 for none.
    finish : callable
        Called with a chunk and its outcome, in this process, in the order of completion.
    """
    with Workers(panel, n_jobs, finish) as workers:
        for group in groups:
            waiting = deque(group)
            while waiting:
                chunk = waiting.popleft()
                began = perf_counter()
                finish(chunk, attempt(chunk, panel))
                left = (perf_counter() - began) * len(waiting)
                worth = WORTH_SECONDS * (1.0 if workers.started else 3.0)
                if n_jobs > 1 and left > worth:
                    workers.submit(waiting)
                    waiting.clear()
                workers.collect(wait=False)
        workers.collect(wait=True)


def attempt(chunk: Chunk, panel: Panel) -> Outcome:
    """Run a chunk; if it raises, that is its outcome, and other chunks go on."""
    try:
        return chunk.run(panel)
    except Exception as error:  # noqa: BLE001  # a model may raise anything; all are reported
        return Failed.from_exception(error)


class Workers:
    """Worker processes, started with the first chunk and stopped on leaving.

    The panel is written to disk once and memory-mapped by all workers. When a worker process dies,
    all chunks handed out may be the cause: each is run again by itself, and one that kills its
    worker a second time is a failure.
    """

    def __init__(self, panel: Panel, n_jobs: int, finish: Finish) -> None:
        self._panel = panel
        self._n_jobs = n_jobs
        self._finish = finish
        self._waiting: deque[Chunk] = deque()
        self._running: dict[Any, Chunk] = {}
        self._executor: Any = None
        self._folder: TemporaryDirectory[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stop(kill=error is not None)
        if self._folder is not None:
            self._folder.cleanup()

    @property
    def started(self) -> bool:
        """Whether there are worker processes."""
        return self._executor is not None

    def submit(self, chunks: Iterable[Chunk]) -> None:
        """Queue chunks."""
        self._waiting.extend(chunks)
        self._hand_out()

    def collect(self, wait: bool) -> None:
        """Take in what is finished, or wait for all of it."""
        from joblib.externals import loky

        self._hand_out()
        while self._running:
            done, _ = loky.wait(
                self._running, None if wait else 0.0, return_when=loky.FIRST_COMPLETED
            )
            if not done:
                return
            suspects = []
            for future in done:
                chunk = self._running.pop(future)
                outcome = _outcome(future)
                if outcome is None:
                    suspects.append(chunk)
                else:
                    self._finish(chunk, outcome)
            if suspects:
                self._run_again([*suspects, *self._surrendered()])
            self._hand_out()

    # -- inside -------------------------------------------------------------------------------

    def _hand_out(self) -> None:
        from joblib.externals import loky

        while self._waiting and len(self._running) < AHEAD * self._n_jobs:
            if self._executor is None:
                self._executor = self._start()
            try:
                future = self._executor.submit(_run_in_worker, self._waiting[0])
            except loky.BrokenProcessPool:
                if self._running:
                    # The suspects are found when they are collected.
                    return
                self._stop(kill=True)
                continue
            self._running[future] = self._waiting.popleft()

    def _surrendered(self) -> list[Chunk]:
        """Chunks that were handed out to the broken workers; those that finished are taken in."""
        suspects = []
        for future, chunk in self._running.items():
            outcome = _outcome(future)
            if outcome is None:
                suspects.append(chunk)
            else:
                self._finish(chunk, outcome)
        self._running.clear()
        return suspects

    def _run_again(self, suspects: Sequence[Chunk]) -> None:
        self._stop(kill=True)
        names = ", ".join(f"{chunk.model.name} {chunk.year}" for chunk in suspects)
        warnings.warn(
            f"a worker process died while these were handed out: {names}; each is run again by "
            "itself",
            RuntimeWarning,
            stacklevel=2,
        )
        for chunk in suspects:
            if self._executor is None:
                self._executor = self._start()
            outcome = _outcome(self._executor.submit(_run_in_worker, chunk))
            if outcome is None:
                self._stop(kill=True)
                outcome = Failed(
                    "its worker process died twice (killed, or out of memory); run it with "
                    "n_jobs=1 to see why"
                )
            self._finish(chunk, outcome)

    def _start(self) -> Any:
        from joblib.externals import loky

        if self._folder is None:
            self._folder = TemporaryDirectory(prefix="tradeshock-")
            # Computed here, so that all workers share it.
            _ = self._panel.release_dates
            joblib.dump(self._panel, Path(self._folder.name) / "panel")
        path = str(Path(self._folder.name) / "panel")
        return loky.ProcessPoolExecutor(self._n_jobs, initializer=_open_panel, initargs=(path,))

    def _stop(self, kill: bool) -> None:
        if self._executor is not None:
            self._executor.shutdown(wait=True, kill_workers=kill)
            self._executor = None


def _outcome(future: Any) -> Outcome | None:
    """Return what came of a chunk; None if its worker died."""
    from joblib.externals import loky

    try:
        outcome: Outcome = future.result()
    except loky.BrokenProcessPool:
        return None
    except Exception as error:  # noqa: BLE001  # e.g. a result that cannot be sent back
        return Failed.from_exception(error)
    return outcome


_shared: dict[str, Panel] = {}


def _open_panel(path: str) -> None:
    _shared["panel"] = joblib.load(path, mmap_mode="r")


def _run_in_worker(chunk: Chunk) -> Outcome:
    return attempt(chunk, _shared["panel"])
