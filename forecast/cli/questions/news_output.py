"""Why a forecast changed, for the terminal and as files."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from tradeshock.forecast.cli.output import write_picture, write_text
from tradeshock.forecast.cli.terminal import Terminal
from tradeshock.forecast.csv_text import csv_text
from tradeshock.forecast.news import News


def print_news(made: News, when: str | None = None) -> None:
    """Print contributions by group, their bounds, and the figures that came out."""
    terminal, detail = Terminal(), made.detail(when)
    days = " to ".join(f"{day.day} {day:%B %Y}" for day in (made.old, made.new))
    terminal.line(f"{made.target}, change of the forecast from {days}", style="bold")
    terminal.fact("Model", made.model)
    if made.issued is not None:
        terminal.fact("Since", f"{made.issued}, as it was issued")
    terminal.fact("Unit", "100 log points, about per cent; the year in the target's unit")
    terminal.line()
    table = made.table()
    columns = [("Because of", "text"), *((str(name), "figure") for name in table.columns)]
    rows = [
        [made.name_of(str(name)), *(f"{value:+z.2f}" for value in row[:-1]), f"{row[-1]:+z,.0f}"]
        for name, row in zip(table.index, table.to_numpy(), strict=True)
    ]
    terminal.table(columns, rows)
    for id, title in made.corrected_by.items():
        terminal.line(
            f"Correction by {id} ({title}): what changed in how past errors are corrected by its "
            "growth; newer figures of it count in their group."
        )
    what = when or str(made.parts.contributions.columns[0])
    _print_bounds(terminal, detail, what)
    _print_releases(terminal, made, what)


def _print_bounds(terminal: Terminal, detail: pd.DataFrame, what: str) -> None:
    """Least and most of each group, where the order matters."""
    groups = detail.loc[(detail["high"] - detail["low"]) > 0.005]
    if groups.empty:
        return
    terminal.line()
    columns = [(f"{what}, by the order of groups", "text")]
    columns += [(name, "figure") for name in ("least", "shown", "most")]
    numbers = groups[["low", "contribution", "high"]].to_numpy()
    rows = [
        [str(name), *(f"{value:+z.2f}" for value in row)]
        for name, row in zip(groups.index, numbers, strict=True)
    ]
    terminal.table(columns, rows)


def _print_releases(terminal: Terminal, made: News, what: str) -> None:
    """Each figure that came out and moved something."""
    releases = made.releases()
    column = made.year_column if what == str(made.year) else what
    moved = releases[releases[column].abs() > 0.0] if len(releases) else releases
    terminal.line()
    count = f"{len(releases)} figure{'s' * (len(releases) != 1)} that the model reads came out"
    terminal.line(f"{count}, {len(moved)} of which moved {what}.")
    if moved.empty:
        return
    names = ("month", "expected", "published", "surprise", "weight", column)
    columns = [("Figure", "text"), *((name, "figure") for name in names)]
    numbers = moved[["expected", "published", "surprise", "weight", column]].to_numpy(dtype=float)
    rows = [
        [series, str(month), *map(_figure, row[:2]), *(_move(value) for value in row[2:])]
        for series, month, row in zip(moved["series"], moved["month"], numbers, strict=True)
    ]
    terminal.table(columns, rows)


def _figure(value: float) -> str:
    if pd.isna(value):
        return "-"
    return f"{value:,.0f}" if abs(value) >= 1000.0 else f"{value:,.4g}"


def _move(value: float) -> str:
    if pd.isna(value):
        return "-"
    return f"{value:+z,.0f}" if abs(value) >= 1000.0 else f"{value:+z.2f}"


def write_news(made: News, folder: Path, when: str | None = None) -> list[Path]:
    """Write news.csv, releases.csv and news.png.

    Returns
    -------
    list of Path
    """
    texts = {"news.csv": csv_text(made.table()), "releases.csv": csv_text(made.releases())}
    written = [write_text(folder / name, text) for name, text in texts.items()]

    def draw(ax: object) -> object:
        return made.plot(ax, when)  # type: ignore[arg-type]

    return [*written, write_picture(folder / "news.png", draw)]
