"""Gradient boosting on what was known."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
import numpy.typing as npt

from tradeshock.features.indicators.pipeline import FeaturePipeline
from tradeshock.models.base import Floats
from tradeshock.models.direct.base import DirectModel, Rows
from tradeshock.models.direct.features import FEATURES, Features
from tradeshock.models.direct.ridge import (
    PENALTIES,
    ColumnsInUse,
    RidgeFit,
    linear_blocks,
    ridge_growth,
    step_penalties,
)
from tradeshock.models.parameters import Rule, Rules, number, one_of, optional, whole

if TYPE_CHECKING:
    from sklearn.ensemble import HistGradientBoostingRegressor

# The direction in which a column may move the trees' part: only where theory names one, and the
# same one for every step. The last months' growth of what partners buy and make, and of chips,
# goes on. An early count of the running month is a part of it. Uncertainty delays orders.
#
# Left open: the target's own growth and its parts by product and destination (last month's noise
# works against, momentum with them); growth over a year and distance from a peak (cycles turn
# within the year ahead); exchange rates (a weak won comes with low dollar values at first and with
# higher volumes later); oil, copper and freight (a rise may be demand or a lack of supply, and what
# oil passes on at once is already in the last published month).
SIGNS = {
    "semiconductors__us_semiconductor_ip_growth_1": 1,
    "semiconductors__us_semiconductor_ip_growth_3": 1,
    "semiconductors__us_electronics_orders_growth_1": 1,
    "semiconductors__us_electronics_orders_growth_3": 1,
    "semiconductors__semiconductor_export_price_yoy_3_change_1": 1,
    "semiconductors__semiconductor_export_price_yoy_3_change_3": 1,
    "partner_demand__us_imports_from_kr_yoy_3_change_1": 1,
    "partner_demand__us_imports_from_kr_yoy_3_change_3": 1,
    "partner_demand__us_ip_growth_1": 1,
    "partner_demand__us_ip_growth_3": 1,
    "partner_demand__world_trade_volume_growth_1": 1,
    "partner_demand__world_trade_volume_growth_3": 1,
    "flash__total_ahead": 1,
    "flash__part_ahead": 1,
    "flash__rest_ahead": 1,
    "uncertainty__gpr_1": -1,
    "uncertainty__gpr_3": -1,
    "uncertainty__gpr_kr_1": -1,
    "uncertainty__gpr_kr_3": -1,
    "uncertainty__epu_us_trade_1": -1,
    "uncertainty__epu_us_trade_3": -1,
}
# Columns are cut at 1.5 standard deviations and rounded to a tenth of one: 31 values (the target's
# own growth, which is wider, has 91), found once for all steps, from the rows that are known at the
# origin.
BIN = 0.1
# Shallow trees of large leaves that see a quarter of the columns: four hundred overlapping
# outcomes do not support more.
DEPTH = 3
FEWEST_IN_A_LEAF = 20
LEAF_PENALTY = 10.0
SHARE_OF_COLUMNS = 0.25
DRIFT_PENALTY = 400.0


@dataclass(frozen=True, eq=False)
class ResidualSample:
    """What the trees of all steps learn from at one origin.

    Parameters
    ----------
    X : ndarray, rows by columns
        Whole numbers.
    left : ndarray, rows by steps
        Growth that the start leaves unexplained, less its mean, log points; NaN where the outcome
        is not known. Known ones come first.
    signs : tuple of int
        Direction in which each column may move the forecast: 1 up, -1 down, 0 either.
    """

    X: Floats
    left: Floats
    signs: tuple[int, ...]

    def known(self, step: int) -> Floats:
        """What is left at a step, from 0, in the rows whose outcome is known."""
        left = self.left[:, step]
        return left[~np.isnan(left)]


def _signed(value: object) -> bool:
    return isinstance(value, Mapping) and all(sign in (-1, 0, 1) for sign in value.values())


class BoostedTrees(DirectModel):
    """Boosted trees for each step of cumulative growth, on top of a ridge regression.

    Never on the level: trees cannot extrapolate a trend. Columns that are empty inside the window
    are left out. Forecasts are means over bags: boosters that differ by their seed, and so by the
    columns that they saw.

    Signs bind what the trees add, not the forecast: where the ridge regression says that growth
    falls with a column of sign 1, the trees may take back some of that and never add to it.

    A subclass has these parameters and writes `grow`.

    Parameters
    ----------
    features : FeaturePipeline or sequence of blocks, optional
        Default: that of `tradeshock.models.direct.ridge.DirectRidge`.
    residual_of : {"ridge", None}
        What the trees start from: the fit of `DirectRidge`, of which they learn the residual, or
        nothing but a drift shrunk towards zero.
    signs : mapping of str to int, optional
        Direction in which a column may move what the trees add, by name as
        `FeaturePipeline.get_feature_names_out` has it: 1 up, -1 down. Names that are not there do
        nothing. Default: `SIGNS`, the few that theory knows. None: no constraints.
    n_bags : int
        Boosters of a step, the mean of which is taken.
    learning_rate : float
        Part of each tree that is added.
    max_iter : int
        Trees of a booster of step 1; step h has them divided by the square root of h, as outcomes
        overlap.
    error_years : int
        Years of past errors from which paths are drawn.
    n_draws : int
        Sample paths.
    random_state : int
        Seed, of the bags as well.

    Raises
    ------
    ModelError
        On forecast, if `residual_of`, a sign or `n_bags` is not one of those above.
    """

    rules: ClassVar[Rules] = {
        "features": optional(FEATURES),
        "residual_of": one_of("ridge", None),
        "signs": optional(Rule("a mapping of column to 1 (up), -1 (down) or 0 (either)", _signed)),
        "n_bags": whole(1),
        "learning_rate": number(0.0, 1.0),
        "max_iter": whole(1),
        "error_years": whole(0),
    }

    # A column that stands between two rounded values may fall to either side.
    scale_tolerance = 1e-3

    def __init__(
        self,
        features: Features | None = None,
        residual_of: Literal["ridge"] | None = "ridge",
        signs: Mapping[str, int] | None = SIGNS,
        n_bags: int = 2,
        learning_rate: float = 0.04,
        max_iter: int = 15,
        error_years: int = 10,
        n_draws: int = 1000,
        random_state: int = 0,
    ) -> None:
        self.features = features
        self.residual_of = residual_of
        self.signs = signs
        self.n_bags = n_bags
        self.learning_rate = learning_rate
        self.max_iter = max_iter
        self.error_years = error_years
        self.n_draws = n_draws
        self.random_state = random_state

    @abstractmethod
    def grow(self, lesson: ResidualSample, new: Floats) -> Floats:
        """Grow trees for all steps and apply them.

        Parameters
        ----------
        lesson : ResidualSample
        new : ndarray, new rows by columns
            Of the lesson's columns.

        Returns
        -------
        ndarray, new rows by steps
            What the trees add, the mean over bags, log points.
        """

    @abstractmethod
    def gains(self, lesson: ResidualSample) -> Floats:
        """Grow trees for all steps and say what splits on each column gained.

        Returns
        -------
        ndarray, steps by columns
            Fall of the penalised squared error, summed over trees, the mean over bags.
        """

    def default_features(self) -> FeaturePipeline:
        """Those of the ridge regression."""
        return linear_blocks()

    def predict(self, rows: Rows, new: Floats, steps: int) -> Floats:
        """Learn from rows, forecast new ones (see `DirectModel.predict`)."""
        outcomes = rows.outcome_table(steps)
        base = self._base(rows, new, outcomes)
        columns, lesson = self._lesson(rows, outcomes, base)
        X_new = np.round(columns.standardised(new) / BIN)
        return base[len(rows.X) :] + self.grow(lesson, X_new)

    def _lesson(
        self, rows: Rows, outcomes: Floats, base: Floats
    ) -> tuple[ColumnsInUse, ResidualSample]:
        """What the trees learn from; `base` holds that of the rows first."""
        upto = int((~np.isnan(outcomes[:, 0])).sum())
        columns = ColumnsInUse.from_rows(rows, upto)
        X = np.round(columns.standardised(rows.X[:upto]) / BIN)
        left = outcomes[:upto] - base[:upto]
        # Less their mean: what drift there is, is in the base, shrunk.
        left -= np.nanmean(left, axis=0)
        return columns, ResidualSample(X, left, self._signs_of(columns.names(rows)))

    def split_gains(self, steps: int) -> tuple[tuple[str, ...], Floats]:
        """Names of the last fit's columns, and what splits on each gained (see `gains`).

        Those of the trees that `forecast` of so many steps grows.
        """
        rows = self.rows_
        outcomes = rows.outcome_table(steps)
        columns, lesson = self._lesson(rows, outcomes, self._base(rows, self.row_, outcomes))
        return columns.names(rows), self.gains(lesson)

    def regressions(self, steps: int) -> RidgeFit | None:
        """Ridge regressions from which the trees of the last fit start; None without."""
        if self.residual_of != "ridge":
            return None
        return RidgeFit.learn(self.rows_, steps, PENALTIES)

    def trees(self, steps: int) -> npt.NDArray[np.int64]:
        """Trees of a booster by step."""
        return np.ceil(self.max_iter / np.sqrt(np.arange(1, steps + 1))).astype(np.int64)

    def seeds(self) -> list[int]:
        """Seeds of the bags."""
        rng = np.random.default_rng(self.random_state)
        return [int(seed) for seed in rng.integers(2**31, size=self.n_bags)]

    def _base(self, rows: Rows, new: Floats, outcomes: Floats) -> Floats:
        """Growth from which the trees start, of the rows and then of the new ones, by steps."""
        steps = outcomes.shape[1]
        if self.residual_of == "ridge":
            return ridge_growth(rows, np.vstack([rows.X, new]), steps, PENALTIES)
        known = (~np.isnan(outcomes)).sum(axis=0)
        drift = np.nansum(outcomes, axis=0) / (known + step_penalties(DRIFT_PENALTY, steps))
        return np.tile(drift, (len(rows.X) + len(new), 1))

    def _signs_of(self, names: tuple[str, ...]) -> tuple[int, ...]:
        signs = self.signs or {}
        return tuple(signs.get(name, 0) for name in names)


class GradientBoosting(BoostedTrees):
    """Boosted trees on top of a ridge regression, by scikit-learn.

    Histogram gradient boosting (`sklearn.ensemble.HistGradientBoostingRegressor`), one booster a
    step and bag, one thread. Each booster sees a quarter of the columns (the random subspaces of
    Ho 1998, IEEE Transactions on Pattern Analysis and Machine Intelligence 20): every fit bins its
    columns again, which takes longer than its trees. See `BoostedTrees` for what is learnt, and
    for the parameters.
    """

    def grow(self, lesson: ResidualSample, new: Floats) -> Floats:
        """Grow trees for all steps and apply them (see `BoostedTrees.grow`)."""
        added = np.zeros((len(new), lesson.left.shape[1]))
        for step, columns, booster in self._boosters(lesson):
            added[:, step] += booster.predict(new[:, columns])
        return added / self.n_bags

    def gains(self, lesson: ResidualSample) -> Floats:
        """Grow trees and say what their splits gained (see `BoostedTrees.gains`)."""
        gained = np.zeros((lesson.left.shape[1], lesson.X.shape[1]))
        for step, columns, booster in self._boosters(lesson):
            # scikit-learn has no public door to the nodes of these trees.
            for (tree,) in booster._predictors:
                split = tree.nodes[tree.nodes["is_leaf"] == 0]
                np.add.at(gained[step], columns[split["feature_idx"]], split["gain"])
        return gained / self.n_bags

    def _boosters(
        self, lesson: ResidualSample
    ) -> Iterator[tuple[int, npt.NDArray[np.intp], HistGradientBoostingRegressor]]:
        """Step, columns that it saw, and booster of each step and bag, one after the other."""
        # Loaded here: slow to import, and only this model needs them.
        from sklearn.ensemble import HistGradientBoostingRegressor
        from threadpoolctl import threadpool_limits

        steps, signs = lesson.left.shape[1], np.array(lesson.signs)
        seen = int(np.ceil(SHARE_OF_COLUMNS * len(signs)))
        seeds = self.seeds()
        with threadpool_limits(1):
            for step, trees in enumerate(self.trees(steps)):
                left = lesson.known(step)
                for seed in seeds:
                    rng = np.random.default_rng((seed, step))
                    columns = rng.choice(len(signs), seen, replace=False)
                    booster = HistGradientBoostingRegressor(
                        learning_rate=self.learning_rate,
                        max_iter=int(trees),
                        max_depth=DEPTH,
                        min_samples_leaf=FEWEST_IN_A_LEAF,
                        l2_regularization=LEAF_PENALTY,
                        max_bins=32,
                        monotonic_cst=signs[columns],
                        early_stopping=False,
                        random_state=seed,
                    )
                    booster.fit(lesson.X[: len(left), columns], left)
                    yield step, columns, booster
