"""The command for release days: fetch, learn, forecast, report, archive; once."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.exceptions import NoSuchOption

from tradeshock.forecast.cli.config import VARIABLE
from tradeshock.forecast.cli.data_commands.asking import (
    chosen_sources,
    say_missing_keys,
    user_client,
    with_source_options,
)
from tradeshock.forecast.cli.data_commands.keeping import keep_answers, keep_sheets
from tradeshock.forecast.cli.options import (
    ARCHIVE,
    FOLDER,
    LANGUAGE,
    say_where,
    with_request_options,
)

if TYPE_CHECKING:
    from tradeshock.features.panel.panel import Panel
    from tradeshock.forecast.monthly.forecast import MonthlyForecast
    from tradeshock.forecast.routine.release_days import Release

# "Try again later", as the mail system and schedulers know it.
EXIT_LATER = 75
CALENDAR_DAYS = 92
OWN_FIGURES = (
    "`run` is for the figures of the package and its store; for your own let a scheduler call "
    "`tradeshock forecast --csv FILE --release-after DAYS --archive`"
)


class StoredFigures(click.Command):
    """A command without own figures that says so, instead of forecasting others."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the options."""
        try:
            left = super().parse_args(ctx, args)
        except NoSuchOption as error:
            if error.option_name == "--csv":
                raise click.UsageError(f"there is no --csv here: {OWN_FIGURES}", ctx) from error
            raise
        if "csv" in (ctx.find_root().default_map or {}).get("forecast", {}):
            configured = f"{ctx.meta[VARIABLE]} names figures of your own (csv)"
            raise click.UsageError(f"{configured}: {OWN_FIGURES}", ctx)
        return left


@click.command(cls=StoredFigures)
@with_source_options
@with_request_options
@click.option("--out", type=FOLDER, help="Write the page and the forecast's files there too.")
@LANGUAGE
@ARCHIVE
@click.option("--calendar", is_flag=True, help="Only list the release days of three months.")
@click.option(
    "--ics",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Only write them as a calendar file.",
)
def run(
    names: tuple[str, ...],
    unofficial: bool,
    seconds: float,
    out: Path | None,
    lang: str,
    archive: Path,
    calendar: bool,
    ics: Path | None,
    **asked: Any,
) -> None:
    """Do what a release day asks for, once.

    Fetch newer figures, learn from what came out, forecast, report, archive.

    To be called again and again, by hand or by a scheduler: a forecast is issued once. Exit code 75
    says that a figure is due and not out yet.

    It works on the package's figures. For your own, let a scheduler call `tradeshock forecast --csv
    FILE --release-after DAYS --archive`.
    """
    from tradeshock.features.vintages.live import live_panel
    from tradeshock.forecast.cli.request import refuse_unreadable
    from tradeshock.forecast.monthly.defaults import target_of

    refuse_unreadable(asked)
    known = live_panel()
    if asked["target"] is not None and asked["target"] not in known:
        raise click.UsageError(
            f"{asked['target']} is not among the package's figures: {OWN_FIGURES}"
        )
    target = asked["target"] = target_of(known, asked["target"])
    if calendar or ics is not None:
        _say_days(known, target, calendar, ics)
        return
    if not _issued_today(known, asked, archive, out, lang):
        _fetch(known, target, names, unofficial, seconds)
        _learn(target)
        _issue(asked, archive, out, lang)


def _say_days(panel: Panel, target: str, listed: bool, path: Path | None) -> None:
    """List the days on which figures come out, or write them as a calendar file."""
    from tradeshock.features.days.clock import today
    from tradeshock.forecast.routine.release_days import ics, releases
    from tradeshock.models.record.files import replacing

    found = releases(panel, target, today(), today() + timedelta(days=CALENDAR_DAYS))
    for release in found if listed else ():
        click.echo(f"{release.day:%Y-%m-%d %a}  {release.what}")
    if path is not None:
        with replacing(path) as file:
            file.write(ics(panel, found).encode())
        say_where([path])


