"""Running tasks: here if they are short, on an executor if they are long."""

from __future__ import annotations

import warnings
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from time import perf_counter
from types import TracebackType
from typing import Generic, Self, TypeVar

from tradeshock.features.panel.panel import Panel
from tradeshock.forecast.engines.base import Died, Executor, Failed, Outcome, Task, Ticket, attempt
from tradeshock.forecast.engines.loky import LokyExecutor

T = TypeVar("T", bound=Task)
Finish = Callable[[T, Outcome | Failed], None]

# What remains of a model must take longer than this to be handed out, and three times as long
# before there are workers: starting them takes about two seconds.
WORTH_SECONDS = 1.0


def run_tasks(
    groups: Iterable[Sequence[T]],
    panel: Panel,
    n_jobs: int,
    executor: Executor | None,
    finish: Finish[T],
) -> None:
    """Run tasks and hand over each one's outcome.

    Parameters
    ----------
    groups : iterable of sequences of Task
        Tasks of one group take about equally long.
    panel : Panel
    n_jobs : int
        Worker processes if there is no executor; 1 for none. A group goes to them once what
        remains of it looks long enough.
    executor : Executor, optional
        Runs everything.
    finish : callable
        Called with a task and its outcome, in this process, in the order of completion.
    """
    with Workers(executor or LokyExecutor(n_jobs), panel, finish) as workers:
        for group in groups:
            waiting = deque(group)
            while waiting and executor is None:
                task = waiting.popleft()
                began = perf_counter()
                finish(task, attempt(task, panel))
                left = (perf_counter() - began) * len(waiting)
                worth = WORTH_SECONDS * (1.0 if workers.started else 3.0)
                if n_jobs > 1 and left > worth:
                    break
                workers.collect(wait=False)
            workers.submit(waiting)
            workers.collect(wait=False)
        workers.collect(wait=True)


class Workers(Generic[T]):
    """Tasks on their way through an executor, which is opened and closed with this.

    When a worker process dies, all tasks that come back as `Died` may be the cause: each is run
    again by itself, and one that dies a second time is a failure.

    Parameters
    ----------
    executor : Executor
    panel : Panel
    finish : callable
        Called with each task and its outcome.
    """

    def __init__(self, executor: Executor, panel: Panel, finish: Finish[T]) -> None:
        self._executor = executor
        self._panel = panel
        self._finish = finish
        self._waiting: deque[T] = deque()
        self._suspects: deque[T] = deque()
        self._running: dict[Ticket, T] = {}
        # The suspect that is running by itself.
        self._trial: Ticket | None = None
        self.started = False

    def __enter__(self) -> Self:
        self._executor.open(self._panel)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._executor.close(kill=error is not None)

    def submit(self, tasks: Iterable[T]) -> None:
        """Queue tasks."""
        self._waiting.extend(tasks)
        self._hand_out()

    def collect(self, wait: bool) -> None:
        """Take in what is finished, or wait for all of it."""
        self._hand_out()
        while self._running:
            ended = self._executor.collect(wait)
            if not ended:
                return
            self._suspect([self._take(ticket, outcome) for ticket, outcome in ended])
            self._hand_out()

    # -- inside -------------------------------------------------------------------------------

    def _hand_out(self) -> None:
        if self._suspects:
            if not self._running:
                self._trial = self._hand_over(self._suspects.popleft())
            return
        if self._trial is None and self._waiting:
            room = self._executor.capacity - len(self._running)
            for _ in range(min(room, len(self._waiting))):
                self._hand_over(self._waiting.popleft())

    def _hand_over(self, task: T) -> Ticket:
        self.started = True
        ticket = self._executor.submit(task)
        self._running[ticket] = task
        return ticket

    def _take(self, ticket: Ticket, outcome: Outcome | Failed | Died) -> T | None:
        """Take in an outcome; return the task if it has to be run again."""
        task = self._running.pop(ticket)
        on_trial = ticket == self._trial
        if on_trial:
            self._trial = None
        if isinstance(outcome, Died):
            if not on_trial:
                return task
            outcome = Failed(
                "its worker process died twice (killed, or out of memory); run it with n_jobs=1 "
                "to see why"
            )
        self._finish(task, outcome)
        return None

    def _suspect(self, again: Sequence[T | None]) -> None:
        suspects = [task for task in again if task is not None]
        if suspects:
            self._suspects.extend(suspects)
            names = ", ".join(task.label for task in suspects)
            warnings.warn(
                f"a worker process died while these were handed out: {names}; each is run again "
                "by itself",
                RuntimeWarning,
                stacklevel=2,
            )
