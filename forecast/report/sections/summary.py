"""Executive summary: four sentences, each number of which stands in the page's files."""

from __future__ import annotations

import pandas as pd
from markupsafe import Markup

from tradeshock.forecast.monthly.forecast import MonthlyForecast
from tradeshock.forecast.report.elements import Cell, number, share
from tradeshock.forecast.report.sections.changes import (
    Change,
    group_words,
    is_whole_year,
    largest,
)
from tradeshock.forecast.report.sections.outlook import level, title_of, unit_of
from tradeshock.forecast.report.words import Words
from tradeshock.forecast.warning.result import EarlyWarning

TOGETHER = 6


def summary(
    forecast: MonthlyForecast,
    changes: tuple[Change, ...],
    warning: EarlyWarning | None,
    words: Words,
) -> tuple[Markup, Markup, Markup, Markup]:
    """Say what is forecast, what the year comes to, why it changed and what to watch.

    Parameters
    ----------
    forecast : MonthlyForecast
    changes : tuple of Change
    warning : EarlyWarning, optional
    words : Words
    """
    return (
        _month(forecast, words),
        _year(forecast, words),
        _change(forecast, changes, words),
        _watch(forecast, warning, words),
    )


def _when(month: pd.Period, words: Words) -> Markup:
    return Markup('<time datetime="{}">{}</time>').format(month, words.month(month))


def _year_of(year: int, words: Words) -> Markup:
    name = words.plain("dates.year", year=year)
    return Markup('<time datetime="{}">{}</time>').format(year, name)


def _day(day: pd.Timestamp, words: Words) -> Markup:
    return Markup('<time datetime="{}">{}</time>').format(day.date(), words.day(day))


def _month(forecast: MonthlyForecast, words: Words) -> Markup:
    unit, row = unit_of(forecast, words), forecast.table().iloc[0]
    figures = {name: level(unit, row[name]) for name in ("median", "low80", "high80")}
    key = "summary.month" if forecast.entry.is_relative else "summary.month_level"
    return words(
        key,
        title=title_of(forecast, words),
        month=_when(forecast.paths.index[0], words),
        unit=unit.name,
        growth=number(row["yoy_median"], sign=True),
        **figures,
    )


def _year(forecast: MonthlyForecast, words: Words) -> Markup:
    unit, years = unit_of(forecast, words), forecast.year_total()
    if years.empty:
        row, month = forecast.table().iloc[-1], forecast.paths.index[-1]
        figures = {name: level(unit, row[name]) for name in ("median", "low80", "high80")}
        key = "summary.last" if forecast.entry.is_flow else "summary.last_month"
        return words(key, month=_when(month, words), unit=unit.name, **figures)
    year, row = pd.PeriodIndex(years.index)[0], years.iloc[0]
    facts: dict[str, object] = {
        "year": _year_of(year.year, words),
        "unit": unit.name,
        "growth": number(row["growth_median"], sign=True),
        "before": _year_of(year.year - 1, words),
        "months": Cell(f"{row['published_months']:.0f}", float(row["published_months"])),
        **{name: level(unit, row[name]) for name in ("median", "low80", "high80")},
    }
    if forecast.threshold is None:
        return words("summary.year", **facts)
    amount = Cell(unit.limit(forecast.threshold), float(forecast.threshold))
    chance = Cell(words.chance(row["chance"]), float(row["chance"]))
    return words("summary.year_passing", amount=amount, chance=chance, **facts)


def _change(forecast: MonthlyForecast, changes: tuple[Change, ...], words: Words) -> Markup:
    made = next((change.made for change in changes if change.made is not None), None)
    if made is None:
        return words("summary.no_news")
    unit, table = unit_of(forecast, words), made.table().astype(float)
    # Of the first month, and of the year.
    month, year = (
        dict(zip(table.index, table.iloc[:, k].to_numpy(), strict=True)) for k in (0, -1)
    )
    figures: dict[str, object] = {
        "day": _day(made.old, words),
        "month": _when(made.parts.before.index[0], words),
        "change": number(month["sum"], sign=True),
    }
    key, group = "summary.still", largest(made)
    if group is not None:
        key = "summary.moved"
        figures["group"] = group_words(forecast, made, group, words)
        figures["moved"] = number(month[group], sign=True)
    if is_whole_year(forecast, made):
        key += "_year"
        figures["year"] = _year_of(made.year, words)
        figures["total"] = level(unit, year["sum"], sign=True)
        figures["unit"] = unit.name
    return words(key, **figures)


def _watch(forecast: MonthlyForecast, warning: EarlyWarning | None, words: Words) -> Markup:
    if warning is None:
        return words("summary.no_warning")
    months, together = warning.table(), warning.next()
    worst = int(months["chance"].to_numpy(dtype=float).argmax())
    row, joint = months.iloc[worst], together.loc[[TOGETHER]].iloc[0]
    return words(
        "summary.watch",
        month=_when(pd.PeriodIndex(months.index)[worst], words),
        chance=share(row["chance"]),
        at_risk=number(row["growth_at_risk"], sign=True),
        any=share(joint["any_fall"]),
        adjusted=share(joint["adjusted_fall"]),
    )
