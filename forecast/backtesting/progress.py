"""A progress bar with the time that is left, on terminals alone."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Advance = Callable[[str], None]


@contextmanager
def progress_bar(total: int, show: bool | None = None) -> Iterator[Advance]:
    """Show how far a backtest is, on standard error.

    Parameters
    ----------
    total : int
        Number of chunks.
    show : bool, optional
        Default: whether standard error is a terminal.

    Yields
    ------
    callable
        To be called with a few words when a chunk is done.
    """
    if show is None:
        show = sys.stderr.isatty()
    if not show:
        yield _nothing
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
        TimeRemainingColumn(),
        TextColumn("{task.description}"),
    )
    console = Console(stderr=True, force_terminal=True)
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=total)

        def advance(what: str) -> None:
            bar.update(task, advance=1, description=what)

        yield advance


def _nothing(what: str) -> None:
    return None
