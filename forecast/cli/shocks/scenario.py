"""The commands that ask for trade shocks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tradeshock.forecast.cli.completion import shock_names
from tradeshock.forecast.cli.figures import with_panel
from tradeshock.forecast.cli.options import say_where
from tradeshock.forecast.cli.shocks.scenario_options import OWN_SHOCKS, with_shock_options

if TYPE_CHECKING:
    from tradeshock.features.panel.panel import Panel


@click.group()
def scenario() -> None:
    """Ask what exports would be under a trade shock."""


@scenario.command("list")
@OWN_SHOCKS
def list_shocks(file: Path | None) -> None:
    """List shocks: names, titles and sizes."""
    from tradeshock.forecast.cli.shocks.scenario_output import print_shocks
    from tradeshock.forecast.scenarios.library import read_shocks

    print_shocks(read_shocks(file))


@scenario.command()
@click.argument("name", shell_complete=shock_names)
@OWN_SHOCKS
def show(name: str, file: Path | None) -> None:
    """Show what a shock assumes, and where its sizes are from."""
    from tradeshock.forecast.cli.shocks.scenario_output import print_shock
    from tradeshock.forecast.scenarios.library import find_shock

    print_shock(find_shock(name, file))


@scenario.command()
@click.argument("wanted", nargs=-1, required=True, metavar="NAME...", shell_complete=shock_names)
@click.option(
    "--size",
    type=float,
    help="Another size of a single shock: -0.4 for 40 % below, or a tariff in per cent.",
)
@click.option(
    "--by",
    type=click.Choice(["chips", "item", "destination"]),
    default="chips",
    show_default=True,
    help="Parts of the total that are named.",
)
@with_shock_options
@with_panel
def run(
    panel: Panel,
    wanted: tuple[str, ...],
    size: float | None,
    by: str,
    file: Path | None,
    hard: bool,
    as_of: str | None,
    model: str | None,
    steps: int,
    target: str | None,
    threshold: float | None,
    out: Path | None,
) -> None:
    """Forecast under one shock, or under several at once."""
    from tradeshock.forecast.cli.shocks.scenario_files import write_scenario
    from tradeshock.forecast.cli.shocks.scenario_output import print_scenario
    from tradeshock.forecast.scenarios.ask import as_shocks
    from tradeshock.forecast.scenarios.carriers import Carriers

    shocks = as_shocks(wanted, size, file)
    panel = panel if as_of is None else panel.as_of(as_of)
    made = Carriers.fit(panel, model, steps, target).run(shocks, hard)
    print_scenario(made, threshold, by)
    if out is not None:
        say_where(write_scenario(made, out))


@scenario.command()
@click.option(
    "--up",
    multiple=True,
    metavar="NAME",
    shell_complete=shock_names,
    help="Shock of the better case.  Repeatable.",
)
@click.option(
    "--down",
    multiple=True,
    metavar="NAME",
    shell_complete=shock_names,
    help="Shock of the worse case.  Repeatable.",
)
@with_shock_options
@with_panel
def compare(
    panel: Panel,
    up: tuple[str, ...],
    down: tuple[str, ...],
    file: Path | None,
    hard: bool,
    as_of: str | None,
    model: str | None,
    steps: int,
    target: str | None,
    threshold: float | None,
    out: Path | None,
) -> None:
    """Print a better and a worse case beside the baseline."""
    from tradeshock.forecast.cli.shocks.scenario_files import write_comparison
    from tradeshock.forecast.cli.shocks.scenario_output import print_comparison
    from tradeshock.forecast.scenarios.ask import as_shocks, compare_scenarios

    panel = panel if as_of is None else panel.as_of(as_of)
    made = compare_scenarios(
        panel,
        as_shocks(up, file=file),
        as_shocks(down, file=file),
        steps=steps,
        model=model,
        hard=hard,
        target=target,
    )
    print_comparison(made, threshold)
    if out is not None:
        say_where(write_comparison(made, out))
