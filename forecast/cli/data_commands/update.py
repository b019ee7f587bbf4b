"""The command that fetches newer figures and keeps those that agree with what is known."""

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
def update(names: tuple[str, ...], unofficial: bool, seconds: float) -> None:
    """Fetch newer figures; what agrees with known ones is kept, the rest is refused by name."""
    from tradeshock.features.sources.gather import gather
    from tradeshock.features.vintages.live import live_panel
    from tradeshock.features.vintages.store import Store

    # Compared with what was known before the first answer, so that no answer vouches for another.
    store, known = Store(), live_panel()
    new = revised = answers = asked = 0
    for outcome in gather(chosen_sources(names, unofficial), user_client(seconds), known):
        asked += 1
        if outcome.passed is None:
            click.echo(f"{outcome.source.name:20} nothing kept")
            click.echo(click.wrap_text(str(outcome.error), 78, "    ", "    "))
            continue
        # Kept at once: whatever happens to the next source, this one is not asked again.
        change = store.append(outcome.passed.answer)
        answers, new, revised = answers + 1, new + change.new, revised + change.revised
        click.echo(f"{outcome.source.name:20} {change.new} new, {change.revised} revised")
    click.echo(
        f"{answers} of {asked} answers kept: {new} new and {revised} revised figures; "
        f"{live_panel()!r}"
    )
    if not answers:
        raise click.exceptions.Exit(EXIT_NONE)
