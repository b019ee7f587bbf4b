"""The forecast itself: months, years, and what a reader wants first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd
from markupsafe import Markup

from tradeshock.forecast.monthly.forecast import MonthlyForecast
from tradeshock.forecast.monthly.last_figure import LastFigure
from tradeshock.forecast.plots.display_unit import DisplayUnit
from tradeshock.forecast.plots.fan import BANDS, plot_fan
from tradeshock.forecast.report.elements import (
    NARROW,
    WIDE,
    Block,
    Cell,
    Chart,
    Facts,
    Heading,
    Paragraph,
    Table,
    number,
)
from tradeshock.forecast.report.words import Words

FAN_LEVELS = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)


@dataclass(frozen=True)
class Tile:
    """Name, figure, its unit, and what stands with it."""

    name: str
    figure: str
    unit: str
    beside: tuple[str, ...]


def unit_of(forecast: MonthlyForecast, words: Words) -> DisplayUnit:
    """Unit in which the page speaks of the target."""
    return DisplayUnit.choose(words.unit(forecast.entry.unit), forecast.last.value)


def level(unit: DisplayUnit, value: float, sign: bool = False) -> Cell:
    """Figure of the target, given in its own unit."""
    return Cell(unit.text(value, sign), float(value))


def title_of(forecast: MonthlyForecast, words: Words) -> str:
    """What is forecast, with the nation's ISO code where the catalog has one."""
    title = words.title(forecast.entry)
    return f"{title} ({forecast.entry.nation})" if forecast.entry.nation else title


def counted(figure: LastFigure, window: str, words: Words) -> str:
    """Month, or first days of a month, that a figure counts."""
    return words.plain(f"counted.{window}", month=words.month(figure.month))


def known(forecast: MonthlyForecast, words: Words) -> str:
    """Which of the target's own releases were out."""
    last = counted(forecast.last, forecast.entry.window, words)
    if forecast.flash is None:
        month = words.month(forecast.paths.index[0])
        return words.plain("known.nothing", last=last, month=month)
    flash = counted(forecast.flash, _window(forecast), words)
    return words.plain("known.flash", last=last, flash=flash)


def _window(forecast: MonthlyForecast) -> str:
    """Days that the early count has counted."""
    return "first_10_days" if forecast.paths.state == "after_10d" else "first_20_days"


def outlook(forecast: MonthlyForecast, words: Words) -> list[Block]:
    """Answer what is forecast: published figures, fan, months, years."""
    unit = unit_of(forecast, words)
    window = forecast.entry.window
    facts = [(words("outlook.last"), _worded(forecast.last, window, unit, words))]
    if forecast.flash is not None:
        early = _worded(forecast.flash, _window(forecast), unit, words)
        facts.append((words("outlook.flash"), early))
    blocks: list[Block] = [Facts(facts), fan_chart(forecast, words)]
    if forecast.paths.notes:
        notes = [words.foreign(note) for note in forecast.paths.notes]
        blocks.append(Facts([(words("card.notes_name"), notes)]))
    blocks += [months_table(forecast, words), Heading("year", words("years.title"))]
    years = years_table(forecast, words)
    if years is not None:
        return [*blocks, years]
    needed = 13 - forecast.paths.index[0].month
    none = words("years.none", needed=needed) if forecast.entry.is_flow else words("years.no_sum")
    return [*blocks, Paragraph(none)]


def _worded(figure: LastFigure, window: str, unit: DisplayUnit, words: Words) -> Markup:
    """Month, figure and growth on a year before, in all and a working day."""
    what = counted(figure, window, words)
    value = words.plain("numbers.amount", value=unit.text(figure.value), unit=unit.name)
    if not np.isfinite(figure.yoy):
        return words("outlook.figure", what=what, value=value)
    growth = f"{figure.yoy:+z.1f}"
    if not np.isfinite(figure.yoy_daily):
        return words("outlook.figure_growth_alone", what=what, value=value, growth=growth)
    daily = f"{figure.yoy_daily:+z.1f}"
    return words("outlook.figure_growth", what=what, value=value, growth=growth, daily=daily)


