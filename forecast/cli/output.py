"""Tables for the terminal, and files for everybody else."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np
import pandas as pd

from tradeshock.forecast.cli.terminal import Terminal
from tradeshock.forecast.csv_text import csv_text
from tradeshock.forecast.monthly.forecast import MonthlyForecast
from tradeshock.forecast.monthly.printed import PrintedForecast
from tradeshock.forecast.monthly.written.shapes import shape_text
from tradeshock.forecast.plots.style import FIGURE_SIZE
from tradeshock.models.base import Model
from tradeshock.models.record.files import replacing

if TYPE_CHECKING:
    from tradeshock.forecast.backtesting.result import Backtest

PRINTED_STEPS = (1, 3, 6, 12)


def print_forecast(forecast: MonthlyForecast, form: str = "table") -> None:
    """Print a forecast as "table", "csv" or "json", or in one of `SHAPES`."""
    if form == "table":
        print_table(PrintedForecast.from_forecast(forecast))
    elif form == "json":
        click.echo(forecast.to_json())
    else:
        text = forecast.to_csv() if form == "csv" else shape_text(forecast.paths, form)
        click.echo(text, nl=False)


def print_table(printed: PrintedForecast) -> None:
    """Print header, months and calendar years."""
    terminal = Terminal()
    terminal.line(printed.title, style="bold")
    for name, text in printed.facts:
        terminal.fact(name, text)
    terminal.line()
    terminal.table(printed.columns, printed.rows)
    if printed.sentences:
        terminal.line()
    for sentence in printed.sentences:
        terminal.line(sentence)


def print_scores(scores: pd.DataFrame) -> None:
    """Print scores of levels at 1, 3, 6 and 12 steps, best first within a step."""
    figures = ("n", "RMSE", "Bias", "CRPS", "80 % held", "Ratio to walk", "DM p")
    columns = [("Step", "figure"), ("Model", "text"), *((name, "figure") for name in figures)]
    level = scores[(scores["quantity"] == "level") & scores["step"].isin(PRINTED_STEPS)]
    rows = []
    for _, row in level.sort_values(["step", "rmse"]).iterrows():
        rows.append(
            [
                f"{row['step']}",
                row["model"],
                f"{row['n']}",
                *(_number(row[name], 2) for name in ("rmse", "bias", "crps")),
                f"{100 * row['coverage_80']:.0f} %",
                _number(row["rmse_ratio"], 3),
                _number(row["dm_p"], 3),
            ]
        )
    terminal = Terminal()
    terminal.table(columns, rows)
    terminal.line()
    terminal.line(
        "Errors in 100 log points, about per cent; 80 % held: share of outcomes inside the 80 % "
        "interval; Ratio: RMSE over that of RandomWalk; DM p: Diebold-Mariano with the correction "
        "of Harvey, Leybourne and Newbold."
    )


def _number(value: float, decimals: int) -> str:
    return "-" if np.isnan(value) else f"{value:.{decimals}f}"


def print_models(models: Mapping[str, type[Model]]) -> None:
    """Print names and what their docstrings say first."""
    rows = [[name, (inspect.getdoc(cls) or "").partition("\n")[0]] for name, cls in models.items()]
    Terminal().table([("Model", "text"), ("What it does", "text")], rows)


def print_status(status: pd.DataFrame) -> None:
    """Print what a panel holds; overdue since the day on which the first missing one was due."""
    columns = [
        ("Series", "text"),
        *((header, "day") for header in ("From", "Until", "Next due", "Overdue")),
        ("Unit and publisher", "text"),
    ]
    rows = [
        [
            str(id),
            *("-" if pd.isna(row[name]) else str(row[name]) for name in ("first", "last")),
            _day(row["next_release"]),
            _day(row["overdue_since"]),
            ", ".join(text for text in (row["unit"], row["publisher"]) if text),
        ]
        for id, row in status.iterrows()
    ]
    Terminal().table(columns, rows)


def _day(day: pd.Timestamp) -> str:
    return "-" if pd.isna(day) else day.date().isoformat()


def write_backtest(result: Backtest, folder: Path) -> list[Path]:
    """Write scores.csv, by model, step, state and quantity, and forecasts.csv; return their paths.

    Months are written as 2026-05.
    """
    tables = {"scores.csv": result.scores(), "forecasts.csv": result.frame}
    return [
        write_text(folder / name, csv_text(table, index=False)) for name, table in tables.items()
    ]


def write_text(path: Path, text: str) -> Path:
    """Write a file in one piece; return its path."""
    with replacing(path) as file:
        file.write(text.encode("utf-8"))
    return path


def write_picture(path: Path, draw: Callable[..., object]) -> Path:
    """Write what a function of axes draws, as its name's end says; return its path."""
    from matplotlib.figure import Figure

    # A figure of its own: no window system is asked, and no figure of the caller is touched.
    figure = Figure(figsize=FIGURE_SIZE, layout="constrained")
    draw(figure.subplots())
    with replacing(path) as file:
        figure.savefig(file, format=path.suffix.removeprefix("."), dpi=150)
    return path


def write_forecast(
    forecast: MonthlyForecast, folder: Path, further: str | None = None
) -> list[Path]:
    """Write forecast.csv, forecast.json, and the fan chart as PNG and SVG; return their paths.

    Parameters
    ----------
    forecast : MonthlyForecast
    folder : Path
    further : {"forecast.xlsx", "forecast.parquet"}, optional
        A file that is written too, and first: what it needs may not be installed.
    """
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    written = []
    if further is not None:
        write = forecast.to_excel if further.endswith(".xlsx") else forecast.to_parquet
        write(folder / further)
        written.append(folder / further)
    texts = {"forecast.csv": forecast.to_csv(), "forecast.json": forecast.to_json() + "\n"}
    written += [write_text(folder / name, text) for name, text in texts.items()]
    # A figure of its own: no window system is asked, and no figure of the caller is touched.
    figure = Figure(figsize=FIGURE_SIZE, layout="constrained")
    forecast.plot(figure.subplots())
    charts: dict[str, dict[str, Any]] = {"png": {"dpi": 150}, "svg": {"metadata": {"Date": None}}}
    # Equal forecasts give equal files.
    with rc_context({"svg.hashsalt": "tradeshock"}):
        for kind, settings in charts.items():
            path = folder / f"forecast.{kind}"
            with replacing(path) as file:
                figure.savefig(file, format=kind, **settings)
            written.append(path)
    return written
