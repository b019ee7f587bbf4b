"""Several series in growth rates, as far as they are published: the data side of a VAR."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.days.calendar import TradeCalendar
from tradeshock.features.errors import ModelError, ShortHistoryError, StaleSeriesWarning
from tradeshock.features.panel.validation import months_of
from tradeshock.models.adjustment import calendar_columns
from tradeshock.models.algebra.conditioning import LinearConditions, level_conditions

if TYPE_CHECKING:
    from tradeshock.features.panel.panel import Panel
    from tradeshock.models.conditions import Conditions

__all__ = ["GrowthSystem", "calendar_regressors", "live_series", "refuse_early_counts"]

Floats = npt.NDArray[np.float64]


def live_series(
    panel: Panel, wanted: Sequence[str], target: Sequence[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Series of a system, targets first, and those left out for being stale.

    Parameters
    ----------
    panel : Panel
        Figures as they stood at the origin.
    wanted : sequence of str
        Series to take if their last figure is as recent as their release rule says.
    target : sequence of str
        Series to take in any case.

    Returns
    -------
    chosen, left_out : tuple of str
        Each one left out has been named by a `StaleSeriesWarning`.

    Raises
    ------
    ModelError
        If one of them counts the first days of months only.
    """
    others = [id for id in dict.fromkeys(wanted) if id not in target]
    left_out = tuple(id for id in others if panel.is_stale(id))
    for id in left_out:
        ends = str(panel.values[id].last_valid_index())
        warnings.warn(
            f"{id} is left out: its figure of {panel.expected_month(id)} should be out by "
            f"{panel.origin.date()}, but it ends in {ends}",
            StaleSeriesWarning,
            stacklevel=5,
        )
    chosen = (*target, *(id for id in others if id not in left_out))
    refuse_early_counts(panel, chosen)
    return chosen, left_out


def refuse_early_counts(panel: Panel, series: Sequence[str]) -> None:
    """Demand series of whole months.

    Raises
    ------
    ModelError
        If one of them counts the first days of months only.
    """
    for id in series:
        if panel.entry(id).flash_of is not None:
            raise ModelError(
                f"got {id}, the count of the first days of a month, as a series of a system; its "
                "place is in a bridge model such as FlashRatio"
            )


def calendar_regressors(months: pd.PeriodIndex, calendar: TradeCalendar | None) -> Floats:
    """Exogenous columns of growth: a constant, then changes of calendar effects.

    Parameters
    ----------
    months : PeriodIndex
        Consecutive months.
    calendar : TradeCalendar or None
        Working days and moving holidays; None gives the constant alone.

    Returns
    -------
    ndarray, shape (months, columns)
    """
    constant = np.ones((len(months), 1))
    if calendar is None:
        return constant
    first = int(months.asi8[0]) - 1
    span = months_of(np.arange(first, first + 1 + len(months)))
    columns = calendar_columns(span, calendar, "month")
    return np.hstack([constant, np.diff(columns, axis=0)])


@dataclass(frozen=True, eq=False)
class GrowthSystem:
    """(Log) levels of several series and their ragged edge.

    Parameters
    ----------
    series : tuple of str
        Ids of the ``n`` series.
    logs : ndarray of bool, shape (n,)
        Which are modelled in logs; the others in plain differences.
    levels : ndarray, shape (T, n)
        (Log) levels from the first month that all series have; NaN where not yet published.
    months : PeriodIndex
        The ``T`` months.
    first, last : tuple of Period
        First and last published month of each series.
    """

    series: tuple[str, ...]
    logs: npt.NDArray[np.bool_]
    levels: Floats
    months: pd.PeriodIndex
    first: tuple[pd.Period, ...]
    last: tuple[pd.Period, ...]

    @classmethod
    def read(cls, panel: Panel, series: Sequence[str]) -> GrowthSystem:
        """Take some series from a panel."""
        values = panel.figures(series)
        months = pd.PeriodIndex(panel.values.index)
        seen = ~np.isnan(values)
        first = seen.argmax(axis=0)
        last = len(values) - 1 - seen[::-1].argmax(axis=0)
        logs = np.array([panel.catalog[id].transform == "log" for id in series])
        rows = slice(int(first.max()), int(last.max()) + 1)
        levels = values[rows].copy()
        levels[:, logs] = np.log(levels[:, logs])
        return cls(
            tuple(series),
            logs,
            levels,
            months[rows],
            tuple(months[row] for row in first),
            tuple(months[row] for row in last),
        )

    @property
    def common(self) -> int:
        """Number of months that all series have."""
        return max(int((min(self.last) - max(self.first)).n) + 1, 0)

    @property
    def base(self) -> Floats:
        """(Log) levels of the last month that all series have, shape (n,)."""
        base: Floats = self.levels[self.common - 1]
        return base

    @property
    def growth(self) -> Floats:
        """Growth in the months that all series have, shape (common - 1, n)."""
        return np.diff(self.levels[: self.common], axis=0)

    @property
    def growth_months(self) -> pd.PeriodIndex:
        """Months of `growth`."""
        return self.months[1 : self.common]

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
        self, index: pd.PeriodIndex, conditions: Conditions | None, n_draws: int
    ) -> LinearConditions:
        """What is published or assumed of the months to fill: one thing to the kernel.

        Parameters
        ----------
        index : PeriodIndex
            As `ahead` gives it.
        conditions : Conditions or None
        n_draws : int
            Number of draws that values given draw by draw must have.

        Returns
        -------
        LinearConditions

        Raises
        ------
        ConditionError
            If conditions name what the system lacks, or months that are published.
        """
        known = np.full((len(index), len(self.series)), np.nan)
        sd = np.zeros(known.shape)
        edge = self.levels[self.common :]
        known[: len(edge)] = edge
        if conditions is not None:
            published = dict(zip(self.series, self.last, strict=True))
            assumed, sd = conditions.for_(
                self.series, index, n_draws, logs=self.logs.tolist(), published=published
            )
            known = np.where(np.isnan(assumed), known, assumed)
        return level_conditions(self.base, known, sd, self.series, index)

    def values(self, growth: Floats, columns: int) -> Floats:
        """Own units of the first series, from growth after the last common month.

        Parameters
        ----------
        growth : ndarray, shape (draws, T, n)
        columns : int
            How many series are wanted.

        Returns
        -------
        ndarray, shape (draws, T, columns)
        """
        return self.own_units(self.base[:columns] + np.cumsum(growth[:, :, :columns], axis=1))

    def own_units(self, levels: Floats) -> Floats:
        """Own units of the first series from their (log) levels, which are overwritten.

        Parameters
        ----------
        levels : ndarray, shape (draws, T, columns)
        """
        logs = self.logs[: levels.shape[2]]
        # Explosive systems may leave the range of floats; paths refuse what is not finite.
        with np.errstate(over="ignore"):
            levels[:, :, logs] = np.exp(levels[:, :, logs])
        return levels
