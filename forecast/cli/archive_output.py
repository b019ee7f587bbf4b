"""Scores of issued forecasts, for people at a terminal."""

from __future__ import annotations

import click
import numpy as np
import pandas as pd

from tradeshock.features.errors import ModelError
from tradeshock.features.panel.panel import Panel
from tradeshock.forecast.archive.issued import Issued
from tradeshock.forecast.archive.summary import summarise_scores
from tradeshock.forecast.cli.output import print_table
from tradeshock.forecast.cli.terminal import Terminal
from tradeshock.forecast.monthly.written.shapes import shape_text
from tradeshock.forecast.plots.display_unit import DisplayUnit


def print_issued(one: Issued, form: str) -> None:
    """Print an issued forecast as `tradeshock forecast --format` did.

    Raises
    ------
    ModelError
        If its table was not kept: it is of an older version.
    """
    if form == "json":
        click.echo(one.json)
    elif form != "table":
        click.echo(one.csv if form == "csv" else shape_text(one.paths, form), nl=False)
    elif one.printed is None:
        raise ModelError(
            f"{one.id} was archived by version {one.version}, which kept no table; say --format "
            "csv or --format json"
        )
    else:
        print_table(one.printed)


def print_archive_scores(table: pd.DataFrame, panel: Panel, target: str, damaged: int = 0) -> None:
    """Print a line a month that is out, and by step what they say together.

    Parameters
    ----------
    table : DataFrame
        As `Archive.scores` gives it.
    panel : Panel
    target : str
    damaged : int
        Number of forecasts that could not be read, and may hold months that are out.
    """
    terminal = Terminal()
    figures = panel.series(target)
    unit = DisplayUnit.choose(panel.catalog[target].unit, float(figures.iloc[-1]))
    if table.empty:
        what = f" in the forecasts that are not damaged ({damaged} are)" if damaged else ""
        terminal.line(f"No month that was forecast{what} is out yet.")
        return
    outcome = table["outcome"].iloc[0]
    terminal.line(f"Outcomes: {outcome}, months to {figures.index[-1]}", style="bold")
    headers = ("step", f"said, {unit.name}", "80 % interval", "came", "error, %", "walk, %")
    rows = [
        [
            *map(str, key),
            str(row["step"]),
            unit.text(row["median"]),
            f"{unit.text(row['low80'])} to {unit.text(row['high80'])}",
            unit.text(row["actual"]),
            f"{100.0 * np.expm1(row['error'] / 100.0):+.1f}",
            f"{100.0 * np.expm1(row['walk'] / 100.0):+.1f}",
        ]
        for key, (_, row) in zip(table.index.to_list(), table.iterrows(), strict=True)
    ]
    columns = [("id", "text"), ("month", "text"), *((name, "figure") for name in headers)]
    terminal.table(columns, rows)
    terminal.line()
    summary = summarise_scores(table)
    names = ("n", "mean error, %", "walk, %", "ratio", "80 % held, %", "CRPS ratio")
    rows = [
        [
            str(step),
            f"{row['n']:.0f}",
            *(f"{row[name]:.1f}" for name in ("mae", "mae_walk")),
            f"{row['mae_ratio']:.2f}",
            f"{100.0 * row['coverage_80']:.0f}",
            f"{row['crps_ratio']:.2f}",
        ]
        for step, row in summary.iterrows()
    ]
    terminal.table([("Step", "figure"), *((name, "figure") for name in names)], rows)
    terminal.line()
    size = [float(np.sqrt((table[name] ** 2).mean())) for name in ("error", "walk")]
    terminal.line(
        f"{len(table)} months: RMSE {size[0]:.2f}, of the random walk {size[1]:.2f} (100 log); "
        f"80 % intervals held {table['inside'].mean():.0%}. Mean errors by step are absolute, in "
        "100 log, about per cent; ratios are those to the walk."
    )
