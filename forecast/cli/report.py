"""The command that writes the report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tradeshock.forecast.cli.figures import with_panel
from tradeshock.forecast.cli.options import FOLDER, say_where, with_forecast_options

if TYPE_CHECKING:
    from tradeshock.features.panel.panel import Panel


@click.command()
@with_forecast_options
@click.option(
    "--out", type=FOLDER, required=True, help="Write the page and the forecast's files there."
)
@with_panel
def report(panel: Panel, out: Path, **asked: Any) -> None:
    """Write one page: forecast, revisions, past forecasts, data."""
    from tradeshock.forecast.cli.output import write_forecast
    from tradeshock.forecast.cli.request import requested_forecast
    from tradeshock.forecast.report.page import Report

    made = requested_forecast(panel, **asked)
    page = Report.from_forecast(made).write(out)
    say_where([page, *write_forecast(made, out)])
