"""Tables for the terminal, and files for everybody else."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from tradeshock.forecast.monthly import MonthlyForecast, Published
from tradeshock.models.display_unit import DisplayUnit
from tradeshock.models.fan import FIGURE_SIZE

PIPE_WIDTH = 240
LEFT = frozenset({"Month", "Series", "Model", "What it does", "Unit", "Publisher", "Overdue"})


class Terminal:
    """Standard output: coloured and as wide as the window, or plain text in a pipe."""

    def __init__(self) -> None:
        self._plain = not sys.stdout.isatty()
        self._console = Console(
            highlight=False, markup=False, emoji=False, width=PIPE_WIDTH if self._plain else None
        )

    def line(self, text: str = "", style: str | None = None) -> None:
        """Print one line of text."""
        self._console.print(text, style=style, soft_wrap=self._plain)

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """Print a table; columns of figures are set flush right."""
        grid = Table(
            *columns, box=None if self._plain else SIMPLE_HEAD, pad_edge=False, padding=(0, 2, 0, 0)
        )
        for column in grid.columns:
            column.justify = "left" if column.header in LEFT else "right"
        for row in rows:
            grid.add_row(*row)
        self._console.print(grid)


def show_forecast(forecast: MonthlyForecast, terminal: Terminal) -> None:
    """Print header, months and calendar years."""
    unit = DisplayUnit.of(forecast.entry.unit, forecast.last.value)
    title = forecast.entry.title or forecast.entry.id
    origin = f"{forecast.origin.day} {forecast.origin:%B %Y}"
    terminal.line(f"{title}, forecast of {origin}", style="bold")
    terminal.line(f"Known           {forecast.known} ({forecast.paths.state})")
    for published in (forecast.last, forecast.flash):
        if published is not None:
            terminal.line(f"{'Last published' if published is forecast.last else 'Early count':16}"
                          f"{_published(published, unit)}")
    default = " (the default)" if forecast.by_default else ""
    terminal.line(f"Model           {forecast.model}{default}")
    for note in forecast.paths.notes:
        terminal.line(f"Note            {note}")
    terminal.line()
    terminal.table(*_months(forecast, unit))
    terminal.line()
    for sentence in _years(forecast, unit):
        terminal.line(sentence)


def _published(published: Published, unit: DisplayUnit) -> str:
    growth = ""
    if np.isfinite(published.growth):
        growth = (
            f", {published.growth:+.1f} % on a year before"
            f" ({published.daily_growth:+.1f} % a working day)"
        )
    return f"{published.what}: {unit.text(published.value)} {unit.name}{growth}"


def _months(
    forecast: MonthlyForecast, unit: DisplayUnit
) -> tuple[list[str], list[list[str]]]:
    """Columns and rows of the table month by month."""
    columns = ["Month", unit.name, "80 % interval", "Year on year, %", "80 % interval"]
    rows = []
    for month, row in forecast.table().iterrows():
        cells = [
            f"{month:%b %Y}",
            unit.text(row["median"]),
            f"{unit.text(row['low80'])} to {unit.text(row['high80'])}",
            f"{row['yoy_median']:+.1f}",
            f"{row['yoy_low80']:+.1f} to {row['yoy_high80']:+.1f}",
        ]
        if forecast.judgement is not None:
            amount = row["adjustment"]
            cells.append(unit.text(amount, sign=True) if amount else "")
        rows.append(cells)
    return columns + ["of it judgement"] * (forecast.judgement is not None), rows


def _years(forecast: MonthlyForecast, unit: DisplayUnit) -> list[str]:
    """One sentence for each calendar year that the forecast completes."""
    sentences = []
    for year, row in forecast.year_total().iterrows():
        sentence = (
            f"{year}: {unit.text(row['median'])} {unit.name} "
            f"(80 % interval {unit.text(row['low80'])} to {unit.text(row['high80'])}), "
            f"{row['growth_median']:+.1f} % on {year - 1} "
            f"({row['growth_low80']:+.1f} to {row['growth_high80']:+.1f}); "
            f"{row['published_months']:.0f} of 12 months published."
        )
        if forecast.threshold is not None:
            sentence += (
                f" Chance of more than {unit.text(forecast.threshold)} {unit.name}: "
                f"{_chance(row['chance'])}."
            )
        sentences.append(sentence)
    needed = 13 - forecast.paths.index[0].month
    return sentences or [f"No calendar year is complete; it takes {needed} steps to December."]


def _chance(share: float) -> str:
    """Per cent, without the certainty that a thousand paths cannot give."""
    if share > 0.99:
        return "over 99 %"
    return "under 1 %" if share < 0.01 else f"{100 * share:.0f} %"


def show_scores(scores: pd.DataFrame, steps: Iterable[int], terminal: Terminal) -> None:
    """Print scores of levels by step and model, best first within a step."""
    columns = ["Step", "Model", "n", "RMSE", "MAE", "Bias", "CRPS", "80 % covers", "Ratio", "DM p"]
    level = scores[(scores["quantity"] == "level") & scores["step"].isin(list(steps))]
    rows = []
    for _, row in level.sort_values(["step", "rmse"]).iterrows():
        rows.append(
            [
                f"{row['step']}",
                row["model"],
                f"{row['n']}",
                *(_number(row[name], 2) for name in ("rmse", "mae", "bias", "crps")),
                f"{100 * row['coverage_80']:.0f} %",
                _number(row["rmse_ratio"], 3),
                _number(row["dm_p"], 3),
            ]
        )
    terminal.table(columns, rows)


def _number(value: float, decimals: int) -> str:
    return "-" if np.isnan(value) else f"{value:.{decimals}f}"


def show_status(status: pd.DataFrame, terminal: Terminal) -> None:
    """Print what a panel holds."""
    columns = ["Series", "From", "Until", "Next release", "Overdue", "Unit", "Publisher"]
    rows = [
        [
            str(id),
            str(row["first"] or "-"),
            str(row["last"] or "-"),
            _day(row["next_release"]),
            "" if pd.isna(row["overdue_since"]) else f"since {_day(row['overdue_since'])}",
            row["unit"],
            row["publisher"],
        ]
        for id, row in status.iterrows()
    ]
    terminal.table(columns, rows)


def _day(day: pd.Timestamp) -> str:
    return "-" if pd.isna(day) else day.date().isoformat()


def write_forecast(forecast: MonthlyForecast, folder: Path) -> list[Path]:
    """Write forecast.csv, forecast.json, and the fan chart as PNG and SVG; return their paths."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    folder.mkdir(parents=True, exist_ok=True)
    texts = {"forecast.csv": forecast.to_csv(), "forecast.json": forecast.to_json() + "\n"}
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    # A figure of its own: no window system is asked, and no figure of the caller is touched.
    figure = Figure(figsize=FIGURE_SIZE, layout="constrained")
    forecast.plot(figure.subplots())
    charts = [folder / "forecast.png", folder / "forecast.svg"]
    # Equal forecasts give equal files.
    with rc_context({"svg.hashsalt": "tradeshock"}):
        figure.savefig(charts[0], dpi=150)
        figure.savefig(charts[1], metadata={"Date": None})
    return [*(folder / name for name in texts), *charts]
