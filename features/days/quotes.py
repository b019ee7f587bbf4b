"""Daily quotes of market prices, and what they say of a month that is not over."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cached_property
from os import PathLike
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.days.reading import Day, as_day
from tradeshock.features.errors import PanelError

Floats = npt.NDArray[np.float64]

# Days over which daily movements are measured.
VOLATILITY_DAYS = 250


class RunningMonth(NamedTuple):
    """What is known of a month's mean before the month is over.

    Parameters
    ----------
    month : Period
    so_far : float
        Mean of the quotes so far.
    last : float
        The last of them.
    expected : float
        Mean of the month if no later quote differs from the last: the forecast of a random walk.
    sd : float
        Standard deviation of that expectation, in logs.
    """

    month: pd.Period
    so_far: float
    last: float
    expected: float
    sd: float


class Quotes:
    """Table of daily quotes; a day's quote is known on the next day.

    Parameters
    ----------
    table : DataFrame
        One row a day, one column a series, in the series' own units; NaN where none was quoted.

    Raises
    ------
    PanelError
        If days are not unique and in order, or a quote is not positive.

    Notes
    -----
    The mean of a month with n quotes, of which r are to come, differs from `expected` by the mean
    of a random walk over the rest: of standard deviation ``s sqrt(r (r + 1) (2 r + 1) / 6) / n``,
    with s that of daily movements over the last year.
    """

    def __init__(self, table: pd.DataFrame) -> None:
        days = pd.DatetimeIndex(table.index)
        if not (days.is_monotonic_increasing and days.is_unique):
            raise PanelError("days of quotes must be in order, none of them twice; sort the table")
        values = table.astype(float)
        if odd := [str(id) for id in values if (values[id] <= 0.0).any()]:
            raise PanelError(f"got quotes of {', '.join(odd)} that are not positive; correct them")
        self.table = values.set_axis(days, axis=0)

    @classmethod
    def read(cls, path: str | PathLike[str]) -> Quotes:
        """Read a CSV with a column of days first and one a series."""
        return cls(pd.read_csv(path, index_col=0, parse_dates=True))

    def __contains__(self, id: object) -> bool:
        return id in self.table.columns

    def before(self, day: Day) -> Quotes:
        """Return the quotes that were known on a day: those of earlier days."""
        cut = object.__new__(Quotes)
        cut.table = self.table.iloc[: self.table.index.searchsorted(as_day(day))]
        return cut

    def select(self, ids: Iterable[str]) -> Quotes:
        """Return the quotes of some series, as far as there are any."""
        cut = object.__new__(Quotes)
        cut.table = self.table[[id for id in ids if id in self]]
        return cut

    def running(self, id: str, day: Day) -> RunningMonth | None:
        """Return what was known of a day's own month.

        Parameters
        ----------
        id : str
        day : day

        Returns
        -------
        RunningMonth or None
            None if the month had no quote before that day.
        """
        origin = as_day(day)
        table = self._running(id, np.array([origin], dtype="datetime64[D]"))
        if np.isnan(table[0, 0]):
            return None
        return RunningMonth(pd.Period(origin, "M"), *table[0].tolist())

    def expected(self, id: str, days: npt.NDArray[np.datetime64] | pd.DatetimeIndex) -> Floats:
        """Expected mean of each day's own month; NaN where the month had no quote by then."""
        # Without the deviation, which takes longer than all else.
        return self._running(id, np.asarray(days, dtype="datetime64[D]"), spread=False)[:, 2]

    def digest(self) -> bytes:
        """Hash of all quotes."""
        found = hashlib.sha256()
        for id in sorted(self.table.columns):
            days, quotes = self._series[id]
            found.update(id.encode() + days.tobytes() + quotes.tobytes())
        return found.digest()

    @cached_property
    def _series(self) -> dict[str, tuple[npt.NDArray[np.datetime64], Floats]]:
        columns = ((str(id), self.table[id].dropna()) for id in self.table)
        return {id: (c.index.to_numpy("datetime64[D]"), c.to_numpy()) for id, c in columns}

    def _running(self, id: str, origins: npt.NDArray[np.datetime64], spread: bool = True) -> Floats:
        """Mean so far, last quote, expected mean and its deviation, one row an origin."""
        days, quotes = self._series[id]
        total = np.concatenate([[0.0], np.cumsum(quotes)])
        start = origins.astype("datetime64[M]")
        stop = (start + 1).astype("datetime64[D]")
        begin = np.searchsorted(days, start.astype("datetime64[D]"))
        end = np.searchsorted(days, origins)
        counted = end - begin
        table = np.full((len(origins), 4), np.nan)
        known = counted > 0
        if not known.any():
            return table
        length = np.busday_count(start.astype("datetime64[D]"), stop)
        rest = np.maximum(length - counted, 0)
        sum_so_far, last = total[end] - total[begin], quotes[np.maximum(end - 1, 0)]
        months = np.maximum(counted + rest, 1)
        expected = (sum_so_far + rest * last) / months
        table[:, :3] = np.column_stack([sum_so_far / np.maximum(counted, 1), last, expected])
        if spread:
            scale = np.sqrt(rest * (rest + 1) * (2 * rest + 1) / 6.0) / months
            table[:, 3] = scale * self._moves(id, end)
        table[~known] = np.nan
        return table

    def _moves(self, id: str, ends: npt.NDArray[np.intp]) -> Floats:
        """Standard deviation of daily log movements in the year before each end."""
        moves = np.diff(np.log(self._series[id][1]))
        cuts = (moves[max(end - VOLATILITY_DAYS, 0) : max(end - 1, 0)] for end in ends.tolist())
        return np.array([cut.std() if len(cut) > 1 else 0.0 for cut in cuts])