def fan_chart(forecast: MonthlyForecast, words: Words) -> Chart:
    """Fan chart with its quantiles."""
    unit, entry = unit_of(forecast, words), forecast.entry
    table = forecast.paths.quantile(FAN_LEVELS)
    last = table.iloc[-1]
    description = words.plain(
        "fan.description",
        day=words.day(forecast.origin),
        first=unit.text(table.iloc[0][0.5]),
        unit=unit.name,
        first_month=words.month(table.index[0]),
        last=unit.text(last[0.5]),
        last_month=words.month(table.index[-1]),
        low=unit.text(last[0.1]),
        high=unit.text(last[0.9]),
        bands=", ".join(f"{100 * share:.0f} %" for share in BANDS),
    )
    behind = Table(
        "fan-figures",
        words("fan.caption", unit=unit.name),
        [words("heads.month"), *(f"{100 * q:g} %" for q in FAN_LEVELS)],
        [
            [words.month(month, short=True), *(level(unit, value) for value in row)]
            for month, row in zip(table.index, table.to_numpy(), strict=True)
        ],
    )
    # Notes stand below the picture, where they can be read.
    paths = replace(forecast.paths, notes=())
    draw = partial(plot_fan, paths, unit=words.unit(entry.unit), title=title_of(forecast, words))
    title = words.plain("fan.title", title=words.title(entry))
    return Chart.drawn(words, "fan", title, description, draw, ((WIDE, 4.4), (NARROW, 4.6)), behind)


def interval_heads(words: Words, growth: bool = True) -> list[str]:
    """Headers of median and interval, and of the same of growth."""
    ends = [words("heads.low80"), words("heads.high")]
    return [words("heads.median"), *ends, *([words("heads.growth"), *ends] if growth else [])]


def months_table(forecast: MonthlyForecast, words: Words) -> Table:
    """Forecast month by month; its figures are those of forecast.csv."""
    unit = unit_of(forecast, words)
    relative = forecast.entry.is_relative
    headers = [words("heads.month"), *interval_heads(words, relative)]
    if forecast.judgement is not None:
        headers.append(words("heads.judgement"))
    rows = []
    table = forecast.table()
    for month, (_, row) in zip(forecast.paths.index, table.iterrows(), strict=True):
        cells: list[Cell | str] = [words.month(month, short=True)]
        cells += [level(unit, row[name]) for name in ("median", "low80", "high80")]
        growth = ("yoy_median", "yoy_low80", "yoy_high80") if relative else ()
        cells += [number(row[name], sign=True) for name in growth]
        if forecast.judgement is not None:
            amount = row["adjustment"]
            cells.append(level(unit, amount, sign=True) if amount else "")
        rows.append(cells)
    return Table("months", words("months.caption", unit=unit.name), headers, rows)


def years_table(forecast: MonthlyForecast, words: Words) -> Table | None:
    """Totals of the calendar years that the forecast completes; None where there are none."""
    unit, table = unit_of(forecast, words), forecast.year_total()
    if table.empty:
        return None
    headers = [words("heads.year"), *interval_heads(words), words("heads.published_months")]
    if forecast.threshold is not None:
        amount = unit.limit(forecast.threshold)
        headers.append(words("heads.passing", amount=amount))
    rows = []
    for year, row in table.iterrows():
        cells: list[Cell | str] = [str(year)]
        cells += [level(unit, row[name]) for name in ("median", "low80", "high80")]
        growth = ("growth_median", "growth_low80", "growth_high80")
        cells += [number(row[name], sign=True) for name in growth]
        months = f"{row['published_months']:.0f}"
        cells.append(words.plain("years.of_12", months=months))
        if forecast.threshold is not None:
            cells.append(Cell(words.chance(row["chance"]), float(row["chance"])))
        rows.append(cells)
    return Table("years", words("years.caption", unit=unit.name), headers, rows)


def tiles(forecast: MonthlyForecast, words: Words) -> list[Tile]:
    """What a reader wants first: the next two months, the year, the threshold."""
    unit, months = unit_of(forecast, words), forecast.table()
    relative = forecast.entry.is_relative
    shown = []
    for month, (_, row) in zip(forecast.paths.index[:2], months.iloc[:2].iterrows(), strict=True):
        beside: tuple[str, ...] = (_interval(unit, row, words),)
        if relative:
            beside += (words("tiles.growth", growth=f"{row['yoy_median']:+z.1f}"),)
        shown.append(Tile(words.month(month), unit.text(row["median"]), unit.name, beside))
    years = forecast.year_total()
    if years.empty:
        return shown
    year, row = pd.PeriodIndex(years.index)[0], years.iloc[0]
    growth = words("tiles.on_year", growth=f"{row['growth_median']:+z.1f}", year=year - 1)
    beside = (_interval(unit, row, words), growth)
    name = words.plain("tiles.year", year=year)
    shown.append(Tile(name, unit.text(row["median"]), unit.name, beside))
    if forecast.threshold is not None:
        threshold = unit.limit(forecast.threshold)
        amount = words.plain("numbers.amount", value=threshold, unit=unit.name)
        passed = words.plain("tiles.passing", amount=amount, year=year)
        part = words("tiles.share", draws=f"{len(forecast.paths.values):,}")
        shown.append(Tile(passed, words.chance(row["chance"]), "", (part,)))
    return shown


def _interval(unit: DisplayUnit, row: pd.Series, words: Words) -> str:
    low, high = unit.text(row["low80"]), unit.text(row["high80"])
    return words("tiles.interval", low=low, high=high)
