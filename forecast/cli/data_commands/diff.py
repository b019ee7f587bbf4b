"""The command that lists what is new and what was revised."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    import pandas as pd


@click.command()
@click.option(
    "--since",
    metavar="DAY",
    help="First day that counts, in Korea.  [default: the last day on which anything changed]",
)
def diff(since: str | None) -> None:
    """List new and revised figures of months."""
    from tradeshock.features.vintages.difference import difference
    from tradeshock.features.vintages.store import Store
    from tradeshock.forecast.cli.terminal import Terminal

    table = difference(Store().history(), since)
    if table.empty:
        when = "to the embedded figures" if since is None else f"since {since}"
        click.echo(f"Nothing was added {when}; to bring figures up to date: tradeshock data update")
        return
    columns = [
        ("Series", "text"),
        ("Month", "day"),
        ("Seen", "day"),
        *((header, "figure") for header in ("Before", "After", "%")),
        ("Source", "text"),
    ]
    Terminal().table(columns, [_cells(*row) for row in table.itertuples(index=False)])
    new = int(table["before"].isna().sum())
    click.echo(
        f"{new} new and {len(table) - new} revised figures of {table['series'].nunique()} series"
    )


def _cells(
    series: str,
    month: pd.Period,
    seen: pd.Timestamp,
    before: float,
    after: float,
    revision: float,
    source: str,
) -> list[str]:
    is_new = before != before
    return [
        series,
        str(month),
        f"{seen:%Y-%m-%d}",
        "new" if is_new else f"{before:,.10g}",
        f"{after:,.10g}",
        "" if is_new else f"{revision:+.2f}",
        source,
    ]
