"""What turns shocks into exports: fitted once, asked for many shocks."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from tradeshock.features.errors import OddConditionWarning, ShockError, stale_series_noted
from tradeshock.features.panel.panel import Panel
from tradeshock.forecast.exposure.groups import CHIPS
from tradeshock.forecast.monthly.forecast import MonthlyForecast, monthly_forecast
from tradeshock.forecast.scenarios.arithmetic import arithmetic_effects, move_effects, share_of
from tradeshock.forecast.scenarios.expected import refuse_wrong_sign
from tradeshock.forecast.scenarios.moved import Asked, Moved
from tradeshock.forecast.scenarios.result import Scenario
from tradeshock.forecast.scenarios.shock import Shock
from tradeshock.forecast.scenarios.split import PRICE, Split
from tradeshock.forecast.scenarios.stack import Reference, Stack, stacked
from tradeshock.models.base import Model
from tradeshock.models.conditions import Conditions
from tradeshock.models.systems.steering import steered_forecast

BASELINE_SHARE = Reference("baseline", "share")
CHIP_ITEMS = (CHIPS, "exports_semiconductors", "exports_hs8542")
MEMORIES, CIRCUITS = "exports_hs854232", "exports_hs8542"


@dataclass(eq=False)
class Carriers:
    """A fitted forecast and the systems beside it that shocks go through.

    With ``L`` for the log paths of the forecasting model and ``S`` for those of the system of
    chips and the rest, a scenario is ``L(macro) + S(chips, macro) - S(macro)``: the model's own
    paths, nowcast included, under what is assumed of drivers, moved by what the other system says
    of chips beyond that. Draws of the two are paired by rank, month by month.

    Parameters
    ----------
    forecast : MonthlyForecast
        Without conditions: the baseline.

    Examples
    --------
    >>> from tradeshock.forecast import load_panel
    >>> from tradeshock.models import BayesianVAR
    >>> made = Carriers.fit(load_panel(), BayesianVAR(n_draws=200))
    >>> len(made.run([]).table())
    12
    """

    forecast: MonthlyForecast
    _splits: dict[bool, Split] = field(default_factory=dict, init=False, repr=False)

    @classmethod
    def fit(
        cls,
        panel: Panel,
        model: Model | str | None = None,
        steps: int = 12,
        target: str | None = None,
    ) -> Self:
        """Forecast without a shock.

        Parameters
        ----------
        panel : Panel
            Figures as they stood at the origin.
        model : Model or str, optional
            As for `tradeshock.forecast.monthly_forecast`.
        steps : int
        target : str, optional
            As for `tradeshock.forecast.monthly_forecast`.
        """
        with stale_series_noted():
            # A note of every output says the same.
            return cls(monthly_forecast(panel, model=model, steps=steps, target=target))

    @property
    def panel(self) -> Panel:
        """What is known."""
        return self.forecast.fitted.panel_

    @property
    def index(self) -> pd.PeriodIndex:
        """Months of the forecast."""
        return self.forecast.paths.index

    def split(self, price: bool = False) -> Split:
        """System of chips and the rest, with the price of chips or without."""
        if price not in self._splits:
            base = self.forecast.paths
            self._splits[price] = Split.fit(self.panel, base, base.seed, price)
        return self._splits[price]

    def run(self, shocks: Sequence[Shock], hard: bool = False) -> Scenario:
        """Forecast under shocks, all of them at once.

        Parameters
        ----------
        shocks : sequence of Shock
            None of them leaves the baseline as it is, bit for bit.
        hard : bool
            Whether all draws take one value. By default each keeps its distance from the median,
            so that the uncertainty about what is assumed stays. Medians are the same.

        Raises
        ------
        ShockError
            If shocks contradict each other, name what is not there or what is too old, or come
            out with another sign than they declare.
        """
        with (
            threadpool_limits(limits=1),
            # A shock is meant to be far out; its plausibility says how far.
            warnings.catch_warnings(action="ignore", category=OddConditionWarning),
            stale_series_noted(),
        ):
            made = self._run(list(shocks), hard)
        refuse_wrong_sign(made)
        return made

    def _run(self, shocks: list[Shock], hard: bool) -> Scenario:
        base = self.forecast.paths
        stack = stacked(shocks, self.panel, self.index)
        self._refuse_old_series(shocks)
        moved = self._moved(shocks, stack, hard)
        if hard and stack.changes:
            moved = moved.centred(self._moved(shocks, stack, False).total)
        arithmetic = self._arithmetic(shocks, stack, moved.asked, stack.conditions(hard))
        effects = arithmetic_effects(shocks, self.panel, self.forecast.entry.id, self.index)
        if len(effects.columns):
            on_chips = effects[[id for id in effects if id in CHIP_ITEMS]].sum(axis=1).to_numpy()
            moved = moved.taken(on_chips, effects.sum(axis=1).to_numpy())
        notes = (*moved.notes, *self._notes(shocks, moved.asked))
        return Scenario(
            shocks=tuple(shocks),
            forecast=self.forecast,
            paths=replace(base, values=moved.total[:, :, None], notes=tuple(dict.fromkeys(notes))),
            arithmetic=arithmetic,
            before=moved.before,
            after=moved.after,
            asked=moved.asked,
            hard=hard,
        )

    def _refuse_old_series(self, shocks: Sequence[Shock]) -> None:
        """Refuse moves of what systems leave out; total and chips are in theirs, however old."""
        panel = self.panel
        for shock in shocks:
            for move in shock.moves if shock.carrier != "exposure" else ():
                id = move.series
                if id in (self.forecast.entry.id, CHIPS) or not panel.is_stale(id):
                    continue
                raise ShockError(
                    f"the shock {shock.name} moves {id}, which ends in {panel.last_month(id)} "
                    f"although {panel.expected_month(id)} should be out by {panel.origin.date()}, "
                    "and no system carries a series that old; bring its figures up to date, or "
                    "ask as of an earlier day",
                    "series",
                )

    def _moved(self, shocks: list[Shock], stack: Stack, hard: bool) -> Moved:
        """Baseline and parts as systems move them."""
        base, model = self.forecast.paths, self.forecast.fitted
        assumed = stack.conditions(hard)
        mine = self._own_to_split(shocks, assumed)
        macro = assumed.on(set(assumed.series) - set(mine))
        under = steered_forecast(model, len(self.index), macro) if len(macro) else base
        split = self._split_for(shocks, mine)
        if split is None:
            return Moved(under.draws(), None, None, Asked(model, None, macro, None), under.notes)
        own, drivers = assumed.on(mine), macro.on(split.system.series_)
        after, joint = split.combined(own, drivers or None, under.draws())
        total = after.sum(axis=2) if len(own) else under.draws()
        before = split.levels(None, base.draws())
        return Moved(total, before, after, Asked(model, split, macro, joint), under.notes)

    def _own_to_split(self, shocks: Sequence[Shock], assumed: Conditions) -> tuple[str, ...]:
        """Conditioned series that only the system of chips and the rest answers to."""
        own = [CHIPS]
        if any(PRICE in shock.series for shock in shocks if shock.carrier == "chips"):
            own.append(PRICE)
        return tuple(id for id in own if id in assumed.series)

    def _split_for(self, shocks: Sequence[Shock], mine: Sequence[str]) -> Split | None:
        """System that shows or carries the parts; None where none can be had and none is needed."""
        try:
            return self.split(PRICE in mine)
        except ShockError:
            if mine or any(shock.carrier == "chips" for shock in shocks):
                raise
            return None

    def _arithmetic(
        self,
        shocks: Sequence[Shock],
        stack: Stack,
        asked: Asked,
        assumed: Conditions,
    ) -> pd.DataFrame:
        """Share times size, in the target's unit, months by what is moved."""
        target, split = self.forecast.entry.id, asked.split
        middle = self.forecast.paths.median().to_numpy()
        shares = arithmetic_effects(shocks, self.panel, target, self.index)
        split_series = () if split is None else split.system.series_
        relative = {
            id: changes
            for id, changes in stack.changes.items()
            if id not in split_series and stack.references[id] == BASELINE_SHARE
        }
        moved = move_effects(self.panel, relative, target, self.index)
        table = pd.concat([shares, moved], axis=1).mul(middle, axis=0)
        if split is None:
            return table
        if CHIPS in assumed.series:
            table[CHIPS] = split.chips_assumed(assumed, asked.joint, self.forecast.paths.draws())
        if PRICE in split_series and PRICE in assumed.series:
            chips = np.median(split.levels(None, self.forecast.paths.draws())[..., 0], axis=0)
            change = split.assumed_change(assumed, PRICE).to_numpy()
            table[PRICE] = chips * share_of_memories(self.panel) * change
        return table

    def _notes(self, shocks: Sequence[Shock], asked: Asked) -> tuple[str, ...]:
        split, macro = asked.split, asked.macro
        notes = [f"{shock.title or shock.name}: {shock.text}" for shock in shocks]
        if split is not None and any(shock.carrier == "chips" for shock in shocks):
            names = ", ".join(split.system.series_[2:])
            notes.append(f"chips and the rest move as in a Bayesian VAR of them with {names}")
            gap = 100.0 * np.expm1(split.gap(self.forecast.paths.draws()))
            notes.append(
                f"that system's own total is {abs(gap):.0f} % {'above' if gap > 0 else 'below'} "
                f"the model's in {self.index[-1]}: it lends shares and changes, not levels"
            )
            if left := [id for id in macro.series if id not in split.system.series_]:
                notes.append(f"{', '.join(left)} move the forecasting model, but not chips' system")
        if any(shock.carrier == "exposure" for shock in shocks):
            notes.append(
                "arithmetic of shares of the last twelve months: its interval holds the doubt "
                "about the baseline, not the doubt about elasticities"
            )
        return tuple(notes)


def share_of_memories(panel: Panel) -> float:
    """Memories' share of integrated circuits in the last twelve months; 1 where it is unknown."""
    if MEMORIES not in panel or CIRCUITS not in panel:
        return 1.0
    return share_of(panel, MEMORIES, CIRCUITS)
