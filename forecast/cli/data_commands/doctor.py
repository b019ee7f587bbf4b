"""The command that asks every source once, and says what to do where one does not answer."""

from __future__ import annotations

import click

from tradeshock.forecast.cli.data_commands.asking import (
    EXIT_NONE,
    chosen_sources,
    user_client,
    with_source_options,
)


@click.command()
@with_source_options
def doctor(names: tuple[str, ...], unofficial: bool, seconds: float) -> None:
    """Ask every source of figures once, store nothing, and say which of them answer."""
    from tradeshock.features.sources.doctor import doctor as examine
    from tradeshock.features.vintages.live import live_panel

    table = examine(chosen_sources(names, unofficial), user_client(seconds), live_panel())
    for row in table.itertuples():
        click.echo(f"{row.source:20} {row.state:14} {row.to:11} {row.series:2} series")
        if row.advice:
            click.echo(click.wrap_text(str(row.advice), 78, "    ", "    "))
    good = int(table["state"].eq("good").sum())
    click.echo(f"{good} of {len(table)} sources are good; nothing was stored")
    if not good:
        raise click.exceptions.Exit(EXIT_NONE)
