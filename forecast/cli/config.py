"""Defaults of a desk: `tradeshock.toml`, read by every command; options given there win."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NoReturn

import click

from tradeshock.features.errors import ConfigError
from tradeshock.features.files.toml import read_toml
from tradeshock.features.vintages.home import ARCHIVE_VARIABLE, home
from tradeshock.forecast.cli.errors import Sentence, SentenceGroup
from tradeshock.forecast.cli.figures import HOW_TO_READ, OWN_FIGURES, option_of

NAME = "tradeshock.toml"
VARIABLE = "TRADESHOCK_CONFIG"
# Table of what is meant for one command alone.
COMMAND = "command"
# Keys that count for every command with a parameter of that name, and which commands they do not
# mean: there the option is another thing, or would change what is asked.
GENERAL: dict[str, frozenset[str]] = {
    "target": frozenset(),
    "model": frozenset(),
    "steps": frozenset(),
    # A chance of a fall, not a total.
    "threshold": frozenset(("warn",)),
    "adjust": frozenset(),
    "note": frozenset(),
    "assume": frozenset(),
    "poll": frozenset(),
    # The name of a picture, not a folder.
    "out": frozenset(("archive plot",)),
    # There it says that a forecast as issued is meant.
    "archive": frozenset(("news",)),
    "lang": frozenset(),
}
# What counts where a command works on figures at all: a file, and how it is to be read.
FIGURES = ("csv", *OWN_FIGURES, *HOW_TO_READ)
WANTED = {int: "a whole number", float: "a number", bool: "true or false", str: "a text"}


class ConfiguredGroup(SentenceGroup):
    """Commands whose defaults are those of a desk's file."""

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        """Read the options before the command, and the file."""
        context = super().make_context(*args, **kwargs)
        try:
            path = config_path()
            if path is not None:
                context.default_map = read_defaults(path, context)
                context.meta[VARIABLE] = path
        except ConfigError as error:
            # Whoever completes a word wants no sentence.
            if not context.resilient_parsing:
                raise Sentence(str(error)) from error
        return context


def say_config(context: click.Context) -> None:
    """Say which file was read, where it means the command that is run."""
    path, command = context.meta.get(VARIABLE), context.invoked_subcommand
    if path is not None and command in (context.default_map or {}):
        here = Path.cwd()
        shown = path.relative_to(here) if path.is_relative_to(here) else path
        click.echo(f"Defaults from {shown}", err=True)


def config_path() -> Path | None:
    """Return the file that counts; None if there is none.

    That of TRADESHOCK_CONFIG, or the nearest `tradeshock.toml` in the current folder and those
    above it, or that of the user's own folder. Where the variable is set and empty, none is read.

    Raises
    ------
    ConfigError
        If the variable names what is no file.
    """
    named = os.environ.get(VARIABLE)
    if named is not None:
        if not named:
            return None
        path = Path(named).expanduser()
        if not path.is_file():
            raise ConfigError(f"{VARIABLE} names {path}, which is no file; correct or unset it")
        return path.absolute()
    here = Path.cwd()
    places = [folder / NAME for folder in (here, *here.parents, home())]
    return next((path for path in places if path.is_file()), None)


def read_defaults(path: Path, context: click.Context) -> dict[str, Any]:
    """Defaults of a file as click takes them: by command, then by parameter.

    Parameters
    ----------
    path : Path
        Paths in it start from its folder.
    context : click.Context
        Of the group whose commands are meant.

    Raises
    ------
    ConfigError
        With file and key: it does not read, a key is unknown, or a value is none that it takes.
    """
    content, _ = read_toml(path, ConfigError, "a file of defaults")
    commands = dict(_commands(context.command))
    tables = content.pop(COMMAND, {})
    defaults: dict[str, Any] = {}
    for key, value in content.items():
        if key not in _general_keys():
            _refuse(path, key, f"there is no such key{_near(key, _general_keys())}")
        for name, command in commands.items():
            if _is_meant(key, name, command):
                option = _options(command)[key]
                _branch(defaults, name)[str(option.name)] = _value(path, key, option, value)
    for name, table in _tables(path, tables, commands, ()):
        options = _options(commands[name])
        for key, value in table.items():
            full = f"{COMMAND}.{name.replace(' ', '.')}.{key}"
            if key not in options:
                _refuse(path, full, f"the command has no such option{_near(key, options)}")
            option = options[key]
            _branch(defaults, name)[str(option.name)] = _value(path, full, option, value)
    return defaults


