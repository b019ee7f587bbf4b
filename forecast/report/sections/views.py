"""The two views that desks read first: per working day, and net of calendar and season."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np

from tradeshock.forecast.monthly.forecast import MonthlyForecast
from tradeshock.forecast.monthly.views import MonthlyViews, View
from tradeshock.forecast.plots.display_unit import DisplayUnit
from tradeshock.forecast.plots.fan import plot_fan
from tradeshock.forecast.report.elements import (
    HALF,
    NARROW,
    Block,
    Cell,
    Chart,
    Heading,
    Pair,
    Paragraph,
    Table,
    number,
)
from tradeshock.forecast.report.sections.outlook import level
from tradeshock.forecast.report.words import Words


def two_views(forecast: MonthlyForecast, views: MonthlyViews, words: Words) -> list[Block]:
    """Show the views that there are of a series; nothing where there are none."""
    shown = {"daily": views.daily, "adjusted": views.adjusted}
    there = {name: view for name, view in shown.items() if view is not None}
    if not there:
        return []
    charts = [_chart(name, forecast, view, words) for name, view in there.items()]
    alone = _alone(views)
    return [
        Heading("views", words(f"views.title{alone}")),
        Paragraph(words(f"views.lead{alone}")),
        _table(forecast, views, there, words),
        Pair(charts),
    ]


def _alone(views: MonthlyViews) -> str:
    """Which words fit: nothing is said of working days where nothing is shown a day."""
    return "_alone" if views.daily is None else ""


def _unit(forecast: MonthlyForecast, view: View, words: Words) -> DisplayUnit:
    last = float(view.paths.history.iloc[:, 0].to_numpy()[-1])
    return DisplayUnit.choose(words.unit(forecast.entry.unit), last)


def _table(
    forecast: MonthlyForecast, views: MonthlyViews, there: dict[str, View], words: Words
) -> Table:
    headers = [words("heads.month")]
    if views.daily is not None:
        headers.append(words("views.days"))
    for name, view in there.items():
        unit = _unit(forecast, view, words).name
        headers.append(words(f"views.{name}", unit=unit))
        headers += [words(f"views.{name}_growth"), words("heads.low80"), words("heads.high")]
    rows = []
    tables = {name: view.table() for name, view in there.items()}
    for step, month in enumerate(forecast.paths.index):
        cells: list[Cell | str] = [words.month(month, short=True)]
        if views.daily is not None:
            cells.append(number(float(views.days.iloc[step]), 1))
        for name, view in there.items():
            row = tables[name].iloc[step]
            cells.append(level(_unit(forecast, view, words), row["median"]))
            ends = ("growth_median", "growth_low80", "growth_high80")
            cells += [number(row[end], sign=True) for end in ends]
        rows.append(cells)
    return Table("views-table", words(f"views.caption{_alone(views)}"), headers, rows)


def _chart(name: str, forecast: MonthlyForecast, view: View, words: Words) -> Chart:
    unit, table = _unit(forecast, view, words), view.table()
    title = words.plain(f"views.{name}_title", title=words.title(forecast.entry))
    past = view.past_growth.dropna()
    description = words.plain(
        f"views.{name}_description",
        month=words.month(past.index[-1]) if len(past) else "–",
        growth=f"{past.iloc[-1]:+z.1f}" if len(past) else "–",
        first=unit.text(table["median"].iloc[0]),
        last=unit.text(table["median"].iloc[-1]),
        unit=unit.name,
        ahead=f"{np.nan_to_num(table['growth_median'].iloc[-1]):+z.1f}",
        last_month=words.month(table.index[-1]),
    )
    paths = replace(view.paths, notes=())
    draw = partial(plot_fan, paths, unit=words.unit(forecast.entry.unit), title=title)
    return Chart.drawn(
        words, f"{name}-chart", title, description, draw, ((HALF, 3.9), (NARROW, 4.2))
    )
