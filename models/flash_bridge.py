"""Nowcast bridge: the running month from its early counts, later months conditioned on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import clone

from tradeshock.features.errors import ModelError
from tradeshock.features.panel import FLASH_STATES, Panel
from tradeshock.models.adjustment import huber_regression
from tradeshock.models.base import Model
from tradeshock.models.conditions import Conditions
from tradeshock.models.flash_ratio import ratio_nowcast
from tradeshock.models.flash_share import share_nowcast

if TYPE_CHECKING:
    from tradeshock.models.paths import ForecastPaths

Floats = npt.NDArray[np.float64]
HALF_LIFE = 60.0
FEWEST_MONTHS = 18
PRIOR_MONTHS = 12.0
EXPECTATION_DRAWS = 200


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
        A model that takes conditions. Default: `BayesianVAR()`.
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
        found: dict[tuple[str, pd.Period], tuple[float, ...] | None] = {}
        for origin in origins:
            model = clone(self)
            model._found = found
            yield model.fit(panel.as_of(origin), target).forecast(steps)

    # -- learning -----------------------------------------------------------------------------

    def _carrier(self, draws: int) -> Model:
        from tradeshock.models.bvar import BayesianVAR

        carrier = BayesianVAR() if self.carrier is None else clone(self.carrier)
        return carrier.set_params(n_draws=draws, random_state=self.random_state)

    def _fit(self) -> None:
        if len(self.target_) != 1:
            raise ModelError(
                f"FlashBridge forecasts one target at a time, got {list(self.target_)}"
            )
        self.carrier_ = self._carrier(self.n_draws).fit(self.panel_, self.target_)
        self.nowcast_: float | None = None
        if self.state_ not in FLASH_STATES:
            return
        readings = self._readings()
        month = self.last_ + 1
        past = readings.drop(index=month, errors="ignore")
        if month in readings.index and len(past) >= FEWEST_MONTHS:
            self._bridge(past, readings.loc[month])

    def _readings(self) -> pd.DataFrame:
        """Expected, read twice and actual: log of each month at its own origin in this state."""
        target = self.target_[0]
        flash = self.panel_.series(self.panel_.catalog.flash(target)[FLASH_STATES[self.state_]])
        months = pd.PeriodIndex(flash.index)
        months = months[(months >= months[0] + 12) & (months <= self.last_ + 1)]
        found = getattr(self, "_found", {})
        rows = {}
        for month in months:
            key = (self.state_, month)
            if key not in found:
                found[key] = self._reading(month)
            if found[key] is not None:
                rows[month] = found[key]
        frame = pd.DataFrame.from_dict(
            rows, orient="index", columns=["expected", "ratio", "share"], dtype=float
        )
        frame.index = pd.PeriodIndex(frame.index, freq="M")
        return frame.assign(actual=np.log(self.panel_.values[target]).reindex(frame.index))

    def _reading(self, month: pd.Period) -> tuple[float, ...] | None:
        target = self.target_[0]
        days = self.panel_.origin_days(pd.PeriodIndex([month]), self.state_, target)
        panel = self.panel_.as_of(min(pd.Timestamp(days[0]), self.panel_.origin))
        ratio = ratio_nowcast(panel, target, self.state_)
        parts = tuple(p for p in self.parts if p in panel and panel.catalog.flash(p))
        share = share_nowcast(panel, target, self.state_, parts)
        if share is None or month not in ratio.index:
            return None
        carrier = self._carrier(EXPECTATION_DRAWS).fit(panel, target)
        expected = np.log(np.median(carrier.forecast(1).of()[:, 0]))
        return float(expected), float(ratio[month]), share

    def _bridge(self, past: pd.DataFrame, now: pd.Series) -> None:
        fewest = FEWEST_MONTHS // 2
        errors = [
            past["actual"].iloc[t] - self._point(past.iloc[:t], past.iloc[t])
            for t in range(fewest, len(past))
        ]
        self.errors_ = np.array(errors)
        self.weights_ = self._weights(past)
        self.nowcast_ = self._point(past, now)

    def _point(self, past: pd.DataFrame, now: pd.Series) -> float:
        surprise = now[["ratio", "share"]].to_numpy() - now["expected"]
        return float(now["expected"] + surprise @ self._weights(past))

    def _weights(self, past: pd.DataFrame) -> Floats:
        x = past[["ratio", "share"]].to_numpy() - past[["expected"]].to_numpy()
        y = (past["actual"] - past["expected"]).to_numpy()
        month = pd.PeriodIndex([self.last_ + 1])
        counted = self.panel_.calendar.working_days(month, FLASH_STATES[self.state_])
        share = float((counted / self.panel_.calendar.working_days(month))[0])
        prior = np.full(2, share / 2.0)
        size = np.sqrt(PRIOR_MONTHS * np.mean(x**2))
        rows = np.vstack([x, size * np.eye(2)])
        outcome = np.concatenate([y - x @ prior, np.zeros(2)])
        age = np.arange(len(x))[::-1]
        weights = np.concatenate([0.5 ** (age / HALF_LIFE), np.ones(2)])
        return prior + huber_regression(rows, outcome, weights)

    # -- forecasting --------------------------------------------------------------------------

    def _paths(
        self, steps: int, rng: np.random.Generator, conditions: Conditions | None
    ) -> Floats:
        if self.nowcast_ is None or conditions is not None:
            return self.carrier_.forecast(steps, conditions).values
        half = rng.choice(self.errors_, size=(self.n_draws + 1) // 2)
        # the kernel of a small sample: past errors are few and paths are many
        spread = 0.5 * self.errors_.std() * len(self.errors_) ** -0.2
        half = half + spread * rng.standard_normal(len(half))
        errors = np.stack([half, -half], axis=1).reshape(-1)[: self.n_draws]
        first = np.exp(self.nowcast_ + errors)
        given = Conditions({self.target_[0]: {self.last_ + 1: first}})
        return self.carrier_.forecast(steps, given).values

    def _notes(self, conditions: Conditions | None) -> tuple[str, ...]:
        if self.nowcast_ is None:
            return self.carrier_._notes(conditions)
        window = FLASH_STATES[self.state_].replace("_", " ")
        return (f"{self.last_ + 1} from the {window} of customs figures",)
