"""What the package logs, shown on standard error where a user asks for it."""

from __future__ import annotations

import logging

import click

PACKAGE = "tradeshock"
LINE = "%(asctime)s %(name)s: %(message)s"


class _StandardError(logging.Handler):
    """Writes to what is standard error when the line comes."""

    def emit(self, record: logging.LogRecord) -> None:
        click.echo(self.format(record), err=True)


def show_log(context: click.Context, verbose: int) -> None:
    """Show what is logged until the command ends.

    Parameters
    ----------
    context : click.Context
    verbose : int
        0 for nothing, 1 for level INFO, more for DEBUG.
    """
    if not verbose:
        return
    logger, handler = logging.getLogger(PACKAGE), _StandardError()
    handler.setFormatter(logging.Formatter(LINE, "%H:%M:%S"))
    before = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO if verbose == 1 else logging.DEBUG)

    def stop() -> None:
        logger.removeHandler(handler)
        logger.setLevel(before)

    context.call_on_close(stop)
