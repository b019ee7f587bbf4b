"""Totals of calendar years, and how such totals did at the same time of the year."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tradeshock.features.panel.panel import Panel
from tradeshock.models.paths import ForecastPaths

COLUMNS = (
    "median",
    "low80",
    "high80",
    "published_months",
    "chance",
    "past_error",
    "past_coverage",
    "n",
)


def year_totals(
    paths: ForecastPaths, panel: Panel, functionals: pd.DataFrame | None
) -> pd.DataFrame:
    """Totals of the calendar years that a forecast completes.

    Parameters
    ----------
    paths : ForecastPaths
    panel : Panel
        As of the day of the question: later totals do not count.
    functionals : DataFrame, optional
        Past totals, as `tradeshock.models.record.shipped.shipped_functionals`.

    Returns
    -------
    DataFrame
        Index year; columns median, low80, high80 (the target's unit), published_months, chance
        (that it falls short of the year before, 0 to 1), and of past forecasts that knew as many
        months of a year past_error (root mean square of 100 log(actual / median)),
        past_coverage (share inside the 80 % interval) and n; NaN without a record. No rows of
        what does not add up over months.
    """
    target = paths.series[0]
    totals = paths.total("year")
    if not panel.entry(target).is_flow:
        totals = totals.iloc[:, :0]
    known = panel.series(target)
    months = pd.PeriodIndex(known.index)
    sums = known.groupby(months.year).sum()[known.groupby(months.year).size() == 12]
    ahead = pd.PeriodIndex(totals.columns).year
    draws = {int(year): totals.iloc[:, k].to_numpy() for k, year in enumerate(ahead)}
    rows = {}
    for year, own in draws.items():
        before = draws.get(year - 1, sums.get(year - 1, np.nan))
        published = int((months.year == year).sum())
        offset = 12 * (year - paths.index[0].year) - paths.index[0].month
        past = _past(functionals, paths.state, offset, sums)
        chance = float((own < before).mean()) if np.isfinite(before).all() else np.nan
        low, median, high = np.quantile(own, [0.1, 0.5, 0.9])
        rows[year] = (median, low, high, published, chance, *past)
    table = pd.DataFrame.from_dict(rows, orient="index", columns=list(COLUMNS))
    return table.rename_axis("year").astype({"published_months": int, "n": int})


def _past(
    functionals: pd.DataFrame | None, state: str, offset: int, sums: pd.Series
) -> tuple[float, float, int]:
    """Error, coverage and number of past totals at the same distance from the year's end."""
    if functionals is None:
        return np.nan, np.nan, 0
    kept = functionals[
        (functionals["state"] == state) & (functionals["functional"] == "year_total")
    ]
    parts = kept["item"].str.split(expand=True)
    table = kept.assign(year=parts[0].astype(int), statistic=parts[1]).pivot(
        index=["origin", "year"], columns="statistic", values="value"
    )
    year = table.index.get_level_values("year")
    origin = pd.DatetimeIndex(table.index.get_level_values("origin"))
    # The origin's own month is the first that is forecast.
    same = 12 * (year - origin.year) - origin.month == offset
    table = table[same & year.isin(sums.index)]
    if table.empty:
        return np.nan, np.nan, 0
    actual = sums[table.index.get_level_values("year")].to_numpy(dtype=float)
    error = 100.0 * np.log(actual / table["q50"].to_numpy())
    inside = (table["q10"].to_numpy() <= actual) & (actual <= table["q90"].to_numpy())
    return float(np.sqrt((error**2).mean())), float(inside.mean()), len(actual)
