"""Two series against each other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tradeshock.features.errors import PanelError
from tradeshock.features.indicators.changes import change
from tradeshock.features.indicators.general.named import NamedSeries, level_of, whole_months
from tradeshock.features.indicators.origin_rows import Floats, OriginRows, take
from tradeshock.features.panel.panel import Panel


class Pair(NamedSeries):
    """One series against another, at the last month that was published of both.

    A subclass names the difference of their (log) levels.

    Parameters
    ----------
    first, second : str
    months : int or sequence of int
        Over how many months the change of the difference is a column too.
    """

    word: str

    def __init__(self, first: str, second: str, months: int | Sequence[int] = (1, 12)) -> None:
        self.first = first
        self.second = second
        self.months = months

    def _series_of(self, panel: Panel) -> tuple[str, ...]:
        pair = panel.entry(self.first).id, panel.entry(self.second).id
        self._refuse_unlike(panel, *pair)
        return pair

    def _refuse_unlike(self, panel: Panel, first: str, second: str) -> None:
        """Refuse two series that cannot be compared."""

    def _columns(self, known: OriginRows, series: tuple[str, ...]) -> dict[str, Floats]:
        first, second = series
        gap = level_of(known, first) - level_of(known, second)
        # The pair is out with the later one; where either is stale, so is the pair.
        rows = np.minimum(known.positions(first), known.positions(second))
        name = f"{first}_{self.word}_{second}"
        columns = {name: take(gap, rows)}
        for k in whole_months(self.months, f"months of {type(self).__name__}"):
            columns[f"{name}_change_{k}"] = take(change(gap, k), rows)
        return columns


class Ratio(Pair):
    """Log ratio of two series that are modelled in logs, and how it has changed.

    Its level drifts wherever the two grow at different speeds; the changes do not.

    Parameters
    ----------
    first, second : str
        Numerator and denominator; columns are ``{first}_to_{second}``, log points, and its
        ``_change_{months}``.
    months : int or sequence of int

    Raises
    ------
    PanelError
        On fit, if one of them is not in logs, or not there.
    """

    word = "to"

    def _refuse_unlike(self, panel: Panel, first: str, second: str) -> None:
        for id in (first, second):
            if panel.catalog[id].transform != "log":
                raise PanelError(
                    f"Ratio takes positive series that are modelled in logs, and {id} is not; "
                    "give Spread two series of one unit"
                )


class Spread(Pair):
    """Difference of two rates, balances or indices of one unit, and how it has changed.

    Parameters
    ----------
    first, second : str
        Columns are ``{first}_less_{second}``, in their unit, and its ``_change_{months}``.
    months : int or sequence of int

    Raises
    ------
    PanelError
        On fit, if their units differ, one of them is modelled in logs, or not there.
    """

    word = "less"

    def _refuse_unlike(self, panel: Panel, first: str, second: str) -> None:
        a, b = panel.catalog[first], panel.catalog[second]
        if a.transform == "log" or b.transform == "log":
            id = first if a.transform == "log" else second
            raise PanelError(
                f"Spread takes series that are not modelled in logs, and {id} is; give Ratio the "
                "two"
            )
        if a.unit != b.unit:
            raise PanelError(
                f"Spread takes series of one unit, got {first} in {a.unit!r} and {second} in "
                f"{b.unit!r}"
            )
