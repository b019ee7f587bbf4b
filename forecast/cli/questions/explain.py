"""The command that says why the forecast says what it says."""

from __future__ import annotations

from collections.abc import Iterable
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tradeshock.forecast.cli.figures import with_panel
from tradeshock.forecast.cli.options import AS_OF, FOLDER, MODEL, STEPS, TARGET, say_where

if TYPE_CHECKING:
    import pandas as pd

    from tradeshock.features.panel.panel import Panel
    from tradeshock.forecast.cli.terminal import Terminal
    from tradeshock.forecast.interpretation import Explanation

BRIDGE = "FlashBridge("
PRINTED_STEPS = (1, 3, 12)
PRINTED_MISSES = 4


@click.command()
@AS_OF
@MODEL
@STEPS
@TARGET
@click.option("--out", type=FOLDER, help="Write all tables (CSV, JSON) and a picture (PNG) there.")
@with_panel
def explain(
    panel: Panel,
    as_of: str | None,
    model: str | None,
    steps: int,
    target: str | None,
    out: Path | None,
) -> None:
    """Say why the forecast says what it says."""
    from tradeshock.features.errors import stale_series_noted
    from tradeshock.forecast.cli.request import learn_past
    from tradeshock.forecast.interpretation import explain as explained
    from tradeshock.forecast.monthly.forecast import monthly_forecast

    learn_past(panel, target, model)
    with stale_series_noted():
        # The forecast itself names stale series.
        made = explained(monthly_forecast(panel, as_of, model, steps, target=target))
    _print(made)
    if out is not None:
        say_where(_write(made, out))


def _print(made: Explanation) -> None:
    """Print what the median is made of, members, indicators, and why the interval is this wide."""
    from tradeshock.forecast.cli.terminal import Terminal

    terminal, forecast = Terminal(), made.forecast
    day = f"{forecast.origin.day} {forecast.origin:%B %Y}"
    terminal.line(f"{forecast.title}, what the forecast of {day} is made of", style="bold")
    terminal.fact("Model", forecast.model)
    since = f"{forecast.last.month.strftime('%B %Y')}"
    terminal.fact("Unit", f"growth from {since}, 100 log points (about per cent)")
    terminal.line()
    _print_points(made, terminal)
    _print_running_month(made, terminal)
    _print_contributions(made, terminal)
    _print_width(made, terminal)


def _print_points(made: Explanation, terminal: Terminal) -> None:
    """Print members' forecasts with their weights, and what is added to their mean."""
    points = made.points
    members = made.weights.index.unique("member")
    growth = made.weights["growth"].unstack("member")
    weight = made.weights["weight"].unstack("member")
    added = _added(made)
    names = [name[:1].upper() + name[1:] for name in added]
    columns = [*_short(members), *names, "Forecast"]
    rows = []
    for month in points.index:
        shown = [
            f"{growth.loc[month, member]:+z.1f} ({100.0 * weight.loc[month, member]:.0f} %)"
            for member in members
        ]
        rest = [f"{column[month]:+z.1f}" for column in added.values()]
        rows.append([_month(month), *shown, *rest, f"{points.loc[month, 'forecast']:+z.1f}"])
    terminal.table([("Month", "text"), *((name, "figure") for name in columns)], rows)
    if len(members):
        bridged = ", nowcast bridges on these models" if _bridged(members) else ""
        terminal.line(f"In brackets: weights of the members{bridged}.")
    for id, title in made.corrected_by.items():
        grown = made.corrections["growth"].xs(id, level="series").iloc[0]
        if grown:
            terminal.line(
                f"Correction by {id} ({title}): what past errors had in common with its growth, "
                f"which is now {grown:+.1f}."
            )


def _added(made: Explanation) -> dict[str, pd.Series]:
    """What is added to the members' mean, by name; corrections by their indicators."""
    from tradeshock.forecast.interpretation.beside import named_corrections

    columns: dict[str, pd.Series] = {}
    for name in made.points.columns.drop(["members", "forecast"]):
        if name == "correction":
            columns |= named_corrections(made.corrections)
        else:
            columns[name] = made.points[name]
    return {name: column for name, column in columns.items() if column.abs().max() > 1e-6}


