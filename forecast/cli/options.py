"""What several commands share: options, and where they have written."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tradeshock.features.days.written import MONTH

if TYPE_CHECKING:
    from tradeshock.features.panel.panel import Panel

FOLDER = click.Path(file_okay=False, path_type=Path)


def month(_: click.Context, option: click.Parameter, text: str | None) -> str | None:
    """Check a month such as 2015-01."""
    if text is not None and not MONTH.fullmatch(text):
        raise click.BadParameter(f"{text!r} is no month; write it as 2015-01", param=option)
    return text


def lines(_: click.Context, option: click.Parameter, text: str | None) -> tuple[int, ...] | None:
    """Read numbers of lines such as 5 or 5,6."""
    if text is None:
        return None
    numbers = text.split(",")
    if not all(number.strip().isdigit() for number in numbers):
        raise click.BadParameter(f"{text!r} is no line; write it as 5 or 5,6", param=option)
    return tuple(int(number) for number in numbers)


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


# Options that say what is in the file, and how it is to be read, as `Panel.from_file` calls them.
OWN_FIGURES = (
    click.option(
        "--csv",
        type=click.Path(exists=True, dir_okay=False),
        help="Own figures: CSV, workbook or Parquet file with one row a month and one column a "
        "series, or in another shape of docs/data-files.md.  [default: Korea's]",
    ),
    click.option(
        "--release-after",
        type=click.IntRange(min=0),
        metavar="DAYS",
        help="With --csv: days after a month's end on which its figure is published.",
    ),
    click.option(
        "--calendar",
        metavar="NATION",
        help="With --csv: ISO code of the nation whose working days count, such as TW.",
    ),
    click.option("--unit", help="With --csv: unit of the figures.  [default: mn USD]"),
    click.option(
        "--catalog",
        type=click.Path(exists=True, dir_okay=False),
        help="With --csv: TOML file with an entry for each series, instead of the three above.",
    ),
    click.option(
        "--transform",
        multiple=True,
        metavar="[SERIES=]WAY",
        help="With --csv: 'level' for series that may be zero or below.  Repeatable.  "
        "[default: log]",
    ),
    click.option(
        "--hole",
        "holes",
        multiple=True,
        metavar="MONTH",
        help="With --csv: a month known to be missing, such as 2024-09.  Repeatable.",
    ),
    click.option("--sep", help="With --csv: character between fields, such as ';'."),
    click.option("--decimal", help="With --csv: decimal mark, '.' or ','."),
    click.option("--thousands", help="With --csv: mark between thousands."),
    click.option("--encoding", help="With --csv: such as cp949 or cp1252."),
    click.option("--month-format", help="With --csv: how months are written, such as %d/%m/%Y."),
    click.option(
        "--header",
        callback=lines,
        metavar="LINE[,LINE]",
        help="With --csv: line of the header, or lines whose words make it together.",
    ),
    click.option("--footer", type=click.IntRange(min=1), help="With --csv: rows of notes below."),
    click.option("--sheet", help="With --csv: sheet of a workbook."),
    click.option(
        "--series",
        multiple=True,
        metavar="COLUMN",
        help="With --csv: column that names the series of a row.  Repeatable.",
    ),
)


def with_panel(command: Callable[..., None]) -> Callable[..., None]:
    """Pass a command a panel: the embedded figures, or the user's own from a file."""

    @wraps(command)
    def command_with_panel(csv: str | None, **options: Any) -> None:
        said = {name: options.pop(name) for name in OWN_NAMES}
        said = {name: value for name, value in said.items() if value not in (None, ())}
        command(panel=_panel(csv, said), **options)

    for option in reversed(OWN_FIGURES):
        command_with_panel = option(command_with_panel)
    return command_with_panel


OWN_NAMES = (
    "release_after", "calendar", "unit", "catalog", "transform", "holes", "sep", "decimal",
    "thousands", "encoding", "month_format", "header", "footer", "sheet", "series",
)  # fmt: skip


def _panel(csv: str | None, said: dict[str, Any]) -> Panel:
    if csv is None:
        for name in said:
            option = {"holes": "hole"}.get(name, name.replace("_", "-"))
            raise click.UsageError(f"--{option} describes own figures; give them with --csv FILE")
        from tradeshock.features.snapshot import load_panel

        return load_panel()
    if "release_after" not in said and "catalog" not in said:
        raise click.UsageError(
            "--csv needs --release-after DAYS: how many days after a month's end its figure "
            "is published, such as 40 (or --catalog FILE, which says it of each series)"
        )
    from tradeshock.features.panel.panel import Panel
    from tradeshock.features.panel.release import ReleaseRule

    days = said.pop("release_after", None)
    rule = None if days is None else ReleaseRule.after(days)
    transform = _transforms(said.pop("transform", ()))
    return Panel.from_file(csv, rule, transform=transform, **said)


def _transforms(texts: tuple[str, ...]) -> str | dict[str, str] | None:
    """What `--transform` says: of all series, or of some."""
    pairs = [text.rpartition("=") for text in texts]
    if [way for id, _, way in pairs if not id]:
        if len(pairs) > 1:
            raise click.UsageError("--transform without a series speaks of all; give it once")
        return pairs[0][2]
    return {id: way for id, _, way in pairs} or None


def say_where(written: Iterable[Path]) -> None:
    """Say which files were written."""
    click.echo(f"Written: {', '.join(map(str, written))}", err=True)
