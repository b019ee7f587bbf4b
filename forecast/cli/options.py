"""What several commands share: options, and where they have written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from tradeshock.features.panel.panel import Panel

FOLDER = click.Path(file_okay=False, path_type=Path)


def month(_: click.Context, option: click.Parameter, text: str | None) -> str | None:
    """Check a month such as 2015-01."""
    if text is not None and not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", text):
        raise click.BadParameter(f"{text!r} is no month; write it as 2015-01", param=option)
    return text


def with_forecast_options(command: Callable[..., None]) -> Callable[..., None]:
    """Ask what is to be forecast (see `tradeshock.forecast.cli.request`)."""

    @click.option(
        "--as-of",
        metavar="DAY",
        help="Use only what was out by the end of this day.  [default: all figures]",
    )
    @click.option(
        "--model", metavar="NAME", help="One of `tradeshock models`.  [default: the best record]"
    )
    @click.option(
        "--steps",
        type=click.IntRange(min=1),
        default=12,
        show_default=True,
        help="Months after the last published one.",
    )
    @click.option(
        "--threshold",
        type=float,
        help="Give the chance that a calendar year's total passes it: in bn USD, or in the series' "
        "own unit where that is not in millions.  [default: a round figure near the median]",
    )
    @click.option(
        "--adjust",
        multiple=True,
        metavar="MONTH=AMOUNT",
        help="Judgement: add an amount to a month, such as 2026-06=+1200 (million USD). "
        "Repeatable.",
    )
    @click.option("--note", metavar="TEXT", help="Reason of the adjustments.")
    @click.option(
        "--assume",
        multiple=True,
        metavar="SERIES:MONTH=VALUE",
        help="Assume a value, such as usdkrw:2026-07=1550, or a change against the forecast "
        "without it, =+10%; ~0.02 after it makes it soft (log points). Repeatable.",
    )
    @click.option(
        "--target", metavar="SERIES", help="One of `tradeshock data`.  [default: exports_total]"
    )
    @wraps(command)
    def command_with_options(**options: Any) -> None:
        command(**options)

    return command_with_options


def with_panel(command: Callable[..., None]) -> Callable[..., None]:
    """Pass a command a panel: the embedded figures, or the user's own from a CSV file."""

    @click.option(
        "--csv",
        type=click.Path(exists=True, dir_okay=False),
        help="Own figures: first column the month, one column a series.  [default: Korea's]",
    )
    @click.option(
        "--release-after",
        type=click.IntRange(min=0),
        metavar="DAYS",
        help="With --csv: days after a month's end on which its figure is published.",
    )
    @click.option(
        "--calendar",
        metavar="NATION",
        help="With --csv: ISO code of the nation whose working days count, such as TW.",
    )
    @click.option("--unit", help="With --csv: unit of the figures.  [default: mn USD]")
    @wraps(command)
    def command_with_panel(
        csv: str | None,
        release_after: int | None,
        calendar: str | None,
        unit: str | None,
        **options: Any,
    ) -> None:
        described = {"release-after": release_after, "calendar": calendar, "unit": unit}
        given = [name for name, value in described.items() if value is not None]
        if csv is None and given:
            raise click.UsageError(f"--{given[0]} describes own figures; give them with --csv FILE")
        if csv is not None and release_after is None:
            raise click.UsageError(
                "--csv needs --release-after DAYS: how many days after a month's end its figure "
                "is published, such as 40"
            )
        command(panel=_read(csv, release_after, calendar, unit or "mn USD"), **options)

    return command_with_panel


def _read(csv: str | None, release_after: int | None, calendar: str | None, unit: str) -> Panel:
    if csv is None or release_after is None:
        from tradeshock.features.snapshot import load_panel

        return load_panel()
    from tradeshock.features.panel.panel import Panel
    from tradeshock.features.panel.release import ReleaseRule

    return Panel.from_csv(csv, ReleaseRule.after(release_after), calendar, unit)


def say_where(written: Iterable[Path]) -> None:
    """Say which files were written."""
    click.echo(f"Written: {', '.join(map(str, written))}", err=True)
