"""Vector autoregressions of many origins, without a panel for each.

What each origin knew is read off release days for all of them at once; origins that know the same
series and the same calendar are estimated in one pass, and those with the same ragged edge have
their laws found in one.

Shapes: ``O`` origins, ``T`` months ahead, ``n`` series, ``p`` lags, ``m`` exogenous columns, ``q``
cells that are wanted: months by targets.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.errors import ModelError, StaleSeriesWarning
from tradeshock.features.panel.validation import months_of
from tradeshock.models.algebra.collinear import surely_regular
from tradeshock.models.algebra.conditioning import innovations_of_many, root_of
from tradeshock.models.algebra.expanding import VarReplay
from tradeshock.models.algebra.least_squares import regressors
from tradeshock.models.algebra.many_origins import Sample, choose_orders, coefficients_by_order
from tradeshock.models.algebra.recursion import loadings, simulate
from tradeshock.models.systems.calendar_regressors import calendar_regressors
from tradeshock.models.systems.innovations import rescaled
from tradeshock.models.systems.levels import SystemLevels

if TYPE_CHECKING:
    from tradeshock.features.days.calendar import TradeCalendar
    from tradeshock.features.panel.panel import Panel
    from tradeshock.models.systems.var_design import VarDesign

__all__ = ["OriginsTogether", "ReplayTask", "WantedLevels", "estimated_together"]

Array = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]


class ReplayTask(NamedTuple):
    """What is forecast from which origins.

    Parameters
    ----------
    panel : Panel
    series : tuple of str
        Those wanted, targets first.
    targets : int
        Number of first series that are forecast.
    origins : DatetimeIndex
    steps : int
    minimum_months : int
        Months of each target that an origin must know.
    """

    panel: Panel
    series: tuple[str, ...]
    targets: int
    origins: pd.DatetimeIndex
    steps: int
    minimum_months: int


@dataclass(frozen=True)
class WantedLevels:
    """(Log) levels of the wanted cells of some origins as linear functions of innovations.

    Parameters
    ----------
    constant : ndarray, shape (O, q)
        NaN where published cells nearly repeat each other: such an origin goes by itself.
    weights : ndarray, shape (O, q, T * n)
        Of the innovations, month by month.
    """

    constant: Array
    weights: Array


class OriginsTogether(NamedTuple):
    """Origins with one system, calendar, lag order and ragged edge, estimated in one pass.

    Parameters
    ----------
    places : ndarray of int, shape (O,)
        Of these origins among all.
    levels : SystemLevels
        The system as it is now; later months than an origin knew are not looked at.
    exog : ndarray
        Exogenous columns of growth, from the second month on, and of the months ahead.
    found : VarReplay
        Estimates.
    seen : ndarray of int, shape (O,)
        Row of the system's levels with the last month that all series have.
    edge : ndarray of int, shape (n,)
        Months that each series has after it.
    window : int, optional
        Last months of growth that are learned from.
    """

    places: Places
    levels: SystemLevels
    exog: Array
    found: VarReplay
    seen: Places
    edge: Places
    window: int | None

    def months_ahead(self, steps: int) -> int:
        """Months from the first that some series lacks to the last wanted or published one."""
        return int(max(self.edge[0] + steps, self.edge.max()))

    def wanted_levels(self, steps: int, targets: int, points: bool = False) -> WantedLevels:
        """Laws of the targets' (log) levels, the ragged edge met.

        With ``l = L e + L m`` the wanted cells, ``H`` the rows of published ones with values ``r``
        and ``K`` the gain, "simulate and correct" (Durbin and Koopman 2002) gives
        ``l = L m + K (r - H m) + (L - K H) e``.

        Parameters
        ----------
        steps, targets : int
        points : bool
            Whether constants alone are wanted; weights are then empty.
        """
        months = self.months_ahead(steps)
        mean = self._means(months)
        first = int(self.edge[0])
        wanted = np.zeros(mean.shape[1:], dtype=bool)
        wanted[first : first + steps, :targets] = True
        published = np.arange(months)[:, None] < self.edge
        base = self.levels.levels[self.seen]
        expected = base[:, None] + mean
        weights = np.empty((len(mean), 0, 0))
        answers, seen = None, None
        if published.any():
            until = int(self.edge.max())
            seen, answers, safe = self._answers(published[:until])
            ahead = self.seen[:, None] + 1 + np.arange(until)
            values = self.levels.levels[ahead][:, published[:until]]
            surprise = values - expected[:, published]
            shocks = np.zeros((len(mean), 1, months, mean.shape[2]))
            shocks[:, 0, :until] = (answers @ surprise[:, :, None]).reshape(len(mean), until, -1)
            still = np.zeros_like(self.found.coefs[..., 0]), np.zeros_like(mean)
            expected = expected + np.cumsum(
                simulate(self.found.coefs, *still, shocks)[:, 0], axis=1
            )
            expected[~safe] = np.nan
        if not points:
            weights = _of_cells(_level_loadings(self.found.coefs, months), wanted)
            if answers is not None and seen is not None:
                # Nothing published is moved by months after it.
                reach = seen.shape[2]
                weights[:, :, :reach] -= weights[:, :, :reach] @ answers @ seen
        return WantedLevels(expected[:, wanted], weights)

    def _answers(
        self, published: npt.NDArray[np.bool_]
    ) -> tuple[Array, Array, npt.NDArray[np.bool_]]:
        """Published cells as sums of innovations, and the innovations that answer a surprise.

        Parameters
        ----------
        published : ndarray of bool, shape (E, n)
            Which series are out in the first months ahead.

        Returns
        -------
        seen : ndarray, shape (O, k, E * n)
        answers : ndarray, shape (O, E * n, k)
        safe : ndarray of bool, shape (O,)
            Where answers can be trusted.
        """
        seen = _of_cells(_level_loadings(self.found.coefs, len(published)), published)
        origins, n = len(seen), published.shape[1]
        root = root_of(self.found.sigma_u)
        own = (seen.reshape(origins, -1, n) @ root).reshape(seen.shape)
        normal, safe = innovations_of_many(own, np.zeros(seen.shape[1]))
        k = normal.shape[2]
        answers = root[:, None] @ normal.reshape(origins, -1, n, k)
        return seen, answers.reshape(origins, -1, k), safe

    def _means(self, months: int) -> Array:
        """Expected rise of levels since the last common month, shape (O, T, n)."""
        lags, rows = self.found.coefs.shape[1], self.seen[:, None]
        past = np.diff(self.levels.levels[rows + np.arange(-lags, 1)], axis=1)
        drift = self.exog[rows + np.arange(months)] @ self.found.exog_coefs
        return np.cumsum(simulate(self.found.coefs, past, drift)[:, 0], axis=1)

    def residuals(self) -> Iterator[Array]:
        """Residuals of each origin, rescaled for the regressors that least squares has spent."""
        lags, n = self.found.coefs.shape[1:3]
        growth = np.diff(self.levels.levels[: self.seen.max() + 1], axis=0)
        X, Y = regressors(growth, self.exog[: len(growth)], lags), growth[lags:]
        lagged = self.found.coefs.swapaxes(-1, -2).reshape(len(self.seen), lags * n, n)
        stacked = np.concatenate([self.found.exog_coefs, lagged], axis=1)
        for seen, coefs in zip(self.seen.tolist(), stacked, strict=True):
            rows = slice(0 if self.window is None else seen - self.window, seen - lags)
            yield rescaled(Y[rows] - X[rows] @ coefs, X.shape[1])


def _level_loadings(coefs: Array, months: int) -> Array:
    """Levels of the last of so many months as sums of innovations, shape (O, n, T, n).

    Those of an earlier month are the same, so many months later.
    """
    n = coefs.shape[-1]
    return loadings(coefs, np.repeat(np.eye(n)[:, None], months, axis=1))


def _of_cells(rows: Array, cells: npt.NDArray[np.bool_]) -> Array:
    """Levels of some cells (months by series) as sums of innovations, shape (O, cells, T * n)."""
    months, n = cells.shape
    month, series = np.nonzero(cells)
    # Later innovations do not move a month: they find the zeros behind the last one.
    padded = np.concatenate([rows, np.zeros((len(rows), n, 1, n))], axis=2)
    places = np.minimum(months - 1 - month[:, None] + np.arange(months), months)
    return padded[:, series[:, None], places].reshape(len(rows), len(month), months * n)


def estimated_together(
    design: VarDesign, calendar: bool, task: ReplayTask
) -> Iterator[OriginsTogether]:
    """Estimate the system at many origins.

    Parameters
    ----------
    design : VarDesign
    calendar : bool
        Whether equations have calendar regressors.
    task : ReplayTask

    Yields
    ------
    OriginsTogether
        Origins that are in none have to be taken by themselves, for instance because they know
        too few months.

    Warns
    -----
    StaleSeriesWarning
        For series that are left out at some origins.
    """
    panel, series, targets = task.panel, task.series, task.targets
    last = panel.last_known(series, task.origins)
    stale = panel.stale_at(series, task.origins, last)
    stale[:, :targets] = False
    _warn_of_stale(series, stale, task.origins)
    read = cache(partial(SystemLevels.read, panel))
    for at, known in _of_one_kind(stale, _calendars(calendar, panel, task.origins)):
        kept = np.flatnonzero(~stale[at[0]])
        levels = read(tuple(series[i] for i in kept.tolist()))
        first = int(levels.months.asi8[0])
        rows = last[at][:, kept] - (first - int(panel.months.asi8[0]))
        # No months beyond what an origin needs: calendars end.
        needed = max(int(rows.max()), 0) + task.steps
        exog = calendar_regressors(months_of(first + 1 + np.arange(needed)), known)
        try:
            for group in _estimated(design, levels, exog, rows, task):
                yield group._replace(places=at[group.places])
        except ModelError:
            continue


def _warn_of_stale(
    series: Sequence[str], stale: npt.NDArray[np.bool_], origins: pd.DatetimeIndex
) -> None:
    for i in np.flatnonzero(stale.any(axis=0)).tolist():
        at = np.flatnonzero(stale[:, i])
        warnings.warn(
            StaleSeriesWarning(
                f"{series[i]} is left out at {len(at)} of {len(origins)} origins, first on "
                f"{origins[at[0]].date()}: its figures there are older than its release rule says",
                series[i],
            ),
            stacklevel=5,
        )


def _calendars(
    calendar: bool, panel: Panel, origins: pd.DatetimeIndex
) -> list[TradeCalendar | None]:
    """Calendar that each origin knew, the same one for all that had heard the same news."""
    if not calendar:
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


def _estimated(
    design: VarDesign, levels: SystemLevels, exog: Array, last: Places, task: ReplayTask
) -> list[OriginsTogether]:
    """Estimates of origins that differ in nothing but their months.

    Parameters
    ----------
    last : ndarray of int, shape (O, n)
        Row of the system's levels with each series' last figure.
    """
    ends = last.min(axis=1)
    fewest = design.fewest(exog.shape[1], len(levels.series))
    # Lags that are chosen in each window are chosen by each origin.
    if (design.window is not None and design.lags is None) or design.too_short(fewest):
        return []
    needed = max(fewest, (design.window or 0) + 1)
    starts = np.array([month.ordinal for month in levels.first[: task.targets]])
    months = last[:, : task.targets] - (starts - levels.months.asi8[0]) + 1
    at = np.flatnonzero((ends + 1 >= needed) & (months.min(axis=1) >= task.minimum_months))
    if not len(at):
        return []
    # An origin's first growth rate is of the second month, so it sees as many as its last row.
    seen = ends[at]
    growth = np.diff(levels.levels[: seen.max() + 1], axis=0)
    sample = Sample(levels.series, growth, exog[: len(growth)])
    groups = []
    for _, members, found in coefficients_by_order(
        sample, seen, _orders(design, sample, seen), design.window
    ):
        # Where a series repeats others, the origin by itself says so.
        regular = np.flatnonzero(surely_regular(found.sigma_u, growth))
        if not len(regular):
            continue
        members, found = members[regular], found.at(regular)
        edges, kind = _distinct(last[at[members]] - seen[members, None])
        for i, edge in enumerate(edges):
            some = np.flatnonzero(kind == i)
            of = members[some]
            groups.append(
                OriginsTogether(at[of], levels, exog, found.at(some), seen[of], edge, design.window)
            )
    return groups


def _orders(design: VarDesign, sample: Sample, seen: Places) -> Places:
    if design.lags is not None:
        return np.full(len(seen), design.lags)
    sizes = (sample.endog.shape[1], sample.exog.shape[1])
    highest = [design.highest_order(months, *sizes) for months in seen.tolist()]
    return choose_orders(sample, seen, np.array(highest), design.criterion)


def _distinct(rows: Places) -> tuple[Places, Places]:
    """Distinct rows and which of them each is; the usual case, one alone, without sorting."""
    if (rows == rows[0]).all():
        return rows[:1], np.zeros(len(rows), dtype=np.intp)
    kinds, kind = np.unique(rows, axis=0, return_inverse=True)
    return kinds, kind.reshape(-1)
