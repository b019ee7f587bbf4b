"""(Log) levels of several series as far as they are published: the data side of every system."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.errors import ModelError, ShortHistoryError
from tradeshock.models.adjustment import CalendarAdjustment

if TYPE_CHECKING:
    from tradeshock.features.days.calendar import TradeCalendar
    from tradeshock.features.days.quotes import RunningMonth
    from tradeshock.features.panel.panel import Panel
    from tradeshock.models.conditions import Conditions

__all__ = ["SystemLevels"]

Floats = npt.NDArray[np.float64]
# Squares of larger levels, and their sums, come too near the largest number there is.
LARGEST = 1e140


@dataclass(frozen=True, eq=False)
class SystemLevels:
    """(Log) levels of several series and their ragged edge.

    Parameters
    ----------
    series : tuple of str
        Ids of the ``n`` series.
    logs : ndarray of bool, shape (n,)
        Which are modelled in logs; the others in plain values.
    levels : ndarray, shape (T, n)
        (Log) levels from the first month that all series have, net of the adjustments' effects;
        NaN where not yet published.
    months : PeriodIndex
        The ``T`` months.
    first, last : tuple of Period
        First and last published month of each series.
    adjustments : mapping of str to CalendarAdjustment
        Calendar and month effects that were taken out of seasonal series. None are in a system
        that estimates them with all else (`calendar_regressors`).
    calendar : TradeCalendar, optional
        Working days of the adjustments.
    running : mapping of str to RunningMonth
        What quotes say of the mean of a month that is not over.
    """

    series: tuple[str, ...]
    logs: npt.NDArray[np.bool_]
    levels: Floats
    months: pd.PeriodIndex
    first: tuple[pd.Period, ...]
    last: tuple[pd.Period, ...]
    adjustments: Mapping[str, CalendarAdjustment] = field(default_factory=dict)
    calendar: TradeCalendar | None = None
    running: Mapping[str, RunningMonth] = field(default_factory=dict)

    @classmethod
    def read(
        cls,
        panel: Panel,
        series: Sequence[str],
        adjusted: bool = False,
        held: Mapping[str, CalendarAdjustment] | None = None,
        quoted: bool = False,
    ) -> SystemLevels:
        """Take some series from a panel.

        Parameters
        ----------
        panel : Panel
        series : sequence of str
        adjusted : bool
            Whether calendar and month effects of seasonal series are estimated and taken out.
        held : mapping of str to CalendarAdjustment, optional
            Effects that are taken out as they are. Default: all are estimated here.
        quoted : bool
            Whether the panel's quotes of running months are read.

        Raises
        ------
        PanelError
            If nothing of a series was out at the panel's origin.
        ModelError
            If levels that are not modelled in logs are too large to be squared.
        """
        values = panel.figures(series)
        months = pd.PeriodIndex(panel.values.index)
        seen = ~np.isnan(values)
        for i in np.flatnonzero(~seen.any(axis=0)).tolist():
            panel.last_month(series[i])  # says why that is refused
        first = seen.argmax(axis=0)
        last = len(values) - 1 - seen[::-1].argmax(axis=0)
        logs = np.array([panel.catalog[id].transform == "log" for id in series])
        # Each series lies in a row of memory, so that sums over its months are pairwise.
        levels = values.copy(order="F")
        levels[:, logs] = np.log(levels[:, logs])
        for i in np.flatnonzero(np.nanmax(np.abs(levels), axis=0) > LARGEST).tolist():
            raise ModelError(
                f"got {series[i]} with levels of up to {np.nanmax(np.abs(levels[:, i])):.3g}, "
                "whose squares are too large to reckon with; give it in a larger unit"
            )
        adjustments = {}
        for i, id in enumerate(series):
            if adjusted and logs[i] and panel.catalog[id].adjustment == "NSA":
                effects = (
                    CalendarAdjustment().fit(panel.series(id), panel.calendar)
                    if held is None
                    else held[id].with_figures(panel.series(id), panel.calendar)
                )
                levels[first[i] : last[i] + 1, i] = effects.adjusted_
                adjustments[id] = effects
        rows = slice(int(first.max()), int(last.max()) + 1)
        return cls(
            tuple(series),
            logs,
            levels[rows],
            months[rows],
            tuple(months[row] for row in first),
            tuple(months[row] for row in last),
            adjustments,
            panel.calendar,
            _running(panel, series, last) if quoted else {},
        )

    @property
    def frame(self) -> pd.DataFrame:
        """`levels` as a table."""
        return pd.DataFrame(self.levels, self.months, list(self.series))

    @property
    def common(self) -> int:
        """Number of months that all series have."""
        return max(int((min(self.last) - max(self.first)).n) + 1, 0)

    @property
    def complete(self) -> Floats:
        """(Log) levels of the months that all series have, shape (common, n)."""
        return self.levels[: self.common]

    @property
    def growth_by_series(self) -> dict[str, Floats]:
        """Changes of each series in the months that all have."""
        return dict(zip(self.series, np.diff(self.complete, axis=0).T, strict=True))

    @property
    def complete_months(self) -> pd.PeriodIndex:
        """Months that all series have."""
        return self.months[: self.common]

    @property
    def base(self) -> Floats:
        """(Log) levels of the last month that all series have, shape (n,)."""
        base: Floats = self.levels[self.common - 1]
        return base

    @property
    def growth(self) -> Floats:
        """Growth in the months that all series have, shape (common - 1, n)."""
        return np.diff(self.complete, axis=0)

    def refuse_fewer_than(self, needed: int) -> None:
        """Demand so many months that all series have.

        Raises
        ------
        ShortHistoryError
            Naming the series that starts last and the one that ends first.
        """
        if self.common >= needed:
            return
        late, early = self.first.index(max(self.first)), self.last.index(min(self.last))
        raise ShortHistoryError(
            f"a system of {len(self.series)} series needs {needed} months that all of them have, "
            f"got {self.common} ({self.series[late]} starts in {self.first[late]}, "
            f"{self.series[early]} ends in {self.last[early]}); use fewer series or lags, or "
            "longer series"
        )

    def ahead(self, until: pd.Period, conditions: Conditions | None) -> pd.PeriodIndex:
        """Months to fill: from the first that some series lacks to the last one wanted.

        Published months and conditions after `until` move those before it, so they are included.
        """
        ends = [until, *self.last]
        if conditions is not None and conditions.last_month is not None:
            ends.append(conditions.last_month)
        return pd.period_range(min(self.last) + 1, max(ends), freq="M")

    def known(
        self,
        index: pd.PeriodIndex,
        conditions: Conditions | None,
        n_draws: int,
        rng: np.random.Generator | None = None,
    ) -> tuple[Floats, Floats]:
        """What is published or assumed of the months to fill: one thing to the kernel.

        Parameters
        ----------
        index : PeriodIndex
            As `ahead` gives it.
        conditions : Conditions or None
        n_draws : int
            Number of draws that values given draw by draw must have.
        rng : Generator, optional
            Draws what is still to be quoted of running months; None takes what is expected.

        Returns
        -------
        known : ndarray, shape (T, n) or (draws, T, n)
            (Log) levels net of effects, NaN where the future is free.
        sd : ndarray, shape (T, n)
            Standard deviations of soft conditions, 0 elsewhere.

        Raises
        ------
        ConditionError
            If conditions name what the system lacks, or months that are published.
        """
        published = np.full((len(index), len(self.series)), np.nan)
        edge = self.levels[self.common :]
        published[: len(edge)] = edge
        published = self._with_running(published, index, n_draws, rng)
        if conditions is None:
            return published, np.zeros(published.shape[-2:])
        assumed, sd = self.assumed(index, conditions, n_draws)
        return np.where(np.isnan(assumed), published, assumed), sd

    def _with_running(
        self,
        published: Floats,
        index: pd.PeriodIndex,
        n_draws: int,
        rng: np.random.Generator | None,
    ) -> Floats:
        """Add means of running months; each draw its own, as far as they are still to be quoted."""
        running = [(id, m) for id, m in self.running.items() if m.month in index]
        if not running:
            return published
        if rng is not None:
            published = np.tile(published, (n_draws, 1, 1))
        for id, month in running:
            noise = 0.0 if rng is None else month.sd * rng.standard_normal(n_draws)
            row, column = index.get_loc(month.month), self.series.index(id)
            published[..., row, column] = np.log(month.expected) + noise
        return published

    def assumed(
        self, index: pd.PeriodIndex, conditions: Conditions, n_draws: int
    ) -> tuple[Floats, Floats]:
        """What is assumed alone; parameters, arrays and errors as of `known`."""
        values, sd = conditions.for_(
            self.series,
            index,
            n_draws,
            logs=self.logs.tolist(),
            published=dict(zip(self.series, self.last, strict=True)),
        )
        return values - self.effects(index), sd

    def effects(self, months: pd.PeriodIndex) -> Floats:
        """Calendar and month effects, log points, months by series; zero where there are none."""
        table = np.zeros((len(months), len(self.series)))
        for column, id in enumerate(self.series):
            if id in self.adjustments:
                assert self.calendar is not None
                table[:, column] = self.adjustments[id].effect(months, self.calendar)
        return table

    def own_units(self, levels: Floats, months: pd.PeriodIndex | None = None) -> Floats:
        """Own units of the first series from their (log) levels net of effects.

        Parameters
        ----------
        levels : ndarray, shape (draws, T, columns)
            Of as many of the first series as wanted; overwritten.
        months : PeriodIndex, optional
            The ``T`` months; needed where there are adjustments.

        Returns
        -------
        ndarray, shape (draws, T, columns)
        """
        wanted = levels.shape[2]
        if self.adjustments:
            assert months is not None
            levels = levels + self.effects(months)[:, :wanted]
        logs = self.logs[:wanted]
        # Explosive systems may leave the range of floats; paths refuse what is not finite.
        with np.errstate(over="ignore"):
            if logs.all():
                return np.exp(levels, out=levels)
            levels[:, :, logs] = np.exp(levels[:, :, logs])
        return levels


def _running(
    panel: Panel, series: Sequence[str], last: npt.NDArray[np.intp]
) -> dict[str, RunningMonth]:
    """What quotes say of months of which no mean is published."""
    found: dict[str, RunningMonth] = {}
    for id, row in zip(series, last.tolist(), strict=True):
        if panel.quotes is None or id not in panel.quotes or panel.catalog[id].transform != "log":
            continue
        month = panel.quotes.running(id, panel.origin)
        if month is not None and month.month > panel.months[row]:
            found[id] = month
    return found
