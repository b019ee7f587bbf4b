"""The command that says why a forecast changed between two days."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tradeshock.forecast.cli.figures import with_panel
from tradeshock.forecast.cli.options import FOLDER, say_where

if TYPE_CHECKING:
    from tradeshock.features.panel.panel import Panel
    from tradeshock.forecast.news import News


@click.command()
@click.option("--from", "old", metavar="DAY", required=True, help="The older day.")
@click.option("--to", "new", metavar="DAY", help="The newer day.  [default: all figures]")
@click.option(
    "--model", metavar="NAME", help="One of `tradeshock models`.  [default: the best record]"
)
@click.option(
    "--target", metavar="SERIES", help="One of `tradeshock data`.  [default: exports_total]"
)
@click.option("--out", type=FOLDER, help="Write both tables as CSV there too.")
@with_panel
def news(
    panel: Panel,
    old: str,
    new: str | None,
    model: str | None,
    target: str | None,
    out: Path | None,
) -> None:
    """Say why the forecast changed between two days."""
    from warnings import catch_warnings

    from tradeshock.features.errors import StaleSeriesWarning
    from tradeshock.forecast.cli.output import write_text
    from tradeshock.forecast.csv_text import csv_text
    from tradeshock.forecast.news import news as explained
    from tradeshock.models.registry import make_model

    with catch_warnings(action="ignore", category=StaleSeriesWarning):
        # The forecast itself names stale series.
        made = explained(None if model is None else make_model(model), old, new, panel, target)
    _print(made)
    if out is not None:
        texts = {"news.csv": csv_text(made.table()), "releases.csv": csv_text(made.releases())}
        say_where([write_text(out / name, text) for name, text in texts.items()])


def _print(made: News) -> None:
    """Print contributions by group of releases, and figures that came out."""
    from tradeshock.forecast.cli.terminal import Terminal

    terminal = Terminal()
    days = " to ".join(f"{day.day} {day:%B %Y}" for day in (made.old, made.new))
    terminal.line(f"{made.target}, change of the forecast from {days}", style="bold")
    terminal.fact("Model", made.model)
    terminal.fact("Unit", "100 log points, about per cent; the year in the target's unit")
    terminal.line()
    table = made.table()
    columns = [("Because of", "text"), *((str(name), "figure") for name in table.columns)]
    rows = [
        [str(name), *(f"{value:+z.2f}" for value in row[:-1]), f"{row[-1]:+z,.0f}"]
        for name, row in zip(table.index, table.to_numpy(), strict=True)
    ]
    terminal.table(columns, rows)
    releases = made.releases().drop_duplicates(["series", "month"])
    terminal.line()
    terminal.line(f"{len(releases)} figures that the model reads came out.")
