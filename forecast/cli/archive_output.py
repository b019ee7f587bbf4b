"""Scores of issued forecasts, for people at a terminal."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tradeshock.features.panel.panel import Panel
from tradeshock.forecast.cli.terminal import Terminal
from tradeshock.forecast.plots.display_unit import DisplayUnit


def print_archive_scores(table: pd.DataFrame, panel: Panel, target: str, actual: str) -> None:
    """Print a line a month that is out, and what they say together."""
    terminal = Terminal()
    figures = panel.series(target)
    unit = DisplayUnit.choose(panel.catalog[target].unit, float(figures.iloc[-1]))
    which = "newest figures" if actual == "latest" else "first prints"
    terminal.line(f"Outcomes: {which}, to {figures.index[-1]}", style="bold")
    if table.empty:
        terminal.line("No month that was forecast is out yet.")
        return
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
    size = [float(np.sqrt((table[name] ** 2).mean())) for name in ("error", "walk")]
    terminal.line(
        f"{len(table)} months: RMSE {size[0]:.2f}, of the random walk {size[1]:.2f} (100 log); "
        f"80 % intervals held {table['inside'].mean():.0%}."
    )
