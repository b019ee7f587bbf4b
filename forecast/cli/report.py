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
@click.option(
    "--lang",
    type=click.Choice(["en", "ko"]),
    default="en",
    show_default=True,
    help="Language of the page.",
)
@click.option(
    "--archive",
    type=FOLDER,
    envvar="TRADESHOCK_ARCHIVE",
    help="Show what was issued and what came, from the archive in this folder.",
)
@with_panel
def report(panel: Panel, out: Path, lang: str, archive: Path | None, **asked: Any) -> None:
    """Write one page: forecast, news, warning, past forecasts, data."""
    from tradeshock.forecast.archive.archive import Archive
    from tradeshock.forecast.cli.output import write_forecast, write_text
    from tradeshock.forecast.cli.request import requested_forecast
    from tradeshock.forecast.report.page import Report

    def progress(step: str) -> None:
        click.echo(f"{step} ...", err=True)

    made = requested_forecast(panel, **asked)
    issued = None if archive is None else Archive(archive)
    page = Report.from_forecast(made, archive=issued, language=lang, panel=panel, progress=progress)
    progress("Drawing the page")
    written = [page.write(out), write_text(out / "report.json", page.to_json() + "\n")]
    written.append(write_text(out / "views.csv", made.views().to_csv()))
    say_where([*written, *write_forecast(made, out)])
