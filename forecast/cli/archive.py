"""The commands that look at forecasts as they were issued."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tradeshock.forecast.cli.completion import issued_ids
from tradeshock.forecast.cli.figures import with_panel
from tradeshock.forecast.cli.options import ARCHIVE, PRINTED, TARGET, say_where

if TYPE_CHECKING:
    from tradeshock.features.panel.panel import Panel


@click.group()
def archive() -> None:
    """Look at forecasts as they were issued."""


@archive.command("list")
@ARCHIVE
def list_issued(archive: Path) -> None:
    """List what was issued."""
    import pandas as pd

    from tradeshock.forecast.archive.archive import Archive
    from tradeshock.forecast.cli.terminal import Terminal

    kept = Archive(archive)
    table = kept.contents().drop(columns=["origin", "version"])
    if table.empty:
        click.echo(f"No forecast in {kept.folder}; `tradeshock forecast --archive` puts one there.")
        return
    rows = [
        [str(id), *("" if pd.isna(value) else str(value) for value in row)]
        for id, row in table.iterrows()
    ]
    Terminal().table([(name, "text") for name in ("id", *table.columns)], rows)


@archive.command()
@click.argument("id", shell_complete=issued_ids)
@ARCHIVE
@click.option(
    "--format",
    "form",
    type=click.Choice(PRINTED),
    default="table",
    show_default=True,
    help="What to print, as `tradeshock forecast` did.",
)
def show(id: str, archive: Path, form: str) -> None:
    """Print a forecast again, to the last character."""
    from tradeshock.forecast.archive.archive import Archive
    from tradeshock.forecast.cli.archive_output import print_issued

    print_issued(Archive(archive).read(id), form)


@archive.command()
@ARCHIVE
@TARGET
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    default="archive.png",
    show_default=True,
    help="PNG, SVG or PDF, by the name's end.",
)
@with_panel
def plot(panel: Panel, archive: Path, target: str | None, out: Path) -> None:
    """Draw what was said and what came: medians and 80 % intervals by origin."""
    from functools import partial

    from tradeshock.forecast.archive.archive import Archive
    from tradeshock.forecast.cli.output import write_picture
    from tradeshock.forecast.monthly.defaults import target_of

    if out.suffix not in (".png", ".svg", ".pdf"):
        raise click.BadParameter(f"{out} is no picture; end the name in .png, .svg or .pdf")
    draw = partial(Archive(archive).plot, panel, target_of(panel, target))
    say_where([write_picture(out, lambda ax: draw(ax=ax))])


@archive.command()
@ARCHIVE
@TARGET
@click.option(
    "--actual",
    type=click.Choice(["latest", "first"]),
    default="latest",
    show_default=True,
    help="Which figure counts as outcome where there are vintages.",
)
@with_panel
def scores(panel: Panel, archive: Path, target: str | None, actual: str) -> None:
    """Score what has come out since, against the random walk of the same days."""
    from tradeshock.forecast.archive.archive import Archive
    from tradeshock.forecast.cli.archive_output import print_archive_scores
    from tradeshock.forecast.monthly.defaults import target_of

    target = target_of(panel, target)
    table = Archive(archive).scores(panel, target, "first" if actual == "first" else "latest")
    print_archive_scores(table, panel, target)