# -- keys and the commands that they mean ----------------------------------------------------


def _commands(command: click.Command, above: str = "") -> Iterator[tuple[str, click.Command]]:
    """Commands below a group, by their full names."""
    if not isinstance(command, click.Group):
        yield above, command
        return
    for name, one in command.commands.items():
        yield from _commands(one, f"{above} {name}".lstrip())


def _options(command: click.Command) -> dict[str, click.Option]:
    """Options of a command, by their long names without dashes."""
    options = [one for one in command.params if isinstance(one, click.Option)]
    return {_key(option): option for option in options}


def _key(option: click.Option) -> str:
    return max(option.opts, key=len).lstrip("-")


def _general_keys() -> list[str]:
    return [*GENERAL, *map(option_of, FIGURES)]


def _is_meant(key: str, name: str, command: click.Command) -> bool:
    options = _options(command)
    if key not in options:
        return False
    if key not in GENERAL:
        return "csv" in options
    # Whoever sets the variable for a run means it.
    overruled = key == "archive" and bool(os.environ.get(ARCHIVE_VARIABLE))
    # A backtest has several models, and names them itself.
    return name not in GENERAL[key] and options[key].name == key and not overruled


def _tables(
    path: Path, table: object, commands: Mapping[str, click.Command], above: tuple[str, ...]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Tables of single commands, by the commands' full names."""
    name, key = " ".join(above), ".".join((COMMAND, *above))
    if not isinstance(table, dict):
        _refuse(path, key, f"got {table!r}; write a table [{COMMAND}.NAME] with options")
    if name in commands:
        yield name, table
        return
    known = {known.split()[len(above)] for known in commands if known.startswith(name)}
    for word, inner in table.items():
        if not any(f"{known} ".startswith(f"{name} {word} ".lstrip()) for known in commands):
            _refuse(path, f"{key}.{word}", f"there is no such command{_near(word, known)}")
        yield from _tables(path, inner, commands, (*above, word))


def _branch(defaults: dict[str, Any], name: str) -> dict[str, Any]:
    """Part of nested defaults that a command's full name leads to, made where it is not there."""
    for word in name.split():
        defaults = defaults.setdefault(word, {})
    return defaults


# -- values ----------------------------------------------------------------------------------


def _value(path: Path, key: str, option: click.Option, value: object) -> object:
    """Value of an option, checked, paths from the file's folder."""
    kind = _kind(option)
    if option.multiple:
        if not isinstance(value, list) or not all(_is(one, kind) for one in value):
            _refuse(path, key, f"got {value!r}; write a list of texts, such as ['...']")
    elif not _is(value, kind):
        _refuse(path, key, f"got {value!r}; write {WANTED[kind]}")
    if isinstance(option.type, click.Path):
        # Whether it is there, the command finds out.
        return str(path.parent / Path(str(value)).expanduser())
    try:
        option.process_value(click.Context(click.Command(key)), value)
    except click.BadParameter as error:
        _refuse(path, key, error.message)
    return value


def _kind(option: click.Option) -> type:
    for kind, type_ in ((bool, click.types.BoolParamType), (int, click.types.IntParamType)):
        if isinstance(option.type, type_):
            return kind
    return float if isinstance(option.type, click.types.FloatParamType) else str


def _is(value: object, kind: type) -> bool:
    if kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, kind) and (kind is bool or not isinstance(value, bool))


def _near(word: str, known: Mapping[str, object] | set[str] | list[str]) -> str:
    near = get_close_matches(word, list(known), n=1, cutoff=0.5)
    return f"; did you mean {near[0]}?" if near else f"; there are {', '.join(sorted(known))}"


def _refuse(path: Path, key: str, reason: str) -> NoReturn:
    raise ConfigError(f"{path}, {key}: {reason}")
