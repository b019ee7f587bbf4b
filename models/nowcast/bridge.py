"""Nowcast bridge: the running month from its early counts, later months conditioned on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import clone

from tradeshock.features.errors import ModelError, ShortHistoryError
from tradeshock.features.panel.panel import FLASH_STATES, Panel
from tradeshock.models.assumptions.odd_values import already_checked
from tradeshock.models.base import Model
from tradeshock.models.conditions import Conditions
from tradeshock.models.findings import Findings
from tradeshock.models.nowcast.counts import CountHistory
from tradeshock.models.nowcast.readings import counted_months, ratio, readings
from tradeshock.models.nowcast.share import Shares
from tradeshock.models.nowcast.surprises import EXPECTED, READ, bridge_weights, missed_by
from tradeshock.models.parameters import Rules, ids, model, optional
from tradeshock.models.systems.bvar import BayesianVAR
from tradeshock.models.systems.steering import steered_cells, steering_note, steering_system

if TYPE_CHECKING:
    from tradeshock.models.assumptions.entries import Cell
    from tradeshock.models.paths import ForecastPaths

Floats = npt.NDArray[np.float64]
FEWEST_MONTHS = 18


@dataclass(frozen=True, eq=False)
class Bridge:
    """What was learned of the early counts of one state.

    Parameters
    ----------
    weights : ndarray, shape (2,)
        Of the two surprises: by ratio and by share.
    errors : ndarray
        Past out-of-sample errors of the nowcast, log points.
    shares : Shares
        By which the running month is read.
    expected : float or None
        Log of what the carrying model expected of the running month at its own origin; None if
        its count was not out.
    """

    weights: Floats
    errors: Floats
    shares: Shares
    expected: float | None


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
    bridges_ : dict of str to Bridge
        What was learned of each state's early counts; None for those with too few. The origin's
        own state from the start, another one when an update that holds all comes in it; always
        from what was known at the fit.
    driver_ : BayesianVAR or None
        What steers a carrying model that takes no conditions.
    weights_ : ndarray, shape (2,)
        Weights of the two surprises; only in states with early counts.
    nowcast_ : float
        Log of the running month; None in states without.
    errors_ : ndarray
        Past out-of-sample errors of the nowcast, log points.
    running_ : ndarray, shape (3,)
        Logs of what was expected of the running month, and of its two readings: by ratio and by
        share; only in states with early counts.
    """

    rules: ClassVar[Rules] = {"carrier": optional(model()), "parts": ids()}

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
        findings = Findings(panel)
        first = self._targets(target)[0]
        latest = dict(zip(panel.states_at(origins, first), origins, strict=True))
        for state, origin in latest.items():
            if state in FLASH_STATES:
                # The latest origin reads all months in one go, each as of its own day.
                reader = clone(self)
                reader._open(panel.as_of(origin), target, None)
                reader._table(reader.panel_, state, findings)
        for origin in origins:
            model = clone(self)._fit_sharing(findings, panel.as_of(origin), target)
            yield model.forecast(steps)

    # -- learning -----------------------------------------------------------------------------

    def _inputs(self) -> Iterable[str]:
        for id in (self.target_[0], *self.parts):
            yield from self.panel_.catalog.flash(id).values()
        # The part itself is read beside its count.
        yield from self.parts
        yield from self.carrier_.inputs_
        if self.driver_ is not None:
            yield from self.driver_.inputs_

    def _carrier(self) -> Model:
        carrier: Model = BayesianVAR() if self.carrier is None else clone(self.carrier)
        carrier.set_params(n_draws=self.n_draws, random_state=self.random_state)
        return carrier

    def _fit(self) -> None:
        self._fit_from(Findings(self.panel_))

    def _fit_from(self, findings: Findings[Panel]) -> None:
        if len(self.target_) != 1:
            raise ModelError(
                f"FlashBridge forecasts one target at a time, got {list(self.target_)}"
            )
        self.carrier_ = self._carrier()._fit_sharing(findings, self.panel_, self.target_)
        self.bridges_: dict[str, Bridge | None] = {}
        self.driver_: BayesianVAR | None = None
        self._look(findings)

    def _refresh(self) -> None:
        self.carrier_.update(self.panel_, freeze=True)
        self._look(Findings(self.fitted_on_))
        if self.driver_ is not None:
            self.driver_.update(self.panel_, freeze=True)

    def _look(self, findings: Findings[Panel]) -> None:
        """Read the running month, if its count is out, by what was known at the fit."""
        self.nowcast_: float | None = None
        if self.state_ not in FLASH_STATES:
            return
        if self.state_ not in self.bridges_:
            self.bridges_[self.state_] = self._bridge(self.fitted_on_, self.state_, findings)
        bridge = self.bridges_[self.state_]
        if bridge is None or not self._steerable(findings):
            return
        now = self._running(bridge)
        if np.isfinite(now).all():
            self.weights_, self.errors_ = bridge.weights, bridge.errors
            self.running_ = now
            self.nowcast_ = float(now[EXPECTED] + (now[READ] - now[EXPECTED]) @ self.weights_)

    def _steerable(self, findings: Findings[Panel]) -> bool:
        """Whether later steps can follow the nowcast; fits the driver where one is needed."""
        if self.carrier_.takes_conditions or self.driver_ is not None:
            return True
        driver = BayesianVAR(n_draws=self.n_draws, random_state=self.random_state)
        try:
            self.driver_ = driver._fit_sharing(findings, self.fitted_on_, self.target_)
        except ShortHistoryError:
            return False
        return True

    def _running(self, bridge: Bridge) -> Floats:
        """Return what was expected of the running month, and its two readings, in logs."""
        panel, target, month = self.panel_, self.target_[0], self.last_ + 1
        day = _origin_of(panel, month, self.state_, target)
        counts = CountHistory.read(panel, target, self.state_, self.parts).as_of(day)
        expected = bridge.expected
        if panel is not self.fitted_on_ and not _same(panel, self.fitted_on_, day):
            carrier = deepcopy(self.carrier_).update(panel.as_of(day), freeze=True)
            expected = float(np.log(np.median(carrier.forecast(1).draws())))
        read = (ratio(counts, month), bridge.shares.nowcast(counts, month))
        return np.array([np.nan if expected is None else expected, *read])

    def _bridge(self, panel: Panel, state: str, findings: Findings[Panel]) -> Bridge | None:
        """Learn from a panel's months in one state; None where they are too few."""
        target = self.target_[0]
        month = panel.last_month(target) + 1
        table = self._table(panel, state, findings)
        past = table[table.index < month].to_numpy()
        day = min(_origin_of(panel, month, state, target), panel.origin)
        counts = CountHistory.read(panel, target, state, self.parts).as_of(day)
        shares = Shares.learn(counts, month)
        if len(past) < FEWEST_MONTHS or shares is None:
            return None
        ends = range(FEWEST_MONTHS // 2, len(past))
        errors = findings.find_each(
            [("bridge error", past[: t + 1].tobytes()) for t in ends],
            lambda missing: missed_by(past, [ends[i] for i in missing]),
        )
        expected = table.loc[table.index == month, "expected"].to_list()
        return Bridge(
            bridge_weights([past], _counted(panel, pd.PeriodIndex([month]), state))[0],
            np.array(errors),
            shares,
            expected[0] if len(expected) else None,
        )

    def _table(self, panel: Panel, state: str, findings: Findings[Panel]) -> pd.DataFrame:
        """Expected, read twice, counted share and actual of each month at its own origin."""
        target = self.target_[0]
        months = counted_months(panel, target, state)
        read = findings.find_each(
            [("reading", target, state, self.parts, month) for month in months],
            lambda missing: readings(panel, target, state, self.parts, months[missing]),
        )
        pairs = np.reshape(read, (-1, 2))
        usable = np.isfinite(pairs).all(axis=1) & self._forecastable(panel, months)
        index = months[usable]
        table = pd.DataFrame(pairs[usable], index, ["ratio", "share"])
        table = table.assign(
            counted=_counted(panel, index, state),
            actual=np.log(panel.values[target]).reindex(index),
        )
        table.insert(EXPECTED, "expected", self._expected(panel, state, index, findings))
        return table

    def _forecastable(self, panel: Panel, months: pd.PeriodIndex) -> npt.NDArray[np.bool_]:
        """Whether the carrier had enough months of the target to expect anything of each."""
        behind = months.asi8 - panel.series(self.target_[0]).index[0].ordinal
        enough: npt.NDArray[np.bool_] = behind >= self._carrier().minimum_months
        return enough

    def _expected(
        self, panel: Panel, state: str, months: pd.PeriodIndex, findings: Findings[Panel]
    ) -> Floats:
        """Log of what the carrier expected of each month at its own origin."""
        target, carrier = self.target_[0], self._carrier()
        days = list(pd.DatetimeIndex(panel.origin_days(months, state, target)))
        recorded = self._recorded(state)
        unknown = [day for day in days if day not in recorded]

        def replayed(missing: list[int]) -> list[float]:
            replay = carrier.replay(panel, target, [unknown[i] for i in missing], 1)
            return [float(np.median(paths.draws())) for paths in replay]

        own = carrier._own_key()
        keys = [("expected", own, target, day) for day in unknown]
        found = dict(zip(unknown, findings.find_each(keys, replayed), strict=True))
        return np.log([recorded[day] if day in recorded else found[day] for day in days])

    def _recorded(self, state: str) -> dict[pd.Timestamp, float]:
        """What the carrier is on record to have expected, where there is a record of it."""
        if self.record_ is None:
            return {}
        known = self.record_.matrix("q50", self._carrier().name, self.target_[0], state)
        if known.empty:
            return {}
        days = pd.DatetimeIndex(known.index)
        medians = zip(days, known[1].to_numpy(), strict=True)
        return {day: float(q50) for day, q50 in medians if np.isfinite(q50)}

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
        assert self.driver_ is not None
        return self.driver_.steer(values, assumed)[:, :, None]

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

    def _notes(self, conditions: Conditions | None) -> tuple[str, ...]:
        lacking = () if conditions is None else self.carrier_._lacking(conditions)
        notes = self.carrier_._notes(None if lacking else conditions)
        if lacking:
            notes = (*notes, steering_note(self, lacking))
        if self.nowcast_ is None:
            counts = self.panel_.catalog.flash(self.target_[0]).values()
            if not any(id in self.panel_ for id in counts):
                alone = f"no early counts of {self.target_[0]}: bridges forecast as their carriers"
                return (*notes, alone)
            return notes
        window, month = FLASH_STATES[self.state_].replace("_", " "), self.last_ + 1
        if conditions is not None and (self.target_[0], month) in conditions.cells:
            return (*notes, f"{month} as assumed, whatever the {window} of customs figures say")
        return (*notes, f"{month} from the {window} of customs figures")


def _counted(panel: Panel, months: pd.PeriodIndex, state: str) -> Floats:
    """Share of each month's working days that its early count covers."""
    covered = panel.calendar.working_days(months, FLASH_STATES[state])
    share: Floats = covered / panel.calendar.working_days(months)
    return share


def _origin_of(panel: Panel, month: pd.Period, state: str, target: str) -> pd.Timestamp:
    return pd.Timestamp(panel.origin_days(pd.PeriodIndex([month]), state, target)[0])


def _same(panel: Panel, other: Panel, day: pd.Timestamp) -> bool:
    """Whether two panels say the same of a day, and both know it."""
    if day > min(panel.origin, other.origin):
        return False
    return panel.as_of(day).fingerprint() == other.as_of(day).fingerprint()
