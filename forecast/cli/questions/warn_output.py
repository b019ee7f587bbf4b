"""Early warning for the terminal, and in files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from tradeshock.forecast.cli.output import write_picture, write_text
from tradeshock.forecast.cli.terminal import Terminal
from tradeshock.forecast.csv_text import csv_text
from tradeshock.forecast.monthly.wording import month_words
from tradeshock.forecast.plots.display_unit import DisplayUnit
from tradeshock.forecast.warning import EarlyWarning

PRINTED_HORIZONS = (0, 1, 3, 6, 12)
EVENT_WORDS = {
    "fall": "That month below a year before",
    "any_fall": "Any month up to it below",
    "adjusted_fall": "Adjusted 3-month level lower",
    "peak": "Peak up to it, not dated yet",
    "trough": "Trough up to it, not dated yet",
}


def print_warning(made: EarlyWarning) -> None:
    """Print months, horizons, years, leading series, and how past warnings did."""
    terminal = Terminal()
    day = made.origin
    terminal.line(f"{made.forecast.title}, early warning of {day.day} {day:%B %Y}", style="bold")
    terminal.fact("Model", made.forecast.model)
    terminal.fact("Lights", made.rule)
    for note in made.notes:
        terminal.fact("Note", note)
    terminal.line()
    terminal.table(*_months(made))
    terminal.line()
    terminal.table(*_horizons(made))
    terminal.line()
    if len(made.years()):
        terminal.table(*_years(made))
        terminal.line()
    _print_turns(made, terminal)
    indicators = made.indicators()
    if len(indicators):
        terminal.line()
        terminal.table(*_indicators(indicators))
    if len(made.track_record()):
        _print_past(made, terminal)


def _months(made: EarlyWarning) -> tuple[list[tuple[str, str]], list[list[str]]]:
    unit = DisplayUnit.choose(made.forecast.entry.unit, made.forecast.last.value)
    names = ("Growth, %", "Chance of a fall, %", "Light", "At risk (5 %), " + unit.name)
    rest = ("At risk, y/y %", "Hits, %", "False alarms, %", "Precision, %")
    rows = [
        [
            month_words(month, short=True),
            f"{row['growth']:+z.1f}",
            _percent(row["chance"]),
            str(row["light"]),
            unit.text(row["at_risk"]),
            f"{row['growth_at_risk']:+z.1f}",
            *(_percent(row[name]) for name in ("hit_rate", "false_alarm_rate", "precision")),
        ]
        for month, row in zip(made.forecast.paths.index, _records(made.table()), strict=True)
    ]
    return [("Month", "text"), *((name, "figure") for name in (*names, *rest))], rows


def _horizons(made: EarlyWarning) -> tuple[list[tuple[str, str]], list[list[str]]]:
    table = made.next()
    names = (
        "Any month below, %",
        "Light",
        "Hits / false, %",
        "Their total below, %",
        "Adjusted level lower, %",
        "Light",
        "Hits / false, %",
    )
    rows = []
    for months, row in zip(table.index, _records(table), strict=True):
        cells = [f"{months} months"]
        for event in ("any_fall", "adjusted_fall"):
            rates = [_percent(row[f"{event}_{name}"]) for name in ("hit_rate", "false_alarm_rate")]
            cells += [_percent(row[event]), str(row[f"{event}_light"]), " / ".join(rates)]
            if event == "any_fall":
                cells.append(_percent(row["total_fall"]))
        rows.append(cells)
    return [("Next", "text"), *((name, "figure") for name in names)], rows


def _years(made: EarlyWarning) -> tuple[list[tuple[str, str]], list[list[str]]]:
    table = made.years()
    unit = DisplayUnit.choose(made.forecast.entry.unit, float(table["median"].iloc[0]))
    names = (unit.name, "80 % interval", "Below the year before, %", "Past error, %", "80 % held")
    rows = [
        [
            str(year),
            unit.text(row["median"]),
            f"{unit.text(row['low80'])} to {unit.text(row['high80'])}",
            _percent(row["chance"]),
            "-" if pd.isna(row["past_error"]) else f"{row['past_error']:.1f}",
            f"{_percent(row['past_coverage'])} % of {row['n']}" if row["n"] else "-",
        ]
        for year, row in zip(table.index, _records(table), strict=True)
    ]
    return [("Year", "text"), *((name, "figure") for name in names)], rows


def _print_turns(made: EarlyWarning, terminal: Terminal) -> None:
    """Print chances of a peak and of a trough up to the last month that can be dated."""
    table = made.turning_points()
    first, last = (month_words(month) for month in pd.PeriodIndex(table.index)[[0, -1]])
    peak, trough = (float(table[name].iloc[-1]) for name in ("peak_by", "trough_by"))
    terminal.line(
        f"Turning points of the adjusted three-month level, {first} to {last}: a peak with "
        f"{_percent(peak)} %, a trough with {_percent(trough)} %."
    )


def _indicators(table: pd.DataFrame) -> tuple[list[tuple[str, str]], list[list[str]]]:
    names = ("Until", "y/y", "Move, sd", "Lead, months", "Correlation", "Points", "Hits, %", "n")
    rows = [
        [
            str(row["title"]),
            str(row["month"]),
            f"{row['growth']:+z.1f}",
            f"{row['move_sd']:+z.1f}",
            str(row["lead"]),
            f"{row['correlation']:+.2f}",
            str(row["points"]),
            _percent(row["hit_rate"]),
            str(row["n"]),
        ]
        for row in _records(table)
    ]
    return [("Leading series", "text"), *((name, "figure") for name in names)], rows


def _print_past(made: EarlyWarning, terminal: Terminal) -> None:
    """Print scores of past warnings, and the lead before each spell."""
    table = made.track_record().reset_index()
    table = table[(table["sample"] == "all") & table["horizon"].isin(PRINTED_HORIZONS)]
    table = pd.concat([table[table["event"] == event] for event in EVENT_WORDS])
    names = ("Months", "n", "Came", "Hits, %", "False, %", "Precision, %", "Brier", "Walk")
    rows = [
        [
            EVENT_WORDS[str(row["event"])],
            str(row["horizon"]),
            str(row["n"]),
            str(row["events"]),
            *(_percent(row[name]) for name in ("hit_rate", "false_alarm_rate", "precision")),
            *(f"{row[name]:.3f}" for name in ("brier", "brier_walk", "brier_climatology")),
        ]
        for row in _records(table)
    ]
    terminal.line()
    figures = ((name, "figure") for name in (*names, "Climatology"))
    terminal.table([("How warnings did", "text"), *figures], rows)
    spells = made.spells()
    if len(spells):
        leads = [f"{row['first']} {row['lead']}" for row in _records(spells)]
        terminal.line()
        terminal.line(f"Months of unbroken warning before each spell: {', '.join(leads)}.")
    for turn, past in made.past_turns().groupby("turn"):
        leads = [f"{row['month']} {_lead(row['lead'])}" for row in _records(past)]
        terminal.line(
            f"Months from the first warning, 3 ahead, to each {turn}: {', '.join(leads)}."
        )


def _lead(months: float) -> str:
    return "none" if pd.isna(months) else f"{months:.0f}"


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(k): v for k, v in row.items()} for row in table.to_dict("records")]


def _percent(share: float) -> str:
    return "-" if pd.isna(share) else f"{100 * share:.0f}"


def write_warning(made: EarlyWarning, folder: Path) -> list[Path]:
    """Write warning.csv, next.csv, indicators.csv, track_record.csv, warning.json, warning.png.

    Returns
    -------
    list of Path
    """
    texts = {
        "warning.csv": csv_text(made.table()),
        "next.csv": csv_text(made.next()),
        "indicators.csv": csv_text(made.indicators()),
        "track_record.csv": csv_text(made.track_record()),
        "warning.json": made.to_json() + "\n",
    }
    written = [write_text(folder / name, text) for name, text in texts.items()]
    return [*written, write_picture(folder / "warning.png", made.plot)]
