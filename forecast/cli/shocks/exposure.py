"""The command that says what a total is made of, and what a tariff would hit."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tradeshock.forecast.cli.completion import series_names
from tradeshock.forecast.cli.figures import with_panel
from tradeshock.forecast.cli.options import FOLDER, say_where

if TYPE_CHECKING:
    from tradeshock.features.panel.panel import Panel


@click.command()
@click.option(
    "--by",
    type=click.Choice(["item", "destination"]),
    help="Which parts of the catalog.  [default: item]",
)
@click.option(
    "--part",
    "parts",
    multiple=True,
    metavar="SERIES",
    shell_complete=series_names,
    help="A part of your own choice, instead of --by.  Repeatable.",
)
@click.option(
    "--months",
    type=click.IntRange(min=1),
    default=12,
    show_default=True,
    help="How many of the last months that all parts have.",
)
@click.option(
    "--tariff",
    "tariffs",
    multiple=True,
    metavar="SERIES=RATE[@SHARE]",
    help="A tariff in per cent on a part, or on a share of it, such as "
    "exports_passenger_cars=25@0.51.  Repeatable.",
)
@click.option("--source", metavar="TEXT", help="Where the shares after @ are from.")
@click.option(
    "--response",
    metavar="NAME",
    default="ibk_2025",
    show_default=True,
    help="How exports answer a tariff: ibk_2025, boehm_2023 or smart.",
)
@click.option("--as-of", metavar="DAY", help="What was out by the end of this day.")
@click.option(
    "--target",
    metavar="SERIES",
    shell_complete=series_names,
    help="The total.  [default: exports_total]",
)
@click.option("--out", type=FOLDER, help="Write tables (CSV, JSON) and a picture (PNG) there too.")
@with_panel
def exposure(
    panel: Panel,
    by: str | None,
    parts: tuple[str, ...],
    months: int,
    tariffs: tuple[str, ...],
    source: str | None,
    response: str,
    as_of: str | None,
    target: str | None,
    out: Path | None,
) -> None:
    """Split exports by item or destination: shares, growth, tariffs."""
    from tradeshock.forecast.cli.shocks.exposure_output import print_exposure, write_exposure
    from tradeshock.forecast.exposure import exposure as split, parse_tariffs
    from tradeshock.forecast.monthly.defaults import target_of

    if by is not None and parts:
        raise click.UsageError("--by and --part both say what the parts are; give one of them")
    if as_of is not None:
        panel = panel.as_of(as_of)
    made = split(panel, parts or by or "item", target_of(panel, target), months)
    hits = parse_tariffs(tariffs, response, source or "")
    print_exposure(made, hits)
    if out is not None:
        say_where(write_exposure(made, hits, out))
