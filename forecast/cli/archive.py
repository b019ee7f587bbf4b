"""The commands that look at forecasts as they were issued."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tradeshock.forecast.cli.figures import with_panel
from tradeshock.forecast.cli.options import ARCHIVE

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

    table = Archive(archive).contents().drop(columns=["origin", "version"])
    rows = [
        [str(id), *("" if pd.isna(value) else str(value) for value in row)]
        for id, row in table.iterrows()
    ]
    Terminal().table([(name, "text") for name in ("id", *table.columns)], rows)


@archive.command()
@click.argument("id")
@ARCHIVE
@click.option(
    "--format", "form", type=click.Choice(["csv", "json"]), default="csv", show_default=True
)
def show(id: str, archive: Path, form: str) -> None:
    """Print a forecast again, to the last character."""
    from tradeshock.forecast.archive.archive import Archive

    one = Archive(archive).read(id)
    click.echo(one.csv if form == "csv" else one.json, nl=form == "json")


@archive.command()
@ARCHIVE
@click.option("--target", metavar="SERIES", help="As for `tradeshock forecast`.")
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
    print_archive_scores(table, panel, target, actual)
