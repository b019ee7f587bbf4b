"""Gradient boosting by LightGBM: `pip install 'tradeshock[lightgbm]'`."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from tradeshock.features.errors import ModelError
from tradeshock.models.base import Floats
from tradeshock.models.direct.boosting import (
    DEPTH,
    FEWEST_IN_A_LEAF,
    LEAF_PENALTY,
    SHARE_OF_COLUMNS,
    BoostedTrees,
    ResidualSample,
)
from tradeshock.models.findings import Findings

if TYPE_CHECKING:
    from tradeshock.features.panel.panel import Panel


class LightGBMBoosting(BoostedTrees):
    """Boosted trees on top of a ridge regression, by LightGBM.

    What `GradientBoosting` is, in less time: columns are binned once for all steps and bags, from
    the rows that are known at the origin. Each tree sees a quarter of the columns. One thread. See
    `BoostedTrees` for what is learnt, and for the parameters.

    Raises
    ------
    ModelError
        On fit, if LightGBM is not installed.
    """

    requires = ("lightgbm",)

    def grow(self, lesson: ResidualSample, new: Floats) -> Floats:
        """Grow trees for all steps and apply them (see `BoostedTrees.grow`)."""
        added = np.zeros((len(new), lesson.left.shape[1]))
        for step, booster in self._boosters(lesson):
            added[:, step] += booster.predict(new, num_threads=1)
        return added / self.n_bags

    def gains(self, lesson: ResidualSample) -> Floats:
        """Grow trees and say what their splits gained (see `BoostedTrees.gains`)."""
        gained = np.zeros((lesson.left.shape[1], lesson.X.shape[1]))
        for step, booster in self._boosters(lesson):
            gained[step] += booster.feature_importance("gain")
        return gained / self.n_bags

    def _boosters(self, lesson: ResidualSample) -> Iterator[tuple[int, Any]]:
        """Step and booster of each step and bag; it is emptied once the next is asked for."""
        lightgbm, settings, seeds = _lightgbm(), self._settings(lesson), self.seeds()
        if not np.ptp(lesson.X, axis=0).any():
            return  # There is nothing to split, which LightGBM takes for a mistake.
        binned = lightgbm.Dataset(lesson.X, params=settings)
        # One booster, emptied for the next step and bag: to make one takes longer than its trees.
        binned.set_label(np.zeros(len(lesson.X)))
        booster = lightgbm.Booster(settings, binned)
        for step, trees in enumerate(self.trees(lesson.left.shape[1])):
            left = lesson.left[:, step]
            known = ~np.isnan(left)
            slopes = partial(_slopes, np.where(known, left, 0.0), known.astype("float32"))
            for seed in seeds:
                columns = int(np.random.default_rng((seed, step)).integers(2**31))
                booster.reset_parameter({"feature_fraction_seed": columns})
                for _ in range(trees):
                    booster.update(fobj=slopes)
                yield step, booster
                for _ in range(trees):
                    booster.rollback_one_iter()

    def _fit_from(self, findings: Findings[Panel]) -> None:
        _lightgbm()
        super()._fit_from(findings)

    def _settings(self, lesson: ResidualSample) -> dict[str, Any]:
        return {
            "learning_rate": self.learning_rate,
            "max_depth": DEPTH,
            "num_leaves": 2**DEPTH,
            # Rows count by their weight: those whose outcome is not known yet have none.
            "min_data_in_leaf": 1,
            "min_sum_hessian_in_leaf": FEWEST_IN_A_LEAF - 0.5,
            "lambda_l2": LEAF_PENALTY,
            "feature_fraction": SHARE_OF_COLUMNS,
            # Bins are shared out to both sides of zero: fewer would merge some of 31 values.
            "max_bin": 63,
            "min_data_in_bin": 1,
            "feature_pre_filter": False,
            "monotone_constraints": list(lesson.signs),
            "objective": "none",
            "deterministic": True,
            "force_row_wise": True,
            "num_threads": 1,
            "verbosity": -1,
        }


def _slopes(left: Floats, weight: Floats, grown: Floats, _: object) -> tuple[Floats, Floats]:
    """Gradient and curvature of half the squared error, row by row."""
    return weight * (grown - left), weight


def _lightgbm() -> Any:
    try:
        import lightgbm
    except (ImportError, OSError) as error:
        raise ModelError(
            f"LightGBMBoosting needs LightGBM: pip install 'tradeshock[lightgbm]' ({error})"
        ) from error
    return lightgbm
