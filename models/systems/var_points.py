"""Point forecasts of a vector autoregression from many origins, without a panel for each.

What each origin knew is read off release days for all of them at once; origins that know the same
series and the same calendar are estimated in one pass, and those with the same ragged edge are
conditioned in one.

Shapes: ``O`` origins, ``T`` months ahead, ``n`` series, ``p`` lags, ``m`` exogenous columns.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from functools import cache, partial
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.errors import ModelError, StaleSeriesWarning
from tradeshock.features.panel.validation import months_of
from tradeshock.models.algebra.expanding import VarReplay, forecast_means
from tradeshock.models.algebra.many_origins import (
    Sample,
    choose_orders,
    coefficients_by_order,
    level_responses,
    meet_edge,
)
from tradeshock.models.systems.growth_system import GrowthSystem, calendar_regressors

if TYPE_CHECKING:
    from tradeshock.features.days.calendar import TradeCalendar
    from tradeshock.features.panel.panel import Panel

__all__ = ["point_replay"]

Array = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]


class Specification(Protocol):
    """What is asked of a `tradeshock.models.systems.var.VAR`, which need not be fitted."""

    lags: int | None
    criterion: Literal["aic", "bic", "hq"]
    window: int | None
    calendar: bool
    minimum_months: int

    def _fewest(self, columns: int, n: int) -> int: ...

    def _too_short(self, fewest: int) -> bool: ...

    def _highest_order(self, months: int, n: int, columns: int) -> int: ...


def point_replay(
    model: Specification,
    panel: Panel,
    series: Sequence[str],
    targets: int,
    origins: pd.DatetimeIndex,
    steps: int,
) -> Array:
    """Medians of the normal law of many origins.

    Parameters
    ----------
    model : Specification
    panel : Panel
    series : sequence of str
        Those wanted, targets first.
    targets : int
        Number of first series that are forecast.
    origins : DatetimeIndex
    steps : int

    Returns
    -------
    ndarray, origins by steps by targets
        In own units; NaN where an origin has to be taken by itself, for instance because it has
        too few months.
    """
    last = panel.last_known(series, origins)
    stale = panel.stale_at(series, origins, last)
    stale[:, :targets] = False
    _warn_of_stale(series, stale, origins)
    medians = np.full((len(origins), steps, targets), np.nan)
    read = cache(partial(GrowthSystem.read, panel))
    for at, calendar in _of_one_kind(stale, _calendars(model, panel, origins)):
        kept = np.flatnonzero(~stale[at[0]])
        system = read(tuple(series[i] for i in kept.tolist()))
        first = int(system.months.asi8[0])
        rows = last[at][:, kept] - (first - int(panel.months.asi8[0]))
        # No months beyond what an origin needs: calendars end.
        needed = max(int(rows.max()), 0) + steps
        exog = calendar_regressors(months_of(first + 1 + np.arange(needed)), calendar)
        try:
            medians[at] = _points(model, _History(system, exog), rows, targets, steps)
        except ModelError:
            continue
    return medians


def _warn_of_stale(
    series: Sequence[str], stale: npt.NDArray[np.bool_], origins: pd.DatetimeIndex
) -> None:
    for i in np.flatnonzero(stale.any(axis=0)).tolist():
        at = np.flatnonzero(stale[:, i])
        warnings.warn(
            f"{series[i]} is left out at {len(at)} of {len(origins)} origins, first on "
            f"{origins[at[0]].date()}: its figures there are older than its release rule says",
            StaleSeriesWarning,
            stacklevel=4,
        )


def _calendars(
    model: Specification, panel: Panel, origins: pd.DatetimeIndex
) -> list[TradeCalendar | None]:
    """Calendar that each origin knew, the same one for all that had heard the same news."""
    if not model.calendar:
        return [None] * len(origins)
    return [panel.calendar.as_of(origin).settled for origin in origins]


def _of_one_kind(
    stale: npt.NDArray[np.bool_], calendars: Sequence[TradeCalendar | None]
) -> Iterator[tuple[Places, TradeCalendar | None]]:
    """Places of origins that know the same series and calendar."""
    groups: dict[tuple[bytes, TradeCalendar | None], list[int]] = {}
    for i, calendar in enumerate(calendars):
        groups.setdefault((stale[i].tobytes(), calendar), []).append(i)
    for (_, calendar), at in groups.items():
        yield np.array(at), calendar


class _History(NamedTuple):
    """A system as it is now, and the calendar of its growth as some origins knew it.

    Parameters
    ----------
    system : GrowthSystem
        Later months than an origin knew are not looked at.
    exog : ndarray
        Exogenous columns of growth, from the second month on, and of the months ahead.
    """

    system: GrowthSystem
    exog: Array


def _points(
    model: Specification, history: _History, last: Places, targets: int, steps: int
) -> Array:
    """Medians of origins that differ in nothing but their months.

    Parameters
    ----------
    last : ndarray of int, shape (O, n)
        Row of the system's levels with each series' last figure.
    """
    medians = np.full((len(last), steps, targets), np.nan)
    system, ends = history.system, last.min(axis=1)
    if model.window is not None and model.lags is None:
        return medians
    fewest = model._fewest(history.exog.shape[1], len(system.series))
    if model._too_short(fewest):
        return medians
    needed = max(fewest, (model.window or 0) + 1)
    first = np.array([month.ordinal for month in system.first[:targets]]) - system.months.asi8[0]
    months = (last[:, :targets] - first + 1).min(axis=1)
    at = np.flatnonzero((ends + 1 >= needed) & (months >= model.minimum_months))
    if not len(at):
        return medians
    # An origin's first growth rate is of the second month, so it sees as many as its last row.
    seen = ends[at]
    growth = np.diff(system.levels[: seen.max() + 1], axis=0)
    sample = Sample(system.series, growth, history.exog[: len(growth)])
    orders = _orders(model, sample, seen)
    for lags, members, found in coefficients_by_order(sample, seen, orders, model.window):
        edge = last[at[members]] - seen[members, None]
        medians[at[members]] = _medians(history, lags, found, seen[members], edge, targets, steps)
    return medians


def _orders(model: Specification, sample: Sample, seen: Places) -> Places:
    if model.lags is not None:
        return np.full(len(seen), model.lags)
    sizes = (sample.endog.shape[1], sample.exog.shape[1])
    highest = [model._highest_order(months, *sizes) for months in seen.tolist()]
    return choose_orders(sample, seen, np.array(highest), model.criterion)


def _medians(
    history: _History,
    lags: int,
    found: VarReplay,
    seen: Places,
    edge: Places,
    targets: int,
    steps: int,
) -> Array:
    """Medians of origins with estimates of one lag order.

    Parameters
    ----------
    seen : ndarray of int, shape (O,)
        Row of the system's levels with the last month that all series have.
    edge : ndarray of int, shape (O, n)
        Months that each series has after it.
    """
    known = history.system.levels
    medians = np.full((len(seen), steps, targets), np.nan)
    kinds, kind = _distinct(edge)
    for i, ahead in enumerate(kinds):
        at = np.flatnonzero(kind == i)
        rows, months = seen[at, None], int(max(ahead[0] + steps, ahead.max()))
        here = found.at(at)
        past = np.diff(known[rows + np.arange(-lags, 1)], axis=1)
        drift = history.exog[rows + np.arange(months)] @ here.exog_coefs
        mean = np.cumsum(forecast_means(here.coefs, past, drift), axis=1)
        base = known[seen[at]]
        wanted = (int(ahead[0]), int(ahead[0]) + steps, targets)
        if ahead.any():
            published = _published(known, rows, ahead, months) - base[:, None]
            responses = level_responses(here.coefs, months)
            constant, _, trusted = meet_edge(mean, responses, here.sigma_u, published, wanted)
            constant[~trusted] = np.nan
            rise = constant.reshape(len(at), steps, targets)
        else:
            rise = mean[:, :steps, :targets]
        medians[at] = base[:, None, :targets] + rise
    return history.system.own_units(medians)


def _distinct(rows: Places) -> tuple[Places, Places]:
    """Distinct rows and which of them each is; the usual case, one alone, without sorting."""
    if (rows == rows[0]).all():
        return rows[:1], np.zeros(len(rows), dtype=np.intp)
    kinds, kind = np.unique(rows, axis=0, return_inverse=True)
    return kinds, kind.reshape(-1)


def _published(levels: Array, rows: Places, ahead: Places, months: int) -> Array:
    """Levels after the last common month as far as each series has them, NaN beyond."""
    known = np.full((len(rows), months, levels.shape[1]), np.nan)
    known[:, : ahead.max()] = levels[rows + 1 + np.arange(ahead.max())]
    known[:, np.arange(months)[:, None] >= ahead] = np.nan
    return known
