"""Forecasts corrected by what their past errors had in common with an indicator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.panel.panel import FLASH_STATES, Panel
from tradeshock.models.base import Model
from tradeshock.models.conditions import Conditions
from tradeshock.models.parameters import Rules, ids, model, optional, positive, whole
from tradeshock.models.paths import ForecastPaths
from tradeshock.models.pools.combination import Combination
from tradeshock.models.pools.error_slopes import (
    corrections_pay,
    expanding_slopes,
    known_counts,
)
from tradeshock.models.pools.known_growth import growth_as_known
from tradeshock.models.pools.single import SingleWrapper
from tradeshock.models.pools.steps import carried_on, covered
from tradeshock.models.record.record import Record

if TYPE_CHECKING:
    from tradeshock.models.assumptions.entries import Cell

Floats = npt.NDArray[np.float64]


class BiasCorrection(SingleWrapper):
    """One model's forecasts less the part of their error that an indicator's growth foretells.

    The record's past errors of each step, ``100 log(actual / median)``, are regressed on how much
    the indicators had grown as it was known at the forecasts' origins: through the origin, so that
    no growth means no correction, with a ridge prior worth `prior` months of no relation, on all
    outcomes known by the origin. The whole distribution of a step moves by what the regression
    expects of its error, so ranks, spread and dependence of the draws stay.

    Each January it is decided for the year, step by step, whether to correct: where past
    corrections, each made from what was known then, have made the squared error smaller over at
    least `trial` months. Before that, and where no indicator is known, the forecast is the
    member's, and so is the running month where its early count is out: the count has spoken.
    Steps beyond those of the record are corrected as its last step.

    What is assumed of the target itself is assumed of the corrected forecast.

    Parameters
    ----------
    member : Model, optional
        The model to correct. Default: `Combination()`.
    series : tuple of str
        Indicators, as far as the panel has them. Default: the revenue of a maker of memory chips,
        which leads the chip cycle.
    months : int
        Over how many months their growth is taken.
    prior : float
        Months that the prior is worth.
    trial : int
        Past corrections that must be known before one is made.
    n_draws : int
        Sample paths of the default member; those of a member that is given are its own.
    random_state : int
        Kept with the forecast.

    Attributes
    ----------
    corrections_ : DataFrame
        Of the last forecast, steps by targets, log points.
    slopes_ : DataFrame
        Of the last forecast and its last target, steps by indicators: log points of error for one
        log point of growth; 0 where it was decided not to correct.

    Notes
    -----
    Regression of forecast errors on what was known is Mincer and Zarnowitz's (1969) test of
    efficiency turned into use; in meteorology it is known as model output statistics.
    """

    rules: ClassVar[Rules] = {
        "member": optional(model()),
        "series": ids(),
        "months": whole(1, 120),
        "prior": positive(),
        "trial": whole(1),
    }

    scale_tolerance = 1e-3

    def __init__(
        self,
        member: Model | None = None,
        series: Sequence[str] = ("nanya_revenue",),
        months: int = 3,
        prior: float = 24.0,
        trial: int = 24,
        n_draws: int = 1000,
        random_state: int = 0,
    ) -> None:
        self.member = member
        self.series = series
        self.months = months
        self.prior = prior
        self.trial = trial
        self.n_draws = n_draws
        self.random_state = random_state

    def default_member(self) -> Model:
        """See the class."""
        return Combination(n_draws=self.n_draws, random_state=self.random_state)

    def combine(
        self, forecasts: Sequence[ForecastPaths], record: Record, panel: Panel
    ) -> ForecastPaths:
        """Move the member's draws by the error that is expected of them (see the class)."""
        paths = forecasts[0]
        moved = self._corrections(
            paths.model, paths.series, paths.state, paths.index, record, panel
        )
        values = paths.values * np.exp(moved / 100.0)
        return replace(paths, values=values, notes=(*paths.notes, *self._said(moved)))

    def _said(self, moved: Floats) -> tuple[str, ...]:
        """Note of how far the forecast moved and why; none where it did not."""
        if not moved.any():
            return ()
        shares = 100.0 * np.expm1(moved / 100.0)
        return (
            f"corrected by {shares.min():+.1f} to {shares.max():+.1f} % for how "
            f"{', '.join(self.series)} had grown over {self.months} months, by past errors",
        )

    def _corrections(
        self,
        member: str,
        targets: Sequence[str],
        state: str,
        months: pd.PeriodIndex,
        record: Record,
        panel: Panel,
    ) -> Floats:
        """Expected errors of the member's forecast at the panel's origin, steps by targets."""
        steps, found = len(months), []
        for target in targets:
            slopes = self._slopes(member, target, state, steps, record, panel)
            now = growth_as_known(panel, self.series, [panel.origin], self.months)[0]
            found.append(slopes @ np.where(np.isnan(now), 0.0, now))
            step = pd.RangeIndex(1, steps + 1, name="step")
            self.slopes_ = pd.DataFrame(slopes, step, pd.Index(self.series))
        table = np.column_stack(found)
        self.corrections_ = pd.DataFrame(table, step, pd.Index(targets))
        return table

    def _slopes(
        self, member: str, target: str, state: str, steps: int, record: Record, panel: Panel
    ) -> Floats:
        """Slopes of this origin, steps by indicators; 0 where it was decided not to correct."""
        origins, table = record.arrays(("actual", "q50"), member, target, state)
        recorded = covered(steps, table["actual"].shape[1])
        slopes = np.zeros((max(recorded, 1), len(self.series)))
        if recorded and len(origins):
            errors = 100.0 * np.log(table["actual"] / table["q50"])
            known_on = record.known_on(member, target, state)
            growth = growth_as_known(panel, self.series, list(origins), self.months)
            january = _january(panel.origin, record)
            for step in range(1 if state in FLASH_STATES else 0, recorded):
                days = np.array([*origins, january], dtype="datetime64[ns]")
                counts = known_counts(known_on[:, step], days)
                # The last one takes all outcomes that the record has by now.
                counts[-1], decided = len(origins), counts[-1]
                past = expanding_slopes(growth, errors[:, step], counts, self.prior)
                if corrections_pay(growth, errors[:, step], past[:-1], decided, self.trial):
                    slopes[step] = past[-1]
        return carried_on(slopes, steps)

    # -- conditions -----------------------------------------------------------------------------

    def asked_of_members(self, steps: int, conditions: Conditions | None) -> Conditions | None:
        """What is assumed of the target is assumed of the corrected forecast."""
        if conditions is not None and set(self.target_) & set(conditions.series):
            return conditions.scaled(self._member_per_corrected(steps), self._last())
        return conditions

    def _cell_draws(
        self, cells: Sequence[Cell], steps: int, conditions: Conditions | None
    ) -> Floats:
        factors = self._member_per_corrected(steps)
        if conditions is not None:
            conditions = conditions.scaled(factors, self._last())
        draws = super()._cell_draws(cells, steps, conditions)
        shares = [factors.get(cell, 1.0) for cell in cells]
        return np.asarray(draws / np.array(shares))

    def _member_per_corrected(self, steps: int) -> dict[Cell, float]:
        """The member's forecast as a share of the corrected one, by target and month."""
        months = self._ahead(steps)
        record = self._known(self.fitted_on_.origin)
        name = self.members_[0].name
        moved = self._corrections(name, self.target_, self.state_, months, record, self.panel_)
        return {
            (target, month): float(np.exp(-moved[step, column] / 100.0))
            for column, target in enumerate(self.target_)
            for step, month in enumerate(months)
        }


def _january(origin: pd.Timestamp, record: Record) -> pd.Timestamp:
    """Day of the year's decisions; the record's own where it is held while figures go on."""
    ends = origin if record.origin is None else min(origin, record.origin)
    return pd.Timestamp(ends.year, 1, 1)
