"""Means and volatilities of any series over its last months."""

from __future__ import annotations

from collections.abc import Sequence

from tradeshock.features.indicators.changes import volatility, windows
from tradeshock.features.indicators.general.named import (
    NamedSeries,
    level_of,
    monthly_news,
    whole_months,
)
from tradeshock.features.indicators.origin_rows import Floats, OriginRows


class RollingMean(NamedSeries):
    """Mean over the last months of growth, or of the level of series that are not in logs.

    Parameters
    ----------
    series : str or sequence of str
    months : int or sequence of int
        Lengths of the windows; columns are ``{id}_mean_{months}``, log points a month or the
        series' unit.
    """

    def __init__(self, series: str | Sequence[str], months: int | Sequence[int] = (3,)) -> None:
        self.series = series
        self.months = months

    def _columns(self, known: OriginRows, series: tuple[str, ...]) -> dict[str, Floats]:
        return {
            f"{id}_mean_{k}": known.last(id, windows(monthly_news(known, id), k).mean(axis=1))
            for id in series
            for k in whole_months(self.months, "months of RollingMean")
        }


class Volatility(NamedSeries):
    """Standard deviation of the last months' growth, or of changes where not in logs.

    Around their own mean, divided by their number (numpy's default, ``ddof=0``).

    Parameters
    ----------
    series : str or sequence of str
    months : int or sequence of int
        Lengths of the windows, at least 2; columns are ``{id}_volatility_{months}``.
    """

    def __init__(self, series: str | Sequence[str], months: int | Sequence[int] = (6,)) -> None:
        self.series = series
        self.months = months

    def _columns(self, known: OriginRows, series: tuple[str, ...]) -> dict[str, Floats]:
        return {
            f"{id}_volatility_{k}": known.last(id, volatility(level_of(known, id), k))
            for id in series
            for k in whole_months(self.months, "months of Volatility", least=2)
        }
