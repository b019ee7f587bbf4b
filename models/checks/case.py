"""What a model's conformance is checked on: origins at which mistakes show, disturbed panels."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import clone

from tradeshock.features.days.quotes import Quotes
from tradeshock.features.errors import ModelError
from tradeshock.features.panel.naming import as_targets
from tradeshock.features.panel.panel import Panel
from tradeshock.models.base import Model
from tradeshock.models.paths import ForecastPaths
from tradeshock.models.pools.wrapper import Wrapper, models_in
from tradeshock.models.record.record import Record

N_DRAWS = 50
STEPS = 4
FEWEST_ORIGINS = 3
# Log points; enough to be seen in any estimate, and no series that could not be.
PAST_NOISE = 0.03


@dataclass(frozen=True)
class ConformanceCase:
    """A model and what it is checked on.

    Parameters
    ----------
    model : Model
        Not fitted, with few draws.
    panel : Panel
        Uncut.
    target : str or tuple of str
    origins : tuple of Timestamp
    """

    model: Model
    panel: Panel
    target: str | tuple[str, ...]
    origins: tuple[pd.Timestamp, ...]

    @classmethod
    def make(
        cls,
        model: Model,
        panel: Panel | None,
        target: str | Sequence[str],
        origins: Sequence[pd.Timestamp] | None,
    ) -> ConformanceCase:
        """Fill in defaults."""
        if panel is None:
            from tradeshock.features.snapshot import load_panel

            panel = load_panel()
        targets = as_targets(target)
        days = tricky_origins(panel, targets[0]) if origins is None else list(origins)
        if len(days) < FEWEST_ORIGINS:
            raise ModelError(f"got {len(days)} origins to check on; give {FEWEST_ORIGINS} or more")
        small = variant(model, n_draws=N_DRAWS)
        return cls(small, panel, targets[0] if len(targets) == 1 else targets, tuple(days))

    @property
    def first_target(self) -> str:
        """Target whose releases define states and steps."""
        return self.target if isinstance(self.target, str) else self.target[0]

    @cached_property
    def record(self) -> Record | None:
        """Record for wrappers, None for other models."""
        if not isinstance(self.model, Wrapper):
            return None
        return self.model.make_record(self.panel, self.target, self.origins, STEPS)

    @property
    def has_point_replay(self) -> bool:
        """Whether the model has a replay of points of its own."""
        return type(self.model).replay_points is not Model.replay_points

    @property
    def can_be_frozen(self) -> bool:
        """Whether the model says how it takes figures without learning."""
        cls = type(self.model)
        return (cls._refresh, cls.update) != (Model._refresh, Model.update)

    def known(self, origin: pd.Timestamp | None = None) -> Panel:
        """Panel as of an origin; default the last."""
        return self.panel.as_of(self.origins[-1] if origin is None else origin)

    def first_months(self, months: int) -> Panel:
        """Panel on the day on which that many months of the target were out."""
        id = self.first_target
        column = list(self.panel.values.columns).index(id)
        row = np.flatnonzero(self.panel.values[id].notna())[months - 1]
        return self.panel.as_of(pd.Timestamp(self.panel.release_dates[row, column]))

    def fitted(self, panel: Panel | None = None) -> Model:
        """Return a new model, fitted; default at the last origin."""
        model: Model = clone(self.model)
        return model.fit(panel or self.known(), self.target, self.record)

    @cached_property
    def standing(self) -> Model:
        """A model fitted at the last origin, to be looked at only."""
        return self.fitted()

    @cached_property
    def young(self) -> ConformanceCase:
        """The model on a target that starts mid-record and was too short in January.

        At the first origin, in April, it has two months more than the model needs; the other
        series are as long as they are.
        """
        april = pd.Period(f"{self.panel.last_month(self.first_target).year - 2}-04", "M")
        targets = [self.target] if isinstance(self.target, str) else list(self.target)
        months = max(36, self.model.minimum_months) + 2
        panel = started(self.panel, april - months, targets)
        state = panel.states(self.first_target)[-1]
        days = panel.origins(april, april + 1, target=self.first_target)
        days += panel.origins(april + 1, april + 1, state=state, target=self.first_target)
        days += panel.origins(april + 4, april + 4, target=self.first_target)
        return replace(self, panel=panel, origins=tuple(sorted({*days})))

    @cached_property
    def by_state(self) -> dict[str, Model]:
        """A model fitted at the newest complete origin of each state, to be looked at only."""
        month = self.panel.last_month(self.first_target) - 1
        fitted = {}
        for state in self.panel.states(self.first_target):
            days = self.panel.origins(month, month, state=state, target=self.first_target)
            fitted[state] = self.fitted(self.known(days[0]))
        return fitted

    @cached_property
    def replayed(self) -> list[ForecastPaths]:
        """Replay of the uncut panel from all origins."""
        return self.replay(self.model, self.panel)

    def replay(self, model: Model, panel: Panel, first: int = 0) -> list[ForecastPaths]:
        """Replay of a model from all origins, or from a later one on."""
        return list(clone(model).replay(panel, self.target, list(self.origins[first:]), STEPS))


def tricky_origins(panel: Panel, target: str) -> list[pd.Timestamp]:
    """Origins at which mistakes show: consecutive ones, a gap, every state, a surprise holiday.

    Parameters
    ----------
    panel : Panel
    target : str

    Returns
    -------
    list of Timestamp, ascending
    """
    last = panel.last_month(target)
    days = panel.origins(last - 8, last - 7, target=target)
    for state in panel.states(target)[1:]:
        days += panel.origins(last - 7, last - 7, state=state, target=target)
    return sorted({*days, _before_a_surprise(panel, target)})


def origins_through_history(panel: Panel, target: str) -> list[pd.Timestamp]:
    """Origins after a quarter, half and three quarters of the target's months.

    What looks ahead in old rows alone, such as a share of the lowest figure ever, is seen only
    where the figure is still to come.

    Parameters
    ----------
    panel : Panel
    target : str

    Returns
    -------
    list of Timestamp, ascending
    """
    months = panel.series(target).index
    quarters = [months[len(months) * k // 4] for k in (1, 2, 3)]
    return [day for m in quarters for day in panel.origins(m, m, target=target)]


def _before_a_surprise(panel: Panel, target: str) -> pd.Timestamp:
    """Newest earlier origin whose calendar turned out otherwise over the steps, or any."""
    last = panel.last_month(target)
    first = max(panel.series(target).index[0] + 60, last - 120)
    earlier = panel.origins(min(first, last - 10), last - 10, target=target)
    for day in reversed(earlier):
        ahead = pd.period_range(pd.Period(day, "M"), periods=STEPS, freq="M")
        expected = panel.calendar.as_of(day).working_days(ahead)
        if (expected != panel.calendar.working_days(ahead)).any():
            return day
    return earlier[-1]


def variant(model: Model, **parameters: Any) -> Model:
    """Clone of a model with other parameters, where it has them, in models inside it too."""
    other: Model = clone(model)
    own = other.get_params(deep=False)
    changed = {key: value for key, value in parameters.items() if key in own}
    for key, value in own.items():
        if inside := [variant(part, **parameters) for part in models_in(value)]:
            changed[key] = inside if isinstance(value, list | tuple) else inside[0]
    other.set_params(**changed)
    return other


def disturbed(panel: Panel, origin: pd.Timestamp) -> Panel:
    """Return the panel with every figure and quote that came out after an origin made another.

    As-of panels up to that origin are the same.
    """
    rng = np.random.default_rng(origin.toordinal())
    later = panel.release_dates > np.datetime64(origin, "D")
    factors = np.exp(rng.normal(0.0, 0.5, size=later.shape))
    table = panel.values.to_numpy()
    other = copy(panel)
    other.values = pd.DataFrame(
        np.where(later, table * factors, table), panel.values.index, panel.values.columns
    )
    if panel.quotes is not None:
        quotes = panel.quotes.table.copy()
        quotes.loc[origin:] *= np.exp(rng.normal(0.0, 0.5))
        other.quotes = Quotes(quotes)
    return other


def late(panel: Panel, months: int, punctual: Sequence[str]) -> Panel:
    """Return the panel with all series but some ending that many months earlier."""
    other = copy(panel)
    other.values = panel.values.copy()
    for id in panel.values.columns.difference(list(punctual)):
        known = np.flatnonzero(other.values[id].notna())
        other.values.loc[other.values.index[known[-months:]], id] = np.nan
    return other


def started(panel: Panel, first: pd.Period, series: Sequence[str]) -> Panel:
    """Return the panel with some series starting in a month."""
    other = copy(panel)
    other.values = panel.values.copy()
    other.values.loc[other.values.index < first, list(series)] = np.nan
    return other


def retold(panel: Panel, months: pd.PeriodIndex) -> Panel:
    """Return the panel with the figures of some months made others."""
    rows = panel.months.isin(months)
    rng = np.random.default_rng(len(months))
    factors = np.exp(rng.normal(0.0, 0.5, size=panel.values.shape))
    other = copy(panel)
    table = panel.values.to_numpy()
    made = np.where(rows[:, None], table * factors, table)
    other.values = pd.DataFrame(made, panel.values.index, panel.values.columns)
    return other


def with_another_past(panel: Panel) -> Panel:
    """Return the panel with every figure made another by a few per cent, but each series' last.

    What is forecast in growth from there, and the levels themselves, then differ by what was
    read of the past alone.
    """
    rng = np.random.default_rng(panel.values.shape)
    table = panel.values.to_numpy()
    ends = [np.flatnonzero(known)[-1:] for known in ~np.isnan(table).T]
    factors = np.exp(rng.normal(0.0, PAST_NOISE, size=table.shape))
    for column, end in enumerate(ends):
        factors[end, column] = 1.0
    other = copy(panel)
    other.values = pd.DataFrame(table * factors, panel.values.index, panel.values.columns)
    return other


def in_reverse(panel: Panel) -> Panel:
    """Return the panel with the other past's figures of each series in reverse order.

    Noise of a few per cent moves no sign, and few figures over a threshold; an order does.
    """
    other = with_another_past(panel)
    table = other.values.to_numpy().copy()
    for column in table.T:
        known = ~np.isnan(column)
        column[known] = column[known][::-1]
    other.values = pd.DataFrame(table, panel.values.index, panel.values.columns)
    return other


def in_billions(panel: Panel) -> Panel:
    """Return the panel with series in million USD, or in no unit, given in thousands of it."""
    larger = {"mn USD": "bn USD", "units": "thousand units"}
    small = [id for id in panel.values.columns if panel.catalog[id].unit in larger]
    values = panel.values.copy()
    values[small] = values[small] / 1000.0
    entries = [replace(panel.catalog[id], unit=larger[panel.catalog[id].unit]) for id in small]
    other = copy(panel)
    other.values = values
    other.catalog = panel.catalog.with_series(*entries)
    return other


def peeking(model: Model, panel: Panel) -> Model:
    """Clone that holds this panel wherever the model holds one among its parameters."""
    held = [key for key, value in model.get_params(deep=False).items() if isinstance(value, Panel)]
    return variant(model, **dict.fromkeys(held, panel))


def distance(a: ForecastPaths, b: ForecastPaths) -> float:
    """Largest relative difference of two forecasts' paths; infinite if their shapes differ."""
    if a.values.shape != b.values.shape:
        return np.inf
    return float(np.max(np.abs(a.values - b.values) / np.maximum(np.abs(b.values), 1e-300)))
