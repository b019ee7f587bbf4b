"""Why the forecast changed: news since the previous standard origin, and since last month.

The one place of the report that asks `tradeshock.forecast.news`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from markupsafe import Markup

from tradeshock.features.errors import PanelError, TradeshockError, stale_series_noted
from tradeshock.features.panel.panel import Panel
from tradeshock.forecast.monthly.forecast import MonthlyForecast
from tradeshock.forecast.news.explain import comparison_days, news
from tradeshock.forecast.news.pooled import CORRECTION
from tradeshock.forecast.news.result import News
from tradeshock.forecast.plots.news import plot_news
from tradeshock.forecast.report.elements import (
    NARROW,
    WIDE,
    Block,
    Cell,
    Chart,
    Fold,
    Heading,
    Paragraph,
    Table,
    number,
)
from tradeshock.forecast.report.sections.outlook import level, unit_of
from tradeshock.forecast.report.words import Words

STEPS = (1, 3, 6, 12)
# Contributions below these are not worth a row, and a word; 100 log points.
SMALLEST = 0.005
WORTH_A_WORD = 0.05
SUM = "sum"


@dataclass(frozen=True, eq=False)
class Change:
    """The forecast's change since an older day.

    Parameters
    ----------
    name : {"previous", "month"}
        Since the previous standard origin, or since last month's.
    since : Timestamp
    made : News, optional
        None where the change cannot be explained.
    reason : str
        Why not.
    """

    name: str
    since: pd.Timestamp
    made: News | None
    reason: str = ""


def older_days(panel: Panel, target: str) -> dict[str, pd.Timestamp]:
    """Previous standard origin, and that of the same state a month before, as far as there are.

    Parameters
    ----------
    panel : Panel
        Cut at the forecast's origin.
    target : str
    """
    found = comparison_days(panel, target)
    if "previous" not in found:
        return {}
    days = {"previous": found["previous"]}
    before = found.get("month before", panel.origin)
    try:
        panel.as_of(before).last_month(target)
    except PanelError:
        return days
    # Without early counts both are one day.
    if before < days["previous"]:
        days["month"] = before
    return days


def changes_of(
    forecast: MonthlyForecast,
    panel: Panel | None = None,
    progress: Callable[[str], None] | None = None,
) -> tuple[Change, ...]:
    """Explain the forecast's change since each of `older_days`; takes seconds.

    Parameters
    ----------
    forecast : MonthlyForecast
    panel : Panel, optional
        Not cut, so that it knows what its figures were before. Default: what the model was fitted
        on.
    progress : callable, optional
        Is given a line before each step.
    """
    known, target = forecast.fitted.panel_, forecast.entry.id
    made = []
    for name, day in older_days(known, target).items():
        if progress is not None:
            progress(f"Explaining the change since {day.date()}")
        try:
            with stale_series_noted():
                # What it does without is among the forecast's notes.
                why = news(old=day, new=forecast, panel=panel or known)
        except TradeshockError as error:
            made.append(Change(name, day, None, str(error)))
        else:
            made.append(Change(name, day, why))
    return tuple(made)


def largest(made: News) -> str | None:
    """Group of releases that moved the first month most; None where nothing did."""
    first = made.parts.contributions.iloc[:, 0].abs()
    return str(first.idxmax()) if first.max() >= WORTH_A_WORD else None


def is_whole_year(forecast: MonthlyForecast, made: News) -> bool:
    """Whether the year of the news is one that the forecast completes."""
    return made.year in pd.PeriodIndex(forecast.year_total().index).year


def why_changed(
    forecast: MonthlyForecast, changes: tuple[Change, ...], words: Words
) -> list[Block]:
    """Show each change with what caused it."""
    if not changes:
        return [Paragraph(words("changes.none"))]
    blocks: list[Block] = [Paragraph(words("changes.lead"))]
    if forecast.judgement is not None or forecast.conditions is not None:
        blocks.append(Paragraph(words("changes.without")))
    for change in changes:
        day = words.day(change.since)
        heading = words(f"changes.{change.name}", day=day)
        blocks.append(Heading(f"since-{change.name}", heading))
        if change.made is None:
            reason = words.foreign(change.reason)
            blocks.append(Paragraph(words("changes.unexplained", reason=reason)))
        else:
            blocks += _explained(forecast, change.name, change.made, words)
    return blocks


def _explained(forecast: MonthlyForecast, name: str, made: News, words: Words) -> list[Block]:
    blocks: list[Block] = []
    unit = unit_of(forecast, words)
    months = pd.PeriodIndex(made.expected.index)
    awaited = made.expected.to_numpy(dtype=float)
    published = made.published.reindex(months).to_numpy(dtype=float)
    for month, expected, came in zip(months, awaited, published, strict=True):
        gap = f"{100.0 * (came / expected - 1.0):+z.1f}"
        figures = {"came": unit.text(came), "expected": unit.text(expected)}
        text = words("changes.came", month=words.month(month), unit=unit.name, gap=gap, **figures)
        blocks.append(Paragraph(text))
    blocks.append(_table(forecast, name, made, words))
    if largest(made) is not None:
        blocks.append(_chart(forecast, name, made, words))
    released = _releases(forecast, name, made, words)
    return [*blocks, Fold(words("changes.figures"), released)]


def _table(forecast: MonthlyForecast, name: str, made: News, words: Words) -> Table:
    unit = unit_of(forecast, words)
    table = made.table()
    months = pd.PeriodIndex(made.parts.before.index)
    places = [step - 1 for step in STEPS if step <= len(months)]
    is_flow = forecast.entry.is_flow
    rows: list[list[Cell | str]] = []
    for when, points in (("before", made.parts.before), ("after", made.parts.after)):
        day = words.day(made.old if when == "before" else made.new, short=True)
        levels = np.exp(points.to_numpy(dtype=float))[places]
        cells = [level(unit, value) for value in levels]
        total = ["–"] if is_flow else []
        rows.append([words(f"changes.{when}", day=day, unit=unit.name), *cells, *total])
    for group, row in table.iterrows():
        shown = row.to_numpy(dtype=float)
        if group != SUM and np.abs(shown[:-1]).max() < SMALLEST:
            continue
        cells = [number(shown[place], 2, sign=True) for place in places]
        if is_flow:
            cells.append(level(unit, shown[-1], sign=True))
        rows.append([group_words(forecast, made, str(group), words), *cells])
    headers: list[str] = [words("changes.because")]
    headers += [words.month(months[place], short=True) for place in places]
    if is_flow:
        key = "changes.year" if is_whole_year(forecast, made) else "changes.part"
        headers.append(words(key, year=made.year, unit=unit.name))
    caption = words("changes.caption")
    return Table(f"news-{name}", caption, headers, rows)


def _chart(forecast: MonthlyForecast, name: str, made: News, words: Words) -> Chart:
    """Way from the older forecast of the first month ahead to the newer one."""
    month = made.parts.before.index[0]
    before, after = (np.exp(float(side.iloc[0])) for side in (made.parts.before, made.parts.after))
    amounts = made.detail(str(month))["amount"].drop(SUM)
    amounts.index = pd.Index([_name_in_picture(made, str(g), words) for g in amounts.index])
    unit = unit_of(forecast, words)
    days = (words.day(made.old), words.day(made.new))
    title = words.plain("changes.chart", month=words.month(month))
    described = {"before": days[0], "after": days[1], "unit": unit.name}
    ends = {"low": unit.text(before), "high": unit.text(after)}
    draw = partial(plot_news, amounts, before, after, days, unit=words.unit(made.unit), title=title)
    return Chart.drawn(
        words,
        f"news-{name}-chart",
        title,
        words.plain("changes.chart_description", **described, **ends),
        draw,
        ((WIDE, 3.9), (NARROW, 4.4)),
    )


def group_words(forecast: MonthlyForecast, made: News, group: str, words: Words) -> Markup:
    """Name of a row of news: of a correction with the titles of the indicators behind it."""
    if group != CORRECTION or not made.corrected_by:
        return words(f"groups.{group_key(group)}")
    return correction_words(forecast, made.corrected_by, words)


def correction_words(forecast: MonthlyForecast, ids: Iterable[str], words: Words) -> Markup:
    """Name of a correction with the titles of the indicators behind it."""
    catalog = forecast.fitted.panel_.catalog
    titles = words.listed(words.title(catalog[id]) for id in ids)
    return words("groups.correction_by", indicator=titles)


def _name_in_picture(made: News, group: str, words: Words) -> str:
    """The same with ids: titles are too long beside an axis."""
    if group != CORRECTION or not made.corrected_by:
        return words.plain(f"groups.{group_key(group)}")
    return words.plain("groups.correction_by", indicator=", ".join(made.corrected_by))


def group_key(group: str) -> str:
    """Key of a row of news among the words."""
    return group.replace(" ", "_").replace("-", "_")


def _releases(forecast: MonthlyForecast, name: str, made: News, words: Words) -> Table:
    """Figures that came out, and what each has moved in the first month ahead."""
    catalog = forecast.fitted.panel_.catalog
    first = str(made.parts.before.index[0])
    rows: list[list[Cell | str]] = []
    for figure in made.releases().to_dict("records"):
        entry = catalog[str(figure["series"])]
        size = abs(figure["published"])
        decimals = 0 if size >= 100 else 1 if size >= 10 else 2
        rows.append(
            [
                words.title(entry),
                words(f"groups.{group_key(str(figure['group']))}"),
                words.month(pd.Period(str(figure["month"]), "M"), short=True),
                number(figure["expected"], decimals),
                number(figure["published"], decimals),
                words.unit(entry.unit),
                number(figure["surprise"], 1 if entry.is_relative else 2, sign=True),
                number(figure[first], 2, sign=True),
            ]
        )
    heads = ("figure", "group", "month", "expected", "published", "unit", "surprise", "moved")
    headers = [words(f"heads.{head}") for head in heads]
    day = words.day(made.old)
    caption = words("changes.figures_caption", day=day)
    return Table(f"figures-{name}", caption, headers, rows, texts=(0, 1, 2, 5))
