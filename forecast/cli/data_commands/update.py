"""The command that fetches newer figures and keeps those that agree with what is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tradeshock.forecast.cli.data_commands.asking import (
    EXIT_NONE,
    chosen_sources,
    user_client,
    with_source_options,
)

if TYPE_CHECKING:
    from tradeshock.forecast.routine.fetch import Fetched


@click.command()
@with_source_options
def update(names: tuple[str, ...], seconds: float) -> None:
    """Fetch newer figures; what agrees with known ones is kept, the rest is refused by name."""
    from tradeshock.features.vintages.live import live_panel
    from tradeshock.features.vintages.store import Store
    from tradeshock.forecast.routine.fetch import fetch_into

    fetched = fetch_into(Store(), chosen_sources(names), user_client(seconds), live_panel())
    told = [say_fetched(each) for each in fetched]
    changes = [each.change for each in told if each.change is not None]
    click.echo(
        f"{len(changes)} of {len(told)} answers kept: {sum(c.new for c in changes)} new and "
        f"{sum(c.revised for c in changes)} revised figures; {live_panel()!r}"
    )
    if not changes:
        raise click.exceptions.Exit(EXIT_NONE)


def say_fetched(fetched: Fetched) -> Fetched:
    """Say what became of one answer, and hand it on."""
    name, change = fetched.source.name, fetched.change
    if change is None:
        click.echo(f"{name:20} nothing kept")
        click.echo(click.wrap_text(str(fetched.error), 78, "    ", "    "))
    else:
        click.echo(f"{name:20} {change.new} new, {change.revised} revised")
    return fetched
