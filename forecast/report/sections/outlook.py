"""The forecast itself: months, years, and what a reader wants first."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import pandas as pd

from tradeshock.forecast.monthly.forecast import MonthlyForecast
from tradeshock.forecast.monthly.wording import chance_words, day_words, month_words
from tradeshock.forecast.plots.display_unit import DisplayUnit
from tradeshock.forecast.plots.fan import BANDS, plot_fan
from tradeshock.forecast.report.elements import NARROW, WIDE, Cell, Chart, Table, number

HEADERS = (
    "Median",
    "80\N{NO-BREAK SPACE}% from",
    "to",
    "Year on year,\N{NO-BREAK SPACE}%",
    "80\N{NO-BREAK SPACE}% from",
    "to",
)
FAN_LEVELS = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)


@dataclass(frozen=True)
class Tile:
    """Name, figure, its unit, and what to say with it."""

    name: str
    figure: str
    unit: str
    said: tuple[str, ...]


def unit_of(forecast: MonthlyForecast) -> DisplayUnit:
    """Unit in which the page speaks of the target."""
    return DisplayUnit.choose(forecast.entry.unit, forecast.last.value)


def level(unit: DisplayUnit, value: float, sign: bool = False) -> Cell:
    """Figure of the target, given in its own unit."""
    return Cell(unit.text(value, sign), float(value))


def fan_chart(forecast: MonthlyForecast) -> Chart:
    """Fan chart with its quantiles."""
    unit, entry = unit_of(forecast), forecast.entry
    table = forecast.paths.quantile(FAN_LEVELS)
    last = table.iloc[-1]
    words = (
        f"Published months and the forecast of {day_words(forecast.origin)}: the median goes from "
        f"{unit.text(table.iloc[0][0.5])} {unit.name} in {month_words(table.index[0])} to "
        f"{unit.text(last[0.5])} in {month_words(table.index[-1])}, there with an 80 % interval of "
        f"{unit.text(last[0.1])} to {unit.text(last[0.9])}. Bands: "
        f"{', '.join(f'{100 * share:.0f} %' for share in BANDS)} of paths."
    )
    behind = Table(
        "fan-figures",
        f"Quantiles of the sample paths, {unit.name}",
        ["Month", *(f"{100 * q:g} %" for q in FAN_LEVELS)],
        [
            [month_words(month, short=True), *(level(unit, value) for value in row)]
            for month, row in zip(table.index, table.to_numpy(), strict=True)
        ],
    )
    draw = partial(plot_fan, forecast.paths, unit=entry.unit, title=forecast.title)
    sizes = ((WIDE, 4.9), (NARROW, 4.9))
    return Chart.drawn("fan", f"Fan chart: {entry.title or entry.id}", words, draw, sizes, behind)


def months_table(forecast: MonthlyForecast) -> Table:
    """Forecast month by month; its figures are those of forecast.csv."""
    unit = unit_of(forecast)
    relative = forecast.entry.is_relative
    headers = ["Month", *(HEADERS if relative else HEADERS[:3])]
    if forecast.judgement is not None:
        headers.append("Judgement")
    rows = []
    table = forecast.table()
    for month, (_, row) in zip(forecast.paths.index, table.iterrows(), strict=True):
        cells: list[Cell | str] = [month_words(month, short=True)]
        cells += [level(unit, row[name]) for name in ("median", "low80", "high80")]
        growth = ("yoy_median", "yoy_low80", "yoy_high80") if relative else ()
        cells += [number(row[name], sign=True) for name in growth]
        if forecast.judgement is not None:
            amount = row["adjustment"]
            cells.append(level(unit, amount, sign=True) if amount else "")
        rows.append(cells)
    return Table("months", f"Forecast month by month, {unit.name}", headers, rows)


def years_table(forecast: MonthlyForecast) -> Table | None:
    """Totals of the calendar years that the forecast completes; None where there are none."""
    unit, table = unit_of(forecast), forecast.year_total()
    if table.empty:
        return None
    headers = ["Year", *HEADERS]
    headers.append("Months published")
    if forecast.threshold is not None:
        headers.append(f"Chance of more than {forecast.threshold / unit.divisor:,g}")
    rows = []
    for year, row in table.iterrows():
        cells: list[Cell | str] = [str(year)]
        cells += [level(unit, row[name]) for name in ("median", "low80", "high80")]
        growth = ("growth_median", "growth_low80", "growth_high80")
        cells += [number(row[name], sign=True) for name in growth]
        cells.append(f"{row['published_months']:.0f} of 12")
        if forecast.threshold is not None:
            cells.append(Cell(chance_words(row["chance"]), float(row["chance"])))
        rows.append(cells)
    return Table("years", f"Calendar years, {unit.name}", headers, rows)


def tiles(forecast: MonthlyForecast) -> list[Tile]:
    """What a reader wants first: the next two months, the year, the threshold."""
    unit, months, relative = unit_of(forecast), forecast.table(), forecast.entry.is_relative
    shown = []
    for month, (_, row) in zip(forecast.paths.index[:2], months.iloc[:2].iterrows(), strict=True):
        growth = (f"{row['yoy_median']:+z.1f} % on a year before",) if relative else ()
        said = (_interval(unit, row), *growth)
        shown.append(Tile(month_words(month), unit.text(row["median"]), unit.name, said))
    years = forecast.year_total()
    if years.empty:
        return shown
    year, row = pd.PeriodIndex(years.index)[0], years.iloc[0]
    said = (_interval(unit, row), f"{row['growth_median']:+z.1f} % on {year - 1}")
    shown.append(Tile(f"Year {year}", unit.text(row["median"]), unit.name, said))
    if forecast.threshold is not None:
        passed = f"Chance of more than {forecast.threshold / unit.divisor:,g} {unit.name}"
        share = f"Share of {len(forecast.paths.values):,} sample paths"
        shown.append(Tile(f"{passed} in {year}", chance_words(row["chance"]), "", (share,)))
    return shown


def _interval(unit: DisplayUnit, row: pd.Series) -> str:
    return f"80 %: {unit.text(row['low80'])} to {unit.text(row['high80'])}"
