"""Calendar years that a forecast completes: published months and paths, added up."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tradeshock.models.paths import ForecastPaths

SUMMARY = {"median": 0.5, "low80": 0.1, "high80": 0.9}


def calendar_years(paths: ForecastPaths, is_flow: bool, threshold: float | None) -> pd.DataFrame:
    """Add up the months of each calendar year, path by path.

    Parameters
    ----------
    paths : ForecastPaths
        The first series is added up, with its published months.
    is_flow : bool
        Whether its figures add up over months.
    threshold : float, optional
        Of a year's total, in the series' own unit.

    Returns
    -------
    DataFrame
        As `MonthlyForecast.year_total` describes it; no rows of what does not add up.
    """
    totals = paths.total("year")
    if not is_flow:
        totals = totals.iloc[:, :0]
    past = paths.history[paths.series[0]].dropna()
    published = past.groupby(pd.PeriodIndex(past.index).year).agg(["sum", "count"])
    published = published.reindex(range(published.index[0], paths.index[-1].year + 1))
    rows = []
    years = pd.PeriodIndex(totals.columns)
    for label, year in zip(years, years.year, strict=True):
        draws, before = totals[label].to_numpy(), totals.get(label - 1, np.nan)
        if published["count"][year - 1] == 12:
            before = published["sum"][year - 1]
        growth = 100.0 * (draws / np.asarray(before, dtype=float) - 1.0)
        summary = np.quantile([draws, growth], list(SUMMARY.values()), axis=1).T.ravel()
        chance = np.nan if threshold is None else np.mean(draws > threshold)
        rows.append([*summary, published["count"].fillna(0)[year], chance])
    columns = [*SUMMARY, *(f"growth_{name}" for name in SUMMARY), "published_months", "chance"]
    table = pd.DataFrame(rows, years.rename("year"), columns, dtype=float)
    return table.astype({"published_months": int})
