"""What all systems of several series share, and the linear system under the autoregressions."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.models.algebra.conditioning import GaussianFuture, conditional_shift
from tradeshock.models.algebra.linear_conditions import LinearConditions, Soft
from tradeshock.models.base import Model
from tradeshock.models.systems.cells import columns_of, refuse_wrong_cells
from tradeshock.models.systems.levels import SystemLevels

if TYPE_CHECKING:
    from tradeshock.models.assumptions.entries import Cell
    from tradeshock.models.conditions import Conditions

__all__ = ["LinearSystem", "System", "left_out_notes"]

Floats = npt.NDArray[np.float64]


LEFT_OUT = "left out as stale: "


def left_out_notes(left_out: tuple[str, ...]) -> tuple[str, ...]:
    """Note of series that were too old for a system; none where there are none."""
    return (f"{LEFT_OUT}{', '.join(left_out)}",) if left_out else ()


class System(Model):
    """Several series that move together.

    Attributes
    ----------
    series_ : tuple of str
        Series of the system, targets first.
    left_out_ : tuple of str
        Series that were too old.
    levels_ : SystemLevels
        Their (log) levels, the ragged edge, months ahead, and the way back to own units.
    """

    series_: tuple[str, ...]
    left_out_: tuple[str, ...]
    levels_: SystemLevels

    @abstractmethod
    def law(self, steps: int) -> GaussianFuture:
        """Joint normal law of the values that the system models, its parameters held for certain.

        Parameters
        ----------
        steps : int
            Months after the target's last published one.
        """

    def _inputs(self) -> Iterable[str]:
        return (*self.series_, *self.left_out_)

    def _notes(self, conditions: Conditions | None) -> tuple[str, ...]:
        return left_out_notes(self.left_out_)


class LinearSystem(System):
    """A vector autoregression of several series, of their growth or of their (log) levels.

    The values that it models follow ``z_t = d_t + A_1 z_{t-1} + ... + A_p z_{t-p} + e_t``. What is
    published of some series only, and what is assumed, are conditions on their joint future. A
    subclass learns in `_fit` and says what its values are; forecasts, laws and shifts under
    conditions are made here.

    Attributes
    ----------
    coefs_ : ndarray, shape (p, n, n)
        ``coefs_[l]`` multiplies values ``l + 1`` months ago.
    """

    takes_conditions = True
    coefs_: Floats

    # -- what a subclass says -----------------------------------------------------------------

    @property
    @abstractmethod
    def covariance_(self) -> Floats:
        """Covariance of a month's innovations, shape (n, n)."""

    @property
    @abstractmethod
    def past(self) -> Floats:
        """Last values of the months that all series have, oldest first, shape (p, n)."""

    @abstractmethod
    def drift(self, months: pd.PeriodIndex) -> Floats:
        """Deterministic part of the values of some months, shape (T, n)."""

    @abstractmethod
    def draws(self, months: pd.PeriodIndex, rng: np.random.Generator) -> Floats:
        """Draws of the months ahead whatever is published or assumed, shape (n_draws, T, n)."""

    @abstractmethod
    def _linear(
        self, known: Floats, sd: Floats, months: pd.PeriodIndex, soft: Soft
    ) -> LinearConditions:
        """Conditions on (log) levels as conditions on values."""

    @abstractmethod
    def _levels_of(self, values: Floats) -> Floats:
        """(Log) levels net of effects from values, draws by months ahead by series."""

    @abstractmethod
    def _change_of_levels(self, change: Floats) -> Floats:
        """Change of (log) levels from a change of values."""

    # -- forecasts and laws -------------------------------------------------------------------

    def law(self, steps: int, conditions: Conditions | None = None) -> GaussianFuture:
        """Joint normal law of the system's values, given what is published and assumed.

        Parameters
        ----------
        steps : int
            Months after the target's last published one.
        conditions : Conditions, optional
            Assumed future values, the same for all draws.

        Returns
        -------
        GaussianFuture
            Of the months after the last one that all series have; mean of shape (T, n), in the
            values that the system models. Its parameters are held for certain.
        """
        self._check_fitted()
        index = self._index(steps, conditions)
        future = GaussianFuture.from_var(
            self.coefs_, self.past, self.drift(index), self.covariance_
        )
        return future.conditioned(self._known(index, conditions, drawn=False))

    def conditional_shift(self, steps: int, conditions: Conditions) -> Floats:
        """Conditional minus unconditional forecast, draw by draw.

        What models without future drivers add to their own paths.

        Parameters
        ----------
        steps : int
            Months after the target's last published one.
        conditions : Conditions
            Assumed future values.

        Returns
        -------
        ndarray, shape (n_draws, steps, targets)
            In log points for targets modelled in logs, else in their own unit.
        """
        bound, free = self.forecast(steps, conditions).values, self.forecast(steps).values
        shift = bound - free
        logs = self.levels_.logs[: len(self.target_)]
        shift[:, :, logs] = np.log(bound[:, :, logs] / free[:, :, logs])
        return shift

    def steer(self, values: Floats, conditions: Conditions) -> Floats:
        """Move another model's paths of the first target as this system moves under conditions.

        For models that contain no future drivers. The other model's draws take the place of this
        system's own target; the joint correction of the kernel is then added to them. Conditions
        on the target are met by every path. (`conditional_shift` is the shift of this system's
        own target, which leaves another model's paths off a condition on the target.)

        Parameters
        ----------
        values : ndarray, shape (n_draws, steps)
            Paths in the target's own unit.
        conditions : Conditions
            Assumed future values of series of this system.

        Returns
        -------
        ndarray, shape (n_draws, steps)
        """
        index, _, shift = self._steered(values, conditions)
        at = index.get_indexer(self._ahead(values.shape[1]))
        change = self._change_of_levels(shift)[:, at, 0]
        return np.asarray(values * np.exp(change) if self.levels_.logs[0] else values + change)

    def steered_draws(
        self, values: Floats, conditions: Conditions | None, until: pd.Period
    ) -> tuple[Floats, pd.PeriodIndex]:
        """Draws of all series of this system beside another model's paths of the first target.

        Parameters
        ----------
        values : ndarray, shape (n_draws, steps)
            As in `steer`.
        conditions : Conditions or None
            As in `steer`.
        until : Period
            Last month, if it is after those of `values`.

        Returns
        -------
        draws : ndarray, shape (n_draws, T, n)
            In own units, the first series steered.
        months : PeriodIndex
            From the first month that some series lacks.
        """
        index, draws, shift = self._steered(values, conditions, until)
        return self.levels_.own_units(self._levels_of(draws + shift), index), index

    def _steered(
        self, values: Floats, conditions: Conditions | None, until: pd.Period | None = None
    ) -> tuple[pd.PeriodIndex, Floats, Floats]:
        """Months, draws with another model's paths in the place of the target, and their shift."""
        self._check_fitted()
        ahead = self._ahead(values.shape[1])
        last = ahead[-1] if until is None else max(ahead[-1], until)
        index = self._index((last - self.last_).n, conditions)
        own = np.log(values) if self.levels_.logs[0] else values
        beside = np.full((len(values), len(index), len(self.series_)), np.nan)
        beside[:, index.get_indexer(ahead), 0] = own - self.levels_.effects(ahead)[:, 0]
        theirs = self._linear(beside, np.zeros(beside.shape[1:]), index, "observation")
        if conditions is None:
            assumed = theirs.where(np.zeros(len(theirs), dtype=bool))
        else:
            known, sd = self.levels_.assumed(index, conditions, self.n_draws)
            assumed = self._linear(known, sd, index, conditions.soft)
        return index, *self._steering(index, theirs, assumed, self._certain(index, conditions))

    def _certain(self, index: pd.PeriodIndex, conditions: Conditions | None) -> LinearConditions:
        """What no condition can move: means of running months are, where they are assumed."""
        known, sd = self.levels_.known(index, None, self.n_draws)
        if conditions is not None:
            values, _ = self.levels_.assumed(index, conditions, self.n_draws)
            assumed = ~np.isnan(values.reshape(-1, *known.shape)).all(axis=0)
            known = np.where(assumed, np.nan, known)
        return self._linear(known, sd, index, "observation")

    def _steering(
        self,
        index: pd.PeriodIndex,
        theirs: LinearConditions,
        assumed: LinearConditions,
        certain: LinearConditions,
    ) -> tuple[Floats, Floats]:
        """Draws whose first series is another model's, and their shift under conditions.

        What the other model expects of the target moves what is expected of the other series.
        """
        published = self._known(index, None)
        future, rng = self._future(index), self._rng()
        draws = self.draws(index, rng)
        draws = draws + conditional_shift(future, draws, published, rng)
        law = future.conditioned(certain)
        draws = draws + conditional_shift(law, draws, theirs, rng)
        return draws, conditional_shift(law, draws, assumed, self._steering_rng())

    def _steering_rng(self) -> np.random.Generator:
        return self._own_rng(1)

    def _own_rng(self, purpose: int) -> np.random.Generator:
        """Random numbers of the origin that do not move the others."""
        return np.random.default_rng([self.random_state, self.panel_.origin.toordinal(), purpose])

    def _paths(self, steps: int, rng: np.random.Generator, conditions: Conditions | None) -> Floats:
        return self._of_series(len(self.target_), steps, rng, conditions)

    def _system_paths(
        self, steps: int, rng: np.random.Generator, conditions: Conditions | None
    ) -> tuple[Floats, tuple[str, ...]]:
        return self._of_series(len(self.series_), steps, rng, conditions), self.series_

    def _of_series(
        self, columns: int, steps: int, rng: np.random.Generator, conditions: Conditions | None
    ) -> Floats:
        """Paths of the first series in their own units."""
        index = self._index(steps, conditions)
        values = self._conditional_draws(index, self._known(index, conditions), rng)
        at = index.get_indexer(self._ahead(steps))
        levels = self._levels_of(values[:, :, :columns])[:, at]
        return self.levels_.own_units(levels, self._ahead(steps))

    def _conditional_draws(
        self, index: pd.PeriodIndex, known: LinearConditions, rng: np.random.Generator
    ) -> Floats:
        """Draws of the months ahead that meet what is published and assumed."""
        draws = self.draws(index, rng)
        return draws + conditional_shift(self._future(index), draws, known, rng)

    def _index(self, steps: int, conditions: Conditions | None) -> pd.PeriodIndex:
        return self.levels_.ahead(self.last_ + steps, conditions)

    def _known(
        self, index: pd.PeriodIndex, conditions: Conditions | None, drawn: bool = True
    ) -> LinearConditions:
        """What is published or assumed; means of running months draw by draw, or as expected."""
        rng = self._own_rng(2) if drawn else None
        known, sd = self.levels_.known(index, conditions, self.n_draws, rng)
        soft = "observation" if conditions is None else conditions.soft
        return self._linear(known, sd, index, soft)

    def _future(self, index: pd.PeriodIndex) -> GaussianFuture:
        """Law whose gains meet hard conditions."""
        return GaussianFuture.from_var(self.coefs_, self.past, self.drift(index), self.covariance_)

    def _lacking(self, conditions: Conditions) -> tuple[str, ...]:
        return tuple(id for id in conditions.series if id not in self.series_)

    def _cell_draws(
        self, cells: Sequence[Cell], steps: int, conditions: Conditions | None
    ) -> Floats:
        refuse_wrong_cells(self.panel_, self.series_, cells)
        until = max([self.last_ + steps, *(month for _, month in cells)])
        index = self._index((until - self.last_).n, conditions)
        values = self._conditional_draws(index, self._known(index, conditions), self._rng())
        drawn = self.levels_.own_units(self._levels_of(values), index)
        return columns_of(drawn, index[0], self.series_, cells)
