"""The command that asks every source once, and says what to do where one does not answer."""

from __future__ import annotations

import os

import click

KEY_FILE = "keys"
MIRROR = "TRADESHOCK_MIRROR"
EXIT_NONE = 3


@click.command()
@click.option(
    "--source", "names", multiple=True, metavar="NAME", help="Ask this one only.  Repeatable."
)
@click.option(
    "--seconds",
    type=click.FloatRange(min=1.0),
    default=30.0,
    show_default=True,
    help="What one call may take in all.",
)
def doctor(names: tuple[str, ...], seconds: float) -> None:
    """Ask every source of figures once, store nothing, and say which of them answer."""
    from tradeshock.features.fetching.client import Client
    from tradeshock.features.fetching.keys import Keys
    from tradeshock.features.sources.doctor import doctor as examine
    from tradeshock.features.sources.registry import all_sources
    from tradeshock.features.vintages.home import home
    from tradeshock.features.vintages.live import live_panel

    sources = all_sources()
    if unknown := sorted(set(names) - {source.name for source in sources}):
        raise click.BadParameter(
            f"there is no source {', '.join(unknown)}; there are "
            f"{', '.join(source.name for source in sources)}",
            param_hint="--source",
        )
    chosen = [source for source in sources if not names or source.name in names]
    client = Client(Keys.read(home() / KEY_FILE), deadline=seconds, mirror=os.environ.get(MIRROR))
    table = examine(chosen, client, live_panel())
    for row in table.itertuples():
        click.echo(f"{row.source:20} {row.state:14} {row.to:11} {row.series:2} series")
        if row.advice:
            click.echo(click.wrap_text(str(row.advice), 78, "    ", "    "))
    good = int(table["state"].eq("good").sum())
    click.echo(f"{good} of {len(table)} sources are good; nothing was stored")
    if not good:
        raise click.exceptions.Exit(EXIT_NONE)
