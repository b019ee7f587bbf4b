"""Sheets of a forecast's workbook: months, growth, calendar years."""

from __future__ import annotations

import pandas as pd

from tradeshock.forecast.workbook import Sheet

GROWTH = "yoy_"
ON_YEAR = "% on a year before"
WHOLE = "0"


def forecast_sheets(months: pd.DataFrame, years: pd.DataFrame, unit: str) -> list[Sheet]:
    """Return the sheets "months", "growth" and "years"; those without any figure are left out.

    Parameters
    ----------
    months, years : DataFrame
        `table` and `year_total` of a `tradeshock.forecast.monthly.forecast.MonthlyForecast`.
    unit : str
        Of the target.
    """
    growth = months.filter(like=GROWTH)
    levels = months.drop(columns=growth.columns)
    growth = growth.rename(columns=lambda name: name.removeprefix(GROWTH))
    amounts = _same(levels, unit)
    # Prices and rates of a few units need their decimals; amounts of five digits do not.
    decimals = max(0, 5 - len(f"{levels['median'].abs().max():.0f}"))
    form = "#,##0" + ("." + "0" * decimals if decimals else "")
    sheets = [
        Sheet("months", levels, amounts, _same(levels, form)),
        Sheet("growth", growth, _same(growth, ON_YEAR), {}),
    ]
    if len(years):
        sheets.append(_years(years, unit, form))
    return [sheet for sheet in sheets if sheet.table.notna().to_numpy().any()]


def _years(years: pd.DataFrame, unit: str, form: str) -> Sheet:
    amounts = ["median", "low80", "high80"]
    units = dict.fromkeys(amounts, unit) | _same(years.filter(like="growth_"), ON_YEAR)
    units |= {"published_months": "of 12", "chance": "of the threshold, 0 to 1"}
    formats = dict.fromkeys(amounts, form) | {
        "year": WHOLE,
        "published_months": WHOLE,
        "chance": "0.00",
    }
    # A year is a number to a spreadsheet, not the month in which it begins.
    numbers = pd.Index(pd.PeriodIndex(years.index).year, name="year")
    return Sheet("years", years.set_axis(numbers, axis=0), units, formats)


def _same(table: pd.DataFrame, text: str) -> dict[str, str]:
    return {str(name): text for name in table}
