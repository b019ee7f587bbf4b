"""Gradient boosting on what was known."""

from __future__ import annotations

from typing import Literal

import numpy as np

from tradeshock.features.errors import ModelError
from tradeshock.features.pipeline import FeaturePipeline
from tradeshock.models.base import Floats
from tradeshock.models.direct import DirectModel, Rows
from tradeshock.models.direct_ridge import (
    PENALTIES,
    linear_blocks,
    ridge_growth,
    standardised,
    step_penalties,
)

# Few bins and shallow trees of large leaves, each split choosing among a quarter of the columns:
# four hundred overlapping outcomes do not support more.
TREES = {
    "max_bins": 32,
    "max_depth": 3,
    "min_samples_leaf": 20,
    "l2_regularization": 10.0,
    "max_features": 0.25,
    "early_stopping": False,
}
# Columns are cut at 1.5 standard deviations and rounded to a tenth of one: 31 values, found once
# for all steps, from the rows that are known at the origin.
BIN = 0.1
DRIFT_PENALTY = 400.0


class GradientBoosting(DirectModel):
    """Boosted trees for each step of cumulative growth, on top of a ridge regression.

    scikit-learn's histogram gradient boosting, one thread a fit, never on the level: trees cannot
    extrapolate a trend. Columns that are empty inside the window are left out.

    Parameters
    ----------
    features : FeaturePipeline, optional
        Default: that of `tradeshock.models.direct_ridge.DirectRidge`.
    residual_of : {"ridge", None}
        What the trees start from: the fit of `DirectRidge`, of which they learn the residual, or
        nothing but a drift shrunk towards zero.
    learning_rate : float
        Part of each tree that is added.
    max_iter : int
        Trees of step 1; step h has them divided by the square root of h, as outcomes overlap.
    error_years : int
        Years of past errors from which paths are drawn.
    n_draws : int
        Sample paths.
    random_state : int
        Seed, of the trees' columns as well.
    """

    # A column that stands between two rounded values may fall to either side.
    scale_tolerance = 1e-3

    def __init__(
        self,
        features: FeaturePipeline | None = None,
        residual_of: Literal["ridge"] | None = "ridge",
        learning_rate: float = 0.02,
        max_iter: int = 30,
        error_years: int = 10,
        n_draws: int = 1000,
        random_state: int = 0,
    ) -> None:
        self.features = features
        self.residual_of = residual_of
        self.learning_rate = learning_rate
        self.max_iter = max_iter
        self.error_years = error_years
        self.n_draws = n_draws
        self.random_state = random_state

    def default_features(self) -> FeaturePipeline:
        """Those of the ridge regression."""
        return linear_blocks()

    def predict(self, rows: Rows, new: Floats, steps: int) -> Floats:
        """Learn from rows, forecast new ones (see `DirectModel.predict`)."""
        # Loaded here: slow to import, and only this model needs them.
        from sklearn.ensemble import HistGradientBoostingRegressor
        from threadpoolctl import threadpool_limits

        outcomes = rows.outcome_table(steps)
        known = (~np.isnan(outcomes)).sum(axis=0)
        base = self._base(rows, new, outcomes)
        X, X_new = (np.round(Z / BIN) for Z in standardised(rows, int(known[0]), new))
        trees = self.max_iter / np.sqrt(np.arange(1, steps + 1))
        growth = base[len(rows.X) :].copy()
        with threadpool_limits(1):
            for step, count in enumerate(known):
                left = outcomes[:count, step] - base[:count, step]
                model = HistGradientBoostingRegressor(
                    learning_rate=self.learning_rate,
                    max_iter=int(np.ceil(trees[step])),
                    random_state=self.random_state,
                    **TREES,
                )
                # Less their mean: what drift there is, is in the base, shrunk.
                model.fit(X[:count], left - left.mean())
                growth[:, step] += model.predict(X_new)
        return growth

    def _base(self, rows: Rows, new: Floats, outcomes: Floats) -> Floats:
        """Growth from which the trees start, of the rows and then of the new ones, by steps."""
        steps = outcomes.shape[1]
        if self.residual_of == "ridge":
            return ridge_growth(rows, np.vstack([rows.X, new]), steps, PENALTIES)
        if self.residual_of is not None:
            raise ModelError(f"residual_of is {self.residual_of!r}; give 'ridge' or None")
        known = (~np.isnan(outcomes)).sum(axis=0)
        drift = np.nansum(outcomes, axis=0) / (known + step_penalties(DRIFT_PENALTY, steps))
        return np.tile(drift, (len(rows.X) + len(new), 1))
