"""What is in, what comes next, and what the forecast rests on."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from tradeshock.features.panel.catalog import Catalog
from tradeshock.features.panel.panel import Panel
from tradeshock.features.panel.status import data_status
from tradeshock.forecast.monthly.forecast import MonthlyForecast
from tradeshock.forecast.plots.availability import plot_availability
from tradeshock.forecast.report.elements import (
    NARROW,
    WIDE,
    Block,
    Cell,
    Chart,
    Fold,
    Table,
    number,
)
from tradeshock.forecast.report.sections.model_card import ModelCard
from tradeshock.forecast.report.words import Words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DAYS_SHOWN = 6


def status(forecast: MonthlyForecast, words: Words) -> list[Block]:
    """Show what comes next, what is in as a picture, and all series at the origin."""
    panel = forecast.fitted.panel_
    table = data_status(panel)
    late = table["overdue_since"].notna()
    day = words.day(panel.origin)
    description = words.plain("status.description", day=day, late=late.sum(), all=len(table))
    target = forecast.entry.id
    entries = {str(id): panel.catalog[str(id)] for id in table.index}
    ids = [id for id, entry in entries.items() if entry.flash_of in (None, target)]
    own = [id for id, entry in entries.items() if target in (id, entry.flash_of)]
    own_first = [*own, *(id for id in entries if id not in own)]
    tall = 1.7 + 0.19 * len(ids)
    chart = Chart.drawn(
        words,
        "availability",
        words.plain("status.title", day=day),
        description,
        partial(_draw, panel, ids, words),
        ((WIDE, tall), (NARROW, tall + 0.6)),
    )
    next_days = _next_days(table, own_first, panel.catalog, words)
    return [next_days, chart, Fold(words("status.fold"), _series(table, panel.catalog, words))]


def _draw(panel: Panel, ids: list[str], words: Words, ax: Axes) -> None:
    """The picture with the names of series in the page's language, where they are cut short too."""
    plot_availability(panel, ids, ax=ax)
    names = {panel.catalog[id].title or id: words.title(panel.catalog[id]) for id in ids}
    shown = []
    for label in (text.get_text() for text in ax.get_yticklabels()):
        start = label.removesuffix("…")
        whole = names.get(label) or next(names[n] for n in names if n.startswith(start))
        shown.append(label if whole.startswith(start) else whole)
    ax.set_yticks(ax.get_yticks(), shown, fontsize="small")


def _next_days(table: pd.DataFrame, order: list[str], catalog: Catalog, words: Words) -> Table:
    """The next days on which figures are due, and which, in this order."""
    table = table.loc[order]
    fresh = table[table["overdue_since"].isna() & table["next_release"].notna()]
    rows = []
    for day, due in list(fresh.groupby("next_release"))[:DAYS_SHOWN]:
        titles = [words.title(catalog[str(id)]) for id in due.index]
        if len(titles) > 4:
            titles = [*titles[:3], words.plain("status.more", n=len(titles) - 3)]
        rows.append([words.day(pd.Timestamp(str(day)), short=True), words.listed(titles)])
    headers = [words("heads.day"), words("heads.figures")]
    return Table("next", words("status.next"), headers, rows, (0, 1))


def _series(table: pd.DataFrame, catalog: Catalog, words: Words) -> Table:
    heads = ("series", "from", "until", "next_due", "overdue", "unit", "publisher")
    rows: list[list[Cell | str]] = [
        [
            words.title(catalog[str(id)]),
            *("–" if pd.isna(row[name]) else str(row[name]) for name in ("first", "last")),
            *(words.day(row[name], short=True) for name in ("next_release", "overdue_since")),
            words.unit(row["unit"]),
            words.name(row["publisher"]),
        ]
        for id, row in table.iterrows()
    ]
    headers = [words(f"heads.{head}") for head in heads]
    return Table("series", words("status.series"), headers, rows, tuple(range(7)))


def card_tables(card: ModelCard, words: Words) -> list[Block]:
    """Release rules and licences."""
    rules = [[row["title"], row["rule"]] for _, row in card.rules.iterrows()]
    terms: list[list[Cell | str]] = [
        [words.name(row["publisher"]), words.name(row["licence"]), number(row["series"], 0)]
        for _, row in card.licences.iterrows()
    ]
    headers = [words("heads.series"), words("heads.published_on")]
    by_series = Table("rules", words("card.rules"), headers, rules, (0, 1))
    headers = [words(f"heads.{head}") for head in ("publisher", "licence", "series")]
    used = Table("licences", words("card.licences"), headers, terms, (0, 1))
    return [Fold(words("card.rules"), by_series), Fold(words("card.licences"), used)]
