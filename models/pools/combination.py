"""Members' forecasts made one: quantiles averaged step by step, joint order kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.panel.panel import Panel
from tradeshock.models.base import Model
from tradeshock.models.direct.ridge import DirectRidge
from tradeshock.models.nowcast.bridge import FlashBridge
from tradeshock.models.parameters import Rules, number, one_of, optional
from tradeshock.models.paths import QUANTILES, ForecastPaths, in_order_of
from tradeshock.models.pools.steps import carried_on, covered
from tradeshock.models.pools.weights import SCHEMES, equal, mean_pinball
from tradeshock.models.pools.wrapper import Wrapper
from tradeshock.models.record.record import Record
from tradeshock.models.record.rows import QUANTILE_COLUMNS
from tradeshock.models.systems.bvar import BayesianVAR
from tradeshock.models.systems.presets import TradeBayesianVAR

Floats = npt.NDArray[np.float64]
LEVELS = np.array(QUANTILES)
# Origins that must be known before a scheme is preferred to equal weights.
FEWEST_ORIGINS = 36


class Combination(Wrapper):
    """Average of the members' quantiles, step by step, as one joint distribution.

    Quantiles are averaged rather than densities: a pool of calibrated densities is too wide
    (Lichtendahl, Grushka-Cockayne and Winkler 2013). The joint paths order the averaged draws of
    each step as the first member's (Schaake shuffle, Clark et al. 2004), so the first member
    lends its dependence between steps.

    Weights come from the members' past forecasts in the same state that were known at the
    origin, and are shrunk to equal. Every January the scheme (`tradeshock.models.pools.weights`)
    with the least past pinball loss is chosen for the year; its weights move every month. Steps
    beyond those of the record take the weights of its last step.

    Parameters
    ----------
    members : sequence of Model, optional
        The first is the template of the joint order. Default: nowcast bridges on `BayesianVAR`,
        `TradeBayesianVAR` and `DirectRidge`.
    scheme : str, optional
        Name of one scheme, for all years. Default: chosen each January.
    shrinkage : float
        Share of equal weights, 0 to 1.
    n_draws : int
        Sample paths; members that have other numbers are resampled to it.
    random_state : int
        Kept with the forecast; the combination itself draws nothing.

    Attributes
    ----------
    weights_ : DataFrame
        Weights of the last forecast, steps by members.
    scheme_ : str
        Scheme of the last forecast.
    """

    rules: ClassVar[Rules] = {
        "scheme": optional(one_of(*SCHEMES)),
        "shrinkage": number(0.0, 1.0),
    }

    scale_tolerance = 1e-3

    def __init__(
        self,
        members: Sequence[Model] | None = None,
        scheme: str | None = None,
        shrinkage: float = 0.5,
        n_draws: int = 1000,
        random_state: int = 0,
    ) -> None:
        self.members = members
        self.scheme = scheme
        self.shrinkage = shrinkage
        self.n_draws = n_draws
        self.random_state = random_state

    @property
    def parts(self) -> tuple[Model, ...]:
        """Members, as they are before they are fitted."""
        if self.members is not None:
            return super().parts
        carriers = (BayesianVAR(), TradeBayesianVAR(), DirectRidge())
        return tuple(
            FlashBridge(carrier, n_draws=self.n_draws, random_state=self.random_state)
            for carrier in carriers
        )

    def combine(
        self, forecasts: Sequence[ForecastPaths], record: Record, panel: Panel
    ) -> ForecastPaths:
        """Average the quantiles of the members' forecasts (see the class)."""
        first = forecasts[0]
        values = np.empty((self.n_draws, *first.values.shape[1:]))
        for column, target in enumerate(first.series):
            weights = self._weights(forecasts, target, record)
            draws = [_resampled(paths.values[:, :, column], self.n_draws) for paths in forecasts]
            values[:, :, column] = self._merge(draws, weights)
        return replace(first, values=values, notes=_notes(forecasts))

    def _merge(self, draws: Sequence[Floats], weights: Floats) -> Floats:
        """Average sorted draws, in logs where all are positive, in the first member's order."""
        logs = all((d > 0).all() for d in draws)
        level = [np.sort(np.log(d) if logs else d, axis=0) for d in draws]
        merged = sum(w * d for w, d in zip(weights.T, level, strict=True))
        ordered = in_order_of(draws[0], np.asarray(merged))
        return np.exp(ordered) if logs else ordered

    # -- weights ------------------------------------------------------------------------------

    def _weights(self, forecasts: Sequence[ForecastPaths], target: str, record: Record) -> Floats:
        """Weights of this origin, steps by members."""
        names, steps = [paths.model for paths in forecasts], len(forecasts[0].index)
        self.scheme_ = self.scheme or _scheme_of_year(forecasts[0], names, target, record)
        weights = np.full((steps, len(names)), 1.0 / len(names))
        if self.scheme_ != "equal":
            past = _history(record, names, target, forecasts[0].state, steps)
            if past is None:
                self.scheme_ = "equal"
            else:
                found = carried_on(SCHEMES[self.scheme_](past[0], LEVELS, past[1])[-1], steps)
                weights = self.shrinkage * weights + (1.0 - self.shrinkage) * found
        self.weights_ = pd.DataFrame(
            weights, pd.RangeIndex(1, steps + 1, name="step"), columns=names
        )
        return weights


