"""The command that warns of falls, and says how such warnings did."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tradeshock.forecast.cli.figures import with_panel
from tradeshock.forecast.cli.options import AS_OF, FOLDER, MODEL, TARGET, say_where

if TYPE_CHECKING:
    from tradeshock.features.panel.panel import Panel


@click.command()
@AS_OF
@MODEL
@click.option(
    "--threshold",
    type=float,
    default=0.4,
    show_default=True,
    help="A chance of at least this is a warning (red), of at least half of it amber.",
)
@TARGET
@click.option("--out", type=FOLDER, help="Write tables (CSV, JSON) and a picture (PNG) there too.")
@with_panel
def warn(
    panel: Panel,
    as_of: str | None,
    model: str | None,
    threshold: float,
    target: str | None,
    out: Path | None,
) -> None:
    """Warn of falls in the year ahead, and say how such warnings did."""
    from tradeshock.features.errors import stale_series_noted
    from tradeshock.forecast.cli.questions.warn_output import print_warning, write_warning
    from tradeshock.forecast.cli.request import learn_past
    from tradeshock.forecast.warning import early_warning

    learn_past(panel, target, model)
    if as_of is not None:
        panel = panel.as_of(as_of)
    with stale_series_noted():
        # A note of every output says the same.
        made = early_warning(panel, target, model, threshold)
    print_warning(made)
    if out is not None:
        say_where(write_warning(made, out))
