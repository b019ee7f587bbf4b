"""The command that writes the report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tradeshock.forecast.cli.figures import with_panel
from tradeshock.forecast.cli.options import FOLDER, LANGUAGE, say_where, with_forecast_options

if TYPE_CHECKING:
    import pandas as pd

    from tradeshock.features.panel.panel import Panel
    from tradeshock.forecast.archive.archive import Archive
    from tradeshock.forecast.monthly.forecast import MonthlyForecast


@click.command()
@with_forecast_options
@click.option(
    "--out", type=FOLDER, required=True, help="Write the page and the forecast's files there."
)
@LANGUAGE
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
    from tradeshock.forecast.cli.request import requested_forecast

    made = requested_forecast(panel, **asked)
    write_report(made, panel, None if archive is None else Archive(archive), lang, out)


def has_report(folder: Path, since: pd.Timestamp) -> bool:
    """Whether a folder has the page and the forecast of a day, or of a later one."""
    import json

    import pandas as pd

    from tradeshock.forecast.report.page import NAME

    try:
        facts = json.loads((folder / "forecast.json").read_text(encoding="utf-8"))
        return (folder / NAME).is_file() and bool(pd.Timestamp(facts["origin"]) >= since)
    except (OSError, ValueError, KeyError, TypeError):
        # No forecast of ours stands there, whatever it is.
        return False


def write_report(
    made: MonthlyForecast, panel: Panel, archive: Archive | None, language: str, out: Path
) -> None:
    """Write the page, its facts and the files of a forecast into a folder; say what is done."""
    from tradeshock.forecast.cli.output import write_forecast, write_text
    from tradeshock.forecast.report.page import Report

    def progress(step: str) -> None:
        click.echo(f"{step} ...", err=True)

    page = Report.from_forecast(
        made, archive=archive, language=language, panel=panel, progress=progress
    )
    progress("Drawing the page")
    written = [page.write(out), write_text(out / "report.json", page.to_json() + "\n")]
    written.append(write_text(out / "views.csv", made.views().to_csv()))
    say_where([*written, *write_forecast(made, out)])