class LinearPool(Combination):
    """Mixture of the members' draws, step by step: the rival of averaged quantiles.

    Parameters as `Combination`.
    """

    def _merge(self, draws: Sequence[Floats], weights: Floats) -> Floats:
        """Take from each member the share of draws that its weight says, then order them."""
        n, steps = draws[0].shape
        merged = np.empty((n, steps))
        for h in range(steps):
            every = np.concatenate([d[:, h] for d in draws])
            chance = np.repeat(weights[h] / n, n)
            order = np.argsort(every, kind="stable")
            reached = np.cumsum(chance[order])
            at = np.searchsorted(reached, (np.arange(n) + 0.5) / n * reached[-1])
            merged[:, h] = every[order][at]
        return in_order_of(draws[0], merged)


def _resampled(draws: Floats, n: int) -> Floats:
    if len(draws) == n:
        return draws
    return np.asarray(np.quantile(draws, (np.arange(n) + 0.5) / n, axis=0))


def _notes(forecasts: Sequence[ForecastPaths]) -> tuple[str, ...]:
    members = f"combines {', '.join(paths.model for paths in forecasts)}"
    return tuple(dict.fromkeys([members, *(n for paths in forecasts for n in paths.notes)]))


def _history(
    record: Record, names: Sequence[str], target: str, state: str, steps: int
) -> tuple[Floats, Floats] | None:
    """Quantiles (T, H, K, Q) and outcomes (T, H), 100 log, of origins that all members have.

    H is the number of steps, or as many as the record has of every member. None if these are too
    few: two origins, or the first step alone of a longer forecast.
    """
    wanted = (*QUANTILE_COLUMNS, "actual")
    tables = [record.arrays(wanted, name, target, state) for name in names]
    common = tables[0][0]
    for origins, _ in tables[1:]:
        common = common.intersection(origins)
    steps = covered(steps, *(columns["actual"].shape[1] for _, columns in tables))
    if len(common) < 2 or not steps:
        return None
    places = [origins.get_indexer(common) for origins, _ in tables]
    quantiles = np.stack(
        [
            np.stack([columns[c][rows, :steps] for c in QUANTILE_COLUMNS], axis=-1)
            for (_, columns), rows in zip(tables, places, strict=True)
        ],
        axis=2,
    )
    actual = tables[0][1]["actual"][places[0], :steps]
    return 100.0 * np.log(quantiles), 100.0 * np.log(actual)


def _scheme_of_year(paths: ForecastPaths, names: Sequence[str], target: str, record: Record) -> str:
    """Scheme chosen in January, the same for all months of a year.

    The year is that of the record's own end where the forecast comes later: a record that is held
    while figures go on holds its scheme too.
    """
    steps, state = len(paths.index), paths.state
    ends = paths.origin if record.origin is None else min(paths.origin, record.origin)
    january = pd.Timestamp(ends.year, 1, 1)

    def choose() -> str:
        return _best_scheme(_history(record.as_of(january), names, target, state, steps))

    return record.findings.find(("scheme", january, target, state, tuple(names), steps), choose)


def _best_scheme(past: tuple[Floats, Floats] | None) -> str:
    """Scheme with the least past pinball loss, each step counting alike."""
    if past is None or len(past[1]) < FEWEST_ORIGINS:
        return "equal"
    quantiles, actual = past
    base = mean_pinball(equal(quantiles, LEVELS, actual)[:-1], quantiles, LEVELS, actual)
    losses = {}
    for name, scheme in SCHEMES.items():
        weights = scheme(quantiles, LEVELS, actual)[:-1]
        loss = mean_pinball(weights, quantiles, LEVELS, actual)
        losses[name] = float(np.mean(loss[base > 0] / base[base > 0]))
    return min(losses, key=losses.__getitem__)
