"""The chips carrier: chips and the rest in one system, whose total is the sum of their paths."""

from __future__ import annotations

from functools import lru_cache
from typing import Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.days.reading import Month
from tradeshock.features.errors import ShockError, ShortHistoryError
from tradeshock.features.panel.panel import Panel
from tradeshock.features.readings.derived import excluding
from tradeshock.models.conditions import Conditions
from tradeshock.models.paths import ForecastPaths
from tradeshock.models.systems.bvar import BayesianVAR

Floats = npt.NDArray[np.float64]
CHIPS = "exports_semiconductors_ict"
PRICE = "dram_export_price"
WEIGHT = "weight_hs8542"
DRIVERS = ("us_ip", "usdkrw", "brent", "copper")
# Beside prices, the won and copper make replays of past chip cycles worse (docs/shocks.md).
PRICE_DRIVERS = (PRICE, WEIGHT, "us_ip", "brent")


class Split:
    """A Bayesian VAR of chips and the rest with drivers, beside another model's paths.

    Its draws are put in the order of those paths, by their sum over the horizon, so that a path
    that is high there is high here. What one part does in a scenario is lent to the other model as
    a change in logs; levels stay the other model's.

    Parameters
    ----------
    system : BayesianVAR
        Fitted on chips and the rest.
    beside : ForecastPaths
        Unconditional paths of the total.
    """

    def __init__(self, system: BayesianVAR, beside: ForecastPaths) -> None:
        self.system, self.beside = system, beside
        self.chips, self.rest = system.target_
        self.steps = (beside.index[-1] - system.last_).n
        self._forecast = lru_cache(maxsize=4)(self._drawn)
        free = self.forecast(None)
        self.months = free.index
        self.at = self.months.get_indexer(beside.index)
        mine = free.values[:, self.at, :2].sum(axis=(1, 2))
        theirs = beside.draws().sum(axis=1)
        self.order = np.empty(len(mine), dtype=np.intp)
        self.order[np.argsort(theirs, kind="stable")] = np.argsort(mine, kind="stable")

    @classmethod
    def fit(cls, panel: Panel, beside: ForecastPaths, seed: int, price: bool = False) -> Self:
        """Fit on what a panel knows.

        Parameters
        ----------
        panel : Panel
            Figures as they stood at the origin.
        beside : ForecastPaths
            Unconditional paths of the total.
        seed : int
        price : bool
            Whether price and weight of chips are in the system.

        Raises
        ------
        ShockError
            If the panel has no chips, or too few months of them.
        """
        target = beside.series[0]
        wanted = PRICE_DRIVERS if price else DRIVERS
        for id in (CHIPS, *wanted[: int(price)]):
            if id not in panel or panel.values[id].isna().all():
                raise ShockError(
                    f"the panel has no figures of {id!r} on {panel.origin.date()}, without which "
                    "there is no carrier for chips; use a shock that moves other series, or add it "
                    "with Panel.with_series"
                )
        rest = f"{target}_ex_{CHIPS.removeprefix('exports_')}"
        if rest not in panel:
            panel = excluding(panel, target, CHIPS, rest)
        system = BayesianVAR(
            series=[CHIPS, rest, *(id for id in wanted if id in panel)],
            n_draws=len(beside.values),
            random_state=seed,
        )
        try:
            system.fit(panel, [CHIPS, rest])
        except ShortHistoryError as error:
            raise ShockError(f"the carrier for chips has too short a past: {error}") from error
        return cls(system, beside)

    def carried(self, conditions: Conditions) -> tuple[str, ...]:
        """Conditioned series that this system has."""
        return tuple(id for id in conditions.series if id in self.system.series_)

    def forecast(self, conditions: Conditions | None) -> ForecastPaths:
        """Paths of all series in the system's own order of draws."""
        return self._forecast(conditions or None)

    def _drawn(self, conditions: Conditions | None) -> ForecastPaths:
        return self.system.forecast(self.steps, conditions, drivers=True)

    def parts(self, conditions: Conditions | None) -> Floats:
        """Chips and the rest in the months of the other model's paths and in their order.

        Returns
        -------
        ndarray, shape (draws, steps, 2)
        """
        return self.forecast(conditions).values[self.order][:, self.at, :2]

    def levels(self, conditions: Conditions | None, total: Floats) -> Floats:
        """Parts on the level of another model's total, split as this system splits its own.

        Returns
        -------
        ndarray, shape (draws, steps, 2)
        """
        return self._levels(conditions, total)[:, self.at]

    def combined(
        self, own: Conditions, macro: Conditions | None, total: Floats
    ) -> tuple[Floats, Conditions | None]:
        """Parts under what is assumed of them and of drivers, on another model's level.

        Parameters
        ----------
        own : Conditions
            On chips, the rest and the price of chips.
        macro : Conditions or None
            On other drivers of this system.
        total : ndarray, draws by steps
            The other model's total under all that is assumed of drivers.

        Returns
        -------
        parts : ndarray, shape (draws, steps, 2)
        joint : Conditions or None
            As this system took them.
        """
        level = self.levels(macro, total)
        if not len(own):
            return level, macro
        values = self._lent(own.on((self.chips, self.rest)), macro, total)
        joint = (macro or Conditions({})) | own.on((PRICE,)) | values
        return level * self.parts(joint) / self.parts(macro), joint

    def assumed_change(self, conditions: Conditions, series: str) -> pd.Series:
        """Change of a driver against its median here without the shock, as a share, by month."""
        given = conditions.on((series,))
        free = self.forecast(None)
        draws = np.column_stack(
            [free.draws(series)[:, self.months.get_loc(month)] for _, month in given.cells]
        )
        wanted = given.resolved(draws, self.system._last())
        middle = np.median(draws, axis=0)
        change = [np.median(e.value) / m - 1.0 for e, m in zip(wanted, middle, strict=True)]
        months = pd.PeriodIndex([month for _, month in given.cells], freq="M")
        return pd.Series(change, months, dtype=float).reindex(self.beside.index, fill_value=0.0)

    def _lent(self, conditions: Conditions, macro: Conditions | None, total: Floats) -> Conditions:
        """Values of chips and the rest as this system has to take them.

        What is assumed of a part is meant on the other model's level: its `total`, split as this
        system splits its own.

        Parameters
        ----------
        conditions : Conditions
            On parts of the total.
        macro : Conditions or None
            What else holds.
        total : ndarray, draws by steps
            The other model's total under `macro`; changes are counted from the baseline's.

        Returns
        -------
        Conditions
            Values draw by draw.
        """
        cells = conditions.cells
        base = self._columns(self._levels(None, self.beside.draws()), cells)
        wanted = conditions.resolved(base, self.system._last())
        own = self._columns(self.forecast(macro).values[:, :, :2][self.order], cells)
        level = self._columns(self._levels(macro, total), cells)
        values: dict[str, dict[Month, float | Floats]] = {}
        for column, entry in enumerate(wanted):
            # In the order of the system's own draws.
            turned = np.empty(len(self.order))
            turned[self.order] = entry.value * own[:, column] / level[:, column]
            values.setdefault(entry.series, {})[entry.month] = turned
        sd: dict[str, dict[Month, float]] = {series: {} for series in wanted.series}
        for entry in wanted:
            sd[entry.series][entry.month] = entry.sd
        return Conditions(values, sd, wanted.soft)

    def assumed(self, conditions: Conditions) -> tuple[Floats, Floats]:
        """Parts without and with what is assumed of them, by arithmetic alone.

        Returns
        -------
        before, after : ndarray, shape (draws, steps, 2)
            On the other model's level; equal where nothing is assumed.
        """
        levels = self._levels(None, self.beside.draws())
        wanted = conditions.resolved(self._columns(levels, conditions.cells), self.system._last())
        before, after = levels[:, self.at], levels[:, self.at].copy()
        for entry in wanted:
            if entry.month in self.beside.index:
                step = (entry.month - self.beside.index[0]).n
                after[:, step, self.system.target_.index(entry.series)] = entry.value
        return before, after

    def _levels(self, conditions: Conditions | None, total: Floats) -> Floats:
        """Parts on the other model's level, draws by all of this system's months by parts."""
        parts = self.forecast(conditions).values[self.order][:, :, :2].copy()
        ours = parts[:, self.at].sum(axis=2)
        parts[:, self.at] *= (total / ours)[:, :, None]
        return parts

    def _columns(self, parts: Floats, cells: tuple[tuple[str, pd.Period], ...]) -> Floats:
        columns = [np.empty((len(parts), 0))]
        for series, month in cells:
            step = self.months.get_indexer(pd.PeriodIndex([month], freq="M"))
            if step[0] < 0:
                raise ShockError(
                    f"the shock assumes {series} in {month}, but its months ahead are "
                    f"{self.months[0]} to {self.months[-1]}"
                )
            columns.append(parts[:, step, self.system.target_.index(series)])
        return np.hstack(columns)
