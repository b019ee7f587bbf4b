"""The record brought up to date: months that came after it, one origin at a time.

A backtest reads all past months anew; whoever adds one origin a month to a record need not. Each
model is fitted once at each new origin, from the figures and the record as they stood there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd
from sklearn.base import clone
from threadpoolctl import threadpool_limits

from tradeshock.features.errors import stale_series_noted
from tradeshock.features.panel.origins import FLASH_STATES
from tradeshock.features.panel.panel import Panel
from tradeshock.models.base import Model
from tradeshock.models.nowcast.bridge import FlashBridge
from tradeshock.models.paths import ForecastPaths
from tradeshock.models.pools.wrapper import Wrapper
from tradeshock.models.record.record import Record
from tradeshock.models.record.rows import forecast_rows


class Occasion(NamedTuple):
    """A state that a target has been in, and the day on which it began."""

    origin: pd.Timestamp
    state: str


def missing_occasions(panel: Panel, target: str, record: Record, model: Model) -> list[Occasion]:
    """List what a record lacks since its last forecast by a model, in order of time.

    Parameters
    ----------
    panel : Panel
    target : str
    record : Record
        Says from where: a state in which it has no forecast by the model is left out.
    model : Model

    Returns
    -------
    list of Occasion
        An occasion begins on its standard origin, or where a publisher was late, on the day on
        which the figure was there.
    """
    found: list[Occasion] = []
    for state in panel.states(target):
        recorded = record.arrays([], model.name, target, state)[0]
        if len(recorded):
            first = _month_of(panel, target, recorded[-1]) + 1
            found += occasions(panel, target, state, first)
    return sorted(found)


def catch_up(
    panel: Panel,
    target: str,
    record: Record,
    model: Model,
    missing: Iterable[Occasion],
    steps: int = 12,
) -> Iterator[list[ForecastPaths]]:
    """Forecast from each occasion that a record lacks, with what the record held by then.

    Parameters
    ----------
    panel : Panel
    target : str
    record : Record
    model : Model
        What is forecast by; its members and theirs too, and in states with early counts what the
        carrying models of nowcast bridges expected of the running month.
    missing : iterable of Occasion
        As `missing_occasions` lists them.
    steps : int

    Yields
    ------
    list of ForecastPaths
        Of one occasion, the model's first. `recorded` makes rows of them.
    """
    known = record.with_outcomes(panel)
    for origin, _ in missing:
        figures, past = panel.as_of(origin), known.as_of(origin)
        # Which series were old on a day of the past is of no use to anybody.
        with threadpool_limits(1), stale_series_noted():
            forecasts = list(_forecasts(clone(model).fit(figures, target, past), steps))
        known = Record.concat([known, recorded(forecasts, panel)])
        yield forecasts


def recorded(forecasts: list[ForecastPaths], panel: Panel) -> Record:
    """Record of forecasts, with fingerprints of their figures, and outcomes as first printed.

    Parameters
    ----------
    forecasts : list of ForecastPaths
    panel : Panel
        Holds the outcomes, as far as they are out.
    """
    return Record(forecast_rows(forecasts, panel, "first")).with_figures(panel)


def _month_of(panel: Panel, target: str, origin: pd.Timestamp) -> pd.Period:
    """Month of step 1 at an origin."""
    return panel.as_of(origin).last_month(target) + 1


def occasions(panel: Panel, target: str, state: str, first: pd.Period) -> list[Occasion]:
    """Occasions of one state from a month of step 1 on.

    Parameters
    ----------
    panel : Panel
    target : str
    state : str
    first : Period
    """
    months = pd.period_range(first, panel.last_month(target) + 1, freq="M")
    if not len(months):
        return []
    days = panel.origin_days(months, state, target)
    needs = {target: months - 1}
    if state in FLASH_STATES:
        needs[panel.catalog.flash(target)[FLASH_STATES[state]]] = months
    for id, needed in needs.items():
        days = np.maximum(days, _known_from(panel, id, needed))
    days = days[~np.isnat(days) & (days <= np.datetime64(panel.origin, "D"))]
    origins = list(pd.DatetimeIndex(days))
    # Where both came late, the month was never in that state.
    held = panel.states_at(origins, target) == state
    return [Occasion(day, state) for day, holds in zip(origins, held, strict=True) if holds]


def _known_from(panel: Panel, id: str, months: pd.PeriodIndex) -> np.ndarray:
    """Day from which each figure was there; NaT for what is not there yet."""
    rows = months.asi8 - panel.months.asi8[0]
    column = panel.values.columns.get_loc(id)
    there = (rows < len(panel.months)) & panel.values[id].reindex(months).notna().to_numpy()
    days = np.full(len(months), np.datetime64("NaT"), dtype="datetime64[D]")
    days[there] = panel.release_dates[rows[there], column]
    return days


def _forecasts(fitted: Model, steps: int) -> Iterator[ForecastPaths]:
    """Forecasts of a model and of all inside it that learn from a record."""
    yield fitted.forecast(steps)
    if isinstance(fitted, Wrapper):
        for member in fitted.members_:
            yield from _forecasts(member, steps)
    elif isinstance(fitted, FlashBridge) and fitted.state_ in FLASH_STATES:
        yield fitted.carrier_.forecast(1)
