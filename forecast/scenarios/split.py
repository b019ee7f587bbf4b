"""The chips carrier: chips and the rest in one system, whose total is the sum of their paths."""

from __future__ import annotations

from functools import lru_cache
from typing import Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.errors import PanelError, ShockError, ShortHistoryError
from tradeshock.features.panel.panel import Panel
from tradeshock.features.readings.derived import excluding
from tradeshock.forecast.exposure.groups import CHIPS
from tradeshock.forecast.scenarios.arithmetic import refuse_no_part
from tradeshock.models.conditions import Conditions
from tradeshock.models.paths import ForecastPaths
from tradeshock.models.systems.bvar import BayesianVAR

Floats = npt.NDArray[np.float64]
PRICE = "dram_export_price"
WEIGHT = "weight_hs8542"
DRIVERS = ("us_ip", "usdkrw", "brent", "copper")
# Beside prices, the won and copper make replays of past chip cycles worse (docs/shocks.md).
PRICE_DRIVERS = (PRICE, WEIGHT, "us_ip", "brent")


class Split:
    """A Bayesian VAR of chips and the rest with drivers, beside another model's paths.

    Its draws are put in the order of those paths, month by month by the rank of their sum (Clark et
    al. 2004), so that a path that is high there is high here. How the parts move in a scenario is
    lent to the other model as changes in logs.

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
        mine = free.values[:, self.at, :2].sum(axis=2)
        self.order = np.empty(mine.shape, dtype=np.intp)
        ranked = beside.draws().argsort(axis=0, kind="stable")
        np.put_along_axis(self.order, ranked, mine.argsort(axis=0, kind="stable"), axis=0)

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
            If the panel has no chips, or too few months of them, or they are no part of the total.
        """
        target = beside.series[0]
        refuse_no_part(panel, CHIPS, target)
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
            try:
                panel = excluding(panel, target, CHIPS, rest)
            except PanelError as error:
                raise ShockError(f"there is no carrier for chips: {error}") from error
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
        drawn = self.forecast(conditions).values[:, self.at, :2]
        return np.take_along_axis(drawn, self.order[:, :, None], axis=0)

    def levels(self, conditions: Conditions | None, total: Floats) -> Floats:
        """Another model's total, split as this system splits its own.

        Returns
        -------
        ndarray, shape (draws, steps, 2)
        """
        parts = self.parts(conditions)
        scaled: Floats = parts * (total / parts.sum(axis=2))[:, :, None]
        return scaled

    def combined(
        self, own: Conditions, macro: Conditions | None, total: Floats
    ) -> tuple[Floats, Conditions | None]:
        """Parts of another model's total under what is assumed of chips and of drivers.

        Each part moves in logs as here, beyond what drivers do to it here; so their sum moves as
        the sum of this system's parts does.

        Parameters
        ----------
        own : Conditions
            On chips and their price.
        macro : Conditions or None
            On other drivers of this system.
        total : ndarray, draws by steps
            The other model's total under all that is assumed of drivers.

        Returns
        -------
        parts : ndarray, shape (draws, steps, 2)
        joint : Conditions or None
            As this system was asked.
        """
        level = self.levels(macro, total)
        if not len(own):
            return level, macro
        joint = (macro or Conditions({})) | own
        return level * self.parts(joint) / self.parts(macro), joint

    def chips_assumed(
        self, conditions: Conditions, joint: Conditions | None, total: Floats
    ) -> Floats:
        """Share times size of chips in the months in which something is assumed of them, else 0.

        Parameters
        ----------
        conditions : Conditions
            All that is assumed.
        joint : Conditions or None
            As this system was asked.
        total : ndarray, draws by steps
            The other model's total without a shock.

        Returns
        -------
        ndarray, shape (steps,)
            Medians, in the unit of `total`.
        """
        change = self.parts(joint)[..., 0] / self.parts(None)[..., 0] - 1.0
        amounts = np.median(self.levels(None, total)[..., 0] * change, axis=0)
        months = {month for _, month in conditions.on((self.chips,)).cells}
        return np.where([month in months for month in self.beside.index], amounts, 0.0)

    def gap(self, total: Floats) -> float:
        """By how much this system's total passes the other model's in the last month, in logs."""
        own = self.parts(None).sum(axis=2)[:, -1]
        return float(np.log(np.median(own) / np.median(total[:, -1])))

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
