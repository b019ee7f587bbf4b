"""What several commands share: options, and where they have written."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from tradeshock.features.days.written import MONTH
from tradeshock.forecast.cli.completion import model_names, series_names

FOLDER = click.Path(file_okay=False, path_type=Path)
AS_OF = click.option(
    "--as-of",
    metavar="DAY",
    help="Use only what was out by the end of this day.  [default: all figures]",
)
MODEL = click.option(
    "--model",
    metavar="NAME",
    shell_complete=model_names,
    help="One of `tradeshock models`.  [default: the best record]",
)
TARGET = click.option(
    "--target",
    metavar="SERIES",
    shell_complete=series_names,
    help="One of `tradeshock data`.  [default: exports_total]",
)
STEPS = click.option(
    "--steps",
    type=click.IntRange(min=1),
    default=12,
    show_default=True,
    help="Months after the last published one.",
)
# What a forecast can be printed as, those of `forecast.monthly.written.shapes` among them.
PRINTED = ("table", "csv", "json", "hubverse", "nixtla", "sktime")
# What goes into a file of `--out` beside the others: its name.
FILES = {"excel": "forecast.xlsx", "parquet": "forecast.parquet"}
# What `--archive` without a folder stands for; no folder is called so by chance.
OWN_ARCHIVE = Path("-")


def own_archive() -> Path:
    """Return the user's own archive."""
    from tradeshock.features.vintages.home import archive_path

    return archive_path()


def _folder_or_own(_: click.Context, __: click.Parameter, folder: Path | None) -> Path | None:
    return own_archive() if folder == OWN_ARCHIVE else folder


ARCHIVE = click.option(
    "--archive",
    type=FOLDER,
    default=own_archive,
    help="Folder of the archive.  [default: TRADESHOCK_ARCHIVE, or your own, beside your figures]",
)
INTO_ARCHIVE = click.option(
    "--archive",
    type=FOLDER,
    is_flag=False,
    flag_value=str(OWN_ARCHIVE),
    callback=_folder_or_own,
    envvar="TRADESHOCK_ARCHIVE",
    metavar="[FOLDER]",
    help="Keep the forecast as issued: in a folder, or without one in your own archive.  Always "
    "where TRADESHOCK_ARCHIVE names one.",
)


def month(_: click.Context, option: click.Parameter, text: str | None) -> str | None:
    """Check a month such as 2015-01."""
    if text is not None and not MONTH.fullmatch(text):
        raise click.BadParameter(f"{text!r} is no month; write it as 2015-01", param=option)
    return text


def with_request_options(command: Callable[..., None]) -> Callable[..., None]:
    """Ask what is to be forecast (see `tradeshock.forecast.cli.request`)."""

    @MODEL
    @STEPS
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
        "--poll",
        multiple=True,
        metavar="MONTH=GROWTH",
        help="A poll of economists to combine with the forecast: growth on a year before, such as "
        "2026-05=+48.0; those of past months give the weights. Repeatable.",
    )
    @TARGET
    @wraps(command)
    def command_with_options(**options: Any) -> None:
        command(**options)

    return command_with_options


def with_forecast_options(command: Callable[..., None]) -> Callable[..., None]:
    """Ask what is to be forecast, and from which day."""
    return AS_OF(with_request_options(command))


LANGUAGE = click.option(
    "--lang",
    type=click.Choice(["en", "ko"]),
    default="en",
    show_default=True,
    help="Language of the page.",
)


def say_where(written: Iterable[Path]) -> None:
    """Say which files were written."""
    click.echo(f"Written: {', '.join(map(str, written))}", err=True)
