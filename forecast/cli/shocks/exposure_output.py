"""Exposure for the terminal, and in files."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from tradeshock.forecast.cli.terminal import Terminal
from tradeshock.forecast.csv_text import csv_text
from tradeshock.forecast.exposure import Exposure, TariffHit
from tradeshock.forecast.monthly.wording import month_words
from tradeshock.forecast.plots.display_unit import DisplayUnit
from tradeshock.models.record.files import replacing


def print_exposure(made: Exposure, hits: list[TariffHit]) -> None:
    """Print parts, concentration and, if any are asked for, tariffs."""
    # First, so that nothing is printed where a tariff is refused.
    risk = made.at_risk(hits) if hits else None
    terminal = Terminal()
    table = made.table()
    unit = DisplayUnit.choose(made.unit, float(table["amount"]["total"]))
    first, last = month_words(made.parts.months[0]), month_words(made.parts.months[-1])
    day = made.origin
    title = made.titles[made.parts.target]
    terminal.line(f"{title} by part, as of {day.day} {day:%B %Y}", style="bold")
    terminal.fact("Months", f"{first} to {last}; growth over the same months a year before")
    now, before = made.concentration().itertuples(index=False)
    terminal.fact(
        "Concentration",
        f"HHI {now.hhi_low:.3f} to {now.hhi_high:.3f} (a year before {before.hhi_low:.3f} to "
        f"{before.hhi_high:.3f}): the remainder as parts without end, or as one",
    )
    for note in made.notes:
        terminal.fact("Note", note)
    terminal.line()
    headers = (unit.name, "Share, %", "Year before, %", "Growth, %", "Contribution, points")
    rows = [
        [
            "Total" if part == "total" else made.titles[str(part)],
            unit.text(row["amount"]),
            f"{row['share']:z.1f}",
            f"{row['share_before']:z.1f}",
            "-" if pd.isna(row["growth"]) else f"{row['growth']:+z.1f}",
            f"{row['contribution']:+z.1f}",
        ]
        for part, row in table.iterrows()
    ]
    terminal.table([("Part", "text"), *((header, "figure") for header in headers)], rows)
    if risk is not None:
        terminal.line()
        _print_tariffs(made, risk, terminal)


def _print_tariffs(made: Exposure, risk: pd.DataFrame, terminal: Terminal) -> None:
    unit = DisplayUnit.choose(made.unit, float(risk["amount"]["all"]))
    headers = (
        "At risk, %",
        "First month, a point",
        "12 months, a point",
        "First month, %",
        "12 months, %",
        f"A year, {unit.name}",
    )
    rows = [
        [
            "All" if part == "all" else made.titles[str(part)],
            f"{row['share_at_risk']:.1f}",
            *(
                f"{row[name]:+z.{decimals}f}"
                for name, decimals in (
                    ("first_month_per_point", 3),
                    ("twelve_months_per_point", 3),
                    ("first_month", 2),
                    ("twelve_months", 2),
                )
            ),
            unit.text(row["amount"], sign=True),
        ]
        for part, row in risk.iterrows()
    ]
    terminal.table([("Tariff on", "text"), *((header, "figure") for header in headers)], rows)
    terminal.line()
    terminal.line(
        "Effects on the total, arithmetic of shares: no retaliation, third markets or "
        "front-loading."
    )
    for source in dict.fromkeys(risk["source"].drop("all")):
        terminal.line(f"Source: {source}.")


def write_exposure(made: Exposure, hits: list[TariffHit], folder: Path) -> list[Path]:
    """Write exposure.csv, exposure.json, exposure.png and, if asked for, tariffs.csv.

    Returns
    -------
    list of Path
    """
    from matplotlib.figure import Figure

    from tradeshock.forecast.plots.exposure import figure_size, plot_exposure

    table = made.table()
    table.insert(0, "title", made.titles.reindex(table.index).fillna(""))
    texts = {"exposure.csv": csv_text(table), "exposure.json": made.to_json(hits) + "\n"}
    if hits:
        texts["tariffs.csv"] = csv_text(made.at_risk(hits))
    written = [folder / name for name in (*texts, "exposure.png")]
    for path, text in zip(written[:-1], texts.values(), strict=True):
        with replacing(path) as file:
            file.write(text.encode("utf-8"))
    # A figure of its own: no window system is asked, and no figure of the caller is touched.
    figure = Figure(figsize=figure_size(made), layout="constrained")
    plot_exposure(made, ax=figure.subplots())
    with replacing(written[-1]) as file:
        figure.savefig(file, format="png", dpi=150)
    return written