def _issued_today(
    known: Panel, asked: dict[str, Any], folder: Path, out: Path | None, language: str
) -> bool:
    """Whether all is done that can be done today: then nobody is asked again."""
    from tradeshock.features.days.clock import today
    from tradeshock.forecast.cli.request import requested_forecast
    from tradeshock.forecast.routine.release_days import last_due

    if known.origin < today() or not last_due(known, asked["target"], today()).is_out(known):
        return False
    return _issued(requested_forecast(known, **asked), known, folder, out, language)


def _issued(
    made: MonthlyForecast, panel: Panel, folder: Path, out: Path | None, language: str
) -> bool:
    """Whether the archive has a forecast that was asked for alike and knew as much; say so.

    A page that the folder lacks is made: the forecast may have been issued without one.
    """
    from tradeshock.forecast.archive.archive import Archive
    from tradeshock.forecast.cli.report import has_report, write_report
    from tradeshock.forecast.routine.once import issued_before

    archive = Archive(folder)
    issued = issued_before(archive, made)
    if issued is None:
        return False
    if out is not None and not has_report(out, issued.paths.origin):
        write_report(made, panel, archive, language, out)
    click.echo(f"Already issued: {issued.id}; nothing has come out since")
    return True


def _fetch(
    known: Panel, target: str, names: tuple[str, ...], unofficial: bool, seconds: float
) -> None:
    """Ask for what is due, and once it is out, for everything else."""
    from tradeshock.features.days.clock import today
    from tradeshock.features.vintages.live import live_panel
    from tradeshock.features.vintages.store import Store
    from tradeshock.forecast.routine.release_days import last_due

    store, client, due = Store(), user_client(seconds), last_due(known, target, today())
    kept = keep_sheets(store).kept
    sources = chosen_sources(names, unofficial)
    able = [s for s in sources if s.needs_key is None or s.needs_key in client.keys]
    figures = live_panel()
    first = [] if due.is_out(figures) else [s for s in able if due.series in s.series]
    if first:
        kept += keep_answers(store, first, client, known).kept
        figures = live_panel()
    out = _judge(due, figures, bool(first))
    kept += keep_answers(store, [s for s in able if s not in first], client, known).kept
    say_missing_keys([source for source in sources if source not in able])
    if not kept and not out:
        click.echo("No source answered, and what is due is missing: nothing is issued")
        raise click.exceptions.Exit(EXIT_LATER)


def _judge(due: Release, figures: Panel, asked: bool) -> bool:
    """Say whether what is due is out; stop where those who bring it do not have it yet."""
    since = f"due since {due.day.day} {due.day:%B %Y}"
    out = due.is_out(figures)
    if out:
        click.echo(f"Out: {due.what}, {since}")
    elif asked:
        click.echo(f"Not out yet: {due.what}, {since}; try again later")
        raise click.exceptions.Exit(EXIT_LATER)
    else:
        click.echo(
            f"Missing: {due.what}, {since}; no source here brings it: `tradeshock data doctor` "
            "says what it takes, `tradeshock data add FILE` takes a sheet"
        )
    return out


def _learn(target: str) -> None:
    """Bring the record up to date, so that weights and intervals learn."""
    from tradeshock.features.vintages.live import live_panel
    from tradeshock.forecast.monthly.defaults import default_model
    from tradeshock.forecast.routine.learning import extend_own_record

    panel = live_panel()
    added = list(extend_own_record(panel, target, default_model(panel, target)))
    if added:
        click.echo(f"Record: {len(added)} past origins added, to {added[-1].origin.date()}")


def _issue(asked: dict[str, Any], folder: Path, out: Path | None, language: str) -> None:
    """Forecast from the newest figures and keep it, unless that has been done.

    The page first: what is in the archive is done, and a page that failed would not be tried again.
    """
    from tradeshock.forecast.archive.archive import Archive
    from tradeshock.forecast.cli.figures import newest_panel
    from tradeshock.forecast.cli.output import print_forecast
    from tradeshock.forecast.cli.report import write_report
    from tradeshock.forecast.cli.request import requested_forecast

    panel, archive = newest_panel(say_age=True), Archive(folder)
    made = requested_forecast(panel, **asked)
    if _issued(made, panel, folder, out, language):
        return
    print_forecast(made)
    if out is not None:
        write_report(made, panel, archive, language, out)
    click.echo(f"Issued: {archive.add(made)} in {folder}")
