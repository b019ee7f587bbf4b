"""Errors of the command line: one clear sentence on standard error, exit code 2."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

import click
from click.exceptions import NoSuchOption

from tradeshock.features.errors import TradeshockError
from tradeshock.forecast.cli.wording import in_options


class Sentence(click.ClickException):
    """An error as one sentence."""

    exit_code = 2

    def __init__(self, message: str) -> None:
        super().__init__(" ".join(message.split()))


class SentenceGroup(click.Group):
    """Commands whose errors and warnings are sentences; ``--debug`` shows the traceback."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Commands in the order in which people need them, as they were added."""
        return list(self.commands)

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        """Read the options that stand before the command."""
        with _sentences(debug=False):
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        with _sentences(debug=ctx.params["debug"]):
            return super().invoke(ctx)


@contextmanager
def _sentences(debug: bool) -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.showwarning = _show_warning
        try:
            yield
        except (click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except click.ClickException as error:
            raise Sentence(_too_late(error) or error.format_message()) from error
        except Exception as error:
            if debug:
                raise
            raise Sentence(_explained(error)) from error


def _too_late(error: click.ClickException) -> str:
    """Say where an option belongs that stands before the command; empty if it is none of these."""
    context = error.ctx if isinstance(error, NoSuchOption) else None
    if not isinstance(error, NoSuchOption) or context is None:
        return ""
    program = context.find_root()
    before = {name for option in program.command.params for name in option.opts}
    if context is program or error.option_name not in before:
        return ""
    name, words = error.option_name, context.command_path.removeprefix(f"{program.info_name} ")
    return f"{name} stands before the command: {program.info_name} {name} {words}"


def _explained(error: Exception) -> str:
    if isinstance(error, TradeshockError):
        return in_options(str(error))
    if isinstance(error, OSError):
        return str(error)
    return f"{error} ({type(error).__name__}; tradeshock --debug shows where)"


def _show_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """Stand in for `warnings.showwarning`: users need neither file nor line."""
    click.echo(f"Warning: {in_options(str(message))}", err=True)
