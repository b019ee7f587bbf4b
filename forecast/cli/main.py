"""The command line.

Only click is imported here. What is heavy is imported by the command that needs it, so that
``tradeshock --help`` answers at once.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tradeshock.forecast.cli.archive import archive as archive_commands
from tradeshock.forecast.cli.completion import model_names
from tradeshock.forecast.cli.config import ConfiguredGroup, say_config
from tradeshock.forecast.cli.data_commands.group import data
from tradeshock.forecast.cli.figures import with_panel
from tradeshock.forecast.cli.log_lines import show_log
from tradeshock.forecast.cli.options import (
    FILES,
    FOLDER,
    INTO_ARCHIVE,
    PRINTED,
    TARGET,
    month,
    say_where,
    with_forecast_options,
)
from tradeshock.forecast.cli.questions.explain import explain
from tradeshock.forecast.cli.questions.news import news
from tradeshock.forecast.cli.questions.warn import warn
from tradeshock.forecast.cli.report import report
from tradeshock.forecast.cli.run import run
from tradeshock.forecast.cli.shocks.exposure import exposure
from tradeshock.forecast.cli.shocks.scenario import scenario

if TYPE_CHECKING:
    from tradeshock.features.panel.panel import Panel

REFERENCE = "RandomWalk"


@click.group(
    cls=ConfiguredGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.option(
    "-v",
    "--verbose",
    count=True,
    help="Say on standard error what is fetched, run and kept; twice for more.  It stands before "
    "the command, as all of these.",
)
@click.version_option(package_name="tradeshock")
@click.pass_context
def main(context: click.Context, debug: bool, verbose: int) -> None:
    """Forecast monthly exports from what was published by a day."""
    # So that --model my_file:MyModel finds a file beside the user, behind everything installed.
    sys.path.append("")
    if context.invoked_subcommand is None:
        click.echo(context.get_help())
    say_config(context)
    show_log(context, verbose)


@main.command()
@with_forecast_options
@click.option("--out", type=FOLDER, help="Write fan chart (PNG, SVG), CSV and JSON there too.")
@INTO_ARCHIVE
@click.option(
    "--format",
    "form",
    type=click.Choice([*PRINTED, *FILES]),
    default="table",
    show_default=True,
    help="What to print; excel (a workbook) and parquet (the table of hubverse) go to --out.",
)
@with_panel
def forecast(panel: Panel, out: Path | None, archive: Path | None, form: str, **asked: Any) -> None:
    """Forecast month by month and by calendar year."""
    from tradeshock.forecast.cli.output import print_forecast, write_forecast
    from tradeshock.forecast.cli.request import requested_forecast

    if form in FILES and out is None:
        raise click.UsageError(f"--format {form} writes {FILES[form]}: say where with --out FOLDER")
    made = requested_forecast(panel, **asked)
    print_forecast(made, "table" if form in FILES else form)
    if out is not None:
        say_where(write_forecast(made, out, FILES.get(form)))
    if archive is not None:
        from tradeshock.forecast.archive.archive import Archive

        kept = Archive(archive)
        click.echo(f"Archived: {kept.add(made)} in {kept.folder}", err=True)


main.add_command(report)
main.add_command(run)
main.add_command(archive_commands)
main.add_command(scenario)
main.add_command(exposure)
main.add_command(warn)
main.add_command(news)
main.add_command(explain)


@main.command()
@click.option(
    "--from",
    "first",
    metavar="MONTH",
    callback=month,
    default="2010-01",
    show_default=True,
    help="First month that is forecast one step ahead.",
)
@click.option(
    "--to",
    "last",
    metavar="MONTH",
    callback=month,
    help="Last month that is forecast one step ahead.  [default: the last published]",
)
@click.option(
    "--state",
    default="after_total",
    show_default=True,
    help="Which of the target's own releases are out: after_total, after_10d or after_20d.",
)
@click.option(
    "--model",
    "rivals",
    multiple=True,
    metavar="NAME",
    shell_complete=model_names,
    help="One of `tradeshock models`. Repeatable; RandomWalk is always with them.  [default: all]",
)
@click.option("--steps", type=click.IntRange(min=1), default=12, show_default=True)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    help="Worker processes; results do not depend on them.  [default: one a core]",
)
@click.option("--store", type=FOLDER, help="Keep finished years there; a second run resumes.")
@TARGET
@click.option("--out", type=FOLDER, help="Write all scores and forecasts as CSV there.")
@with_panel
def backtest(
    panel: Panel,
    first: str,
    last: str | None,
    state: str,
    rivals: tuple[str, ...],
    steps: int,
    jobs: int | None,
    store: Path | None,
    target: str | None,
    out: Path | None,
) -> None:
    """Score models on what they would have said."""
    from tradeshock.forecast.backtesting.backtest import backtest as run
    from tradeshock.forecast.backtesting.result import IncompleteBacktestError
    from tradeshock.forecast.cli.output import print_scores, write_backtest
    from tradeshock.forecast.monthly.defaults import target_of
    from tradeshock.models.registry import find_models

    target = target_of(panel, target)
    origins = panel.origins(first, last or panel.last_month(target), state, target)
    chosen = list(dict.fromkeys([REFERENCE, *(rivals or find_models())]))
    failed = None
    try:
        result = run(chosen, panel, target, origins, steps=steps, n_jobs=jobs or -1, store=store)
    except IncompleteBacktestError as error:
        if error.result.frame.empty:
            raise
        result, failed = error.result, error
    print_scores(result.scores())
    if out is not None:
        say_where(write_backtest(result, out))
    if failed is not None:
        raise failed


@main.command()
def models() -> None:
    """List the models that have a name."""
    from tradeshock.forecast.cli.output import print_models
    from tradeshock.models.registry import find_models

    print_models(find_models())


main.add_command(data)
