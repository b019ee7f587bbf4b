"""The command that fetches newer figures and keeps those that agree with what is known."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import TYPE_CHECKING

import click

from tradeshock.forecast.cli.data_commands.asking import (
    EXIT_NONE,
    chosen_sources,
    say_advice,
    say_missing_keys,
    user_client,
    with_source_options,
)

if TYPE_CHECKING:
    from tradeshock.features.sources.gather import Outcome
    from tradeshock.features.vintages.store import Store


class Count:
    """How many answers were kept, and what they brought: figures of months, quotes of days."""

    def __init__(self) -> None:
        self.answers = self.kept = self.new = self.revised = self.quotes = 0
        self.newest = ""

    def add(self, other: Count) -> None:
        """Add the count of another source."""
        self.answers += other.answers
        self.kept += other.kept
        self.new += other.new
        self.revised += other.revised
        self.quotes += other.quotes

    def __str__(self) -> str:
        quotes = f", {self.quotes} quotes" if self.quotes else ""
        return f"{self.new} new, {self.revised} revised{quotes}"


@click.command()
@with_source_options
def update(names: tuple[str, ...], unofficial: bool, seconds: float) -> None:
    """Fetch newer figures; what agrees with known ones is kept, the rest is refused by name."""
    from tradeshock.features.fetching.gateway import KEY_NAME
    from tradeshock.features.sources.gather import gather
    from tradeshock.features.vintages.live import live_panel
    from tradeshock.features.vintages.store import Store
    from tradeshock.forecast.monthly.latest import latest_figures

    # Compared with what was known before the first answer, so that no answer vouches for another.
    store, known = Store(), live_panel()
    total = Count()
    if not names:
        # Before the publishers: what they say replaces what was typed.
        _keep_sheets(store, total)
    sources, client = chosen_sources(names, unofficial), user_client(seconds)
    shut = [s for s in sources if s.needs_key and s.needs_key not in client.keys]
    total.answers += len(shut)
    open_ones = [source for source in sources if source not in shut]
    outcomes = gather(open_ones, client, known)
    for source, its in groupby(outcomes, key=lambda outcome: outcome.source):
        total.add(_keep(store, source.name, its))
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


def _keep(store: Store, name: str, outcomes: Iterable[Outcome]) -> Count:
    """Keep what a source brought, at once: whatever comes next, it is not asked again."""
    from tradeshock.features.sources.doctor import newest_of

    count = Count()
    advice = []
    for outcome in outcomes:
        count.answers += 1
        if outcome.passed is None:
            advice.append(str(outcome.error))
            continue
        answer = outcome.passed.answer
        change = store.append(answer)
        count.kept += 1
        count.newest = max(count.newest, newest_of(answer.figures))
        if answer.quoted:
            count.quotes += change.new + change.revised
        else:
            count.new, count.revised = count.new + change.new, count.revised + change.revised
    click.echo(
        f"{name:20} to {count.newest:11} {count}" if count.kept else f"{name:20} nothing kept"
    )
    for sentence in advice:
        say_advice(sentence)
    return count


def _keep_sheets(store: Store, total: Count) -> None:
    """Keep what was typed into sheets of the inbox that were not read yet."""
    from tradeshock.features.errors import PanelError
    from tradeshock.features.vintages.sheet import read_sheet, unread

    for file in unread(store.history()):
        name = f"inbox/{file.name}"
        try:
            sheet = read_sheet(store.history(), file)
        except (PanelError, OSError) as error:
            total.answers += 1
            click.echo(f"{name:20} nothing kept")
            say_advice(str(error))
            continue
        if sheet.changes.empty:
            click.echo(f"{name:20} nothing new in it yet")
            continue
        change = store.append(sheet.answer)
        count = Count()
        count.answers = count.kept = 1
        count.new, count.revised = change.new, change.revised
        click.echo(f"{name:20} {count}")
        for note in sheet.notes:
            say_advice(note)
        total.add(count)
