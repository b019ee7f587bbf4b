"""Which sources are asked, and by what client: what update and doctor share."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from pathlib import Path

    from tradeshock.features.fetching.client import Client, Reply
    from tradeshock.features.fetching.keys import Keys
    from tradeshock.features.fetching.source import Source

KEY_FILE = "keys"
MIRROR = "TRADESHOCK_MIRROR"
# Nobody answered: a scheduler may try again.
EXIT_NONE = 3


def with_source_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Ask which sources, and how long one call may take."""
    seconds = click.option(
        "--seconds",
        type=click.FloatRange(min=1.0),
        default=30.0,
        show_default=True,
        help="What one call may take in all.",
    )
    names = click.option(
        "--source", "names", multiple=True, metavar="NAME", help="Ask this one only.  Repeatable."
    )
    unofficial = click.option(
        "--unofficial",
        is_flag=True,
        help="Ask the page of customs' trade statistics too: no key, 44 series, four calls.  It "
        "is made for people and may block programs.",
    )
    return names(unofficial(seconds(command)))


def chosen_sources(names: Sequence[str], unofficial: bool) -> list[Source]:
    """Sources by name; all where none is named.

    Parameters
    ----------
    names : sequence of str
    unofficial : bool
        Whether pages for people may be asked.

    Raises
    ------
    click.BadParameter
        If there is no such source, or it is asked with --unofficial only.
    """
    from tradeshock.features.sources.registry import all_sources

    sources = all_sources(unofficial=True)
    known = [source.name for source in sources]
    if unknown := sorted(set(names) - set(known)):
        raise click.BadParameter(
            f"there is no source {', '.join(unknown)}; there are {', '.join(known)}",
            param_hint="--source",
        )
    allowed = all_sources(unofficial=unofficial)
    if shut := sorted(set(names) - {source.name for source in allowed}):
        raise click.BadParameter(
            f"{', '.join(shut)} is a page for people; say --unofficial to ask it",
            param_hint="--source",
        )
    return [source for source in allowed if not names or source.name in names]


def key_file() -> Path:
    """File of the user's keys, which need not be there."""
    from tradeshock.features.vintages.home import home

    return home() / KEY_FILE


def user_keys() -> Keys:
    """Keys of the user, wherever they are."""
    from tradeshock.features.fetching.keys import Keys

    return Keys.read(key_file(), ring=True)


def user_client(seconds: float, heard: Callable[[Reply], None] | None = None) -> Client:
    """Client with the user's keys, and the clock of the store."""
    from tradeshock.features.days import clock
    from tradeshock.features.fetching.client import Client

    return Client(
        user_keys(),
        deadline=seconds,
        mirror=os.environ.get(MIRROR),
        now=clock.now,
        heard=heard,
    )


def say_advice(text: str) -> None:
    """Say what to do, below the line that it belongs to."""
    click.echo(click.wrap_text(text, 78, "    ", "    "))


def say_missing_keys(sources: Sequence[Source]) -> None:
    """Say which sources were not asked, by the key that they need."""
    by_key: dict[str, list[Source]] = {}
    for source in sources:
        by_key.setdefault(str(source.needs_key), []).append(source)
    if not by_key:
        return
    click.echo("Not asked, as there is no key; tradeshock data keys says how to get one for free:")
    for key, its in by_key.items():
        count = len({id for source in its for id in source.series})
        say_advice(f"{key}: {', '.join(source.name for source in its)} ({count} series)")
