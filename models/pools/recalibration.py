"""Intervals that learn from their own misses, around any model's paths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.panel.panel import Panel
from tradeshock.models.base import Model
from tradeshock.models.parameters import Rules, flag, model, number, optional, positive
from tradeshock.models.paths import ForecastPaths, in_order_of
from tradeshock.models.pools.bias_correction import BiasCorrection
from tradeshock.models.pools.recent_misses import faded, recent_misses
from tradeshock.models.pools.regime import regime_note
from tradeshock.models.pools.single import SingleWrapper
from tradeshock.models.pools.steps import carried_on, covered
from tradeshock.models.pools.width_learning import learned_across_steps, learned_by_step
from tradeshock.models.record.record import Record

Floats = npt.NDArray[np.float64]
INTERVALS = {0.5: ("q25", "q75"), 0.8: ("q10", "q90"), 0.9: ("q05", "q95"), 0.95: ("q025", "q975")}
LEVELS = np.array(list(INTERVALS))
LEVEL_80 = list(INTERVALS).index(0.8)
# In logs; an interval of no width comes out of sorted draws a few roundings wide.
NO_WIDTH = 1e-12


class PastMisses(NamedTuple):
    """How far outcomes lay from what was forecast of them.

    Parameters
    ----------
    origins : DatetimeIndex
        Days of the forecasts.
    gap : ndarray, origins by steps
        Log of the outcome less that of the median; NaN where it is not known.
    distance : ndarray, origins by steps by 4
        The same in halves of the 50, 80, 90 and 95 % intervals, on the outcome's side.
    """

    origins: pd.DatetimeIndex
    gap: Floats
    distance: Floats


class Recalibration(SingleWrapper):
    """Online recalibration of one model's marginal distributions, order of its draws kept.

    For each step and each of the 50, 80, 90 and 95 % intervals a factor stretches or shrinks the
    distance from the median (in logs). After every outcome that becomes known the factor moves up
    if the interval missed and down if it held, in proportion to its nominal rates: adaptive
    conformal inference (Gibbs and Candès 2021) with steps that shrink to a floor (Angelopoulos,
    Barber and Bates 2024). Draws between two levels take an interpolated factor; the median and
    the rank of every draw stay, so the forecast remains one joint distribution. Steps beyond those
    of the record take the factors of its last step.

    These factors learn slowly, over years, where each step learns for itself; with `across_steps`
    what steps have in common learns within months. Beside them stands one for the last months
    (`tradeshock.models.pools.recent_misses`): while misses are larger than they should be, all
    intervals are wider, nearby steps most; it never narrows them.

    Parameters
    ----------
    member : Model, optional
        The model to recalibrate. Default: `BiasCorrection()`, which makes `Recalibration()` the
        default forecaster of the package.
    rate : float
        First step of the log factor; later ones shrink with the square root of the count.
    floor : float
        Smallest step.
    half_life : float, optional
        Months after which a recent miss counts half; None leaves recent misses out.
    across_steps : bool
        Whether steps learn their factors together, the further ahead the more: what short steps
        miss now widens long ones, whose own misses are known a year later
        (`tradeshock.models.pools.width_learning.learned_across_steps`). What they have in common
        follows the last months too; so all is learned of intervals that recent misses had widened
        in their time. False: each for itself, of the member's intervals.
    n_draws : int
        Sample paths of the default member; those of a member that is given are its own.
    random_state : int
        Kept with the forecast.

    Attributes
    ----------
    factors_ : ndarray, shape (steps, 4)
        Factors of the last forecast, recent misses included.
    learned_ : ndarray, shape (steps, 4)
        Those that were learned from all past misses, without the factor of recent ones.
    recent_ : float
        By how much recent misses were larger than they should be at the last forecast, at least 1.
    """

    rules: ClassVar[Rules] = {
        "member": optional(model()),
        "rate": positive(),
        "floor": number(0.0),
        "half_life": optional(positive()),
        "across_steps": flag(),
    }

    scale_tolerance = 1e-3

    def __init__(
        self,
        member: Model | None = None,
        rate: float = 0.3,
        floor: float = 0.05,
        half_life: float | None = 3.0,
        across_steps: bool = False,
        n_draws: int = 1000,
        random_state: int = 0,
    ) -> None:
        self.member = member
        self.rate = rate
        self.floor = floor
        self.half_life = half_life
        self.across_steps = across_steps
        self.n_draws = n_draws
        self.random_state = random_state

    def default_member(self) -> Model:
        """See the class."""
        return BiasCorrection(n_draws=self.n_draws, random_state=self.random_state)

    def combine(
        self, forecasts: Sequence[ForecastPaths], record: Record, panel: Panel
    ) -> ForecastPaths:
        """Stretch the member's draws about their median (see the class)."""
        paths = forecasts[0]
        values = paths.values.copy()
        for column, target in enumerate(paths.series):
            factors = self._factors(paths, target, record)
            values[:, :, column] = stretched(paths.values[:, :, column], factors)
        notes = (regime_note(record, paths.model, target, paths.state) for target in paths.series)
        return replace(paths, values=values, notes=(*paths.notes, *filter(None, notes)))

    def _factors(self, paths: ForecastPaths, target: str, record: Record) -> Floats:
        steps = len(paths.index)
        past = _past_misses(paths.model, target, paths.state, steps, record, self.across_steps)
        self.recent_ = 1.0
        if past is None:
            self.learned_ = self.factors_ = np.ones((steps, len(INTERVALS)))
            return self.factors_
        recent = np.ones(len(past.distance) + 1)
        if self.half_life is not None:
            recent = recent_misses(past.distance[:, :, LEVEL_80], self.half_life)
            self.recent_ = float(recent[-1])
        widened = faded(recent, past.distance.shape[1])[:, :, None]
        factors = np.exp(self._learned(past.distance, widened[:-1]))
        self.learned_ = carried_on(factors, steps)
        self.factors_ = carried_on(factors * widened[-1], steps)
        return self.factors_

    def _learned(self, distance: Floats, widened: Floats) -> Floats:
        """Log factors from all misses, and by how much recent ones widened each forecast."""
        if self.across_steps:
            # They follow the same months as recent misses do, and learn what those leave.
            return learned_across_steps(distance / widened, LEVELS, self.rate, self.floor)
        return learned_by_step(distance, LEVELS, self.rate, self.floor)

    def past_misses(self, steps: int) -> PastMisses | None:
        """Misses of its member from which a forecast of so many steps learns its factors.

        Of the first target; None where the record has none. With `across_steps` at all steps of
        the record, since a short forecast learns from the misses of longer ones too.
        """
        self._check_fitted()
        record = self._known(self.fitted_on_.origin)
        member, further = self.members_[0].name, self.across_steps
        return _past_misses(member, self.target_[0], self.state_, steps, record, further)


def _past_misses(
    member: str, target: str, state: str, steps: int, record: Record, further: bool = False
) -> PastMisses | None:
    """Misses at the steps of a forecast; with `further` at all steps that the record has."""
    wanted = ("actual", "q50", *(q for pair in INTERVALS.values() for q in pair))
    origins, table = record.arrays(wanted, member, target, state)
    recorded = table["actual"].shape[1]
    known = covered(steps, recorded)
    if not known or not len(origins):
        return None
    if further:
        known = recorded
    logs = {column: np.log(values[:, :known]) for column, values in table.items()}
    gap = logs["actual"] - logs["q50"]
    distance = []
    for low, high in INTERVALS.values():
        half = np.where(gap < 0, logs[low] - logs["q50"], logs[high] - logs["q50"])
        # how many half-intervals away the outcome was
        distance.append(gap / np.where(np.abs(half) <= NO_WIDTH, np.nan, half))
    return PastMisses(origins, gap, np.stack(distance, axis=2))


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
    ordered = in_order_of(draws, moved)
    return np.exp(ordered) if logs else ordered
