"""Direct ridge regressions on what was known."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt

from tradeshock.features.indicators.exchange_rates import ExchangeRates
from tradeshock.features.indicators.flash import Flash
from tradeshock.features.indicators.partner_demand import PartnerDemand
from tradeshock.features.indicators.pipeline import FeaturePipeline
from tradeshock.features.indicators.prices import Prices
from tradeshock.features.indicators.semiconductors import SemiconductorCycle
from tradeshock.models.base import Floats
from tradeshock.models.direct.base import ADJUSTED_LAGS, DirectModel, Rows
from tradeshock.models.direct.features import FEATURES, Features
from tradeshock.models.parameters import Rules, optional, positive, several, whole

PENALTIES = (100.0, 200.0, 400.0, 800.0, 1600.0)
# A column enters once it was known in two years of the rows.
FEWEST_KNOWN = 24
# Standardised columns are cut here: most of what an indicator says, it says by its sign.
COLUMN_CUT = 1.5
# The target's own growth is known to matter (working against the last month's noise, and with
# momentum), so its prior is wider: its columns are shrunk a ninth as hard.
LAG_SCALE = 3.0
VALIDATION_ROWS = 120
VALIDATION_STEPS = 12
REFIT_EVERY = 12
FEWEST_ROWS = 36


def linear_blocks() -> FeaturePipeline:
    """Blocks for linear models: no uncertainty or volatility columns, which cost accuracy there.

    Nor calendar and lags of the target: models adjust for the one and have the other adjusted.
    """
    return FeaturePipeline(
        [
            ("semiconductors", SemiconductorCycle()),
            ("exchange_rates", ExchangeRates(volatility_months=None)),
            ("partner_demand", PartnerDemand()),
            ("prices", Prices()),
            ("flash", Flash()),
        ]
    )


class ColumnsInUse(NamedTuple):
    """Columns that move within the first rows, and by what they are standardised.

    Parameters
    ----------
    kept : ndarray of int
        Their positions.
    mean, spread : ndarray
        Of the first rows.
    """

    kept: npt.NDArray[np.intp]
    mean: Floats
    spread: Floats

    @classmethod
    def from_rows(cls, rows: Rows, upto: int) -> ColumnsInUse:
        """Those of so many first rows."""
        kept = np.flatnonzero(rows.usable(FEWEST_KNOWN, upto))
        first = rows.X[:upto, kept]
        seen = ~np.isnan(first)
        count = seen.sum(axis=0)
        mean = np.where(seen, first, 0.0).sum(axis=0) / count
        spread = np.sqrt((np.where(seen, first - mean, 0.0) ** 2).sum(axis=0) / count)
        moving = spread > 1e-10
        return cls(kept[moving], mean[moving], spread[moving])

    def standardised(self, X: Floats) -> Floats:
        """Kept columns of some rows, cut, missing ones zero, with a constant in front."""
        scale = np.where(self.kept < len(ADJUSTED_LAGS), LAG_SCALE, 1.0)
        z = np.clip((X[:, self.kept] - self.mean) / self.spread, -COLUMN_CUT, COLUMN_CUT)
        return np.column_stack([np.ones(len(X)), np.where(np.isnan(z), 0.0, z) * scale])

    def names(self, rows: Rows) -> tuple[str, ...]:
        """Names of what `standardised` gives, the constant's first."""
        return ("constant", *(rows.names[column] for column in self.kept))


def standardised(rows: Rows, upto: int, new: Floats) -> tuple[Floats, Floats]:
    """First rows and new ones, standardised by the first (see `ColumnsInUse`).

    Parameters
    ----------
    rows : Rows
    upto : int
        Number of first rows that are used.
    new : ndarray, new rows by columns

    Returns
    -------
    ndarray, upto by kept columns
    ndarray, new rows by kept columns
    """
    columns = ColumnsInUse.from_rows(rows, upto)
    return columns.standardised(rows.X[:upto]), columns.standardised(new)


def step_penalties(penalty: float, steps: int) -> Floats:
    """Penalty of each step: the further ahead, the more outcomes overlap and the less they say."""
    grown: Floats = penalty * np.sqrt(np.arange(1, steps + 1))
    return grown


