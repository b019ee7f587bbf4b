"""Options that commands for trade shocks share."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from tradeshock.forecast.cli.options import AS_OF, FOLDER, MODEL, STEPS, TARGET

OWN_SHOCKS = click.option(
    "--file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="TOML file of shocks of your own, looked up before the library.",
)


def with_shock_options(command: Callable[..., None]) -> Callable[..., None]:
    """Ask from when, how far and by which model."""

    @OWN_SHOCKS
    @click.option(
        "--hard",
        is_flag=True,
        help="All paths take one value.  [default: each keeps its distance from the median]",
    )
    @AS_OF
    @MODEL
    @STEPS
    @TARGET
    @click.option(
        "--threshold",
        type=float,
        help="Of a calendar year's total, in bn USD, or in the series' own unit where that is not "
        "in millions.  [default: a round figure near the baseline]",
    )
    @click.option("--out", type=FOLDER, help="Write PNG, CSV and JSON there too.")
    @wraps(command)
    def command_with_options(**options: Any) -> None:
        command(**options)

    return command_with_options
