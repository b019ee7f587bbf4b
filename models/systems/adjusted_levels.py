"""Several series as (log) levels net of calendar and month effects, as far as they are out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.days.calendar import TradeCalendar
from tradeshock.features.errors import ShortHistoryError
from tradeshock.features.panel.panel import Panel
from tradeshock.models.adjustment import CalendarAdjustment

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class AdjustedLevels:
    """What a system in levels starts from.

    Parameters
    ----------
    frame : DataFrame
        (Log) levels from the first month that all series have, NaN where not published yet.
        Seasonal series are net of effects.
    logs : ndarray of bool
        Which series are in logs.
    adjustments : dict of str to CalendarAdjustment
        Of the seasonal series.
    calendar : TradeCalendar
    """

    frame: pd.DataFrame
    logs: npt.NDArray[np.bool_]
    adjustments: dict[str, CalendarAdjustment]
    calendar: TradeCalendar

    @classmethod
    def read(
        cls,
        panel: Panel,
        series: Sequence[str],
        needed: int,
        held: Mapping[str, CalendarAdjustment] | None = None,
    ) -> AdjustedLevels:
        """Read series from a panel.

        Parameters
        ----------
        panel : Panel
        series : sequence of str
        needed : int
            Months that all of them must have.
        held : mapping of str to CalendarAdjustment, optional
            Effects that are taken as they are. Default: all are estimated here.

        Raises
        ------
        ShortHistoryError
            If fewer than `needed` months have all of them.
        """
        logs = np.array([panel.catalog[id].transform == "log" for id in series])
        adjustments: dict[str, CalendarAdjustment] = {}
        columns = {}
        for id, in_logs in zip(series, logs, strict=True):
            values = panel.series(id)
            if in_logs and panel.catalog[id].adjustment == "NSA":
                adjustments[id] = (
                    CalendarAdjustment().fit(values, panel.calendar)
                    if held is None
                    else held[id].with_figures(values, panel.calendar)
                )
                columns[id] = adjustments[id].adjusted_
            else:
                columns[id] = np.log(values) if in_logs else values
        frame = pd.DataFrame(columns)
        complete = frame.dropna()
        if len(complete) < needed:
            raise ShortHistoryError(
                f"{', '.join(series)} have {len(complete)} months in common by "
                f"{panel.origin.date()}, needed are {needed}; use fewer or longer series, or "
                "fewer lags"
            )
        return cls(frame.loc[complete.index[0] :], logs, adjustments, panel.calendar)

    @property
    def complete(self) -> pd.DataFrame:
        """Months that all series have."""
        return self.frame.dropna()

    def effects(self, months: pd.PeriodIndex) -> Floats:
        """Calendar and month effects, log points, months by series; zero where there are none."""
        table = np.zeros((len(months), len(self.logs)))
        for column, id in enumerate(self.frame.columns):
            if id in self.adjustments:
                table[:, column] = self.adjustments[id].effect(months, self.calendar)
        return table

    def own_units(self, levels: Floats, months: pd.PeriodIndex) -> Floats:
        """Paths of the first series in their own units from their (log) levels net of effects.

        Parameters
        ----------
        levels : ndarray, draws by months by series
            Of as many of the first series as wanted.
        months : PeriodIndex
        """
        wanted = levels.shape[2]
        full = levels + self.effects(months)[:, :wanted]
        logs = self.logs[:wanted]
        return np.where(logs, np.exp(np.where(logs, full, 0.0)), full)