def _print_running_month(made: Explanation, terminal: Terminal) -> None:
    """Print how bridges read the running month's early count."""
    table = made.running_month
    if table.empty:
        return
    from tradeshock.forecast.plots.display_unit import DisplayUnit

    unit = DisplayUnit.choose(made.forecast.entry.unit, made.forecast.last.value)
    amounts = ("expected", "by_ratio", "by_share", "nowcast")
    names = ("Expected", "By ratio", "By share", f"Nowcast, {unit.name}", "Past error, %")
    rows = [
        [
            short,
            *(unit.text(float(table.loc[member, name])) for name in amounts),
            f"{table.loc[member, 'past_error']:.1f}",
        ]
        for member, short in zip(table.index, _short(table.index), strict=True)
    ]
    terminal.line()
    terminal.table([("Running month", "text"), *((name, "figure") for name in names)], rows)


def _print_contributions(made: Explanation, terminal: Terminal) -> None:
    """Print the indicators that add or take most in members with a regression."""
    table = made.top(steps=PRINTED_STEPS)
    short = _short(table.index.unique("member"))
    for name, (_, part) in zip(short, table.groupby("member", sort=False), strict=True):
        columns = [(name, "text"), *((_month(month), "figure") for month in part.columns)]
        rows = [
            [str(title), *(f"{value:+z.2f}" for value in row)]
            for title, row in zip(
                part.index.get_level_values("title"), part.to_numpy(), strict=True
            )
        ]
        terminal.line()
        terminal.table(columns, rows)


def _print_width(made: Explanation, terminal: Terminal) -> None:
    """Print what the width of the 80 % interval is made of, and the last misses."""
    table = made.width
    names = ("Drawn", "x learned", "x recent", "= width", "80 % interval, %")
    rows = [
        [
            _month(month),
            f"{row['drawn']:.1f}",
            f"{row['learned']:.2f}",
            f"{row['recent']:.2f}",
            f"{row['width']:.1f}",
            f"{row['low']:+z.1f} to {row['high']:+z.1f}",
        ]
        for month, row in table.iterrows()
    ]
    terminal.line()
    terminal.table([("Interval", "text"), *((name, "figure") for name in names)], rows)
    misses = made.recent_misses.iloc[-PRINTED_MISSES:]
    if misses.empty:
        return
    headers = ("1 month ahead", "2 months", "3 months", "Size (1 = as expected)", "Weight, %")
    missed = [
        [
            _month(month),
            *("-" if isnan(value) else f"{value:+z.1f}" for value in row.iloc[:3]),
            f"{row['size']:.1f}",
            f"{100.0 * row['weight']:.0f}",
        ]
        for month, row in misses.iterrows()
    ]
    terminal.line()
    terminal.table([("Missed by", "text"), *((name, "figure") for name in headers)], missed)


def _bridged(members: Iterable[object]) -> bool:
    return all(str(member).startswith(BRIDGE) for member in members)


def _short(members: Iterable[object]) -> list[str]:
    """Names that fit above a column: of bridges, those of what they carry."""
    names = [str(member) for member in members]
    if _bridged(names):
        return [name.removeprefix(BRIDGE).removesuffix(")") for name in names]
    return names


def _month(month: object) -> str:
    from tradeshock.forecast.monthly.wording import month_words

    return month_words(month, short=True)  # type: ignore[arg-type]


def _write(made: Explanation, folder: Path) -> list[Path]:
    """Write the tables as CSV, all of them as explanation.json, and explanation.png."""
    from tradeshock.forecast.cli.output import write_picture, write_text
    from tradeshock.forecast.csv_text import csv_text

    corrections = made.corrections.copy()
    titles = corrections.index.get_level_values("series").map(made.corrected_by)
    corrections.insert(0, "title", titles.fillna(""))
    tables: dict[str, pd.DataFrame] = {
        "points": made.points,
        "weights": made.weights,
        "corrections": corrections,
        "contributions": made.contributions,
        "width": made.width,
    }
    texts = {f"{name}.csv": csv_text(table) for name, table in tables.items()}
    texts["explanation.json"] = made.to_json() + "\n"
    written = [write_text(folder / name, text) for name, text in texts.items()]
    if made.contributions.empty:
        return written
    return [*written, write_picture(folder / "explanation.png", made.plot)]
