"""Engines that run tasks: what a backtest asks of them, and what they give back."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable
from dataclasses import dataclass
from traceback import format_exception
from typing import Any, Protocol, Self

from tradeshock.features.panel.panel import Panel


class Task(Protocol):
    """Work that depends on the panel and itself alone: it can be run anywhere, and again."""

    @property
    def label(self) -> str:
        """What it is, for messages: model and year."""

    def run(self, panel: Panel) -> Any:
        """Do it."""


@dataclass(frozen=True)
class Failed:
    """A task that raised; in words, because not every exception survives a trip to a process.

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


@dataclass(frozen=True)
class Died:
    """A task that a dead worker process held, as its cause or by bad luck."""


# What `Task.run` gave, or how that went wrong.
Outcome = Any
Ticket = Hashable


class Executor(ABC):
    """Engine on which `tradeshock.forecast.backtest` runs its tasks.

    A subclass hands tasks over and says what became of each. It need not retry, order or balance
    anything: no more than `capacity` tasks are handed over at a time, tasks that come back as
    `Died` are handed over once more, each by itself, and a second death is reported by name.
    """

    @property
    @abstractmethod
    def capacity(self) -> int:
        """Number of tasks that are worth handing over at a time, at least one."""

    @abstractmethod
    def open(self, panel: Panel) -> None:
        """Get ready to run tasks on a panel, which should travel to each worker once."""

    @abstractmethod
    def submit(self, task: Task) -> Ticket:
        """Hand over a task to be run by `attempt`, and return a ticket for it."""

    @abstractmethod
    def collect(self, wait: bool) -> list[tuple[Ticket, Outcome | Failed | Died]]:
        """Return what has ended since the last call; if asked to wait, at least one of them."""

    @abstractmethod
    def close(self, kill: bool) -> None:
        """Let go of everything that `open` and `submit` took; kill what is running if asked to."""


def attempt(task: Task, panel: Panel) -> Outcome | Failed:
    """Run a task; if it raises, that is its outcome, and other tasks go on."""
    try:
        return task.run(panel)
    except Exception as error:  # noqa: BLE001  # a model may raise anything; all are reported
        return Failed.from_exception(error)
