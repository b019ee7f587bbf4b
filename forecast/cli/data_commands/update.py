"""The command that fetches newer figures and keeps those that agree with what is known."""

from __future__ import annotations

import click

from tradeshock.forecast.cli.data_commands.asking import (
    EXIT_NONE,
    chosen_sources,
    say_advice,
    say_missing_keys,
    user_client,
    with_source_options,
)
from tradeshock.forecast.cli.data_commands.keeping import Count, keep_answers, keep_sheets


@click.command()
@with_source_options
def update(names: tuple[str, ...], unofficial: bool, seconds: float) -> None:
    """Fetch newer figures; what agrees with known ones is kept, the rest is refused by name."""
    from tradeshock.features.fetching.gateway import KEY_NAME
    from tradeshock.features.vintages.live import live_panel
    from tradeshock.features.vintages.store import Store
    from tradeshock.forecast.monthly.latest import latest_figures

    # Compared with what was known before the first answer, so that no answer vouches for another.
    store, known = Store(), live_panel()
    # Sheets before publishers: what these say replaces what was typed.
    total = Count() if names else keep_sheets(store)
    sources, client = chosen_sources(names, unofficial), user_client(seconds)
    shut = [s for s in sources if s.needs_key and s.needs_key not in client.keys]
    total.answers += len(shut)
    total.add(keep_answers(store, [s for s in sources if s not in shut], client, known))
    say_missing_keys(shut)
    if not unofficial and any(source.needs_key == KEY_NAME for source in shut):
        say_advice("44 of these series come without a key too, from a page: --unofficial")
    click.echo(
        f"{total.kept} of {total.answers} answers kept: {total.new} new and {total.revised} "
        f"revised figures, {total.quotes} quotes of days"
    )
    latest = latest_figures()
    for sentence in (latest.sentence(), *latest.notes):
        if sentence:
            click.echo(sentence)
    if not total.kept:
        raise click.exceptions.Exit(EXIT_NONE)
    click.echo("What changed: tradeshock data diff.  Next: tradeshock forecast")
