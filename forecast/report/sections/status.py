"""What is in, what comes next, and what the forecast rests on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import pandas as pd

from tradeshock.features.panel.status import data_status
from tradeshock.forecast.monthly.forecast import MonthlyForecast
from tradeshock.forecast.monthly.wording import day_words
from tradeshock.forecast.plots.availability import plot_availability
from tradeshock.forecast.plots.selection import spoken
from tradeshock.forecast.report.elements import NARROW, WIDE, Chart, Table, number, short_day
from tradeshock.forecast.report.model_card import ModelCard

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
    day = day_words(panel.origin)
    words = (
        f"One row a series, one cell a month: published, overdue or not due yet on {day}. "
        f"{late.sum()} of {len(table)} series are overdue."
    )
    target = forecast.entry.id
    entries = {str(id): panel.catalog[str(id)] for id in table.index}
    ids = [id for id, entry in entries.items() if entry.flash_of in (None, target)]
    own = [id for id, entry in entries.items() if target in (id, entry.flash_of)]
    own_first = [*own, *(id for id in entries if id not in own)]
    tall = 1.7 + 0.19 * len(ids)
    chart = Chart.drawn(
        "availability",
        f"What is published on {day}",
        words,
        partial(plot_availability, panel, ids),
        ((WIDE, tall), (NARROW, tall + 0.6)),
    )
    return Status(_next_days(table, own_first), _series(table), chart)


def _next_days(table: pd.DataFrame, order: list[str]) -> Table:
    """The next days on which figures are due, and which, in this order."""
    table = table.loc[order]
    fresh = table[table["overdue_since"].isna() & table["next_release"].notna()]
    rows = []
    for day, due in list(fresh.groupby("next_release"))[:DAYS_SHOWN]:
        titles = [title or str(id) for id, title in due["title"].items()]
        listed = titles if len(titles) <= 4 else [*titles[:3], f"{len(titles) - 3} more"]
        rows.append([short_day(pd.Timestamp(str(day))), spoken(listed)])
    return Table("next", "What comes next, by the release rules", ["Day", "Figures"], rows, (0, 1))


def _series(table: pd.DataFrame) -> Table:
    headers = ["Series", "From", "Until", "Next due", "Overdue since", "Unit", "Publisher"]
    rows = [
        [
            row["title"] or str(id),
            *("–" if pd.isna(row[name]) else str(row[name]) for name in ("first", "last")),
            *(short_day(row[name]) for name in ("next_release", "overdue_since")),
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
