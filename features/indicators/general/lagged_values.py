"""Past values of any series."""

from __future__ import annotations

from collections.abc import Sequence

from tradeshock.features.indicators.changes import lagged
from tradeshock.features.indicators.general.named import NamedSeries, monthly_news, whole_months
from tradeshock.features.indicators.origin_rows import Floats, OriginRows


class Lags(NamedSeries):
    """Growth over a month, or the level of series that are not in logs, some months back.

    Parameters
    ----------
    series : str or sequence of str
    lags : int or sequence of int
        Months before the last published one, which is 0: they count from what was published, not
        from the calendar. Columns are ``{id}_lag_{lag}``, log points or the series' unit.
    """

    def __init__(self, series: str | Sequence[str], lags: int | Sequence[int] = (0, 1, 2)) -> None:
        self.series = series
        self.lags = lags

    def _columns(self, known: OriginRows, series: tuple[str, ...]) -> dict[str, Floats]:
        return {
            f"{id}_lag_{k}": known.last(id, lagged(monthly_news(known, id), k))
            for id in series
            for k in whole_months(self.lags, "lags of Lags", least=0)
        }
