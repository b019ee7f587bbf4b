"""Regressors of scikit-learn's kind as direct models."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from sklearn.base import clone
from sklearn.utils import get_tags

from tradeshock.features.errors import ModelError
from tradeshock.features.indicators.pipeline import FeaturePipeline
from tradeshock.models.adapters.borrowing import Borrowing
from tradeshock.models.base import Floats, Model
from tradeshock.models.direct.base import DirectModel, Rows
from tradeshock.models.direct.features import FEATURES, Features
from tradeshock.models.direct.ridge import ColumnsInUse, linear_blocks
from tradeshock.models.parameters import Rule, Rules, having, optional, whole

# Rounding of a unit must not decide on which side of a split a row falls.
DECIMALS = 6
# Log points; a level times or over e to the hundredth is no figure, nor would its paths be.
ABSURD_GROWTH = 100.0


_ESTIMATOR = having("fit", "predict", "get_params", words="")


def _regresses(value: Any) -> bool:
    """Whether something can be a regressor: of a known type it is none but that."""
    if not _ESTIMATOR.holds(value) or isinstance(value, Model):
        return False
    # Regressors of other libraries need not say what they are.
    return not hasattr(value, "__sklearn_tags__") or get_tags(value).estimator_type in (
        None,
        "regressor",
    )


class FromRegressor(Borrowing, DirectModel):
    """One regression a step of cumulative growth on what was known, by any regressor.

    Columns and outcomes are those of `DirectRidge`: the adjusted target's own growth and the
    blocks of `features`, standardised and cut within the origin, missing values at their mean;
    growth from the last published month, log points, extreme ones cut. Each step has a clone of
    the regressor of its own. Paths are past errors out of sample (`DirectModel`), for which it
    is fitted once more for each year of `error_years`.

    Parameters
    ----------
    regressor : scikit-learn regressor
        Not fitted, such as ``LGBMRegressor(n_jobs=1, verbosity=-1)`` or a pipeline that ends in
        one; stays as it is. It must give the same twice: set its seed.
    features : FeaturePipeline or sequence of blocks, optional
        Default: that of `DirectRidge`.
    error_years : int
        Years of past errors from which paths are drawn.
    n_draws : int
        Sample paths.
    random_state : int
        Seed of the paths.
    """

    borrowed = "regressor"
    rules: ClassVar[Rules] = {
        "regressor": Rule(
            "a regressor, such as LGBMRegressor(), no classifier and no model of tradeshock",
            _regresses,
        ),
        "features": optional(FEATURES),
        "error_years": whole(0),
    }
    scale_tolerance = 1e-3

    def __init__(
        self,
        regressor: Any,
        features: Features | None = None,
        error_years: int = 10,
        n_draws: int = 1000,
        random_state: int = 0,
    ) -> None:
        self.regressor = regressor
        self.features = features
        self.error_years = error_years
        self.n_draws = n_draws
        self.random_state = random_state

    def default_features(self) -> FeaturePipeline:
        """See `tradeshock.models.direct.ridge.linear_blocks`."""
        return linear_blocks()

    def predict(self, rows: Rows, new: Floats, steps: int) -> Floats:
        """Learn from rows, forecast new ones (see `DirectModel.predict`)."""
        outcomes = rows.outcome_table(steps)
        known = (~np.isnan(outcomes)).sum(axis=0)
        columns = ColumnsInUse.from_rows(rows, int(known[0]))
        # Without the constant: most regressors bring their own.
        X, Z = (
            np.round(columns.standardised(part)[:, 1:], DECIMALS)
            for part in (rows.X[: known[0]], new)
        )
        growth = np.empty((len(new), steps))
        for step, upto in enumerate(known):
            fitted = clone(self.regressor).fit(X[:upto], outcomes[:upto, step])
            growth[:, step] = self._one_a_row(fitted.predict(Z), len(Z), step + 1)
        return growth

    def _one_a_row(self, given: Any, rows: int, step: int) -> Floats:
        """Predictions of a step, refused where they can be no growth."""
        predicted = np.asarray(given)
        name = type(self.regressor).__name__
        if predicted.shape not in ((rows,), (rows, 1)):
            raise ModelError(
                f"{name} predicts an array of shape {predicted.shape} for {rows} rows at step "
                f"{step}; give a regressor of one outcome, whose predict has one number a row"
            )
        growth = predicted.reshape(rows).astype(float)
        if not (np.abs(growth) < ABSURD_GROWTH).all():
            odd = growth[~(np.abs(growth) < ABSURD_GROWTH)][0]
            raise ModelError(
                f"{name} predicts growth of {odd:g} log points at step {step}, which is none; "
                "give a regressor that stays near the outcomes that it was fitted on"
            )
        return growth
