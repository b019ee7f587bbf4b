"""Figures that a command works on: the embedded ones, the user's own, and newer ones on top."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from csv import reader
from functools import wraps
from typing import TYPE_CHECKING, Any, cast

import click

if TYPE_CHECKING:
    import pandas as pd

    from tradeshock.features.files.table import Reading
    from tradeshock.features.panel.panel import Panel

Command = Callable[..., Any]
Option = Callable[[Command], Command]


def lines(_: click.Context, option: click.Parameter, text: str | None) -> tuple[int, ...] | None:
    """Read numbers of lines such as 5 or 5,6."""
    if text is None:
        return None
    numbers = text.split(",")
    if not all(number.strip().isdigit() for number in numbers):
        raise click.BadParameter(f"{text!r} is no line; write it as 5 or 5,6", param=option)
    return tuple(int(number) for number in numbers)


def words(_: click.Context, __: click.Parameter, text: str | None) -> tuple[str, ...] | None:
    """Read names parted by commas; one that holds a comma stands in quotation marks."""
    if text is None:
        return None
    return tuple(name.strip() for name in next(reader([text], skipinitialspace=True), []))


# Options that say what own figures are, as `Panel.from_file` calls them.
OWN_FIGURES: dict[str, Option] = {
    "release_after": click.option(
        "--release-after",
        type=click.IntRange(min=0),
        metavar="DAYS",
        help="With --csv: days after a month's end on which its figure is published.",
    ),
    "calendar": click.option(
        "--calendar",
        metavar="NATION",
        help="With --csv: ISO code of the nation whose working days count, such as TW.",
    ),
    "unit": click.option(
        "--unit",
        help="With --csv: unit of the figures, such as 'mn USD' or 'bn JPY'; from 1,000 mn on "
        "they are shown in bn.  [default: units]",
    ),
    "catalog": click.option(
        "--catalog",
        type=click.Path(exists=True, dir_okay=False),
        help="With --csv: TOML file with an entry for each series: its release, unit and more.  "
        "--calendar counts beside it.",
    ),
    "transform": click.option(
        "--transform",
        multiple=True,
        metavar="[SERIES=]WAY",
        help="With --csv: 'level' for series that may be zero or below.  Repeatable.  "
        "[default: log]",
    ),
    "holes": click.option(
        "--hole",
        "holes",
        multiple=True,
        metavar="MONTH",
        help="With --csv: a month known to be missing, such as 2024-09.  Repeatable.",
    ),
    "adjusted": click.option(
        "--adjusted",
        is_flag=True,
        default=None,
        help="With --csv: the publisher has taken season and working days out.",
    ),
    "global_drivers": click.option(
        "--global-drivers",
        is_flag=True,
        default=None,
        help="With --csv: join US industrial production, Brent, copper and Korea's share prices.",
    ),
}
SINGULAR = {"holes": "hole", "columns": "column"}


def option_of(argument: str) -> str:
    """Name of the option, without dashes, that an argument of `Panel.from_file` has here."""
    return SINGULAR.get(argument, argument.replace("_", "-"))


# Options that say how a file is to be read, as `Reading` calls them.
HOW_TO_READ: dict[str, Option] = {
    "sep": click.option("--sep", help="Character between fields of the file, such as ';'."),
    "decimal": click.option("--decimal", help="Decimal mark in the file, '.' or ','."),
    "thousands": click.option("--thousands", help="Mark between thousands in the file."),
    "encoding": click.option("--encoding", help="Of the file, such as cp949 or cp1252."),
    "month_format": click.option(
        "--month-format", help="How months are written there, such as %d/%m/%Y."
    ),
    "header": click.option(
        "--header",
        callback=lines,
        metavar="LINE[,LINE]",
        help="Line of the file's header, or lines whose words make it together.",
    ),
    "footer": click.option("--footer", type=click.IntRange(min=1), help="Rows of notes below."),
    "names": click.option(
        "--names",
        callback=words,
        metavar="NAME,...",
        help="Names of all columns of a file that has no header, such as month,exports.",
    ),
    "missing": click.option(
        "--missing",
        multiple=True,
        metavar="MARK",
        help="Cell of the file that stands for no figure, beside NA, '.' and the like; 0 is 0.0 "
        "too.  Repeatable.",
    ),
    "sheet": click.option("--sheet", help="Sheet of a workbook."),
    "month": click.option(
        "--month",
        multiple=True,
        metavar="COLUMN",
        help="Column of the file that holds the months; twice: the years, then the months.  "
        "[default: the first]",
    ),
    "series": click.option(
        "--series",
        multiple=True,
        metavar="COLUMN",
        help="Column of the file that names the series of a row.  Repeatable.",
    ),
    "columns": click.option(
        "--column",
        "columns",
        multiple=True,
        metavar="NAME[=SERIES]",
        help="Series of the file to take, and what it is here.  Repeatable.  [default: all]",
    ),
}


def with_panel(command: Command) -> Command:
    """Pass a command a panel: the embedded figures, or the user's own, and newer ones on top."""

    @click.option(
        "--csv",
        type=click.Path(exists=True, dir_okay=False),
        help="Own figures: CSV, workbook or Parquet file with one row a month and one column a "
        "series, or in another shape of docs/data-files.md.  [default: Korea's]",
    )
    @click.option(
        "--add",
        type=click.Path(exists=True, dir_okay=False),
        help="Newer and revised figures of the same series, seen today: a file of the same kinds; "
        "columns by id, title or Korean name.",
    )
    @wraps(command)
    def command_with_panel(csv: str | None, add: str | None, **options: Any) -> None:
        _forget_another_file(options)
        own, reading = _taken(options, OWN_FIGURES), reading_of(options)
        if csv is None and (own or (reading and add is None)):
            name = next(iter({**own, **reading}))
            option = option_of(name)
            what = "own figures; give them with --csv FILE"
            if not own:
                what = "a file of figures; give it with --csv FILE or --add FILE"
            raise click.UsageError(f"--{option} describes {what}")
        if csv is not None and add is not None:
            reading, newer = _by_file(csv, add, reading)
        else:
            newer = reading
        if csv is None:
            panel = newest_panel(say_age=options.get("as_of") is None and add is None)
        else:
            panel = _panel(csv, own, reading)
        command(panel=panel if add is None else _with_newer(panel, add, newer), **options)

    asking: Command = command_with_panel
    for option in reversed([*OWN_FIGURES.values(), *HOW_TO_READ.values()]):
        asking = option(asking)
    return asking


