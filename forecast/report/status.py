"""What is in, what comes next, and what the forecast rests on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import pandas as pd

from tradeshock.forecast.data_status import data_status
from tradeshock.forecast.model_card import ModelCard
from tradeshock.forecast.monthly import MonthlyForecast
from tradeshock.forecast.plots.availability import plot_availability
from tradeshock.forecast.plots.selection import spoken
from tradeshock.forecast.report.elements import NARROW, WIDE, Chart, Table, day_words, number

DAYS_SHOWN = 6


@dataclass(frozen=True)
class Status:
    """What comes next, what is in, and the same as a picture."""

    next_days: Table
    series: Table
    chart: Chart


def status(forecast: MonthlyForecast) -> Status:
    """Status of all series at the origin."""
    panel = forecast.fitted.panel_
    table = data_status(panel)
    late = table["overdue_since"].notna()
    day = f"{panel.origin.day} {panel.origin:%B %Y}"
    words = (
        f"One row a series, one cell a month: published, overdue or not due yet on {day}. "
        f"{late.sum()} of {len(table)} series are overdue."
    )
    shown = int(sum(panel.catalog[str(id)].flash_of in (None, forecast.entry.id) for id in table.index))
    ids = [str(id) for id in table.index if panel.catalog[str(id)].flash_of in (None, forecast.entry.id)]
    tall = 1.7 + 0.19 * shown
    chart = Chart.drawn(
        "availability",
        f"What is published on {day}",
        words,
        partial(plot_availability, panel, ids),
        [(WIDE, tall), (NARROW, tall + 0.6)],
    )
    return Status(_next_days(table), _series(table), chart)


def _next_days(table: pd.DataFrame) -> Table:
    """The next days on which figures are due, and which."""
    fresh = table[table["overdue_since"].isna() & table["next_release"].notna()]
    rows = []
    for day, due in list(fresh.groupby("next_release"))[:DAYS_SHOWN]:
        titles = [title or str(id) for id, title in due["title"].items()]
        listed = titles if len(titles) <= 4 else [*titles[:3], f"{len(titles) - 3} more"]
        rows.append([day_words(pd.Timestamp(str(day))), spoken(listed)])
    return Table("next", "What comes next, by the release rules", ["Day", "Figures"], rows, (0, 1))


def _series(table: pd.DataFrame) -> Table:
    headers = ["Series", "From", "Until", "Next due", "Overdue since", "Unit", "Publisher"]
    rows = [
        [
            row["title"] or str(id),
            *("–" if pd.isna(row[name]) else str(row[name]) for name in ("first", "last")),
            *(day_words(row[name]) for name in ("next_release", "overdue_since")),
            row["unit"],
            row["publisher"],
        ]
        for id, row in table.iterrows()
    ]
    return Table("series", "All series", headers, rows, tuple(range(7)))


def card_tables(card: ModelCard) -> tuple[Table, Table]:
    """Release rules and licences."""
    rules = [[row["title"], row["rule"]] for _, row in card.rules.iterrows()]
    terms = [
        [row["publisher"], row["licence"], number(row["series"], 0)]
        for _, row in card.licences.iterrows()
    ]
    return (
        Table("rules", "Release rules assumed", ["Series", "Published on"], rules, (0, 1)),
        Table("licences", "Data used", ["Publisher", "Licence", "Series"], terms, (0, 1)),
    )
