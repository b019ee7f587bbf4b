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
    from tradeshock.forecast.archive.archive import Archive


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
        click.echo(_nothing_in(kept))
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

    if out.suffix not in (".png", ".svg", ".pdf"):
        raise click.BadParameter(f"{out} is no picture; end the name in .png, .svg or .pdf")
    kept = Archive(archive)
    draw = partial(kept.plot, panel, _issued_target(kept, panel, target))
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
    from tradeshock.forecast.archive.archive import DAMAGED, Archive
    from tradeshock.forecast.cli.archive_output import print_archive_scores

    kept = Archive(archive)
    if kept.is_empty:
        click.echo(_nothing_in(kept))
        return
    target = _issued_target(kept, panel, target)
    table = kept.scores(panel, target, "first" if actual == "first" else "latest")
    damaged = int((kept.contents()["model"] == DAMAGED).sum()) if table.empty else 0
    print_archive_scores(table, panel, target, damaged)


def _nothing_in(kept: Archive) -> str:
    return f"No forecast in {kept.folder}; `tradeshock forecast --archive` puts one there."


def _issued_target(kept: Archive, panel: Panel, asked: str | None) -> str:
    """Return the series that is asked for, or the only issued one that has outcomes here."""
    from tradeshock.forecast.monthly.defaults import TARGET, target_of

    issued = sorted({str(id) for id in kept.contents()["target"].dropna()})
    with_outcomes = [id for id in issued if id in panel]
    if asked is None and TARGET not in with_outcomes and len(with_outcomes) == 1:
        return with_outcomes[0]
    meant = issued if asked is None else [asked] if asked in issued else []
    if meant and not any(id in panel for id in meant):
        own = click.get_current_context().params["csv"] is not None
        where = "in the file of --csv" if own else "among the package's figures"
        raise click.UsageError(
            f"{kept.folder} holds forecasts of {', '.join(meant)}, which is not {where}: give the "
            "figures that it was made from, --csv FILE"
        )
    return target_of(panel, asked)