def _forget_another_file(options: dict[str, Any]) -> None:
    """Where the command line names a file, what defaults say of another one does not count."""
    source = click.get_current_context().get_parameter_source
    if source("csv") is click.core.ParameterSource.COMMANDLINE:
        for name in (*OWN_FIGURES, *HOW_TO_READ):
            if source(name) is click.core.ParameterSource.DEFAULT_MAP:
                options[name] = None


def _by_file(csv: str, add: str, reading: Reading) -> tuple[Reading, Reading]:
    """How either of two files is to be read: `--sheet` is of the workbook, if one alone is one."""
    from tradeshock.features.files.workbook import is_workbook

    without = cast("Reading", {k: value for k, value in reading.items() if k != "sheet"})
    if is_workbook(csv) == is_workbook(add):
        return reading, reading
    return (reading, without) if is_workbook(csv) else (without, reading)


def _panel(csv: str, own: dict[str, Any], reading: Reading) -> Panel:
    from tradeshock.features.panel.panel import Panel
    from tradeshock.features.panel.release import ReleaseRule

    if "release_after" not in own and "catalog" not in own:
        raise click.UsageError(
            "--csv needs --release-after DAYS: how many days after a month's end its figure "
            "is published, such as 40 (or --catalog FILE, which says it of each series)"
        )
    days = own.pop("release_after", None)
    rule = None if days is None else ReleaseRule.after(days)
    transform = _transforms(own.pop("transform", ()))
    joined = own.pop("global_drivers", False)
    panel = Panel.from_file(csv, rule, transform=transform, **own, **reading)
    if not joined:
        return panel
    from tradeshock.features.snapshot.global_drivers import with_global_drivers

    # They are Korea's newest as well: whoever updates these has newer ones of the world.
    return with_global_drivers(panel, source=newest_panel(say_age=False))


def newest_panel(*, say_age: bool) -> Panel:
    """Korea's figures; of which day they are is said where no other day is asked for."""
    from tradeshock.forecast.monthly.latest import latest_figures

    latest = latest_figures()
    for note in latest.notes:
        click.echo(f"Warning: {note}", err=True)
    if say_age and (sentence := latest.sentence()):
        click.echo(sentence, err=True)
    return latest.panel


def _with_newer(panel: Panel, add: str, reading: Reading) -> Panel:
    """Panel with the figures of a file on top; what they change is said."""
    from tradeshock.features.files.table import read_table

    figures = read_table(add, reading).values
    newer, changes = panel.append(figures), panel.changes(figures)
    say_changes(changes, err=True)
    return newer


def say_changes(changes: pd.DataFrame, *, err: bool) -> None:
    """Say what newer figures change: how many are new, and the largest revisions.

    On standard error where something else is the command's output.
    """
    kinds = changes["kind"].value_counts()
    new, revised = kinds.get("new", 0), kinds.get("revised", 0)
    months = f", {min(changes['month'])} to {max(changes['month'])}" if len(changes) else ""
    series = changes["series"].nunique()
    click.echo(
        f"Added: {new} new and {revised} revised figures of {series} series{months}", err=err
    )
    by_size = changes[changes["kind"] == "revised"].sort_values("revision", key=abs)
    for id, month, _, before, after, _ in by_size.tail(5).itertuples(index=False):
        click.echo(f"  {id} {month}: {before:,.10g} is now {after:,.10g}", err=err)


def reading_of(options: dict[str, Any]) -> Reading:
    """Take out of the options how a file is to be read."""
    reading = _taken(options, HOW_TO_READ)
    if reading.get("columns"):
        reading["columns"] = _renamed(reading["columns"])
    return cast("Reading", reading)


def _taken(options: dict[str, Any], group: Iterable[str]) -> dict[str, Any]:
    """Take a group out of the options: those that were given."""
    taken = {name: options.pop(name) for name in group}
    return {name: value for name, value in taken.items() if value not in (None, ())}


def _renamed(texts: tuple[str, ...]) -> dict[str, str]:
    """What `--column` says: ids by the names in the file."""
    pairs = [text.rpartition("=") for text in texts]
    return {name or id: id for name, _, id in pairs}


def _transforms(texts: tuple[str, ...]) -> str | dict[str, str] | None:
    """What `--transform` says: of all series, or of some."""
    pairs = [text.rpartition("=") for text in texts]
    if [way for id, _, way in pairs if not id]:
        if len(pairs) > 1:
            raise click.UsageError("--transform without a series speaks of all; give it once")
        return pairs[0][2]
    return {id: way for id, _, way in pairs} or None
