"""What moved the forecast since the previous standard origin, and what came out meanwhile."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tradeshock.features.errors import PanelError, StaleSeriesWarning
from tradeshock.forecast.monthly.forecast import MonthlyForecast, monthly_forecast
from tradeshock.forecast.monthly.wording import day_words, month_words
from tradeshock.forecast.report.elements import Cell, Table, number, short_day
from tradeshock.forecast.report.new_figures import released_since
from tradeshock.forecast.report.outlook import level, unit_of

FIGURES_SHOWN = 10
READ, ALL = "Figures that the model reads,", "All figures"


@dataclass(frozen=True)
class Revisions:
    """Sentences and tables of this part of the page."""

    sentences: tuple[str, ...]
    tables: tuple[Table, ...] = ()
    all_figures: Table | None = None


def forecast_before(forecast: MonthlyForecast) -> MonthlyForecast | None:
    """Return the forecast of the previous standard origin, by the same choice of model.

    It ends in the same month. None if there is no such origin, or not enough was known then.
    """
    panel, target = forecast.fitted.panel_, forecast.entry.id
    try:
        now = panel.standard_origin(target)
        known = panel.as_of(now - pd.Timedelta(days=1))
        then = panel.as_of(known.standard_origin(target))
        behind = (forecast.paths.index[-1] - then.last_month(target)).n
        with warnings.catch_warnings(action="ignore", category=StaleSeriesWarning):
            # What it does without is among its notes.
            return monthly_forecast(
                then,
                model=None if forecast.by_default else forecast.fitted,
                steps=behind,
                threshold=forecast.threshold,
                target=target,
            )
    except PanelError:
        return None


def revisions(forecast: MonthlyForecast, before: MonthlyForecast | None) -> Revisions:
    """Set two forecasts side by side, with the figures that came out between them."""
    if before is None:
        return Revisions(("There is no earlier forecast to compare with.",))
    every = released_since(forecast.fitted.panel_, before.origin)
    figures = every.loc[[id for id in every.index if id in forecast.fitted.inputs_]]
    own = [id for id in figures.index if id == forecast.entry.id or _counts(forecast, id)]
    order = [*own, *(id for id in figures.index if id not in own)]
    figures = figures.loc[order]
    shown = _figures_table("figures", READ, figures.iloc[:FIGURES_SHOWN], before)
    rest = None
    if len(every) > min(len(figures), FIGURES_SHOWN):
        rest = _figures_table("all-figures", ALL, every, before)
    months = _months_table(forecast, before)
    said = _sentences(forecast, before, len(every), len(figures))
    return Revisions(tuple(said), (months, shown), rest)


def _counts(forecast: MonthlyForecast, id: str) -> bool:
    return bool(forecast.fitted.panel_.catalog[id].flash_of == forecast.entry.id)


def _medians(forecast: MonthlyForecast, before: MonthlyForecast) -> pd.DataFrame:
    """Median then, and median or published figure now, by month."""
    then = before.paths.median()
    published = forecast.paths.history[forecast.entry.id].reindex(then.index)
    now = forecast.paths.median().reindex(then.index).fillna(published)
    is_out = ~then.index.isin(forecast.paths.index)
    return pd.DataFrame({"then": then, "now": now, "out": is_out})


def _months_table(forecast: MonthlyForecast, before: MonthlyForecast) -> Table:
    unit, medians = unit_of(forecast), _medians(forecast, before)
    rows: list[list[Cell | str]] = []
    for month, (_, row) in zip(before.paths.index, medians.iterrows(), strict=True):
        change = row["now"] - row["then"]
        rows.append(
            [
                month_words(month, short=True) + (" (published)" if row["out"] else ""),
                level(unit, row["then"]),
                level(unit, row["now"]),
                level(unit, change, sign=True),
                number(100.0 * change / row["then"], sign=True),
            ]
        )
    headers = ["Month", short_day(before.origin), short_day(forecast.origin), "Change", "in %"]
    return Table("moves", f"Medians then and now, {unit.name}", headers, rows)


def _sentences(
    forecast: MonthlyForecast, before: MonthlyForecast, out: int, read: int
) -> list[str]:
    unit, medians = unit_of(forecast), _medians(forecast, before)
    first = forecast.paths.index[0]
    place = before.paths.index.get_loc(first)
    then, now = medians[["then", "now"]].to_numpy()[place]
    said = [
        f"The previous standard origin is {day_words(before.origin)} ({before.known}). Since then "
        f"{out} series have new figures, {read} of which the model reads, and the median for "
        f"{month_words(first)} moved from {unit.text(then)} to {unit.text(now)} {unit.name} "
        f"({100 * (now / then - 1):+z.1f} %)."
    ]
    years_then, years_now = before.year_total(), forecast.year_total()
    for year in years_now.index.intersection(years_then.index):
        old, new = years_then.loc[year, "median"], years_now.loc[year, "median"]
        said.append(
            f"The total of {year} moved from {unit.text(old)} to {unit.text(new)} {unit.name} "
            f"({100 * (new / old - 1):+z.1f} %)."
        )
    if before.model != forecast.model:
        said.append(
            f"Part of the move is the model: then {before.model}, now {forecast.model}, each the "
            "default of what was known."
        )
    if forecast.conditions is not None:
        said.append(
            "The earlier forecast assumes nothing; part of the move is what this one assumes: "
            f"{forecast.conditions.text}."
        )
    if forecast.judgement is not None:
        said.append(f"The earlier forecast is without judgement. {forecast.judgement.text}.")
    return said


def _figures_table(name: str, what: str, figures: pd.DataFrame, before: MonthlyForecast) -> Table:
    rows: list[list[Cell | str]] = []
    for _, row in figures.iterrows():
        size = abs(row["value"])
        decimals = 0 if size >= 100 else 1 if size >= 10 else 2
        sort = " %" if row["relative"] else ""
        rows.append(
            [
                row["title"],
                month_words(row["month"], short=True),
                short_day(row["released"]),
                number(row["value"], decimals),
                row["unit"],
                _growth(row["yoy"], sort),
                _growth(row["yoy_before"], sort),
            ]
        )
    caption = (
        f"{what} out since {short_day(before.origin)}: first those whose growth changed most "
        "against their usual changes"
    )
    headers = [
        "Figure",
        "Month",
        "Out on",
        "Value",
        "Unit",
        "Year on year",
        "Year on year, month before",
    ]
    return Table(name, caption, headers, rows, texts=(0, 1, 2, 4))


def _growth(value: float, sort: str) -> Cell:
    cell = number(value, 1 if sort else 2, sign=True)
    return Cell(cell.text + sort, cell.value) if np.isfinite(value) else cell