def choose_penalty(rows: Rows, penalties: Sequence[float]) -> float:
    """Penalty that forecast best forward in time within the rows.

    The last 120 rows with a known outcome are forecast in blocks of a year, each from a fit on
    the rows whose twelve outcomes were known when the block began. Squared errors of all steps
    with outcomes in these rows count, each divided by those of no change. Histories that are too
    short, or that never change, take the middle penalty.
    """
    middle = sorted(penalties)[len(penalties) // 2]
    if len(penalties) == 1:
        return middle
    outcomes = rows.outcome_table(VALIDATION_STEPS)
    known = int((~np.isnan(outcomes[:, 0])).sum())
    first = max(known - VALIDATION_ROWS, FEWEST_ROWS + VALIDATION_STEPS - 1)
    if first >= known:
        return middle
    ridges = np.array([step_penalties(penalty, VALIDATION_STEPS) for penalty in penalties])
    wrong = np.zeros_like(ridges)
    for begin in range(first, known, REFIT_EVERY):
        upto = begin - VALIDATION_STEPS + 1
        block = slice(begin, min(begin + REFIT_EVERY, known))
        Z, new = standardised(rows, upto, rows.X[block])
        # One decomposition serves all steps and penalties.
        values, vectors = np.linalg.eigh(Z.T @ Z)
        turned = (vectors.T @ (Z.T @ outcomes[:upto])).T
        shrunk = turned / (values + ridges[:, :, None])
        missed = shrunk @ (new @ vectors).T - outcomes[block].T
        wrong += np.nansum(missed**2, axis=2)
    no_change = np.nansum(outcomes[first:known] ** 2, axis=0)
    # In a block of less than a year the outcomes of long steps are not out.
    judged = no_change > 0.0
    if not judged.any():
        return middle
    return penalties[int(np.argmin((wrong[:, judged] / no_change[judged]).sum(axis=1)))]


class RidgeFit(NamedTuple):
    """Ridge regressions of cumulative growth, one a step, as they were learned at one origin.

    Parameters
    ----------
    columns : ColumnsInUse
    names : tuple of str
        Names of what the coefficients belong to, the constant's first.
    coefficients : ndarray, steps by names
        Log points for one standard deviation; of the target's own growth, which stands three times
        as wide (`LAG_SCALE`), for a third of one.
    penalty : float
        Of step 1.
    """

    columns: ColumnsInUse
    names: tuple[str, ...]
    coefficients: Floats
    penalty: float

    @classmethod
    def learn(cls, rows: Rows, steps: int, penalties: Sequence[float]) -> RidgeFit:
        """``(Z'Z + penalty sqrt(h) I)^-1 Z'y`` (Hoerl and Kennard 1970) on standardised columns.

        The constant is shrunk as well, towards no drift, which is the random walk.

        Parameters
        ----------
        rows : Rows
            What was known at the origin.
        steps : int
        penalties : sequence of float
            Candidates (see `choose_penalty`).
        """
        penalty = choose_penalty(rows, penalties)
        outcomes = rows.outcome_table(steps)
        known = (~np.isnan(outcomes)).sum(axis=0)
        columns = ColumnsInUse.from_rows(rows, int(known[0]))
        Z = columns.standardised(rows.X[: known[0]])
        coefficients = np.empty((steps, Z.shape[1]))
        for step, ridge in enumerate(step_penalties(penalty, steps)):
            z, y = Z[: known[step]], outcomes[: known[step], step]
            coefficients[step] = np.linalg.solve(z.T @ z + ridge * np.eye(z.shape[1]), z.T @ y)
        return cls(columns, columns.names(rows), coefficients, penalty)

    def growth(self, new: Floats) -> Floats:
        """Cumulative growth of new rows by steps, log points."""
        Z = self.columns.standardised(new)
        return np.stack([Z @ coefs for coefs in self.coefficients], axis=1)


def ridge_growth(rows: Rows, new: Floats, steps: int, penalties: Sequence[float]) -> Floats:
    """Cumulative growth by ridge regressions, one a step (see `RidgeFit`).

    Parameters
    ----------
    rows : Rows
        What was known at the origin.
    new : ndarray, new rows by columns
    steps : int
    penalties : sequence of float
        Candidates (see `choose_penalty`).

    Returns
    -------
    ndarray, new rows by steps
        Log points.
    """
    return _learned(_Known.of(rows), steps, tuple(penalties)).growth(new)


@dataclass(frozen=True)
class _Known:
    """Rows that are equal where all that they hold is."""

    digest: bytes
    rows: Rows = field(compare=False)

    @classmethod
    def of(cls, rows: Rows) -> _Known:
        found = hashlib.sha256(repr((rows.X.shape, rows.names, rows.start)).encode())
        for array in (rows.months, rows.X, rows.adjusted):
            found.update(array.tobytes())
        return cls(found.digest(), rows)


@lru_cache(maxsize=8)
def _learned(known: _Known, steps: int, penalties: tuple[float, ...]) -> RidgeFit:
    """Learn once where one asks again what other new rows come to, as news does."""
    return RidgeFit.learn(known.rows, steps, penalties)


class DirectRidge(DirectModel):
    """One ridge regression a step of cumulative growth on what was known.

    Parameters
    ----------
    features : FeaturePipeline or sequence of blocks, optional
        Default: semiconductors, exchange rates, partner demand, prices, and flash figures where
        they are out; with them the target's own adjusted growth.
    penalties : sequence of float
        Candidates for the ridge penalty of step 1, on standardised columns; one is chosen forward
        in time inside the origin, and step h takes it times the square root of h.
    error_years : int
        Years of past errors from which paths are drawn.
    n_draws : int
        Sample paths.
    random_state : int
        Seed.
    """

    rules: ClassVar[Rules] = {
        "features": optional(FEATURES),
        "penalties": several(positive(), "positive numbers in a list or tuple"),
        "error_years": whole(0),
    }

    def __init__(
        self,
        features: Features | None = None,
        penalties: Sequence[float] = PENALTIES,
        error_years: int = 10,
        n_draws: int = 1000,
        random_state: int = 0,
    ) -> None:
        self.features = features
        self.penalties = penalties
        self.error_years = error_years
        self.n_draws = n_draws
        self.random_state = random_state

    def default_features(self) -> FeaturePipeline:
        """See `linear_blocks`."""
        return linear_blocks()

    def predict(self, rows: Rows, new: Floats, steps: int) -> Floats:
        """Learn from rows, forecast new ones (see `DirectModel.predict`)."""
        return ridge_growth(rows, new, steps, self.penalties)

    def regressions(self, steps: int) -> RidgeFit:
        """Regressions of the last fit, as `forecast` of so many steps uses them."""
        return RidgeFit.learn(self.rows_, steps, self.penalties)
