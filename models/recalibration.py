"""Intervals that learn from their own misses, around any model's paths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from tradeshock.models.base import Model
from tradeshock.models.combination import Combination
from tradeshock.models.paths import ForecastPaths
from tradeshock.models.record import Record
from tradeshock.models.wrapper import Wrapper

Floats = npt.NDArray[np.float64]
INTERVALS = {0.5: ("q25", "q75"), 0.8: ("q10", "q90"), 0.9: ("q05", "q95"), 0.95: ("q025", "q975")}


class Recalibration(Wrapper):
    """Online recalibration of one model's marginal distributions, order of its draws kept.

    For each step and each of the 50, 80, 90 and 95 % intervals a factor stretches or shrinks the
    distance from the median (in logs). After every outcome that becomes known the factor moves up
    if the interval missed and down if it held, in proportion to its nominal rates: adaptive
    conformal inference (Gibbs and Candès 2021) with steps that shrink to a floor (Angelopoulos,
    Barber and Bates 2024). Draws between two levels take an interpolated factor; the median and
    the rank of every draw stay, so the forecast remains one joint distribution.

    Parameters
    ----------
    member : Model, optional
        The model to recalibrate. Default: `Combination()`, which makes `Recalibration()` the
        default forecaster of the package.
    rate : float
        First step of the log factor; later ones shrink with the square root of the count.
    floor : float
        Smallest step.
    n_draws : int
        Sample paths of the default member; those of a member that is given are its own.
    random_state : int
        Kept with the forecast.

    Attributes
    ----------
    factors_ : ndarray, shape (steps, 4)
        Factors of the last forecast.
    """

    scale_tolerance = 1e-3

    def __init__(
        self,
        member: Model | None = None,
        rate: float = 0.3,
        floor: float = 0.05,
        n_draws: int = 1000,
        random_state: int = 0,
    ) -> None:
        self.member = member
        self.rate = rate
        self.floor = floor
        self.n_draws = n_draws
        self.random_state = random_state

    @property
    def members(self) -> Sequence[Model] | None:  # type: ignore[override]
        """The member alone; None for the default one."""
        return None if self.member is None else (self.member,)

    @property
    def parts(self) -> tuple[Model, ...]:
        """The member, as it is before it is fitted."""
        if self.member is not None:
            return super().parts
        return (Combination(n_draws=self.n_draws, random_state=self.random_state),)

    def combine(self, forecasts: Sequence[ForecastPaths], record: Record) -> ForecastPaths:
        """Stretch the member's draws about their median (see the class)."""
        paths = forecasts[0]
        values = paths.values.copy()
        for column, target in enumerate(paths.series):
            factors = self._factors(paths, target, record)
            values[:, :, column] = stretched(paths.values[:, :, column], factors)
        return replace(paths, values=values)

    def _factors(self, paths: ForecastPaths, target: str, record: Record) -> Floats:
        steps = len(paths.index)
        table = {
            c: record.matrix(c, paths.model, target, paths.state)
            for c in ("actual", "q50", *(q for pair in INTERVALS.values() for q in pair))
        }
        log_factors = np.zeros((steps, len(INTERVALS)))
        if table["actual"].shape[1] < steps or not len(table["actual"]):
            return np.exp(log_factors)
        logs = {c: np.log(t.to_numpy()[:, :steps]) for c, t in table.items()}
        for j, (level, (low, high)) in enumerate(INTERVALS.items()):
            gap = logs["actual"] - logs["q50"]
            half = np.where(gap < 0, logs[low] - logs["q50"], logs[high] - logs["q50"])
            # how many half-intervals away the outcome was
            distance = gap / np.where(half == 0, np.nan, half)
            log_factors[:, j] = self._track(distance, level)
        self.factors_ = np.exp(log_factors)
        return self.factors_

    def _track(self, distance: Floats, level: float) -> Floats:
        """Log factor after all known outcomes, by step."""
        log_factor = np.zeros(distance.shape[1])
        count = np.zeros(distance.shape[1])
        for row in distance:
            known = ~np.isnan(row)
            count += known
            size = np.maximum(self.rate / np.sqrt(np.maximum(count, 1)), self.floor)
            missed = np.where(known, row, 0.0) > np.exp(log_factor)
            move = np.where(missed, level, level - 1.0)
            log_factor += np.where(known, size * move, 0.0)
        return log_factor


def stretched(draws: Floats, factors: Floats) -> Floats:
    """Draws with their distance from the median multiplied by factors, ranks kept.

    Parameters
    ----------
    draws : ndarray, draws by steps
    factors : ndarray, steps by 4
        For the 50, 80, 90 and 95 % intervals; inside the first and outside the last they are
        constant, between two levels they are interpolated by the draw's own central level.
    """
    n = len(draws)
    logs = bool((draws > 0).all())
    level = np.sort(np.log(draws) if logs else draws, axis=0)
    middle = np.median(level, axis=0)
    central = np.abs(2.0 * (np.arange(n) + 0.5) / n - 1.0)
    grid = list(INTERVALS)
    by_draw = np.stack([np.interp(central, grid, row) for row in factors], axis=1)
    moved = middle + by_draw * (level - middle)
    # interpolated factors may fall faster than the draws move out: keep the order
    upper = np.maximum.accumulate(np.maximum(moved, middle), axis=0)
    lower = np.minimum.accumulate(np.minimum(moved, middle)[::-1], axis=0)[::-1]
    moved = np.where(level >= middle, upper, lower)
    ranks = draws.argsort(axis=0, kind="stable").argsort(axis=0, kind="stable")
    ordered = np.take_along_axis(moved, ranks, axis=0)
    return np.exp(ordered) if logs else ordered
