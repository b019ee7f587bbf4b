"""Figures in another library's shape as a panel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from tradeshock.features.days.calendar import TradeCalendar
from tradeshock.features.errors import ModelError, PanelError
from tradeshock.features.panel.panel import Panel
from tradeshock.features.panel.plain_entries import plain_entries
from tradeshock.features.panel.release import ReleaseRule
from tradeshock.features.panel.validation import months_of, ordered_months

Periods = Literal["months", "counted"]
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
    counted_from : int, optional
        Ordinal of the row that is taken for January 2000; None: the index is monthly.
    freq : str, optional
        Of a counted index of days or periods.
    """

    counted_from: int | None = None
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
        freq = _frequency(index)
        return cls(int(_ordinals(index, freq)[0]), freq)

    def __call__(self, index: pd.Index) -> pd.PeriodIndex:
        """Months of an index.

        Raises
        ------
        PanelError
            If it should be monthly and is not.
        """
        if self.counted_from is not None:
            return months_of(_ordinals(index, self.freq) - self.counted_from + FIRST)
        try:
            return ordered_months(index)
        except PanelError as error:
            raise PanelError(
                f"{error}. Rows of another frequency, or numbered ones, are taken for consecutive "
                'months without a calendar by periods="counted"'
            ) from error


def transforms_of(table: pd.DataFrame) -> dict[str, Transform]:
    """In logs each series of which all that is known is positive, others in levels."""
    # What is not known is neither: a comparison with it would make a series one of levels.
    above = ~(table <= 0.0).any()
    return {str(id): "log" if positive else "level" for id, positive in above.items()}


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


def _frequency(index: pd.Index) -> str | None:
    if isinstance(index, pd.PeriodIndex):
        return str(index.freqstr)
    if not isinstance(index, pd.DatetimeIndex):
        return None
    freq = index.freqstr or (pd.infer_freq(index) if len(index) > 2 else None)
    if freq is None:
        raise PanelError(
            f"the index from {index[0]} to {index[-1]} has no frequency; give one without gaps"
        )
    return str(freq)


def _ordinals(index: pd.Index, freq: str | None) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Number of each row, one more from row to row of an index without gaps."""
    if isinstance(index, pd.DatetimeIndex):
        index = index.to_period(freq)
    numbers = index.asi8 if isinstance(index, pd.PeriodIndex) else index.to_numpy(dtype="int64")
    return np.asarray(numbers, dtype=np.int64)
