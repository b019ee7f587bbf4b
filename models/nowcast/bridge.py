"""Nowcast bridge: the running month from its early counts, later months conditioned on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import clone

from tradeshock.features.errors import ModelError
from tradeshock.features.panel.panel import FLASH_STATES, Panel
from tradeshock.models.adjustment import huber_regression
from tradeshock.models.assumptions.odd_values import already_checked
from tradeshock.models.base import Model
from tradeshock.models.conditions import Conditions
from tradeshock.models.nowcast.ratio import ratio_nowcast
from tradeshock.models.nowcast.share import share_nowcast
from tradeshock.models.systems.bvar import BayesianVAR
from tradeshock.models.systems.steering import steered_cells, steering_note, steering_system

if TYPE_CHECKING:
    from tradeshock.models.assumptions.entries import Cell
    from tradeshock.models.paths import ForecastPaths

Floats = npt.NDArray[np.float64]
Reading = tuple[float, float, float]
COLUMNS = ["expected", "ratio", "share", "counted", "actual"]
EXPECTED, READ, COUNTED, ACTUAL = 0, slice(1, 3), 3, 4
HALF_LIFE = 60.0
FEWEST_MONTHS = 18
PRIOR_MONTHS = 12.0


class FlashBridge(Model):
    """Step 1 from the customs counts of the first 10 or 20 days, the rest from a carrying model.

    Two readings of the early counts (the growth of the count a working day, `ratio_nowcast`, and
    the share of a month that its first days usually carry, chips apart, `share_nowcast`) are
    surprises against what the carrying model expected. The month's own surprise is regressed on
    them, robustly and shrunk toward weights that sum to the share of the month's working days
    that is in. Step 1 draws from the past out-of-sample errors of that regression; later steps
    come from the carrying model conditioned on it, draw by draw.

    In state ``after_total``, and where fewer than 18 past months are known, the forecast is the
    carrying model's.

    Parameters
    ----------
    carrier : Model, optional
        Model of steps 2 and on. Default: `BayesianVAR()`. The paths of one that takes no
        conditions are steered by it (`BayesianVAR.steer`).
    parts : tuple of str
        Parts of the target whose early counts are read apart, as far as the panel has them.
    n_draws : int
        Sample paths.
    random_state : int
        Seed.

    Attributes
    ----------
    carrier_ : Model
        The carrying model, fitted.
    weights_ : ndarray, shape (2,)
        Weights of the two surprises; only in states with early counts.
    nowcast_ : float
        Log of the running month; None in states without.
    errors_ : ndarray
        Past out-of-sample errors of the nowcast, log points.
    """

    takes_conditions = True
    scale_tolerance = 1e-3

    def __init__(
        self,
        carrier: Model | None = None,
        parts: tuple[str, ...] = ("exports_semiconductors",),
        n_draws: int = 1000,
        random_state: int = 0,
    ) -> None:
        self.carrier = carrier
        self.parts = parts
        self.n_draws = n_draws
        self.random_state = random_state

    def replay(
        self,
        panel: Panel,
        target: str | Sequence[str],
        origins: Sequence[pd.Timestamp],
        steps: int,
    ) -> Iterator[ForecastPaths]:
        """Forecast from many past origins; what was expected of a past month is found once."""
        shared: dict[Any, Any] = {}
        if len(origins):
            # the latest origin reads all months in one go, each as of its own day
            self._sharing(shared).fit(panel.as_of(max(origins)), target)
        for origin in origins:
            yield self._sharing(shared).fit(panel.as_of(origin), target).forecast(steps)

    # -- learning -----------------------------------------------------------------------------

    def _carrier(self) -> Model:
        carrier: Model = BayesianVAR() if self.carrier is None else clone(self.carrier)
        carrier.set_params(n_draws=self.n_draws, random_state=self.random_state)
        return carrier

    def _fit(self) -> None:
        if len(self.target_) != 1:
            raise ModelError(
                f"FlashBridge forecasts one target at a time, got {list(self.target_)}"
            )
        lent = self._shared.setdefault("carrier", {})
        self.carrier_ = self._carrier()._sharing(lent).fit(self.panel_, self.target_)
        self.nowcast_: float | None = None
        readings = self._readings()
        if self.last_ + 1 in readings.index and len(readings) > FEWEST_MONTHS:
            self._bridge(readings)

    def _readings(self) -> pd.DataFrame:
        """Expected, read twice and actual: log of each month at its own origin in this state."""
        target = self.target_[0]
        if self.state_ not in FLASH_STATES:
            return pd.DataFrame(columns=COLUMNS, dtype=float)
        flash = self.panel_.series(self.panel_.catalog.flash(target)[FLASH_STATES[self.state_]])
        months = pd.PeriodIndex(flash.index)
        months = months[(months >= months[0] + 12) & (months <= self.last_ + 1)]
        found = self._shared.setdefault("readings", {})
        self._read(months[[(self.state_, month) not in found for month in months]], found)
        rows = {month: found[self.state_, month] for month in months}
        frame = pd.DataFrame.from_dict(
            {month: row for month, row in rows.items() if row is not None},
            orient="index",
            columns=COLUMNS[:3],
            dtype=float,
        )
        frame.index = pd.PeriodIndex(frame.index, freq="M")
        actual = np.log(self.panel_.values[target]).reindex(frame.index)
        window = FLASH_STATES[self.state_]
        index = pd.PeriodIndex(frame.index)
        calendar = self.panel_.calendar
        counted = calendar.working_days(index, window) / calendar.working_days(index)
        return frame.assign(counted=counted, actual=actual)

    def _read(
        self, months: pd.PeriodIndex, found: dict[tuple[str, pd.Period], Reading | None]
    ) -> None:
        """Add what each month's own origin knew of it to `found`."""
        target = self.target_[0]
        days = pd.DatetimeIndex(self.panel_.origin_days(months, self.state_, target))
        pairs = {}
        for month, day in zip(months, days, strict=True):
            pair = self._counts(self.panel_.as_of(day), month)
            if pair is None:
                found[self.state_, month] = None
            else:
                pairs[day] = (month, pair)
        expected = self._recorded(list(pairs))
        unknown = [day for day in pairs if day not in expected]
        for paths in self._carrier().replay(self.panel_, target, unknown, 1):
            expected[paths.origin] = float(np.median(paths.draws()))
        for day, (month, pair) in pairs.items():
            found[self.state_, month] = (float(np.log(expected[day])), *pair)

    def _recorded(self, days: list[pd.Timestamp]) -> dict[pd.Timestamp, float]:
        """What the carrier is on record to have expected, where there is a record of it."""
        if self.record_ is None:
            return {}
        known = self.record_.matrix("q50", self._carrier().name, self.target_[0], self.state_)
        if known.empty:
            return {}
        medians = dict(zip(known.index, known[1].to_numpy(), strict=True))
        return {day: float(medians[day]) for day in days if day in medians}

    def _counts(self, panel: Panel, month: pd.Period) -> tuple[float, float] | None:
        """Log of a month as its early counts imply: by ratio and by share."""
        target = self.target_[0]
        ratio = ratio_nowcast(panel, target, self.state_)
        parts = tuple(p for p in self.parts if p in panel and panel.catalog.flash(p))
        share = share_nowcast(panel, target, self.state_, parts)
        if share is None or ratio.empty or ratio.index[-1] != month:
            return None
        return float(ratio.to_numpy()[-1]), share

    def _bridge(self, readings: pd.DataFrame) -> None:
        """Point, weights and past out-of-sample errors; the last row is the running month."""
        table = readings.to_numpy()
        errors = self._shared.setdefault("errors", {})
        for t in range(FEWEST_MONTHS // 2, len(table) - 1):
            key = (self.state_, readings.index[t])
            if key not in errors:
                point, _ = shrunken_bridge(table[: t + 1])
                errors[key] = table[t, ACTUAL] - point
        past = readings.index[FEWEST_MONTHS // 2 : -1]
        self.errors_ = np.array([errors[self.state_, month] for month in past])
        self.nowcast_, self.weights_ = shrunken_bridge(table)

    # -- forecasting --------------------------------------------------------------------------

    def _paths(self, steps: int, rng: np.random.Generator, conditions: Conditions | None) -> Floats:
        assumed = self._with_nowcast(rng, conditions)
        if conditions is not None and self.carrier_._lacking(conditions):
            free = self.forecast(steps).draws()
            driver = steering_system(self, conditions.series)
            return driver.steer(free, conditions if assumed is None else assumed)[:, :, None]
        if assumed is None or self.carrier_.takes_conditions:
            with already_checked():
                return self.carrier_.forecast(steps, assumed).values
        values = self.carrier_.forecast(steps).draws()
        return self._driver().steer(values, assumed)[:, :, None]

    def _with_nowcast(
        self, rng: np.random.Generator, conditions: Conditions | None
    ) -> Conditions | None:
        """Conditions with the nowcast, draw by draw, before them: where both speak, theirs hold."""
        if self.nowcast_ is None:
            return conditions
        half = rng.choice(self.errors_, size=(self.n_draws + 1) // 2)
        # the kernel of a small sample: past errors are few and paths are many
        spread = 0.5 * self.errors_.std() * len(self.errors_) ** -0.2
        half = half + spread * rng.standard_normal(len(half))
        errors = np.stack([half, -half], axis=1).reshape(-1)[: self.n_draws]
        first = np.exp(self.nowcast_ + errors)
        given = Conditions({self.target_[0]: {self.last_ + 1: first}})
        return given if conditions is None else given | conditions

    def _cell_draws(
        self, cells: Sequence[Cell], steps: int, conditions: Conditions | None
    ) -> Floats:
        assumed = self._with_nowcast(self._rng(), conditions)
        named = Conditions({id: {month: 0.0} for id, month in cells})
        if self.carrier_._lacking(named):
            return steered_cells(self, self.forecast(steps).draws(), cells, assumed)
        return self.carrier_._cell_draws(cells, steps, assumed)

    def _driver(self) -> BayesianVAR:
        driver = BayesianVAR(n_draws=self.n_draws, random_state=self.random_state)
        lent = self._shared.setdefault("driver", {})
        return driver._sharing(lent).fit(self.panel_, self.target_)

    def _notes(self, conditions: Conditions | None) -> tuple[str, ...]:
        lacking = () if conditions is None else self.carrier_._lacking(conditions)
        notes = self.carrier_._notes(None if lacking else conditions)
        if lacking:
            notes = (*notes, steering_note(self, lacking))
        if self.nowcast_ is None:
            return notes
        window, month = FLASH_STATES[self.state_].replace("_", " "), self.last_ + 1
        if conditions is not None and (self.target_[0], month) in conditions.cells:
            return (*notes, f"{month} as assumed, whatever the {window} of customs figures say")
        return (*notes, f"{month} from the {window} of customs figures")


def shrunken_bridge(table: Floats) -> tuple[float, Floats]:
    """Nowcast of the last row from a robust ridge regression of surprises on surprises.

    Parameters
    ----------
    table : ndarray, months by `COLUMNS`
        In logs; the outcome of the last row is not looked at.

    Returns
    -------
    nowcast : float
    weights : ndarray, shape (2,)
        Shrunk toward equal weights that sum to the share of working days that is in, as if 12
        months had said so.
    """
    past, now = table[:-1], table[-1]
    x = past[:, READ] - past[:, [EXPECTED]]
    y = past[:, ACTUAL] - past[:, EXPECTED]
    prior = np.full(2, now[COUNTED] / 2.0)
    size = np.sqrt(PRIOR_MONTHS * np.mean(x**2))
    rows = np.vstack([x, size * np.eye(2)])
    outcome = np.concatenate([y - x @ prior, np.zeros(2)])
    age = np.arange(len(x))[::-1]
    discount = np.concatenate([0.5 ** (age / HALF_LIFE), np.ones(2)])
    weights = prior + huber_regression(rows, outcome, discount)
    return float(now[EXPECTED] + (now[READ] - now[EXPECTED]) @ weights), weights
