"""Figures in another library's shape as a panel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.days.calendar import TradeCalendar
from tradeshock.features.errors import ModelError, PanelError
from tradeshock.features.panel.panel import Panel
from tradeshock.features.panel.plain_entries import plain_entries
from tradeshock.features.panel.release import ReleaseRule
from tradeshock.features.panel.validation import months_of, ordered_months

Periods = Literal["months", "counted"]
Ints = npt.NDArray[np.int64]
Transform = Literal["log", "level"]
# January 2000, where counting begins.
FIRST = 360
# The day after the month: an origin then knows all that it is given.
RELEASE = ReleaseRule(day=1)


@dataclass(frozen=True)
class MonthsOf:
    """Months of an index: as it says, or counted.

    Parameters
    ----------
    counted_from : Timestamp or int, optional
        Day or number of the row that is taken for January 2000; None: the index is monthly.
    freq : str, optional
        Of a counted index of days.
    """

    counted_from: pd.Timestamp | int | None = None
    freq: str | None = None

    @classmethod
    def index(cls, index: pd.Index, periods: Periods) -> MonthsOf:
        """Read a first index, the like of which later ones must be.

        Raises
        ------
        ModelError
            If `periods` is neither "months" nor "counted".
        PanelError
            If the index has no frequency by which it could be counted.
        """
        if periods not in ("months", "counted"):
            raise ModelError(f'got periods={periods!r}, expected "months" or "counted"')
        if periods == "months":
            return cls()
        if isinstance(index, pd.DatetimeIndex):
            return cls(index[0], _frequency(index))
        return cls(int(_numbers(index)[0]))

    def __call__(self, index: pd.Index) -> pd.PeriodIndex:
        """Months of an index.

        Raises
        ------
        PanelError
            If it should be monthly and is not, or is not like the first one.
        """
        if self.counted_from is not None:
            return months_of(FIRST + self._places(index))
        try:
            return ordered_months(index)
        except PanelError as error:
            raise PanelError(
                f"{error}. Rows of another frequency, or numbered ones, are taken for consecutive "
                'months without a calendar by periods="counted"'
            ) from error

    def _places(self, index: pd.Index) -> Ints:
        """How many rows each row is after the first that was counted, of an index without gaps."""
        first = self.counted_from
        if isinstance(first, pd.Timestamp) and isinstance(index, pd.DatetimeIndex):
            return _steps_after(first, index, self.freq)
        if isinstance(first, int) and not isinstance(index, pd.DatetimeIndex):
            return _numbers(index) - first
        raise PanelError(
            f"the index begins with {index[0]!r}, that of the fit with {first!r}; give both as "
            "days, or neither"
        )


def transforms_of(table: pd.DataFrame) -> dict[str, Transform]:
    """In logs each series of which all that is known is positive, others in levels."""
    # What is not known is neither: a comparison with it would make a series one of levels.
    below = np.any(table.to_numpy(dtype=float, na_value=np.nan) <= 0.0, axis=0).tolist()
    return {str(id): "level" if low else "log" for id, low in zip(table, below, strict=True)}


def as_panel(table: pd.DataFrame, nation: str | None, transform: dict[str, Transform]) -> Panel:
    """Panel of figures that are all out.

    Parameters
    ----------
    table : DataFrame, months by series
    nation : str, optional
        ISO code, for the calendar.
    transform : dict of str to {"log", "level"}
        By series, as `transforms_of` the figures of the fit: what was learned of logs means
        nothing for levels.

    Raises
    ------
    PanelError
        If a month or a figure is missing, or one of a series in logs is not positive.
    """
    # not `Panel.from_frame`, which refuses months to come: counted rows may stand anywhere
    calendar = TradeCalendar(nation)
    entries = plain_entries(map(str, table), RELEASE, calendar.nation, "units", transform)
    return Panel(table, entries, calendar)


def _frequency(index: pd.DatetimeIndex) -> str:
    freq = index.freqstr or (pd.infer_freq(index) if len(index) > 2 else None)
    if freq is None:
        raise PanelError(
            f"the index from {index[0]} to {index[-1]} has no frequency; give one without gaps"
        )
    return str(freq)


def _steps_after(first: pd.Timestamp, index: pd.DatetimeIndex, freq: str | None) -> Ints:
    # Not as periods: there are none of the starts of months, and those of two days overlap.
    places = pd.date_range(first, index.max(), freq=freq).get_indexer(index)
    if (places < 0).any():
        raise PanelError(
            f"{index[places < 0][0]} is none of the days {freq!r} from {first} on; give rows of "
            "the frequency of the fit, after its first"
        )
    return np.asarray(places, dtype=np.int64)


def _numbers(index: pd.Index) -> Ints:
    """Number of each row, one more from row to row of an index without gaps."""
    if isinstance(index, pd.PeriodIndex):
        # Of spans of two days the ordinals are those of their first days.
        return np.asarray(index.asi8 // cast(pd.PeriodDtype, index.dtype).freq.n, dtype=np.int64)
    return index.to_numpy(dtype="int64")
