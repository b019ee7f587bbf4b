"""The commands that list figures, and bring them up to date by hand."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tradeshock.forecast.cli.data_commands.diff import diff
from tradeshock.forecast.cli.data_commands.doctor import doctor
from tradeshock.forecast.cli.data_commands.keys import keys
from tradeshock.forecast.cli.data_commands.update import update
from tradeshock.forecast.cli.figures import HOW_TO_READ, reading_of, say_changes, with_panel

if TYPE_CHECKING:
    from tradeshock.features.panel.panel import Panel

DEFAULT = "status"
SHEET = "customs.xlsx"
FILE = click.Path(dir_okay=False, path_type=Path)


class StatusByDefault(click.Group):
    """A group that lists the series where no command is named."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the name of a command, or take all for options of the default one."""
        if not args or (args[0].startswith("-") and args[0] not in ctx.help_option_names):
            args = [DEFAULT, *args]
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Commands in the order in which people need them, as they were added."""
        return list(self.commands)


@click.group(cls=StatusByDefault)
def data() -> None:
    """List the series; bring them up to date."""


@data.command()
@click.option("--as-of", metavar="DAY", help="What was out by the end of this day.")
@with_panel
def status(panel: Panel, as_of: str | None) -> None:
    """List the series, and when their next figures are due."""
    from tradeshock.features.panel.status import data_status
    from tradeshock.forecast.cli.output import print_status

    print_status(data_status(panel if as_of is None else panel.as_of(as_of)))


data.add_command(update)
data.add_command(diff)
data.add_command(doctor)
data.add_command(keys)


@data.command()
@click.argument("file", type=FILE, required=False)
@click.option(
    "--names",
    type=click.Choice(["id", "english", "korean"]),
    default="id",
    show_default=True,
    help="What series are called.",
)
def template(file: Path | None, names: str) -> None:
    """Write a sheet to type newer figures into: .xlsx or .csv.

    Without FILE it goes into the inbox, a folder at which `tradeshock data update` looks.
    """
    from tradeshock.features.days.clock import today
    from tradeshock.features.vintages.home import inbox
    from tradeshock.features.vintages.live import live_panel
    from tradeshock.features.vintages.template import write_template

    then = "tradeshock data update" if file is None else f"tradeshock data add {file}"
    if file is None:
        file = inbox() / SHEET
        file.parent.mkdir(parents=True, exist_ok=True)
    asked, left_out = write_template(live_panel(), file, today(), names)
    click.echo(f"Written: {file}, {len(asked)} series; units are those of `tradeshock data`.")
    if left_out:
        click.echo(f"Not in it, as they end too early: {', '.join(left_out)}.")
    click.echo(f"Fill in empty cells, as many as you know, then: {then}")


@data.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option("--accept", is_flag=True, help="Take figures that look wrong.")
def add(file: str, accept: bool, **options: Any) -> None:
    """Keep newer and revised figures of a sheet."""
    from tradeshock.features.vintages.sheet import read_sheet
    from tradeshock.features.vintages.store import Store

    store = Store()
    sheet = read_sheet(store.history(), file, reading_of(options), accept=accept)
    if len(sheet.changes):
        store.append(sheet.answer)
    for note in sheet.notes:
        click.echo(note)
    say_changes(sheet.changes, err=False)
    for sentence in sheet.live.sentences():
        click.echo(sentence, err=True)


for option in HOW_TO_READ.values():
    option(add)


@data.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def export(folder: Path) -> None:
    """Write all that was seen into a folder, a readable CSV an answer."""
    from tradeshock.features.vintages.exchange import export_answers
    from tradeshock.features.vintages.store import Store

    history = Store().history()
    written = export_answers(history, folder)
    click.echo(f"Exported: {len(history.answers)} answers, {written} of them new in {folder}")


@data.command("import")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def import_(folder: Path) -> None:
    """Keep the answers of such a folder that are not here."""
    from tradeshock.features.vintages.exchange import read_answers
    from tradeshock.features.vintages.store import Store

    found = read_answers(folder)
    new = Store().merge(found)
    click.echo(f"Imported: {new} of {len(found.answers)} answers were new")
