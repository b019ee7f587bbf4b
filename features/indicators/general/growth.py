"""Growth of any series over any months."""

from __future__ import annotations

from collections.abc import Sequence

from tradeshock.features.indicators.changes import change
from tradeshock.features.indicators.general.named import NamedSeries, level_of, whole_months
from tradeshock.features.indicators.origin_rows import Floats, OriginRows


class Growth(NamedSeries):
    """Log growth up to the last published month, or change of series that are not in logs.

    Growth over less than a year of a series that is not seasonally adjusted contains its season.

    Parameters
    ----------
    series : str or sequence of str
    months : int or sequence of int
        Over how many months; columns are ``{id}_growth_{months}``, log points or the series' unit.
    """

    def __init__(self, series: str | Sequence[str], months: int | Sequence[int] = (1,)) -> None:
        self.series = series
        self.months = months

    def _columns(self, known: OriginRows, series: tuple[str, ...]) -> dict[str, Floats]:
        return {
            f"{id}_growth_{k}": known.last(id, change(level_of(known, id), k))
            for id in series
            for k in whole_months(self.months, "months of Growth")
        }
