"""Errors of the command line: one clear sentence on standard error, exit code 2.

Messages of the floors below name arguments of Python; here they name options.
"""

from __future__ import annotations

import ast
import re
import shlex
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

import click
from click.exceptions import NoSuchOption

from tradeshock.features.errors import TradeshockError
from tradeshock.forecast.cli.figures import HOW_TO_READ, OWN_FIGURES, option_of

# Where messages name an argument, the option that stands for it.
OPTIONS = {name: f"--{option_of(name)}" for name in (*OWN_FIGURES, *HOW_TO_READ)} | {
    "model": "--model",
    "target": "--target",
    "by": "--part",
}
# Lists that are one option with commas; others are the option, given several times.
WITH_COMMAS = frozenset(("header", "names"))
# What stands for [...], where the message has no value of its own.
METAVARS = {"series": "COLUMN", "by": "SERIES"}
_TEXT = r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\""
_ARGUMENT = re.compile(
    # after "got" stands what a file of shocks or an option holds, in its own words
    rf"(?<!got )\b(?P<name>{'|'.join(sorted(OPTIONS, key=len, reverse=True))})="
    rf"(?P<value>{_TEXT}|\[(?:{_TEXT}|[^\]'\"])*\]|\((?:{_TEXT}|[^)'\"])*\)|-?\d+(?:\.\d+)?|None)"
)
# What names no argument and its value, but can be done in Python alone.
PHRASES = {
    "(argument or field of the entry)": "(or a field of its entry in --catalog FILE)",
    "(append)": "(--add FILE)",
    " (holidays.list_supported_countries())": "",
    "or None for a calendar on which every weekday works": "or leave --calendar out: then every "
    "weekday works",
    "release=ReleaseRule.after(days=40)": "--release-after 40",
    "(decimal, thousands)": "(--decimal, --thousands)",
    "by `columns`, or --column NAME=SERIES": "by --column NAME=SERIES",
    'give by="amount"': "give a value, as --assume SERIES:MONTH=VALUE does, or "
    "an amount in a file of shocks",
    "see panel.values.columns": "which `tradeshock data` lists",
    "add it with Panel.with_series": "give it as a column of --csv FILE",
}


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


# -- arguments as options ---------------------------------------------------------------------


def in_options(message: str) -> str:
    """Message in which arguments are options: ``holes=['2024-09']`` is ``--hole 2024-09``."""
    for python, option in PHRASES.items():
        message = message.replace(python, option)
    return " ".join(_ARGUMENT.sub(_as_option, message).split())


def _as_option(found: re.Match[str]) -> str:
    name, option = found["name"], OPTIONS[found["name"]]
    try:
        value = ast.literal_eval(found["value"])
    except (SyntaxError, ValueError):
        return found[0]
    if value is None:
        return f"no {option}"
    texts = [_word(name, one) for one in (value if isinstance(value, list | tuple) else [value])]
    if name in WITH_COMMAS:
        return f"{option} {shlex.quote(','.join(texts))}"
    return " ".join(f"{option} {shlex.quote(text)}" for text in texts)


def _word(name: str, value: object) -> str:
    return METAVARS.get(name, "...") if value is ... else str(value)
