"""Exports of other nations, as `tests/data/nations` has them."""

from pathlib import Path

import pandas as pd

from tradeshock.features import Panel, ReleaseRule

FOLDER = Path(__file__).parent / "data" / "nations"


def figures(name: str, first: str = "1991-01", last: str = "2026-04") -> pd.Series:
    """Figures of a nation by month, as its file says them years by months."""
    table = pd.read_csv(FOLDER / f"{name}.csv", index_col="year").stack().dropna()
    months = [pd.Period(f"{year}-{int(month):02}", "M") for year, month in table.index]
    series = pd.Series(table.to_numpy(), pd.PeriodIndex(months), name=f"exports_{name}")
    return series[first:last]  # type: ignore[misc]


def panel_of(series: pd.Series) -> Panel:
    """Panel of one series that comes out as India's exports do."""
    return Panel.from_frame(series.to_frame(), ReleaseRule.after(days=15), "IN")
