"""What newer figures bring: kept as they come, and counted."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import TYPE_CHECKING

import click

from tradeshock.forecast.cli.data_commands.asking import say_advice

if TYPE_CHECKING:
    from tradeshock.features.fetching.client import Client
    from tradeshock.features.fetching.source import Source
    from tradeshock.features.panel.panel import Panel
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


def keep_sheets(store: Store) -> Count:
    """Keep what was typed into sheets of the inbox that were not read yet."""
    from tradeshock.features.errors import PanelError
    from tradeshock.features.vintages.sheet import read_sheet, unread

    total = Count()
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
    return total


def keep_answers(store: Store, sources: Iterable[Source], client: Client, known: Panel) -> Count:
    """Ask sources in turn, keep what passes and say what became of each.

    Answers are compared with what is known, which is what was so before the first of them: no
    answer vouches for another.
    """
    from tradeshock.features.sources.gather import gather

    total = Count()
    outcomes = gather(sources, client, known)
    for source, its in groupby(outcomes, key=lambda outcome: outcome.source):
        total.add(_keep(store, source.name, its))
    return total


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
