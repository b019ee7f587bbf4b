"""Gradient boosting by LightGBM: `pip install 'tradeshock[lightgbm]'`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np

from tradeshock.features.errors import ModelError
from tradeshock.features.pipeline import FeaturePipeline
from tradeshock.models.base import Floats
from tradeshock.models.boosting import (
    DEPTH,
    FEWEST_IN_A_LEAF,
    LEAF_PENALTY,
    SHARE_OF_COLUMNS,
    SIGNS,
    BoostedTrees,
    Lesson,
)


class LightGBMBoosting(BoostedTrees):
    """Boosted trees on top of a ridge regression, by LightGBM.

    What `GradientBoosting` is, with more bags in less time: columns are binned once for all steps
    and bags, from the rows that are known at the origin. Each tree sees a quarter of the columns.
    One thread. See `BoostedTrees` for what is learnt, and for the parameters.

    Raises
    ------
    ModelError
        On fit, if LightGBM is not installed.
    """

    requires = ("lightgbm",)

    def __init__(
        self,
        features: FeaturePipeline | None = None,
        residual_of: Literal["ridge"] | None = "ridge",
        signs: Mapping[str, int] | None = SIGNS,
        n_bags: int = 4,
        learning_rate: float = 0.04,
        max_iter: int = 15,
        error_years: int = 10,
        n_draws: int = 1000,
        random_state: int = 0,
    ) -> None:
        super().__init__(
            features,
            residual_of,
            signs,
            n_bags,
            learning_rate,
            max_iter,
            error_years,
            n_draws,
            random_state,
        )

    def grow(self, lesson: Lesson, new: Floats) -> Floats:
        """Grow trees for all steps and apply them (see `BoostedTrees.grow`)."""
        lightgbm = _lightgbm()
        settings = self._settings(lesson)
        binned = lightgbm.Dataset(lesson.X, params=settings)
        steps = lesson.left.shape[1]
        added = np.zeros((len(new), steps))
        for step, trees in enumerate(self.trees(steps)):
            left = lesson.known(step)
            rows = binned.subset(range(len(left))).construct().set_label(left)
            for seed in self.seeds():
                booster = lightgbm.Booster(settings | {"seed": seed}, rows)
                for _ in range(trees):
                    booster.update()
                added[:, step] += booster.predict(new, num_threads=1)
        return added / self.n_bags

    def _fit(self) -> None:
        _lightgbm()
        super()._fit()

    def _settings(self, lesson: Lesson) -> dict[str, Any]:
        return {
            "learning_rate": self.learning_rate,
            "max_depth": DEPTH,
            "num_leaves": 2**DEPTH,
            "min_data_in_leaf": FEWEST_IN_A_LEAF,
            "lambda_l2": LEAF_PENALTY,
            "feature_fraction": SHARE_OF_COLUMNS,
            # Bins are shared out to both sides of zero: fewer would merge some of 31 values.
            "max_bin": 63,
            "min_data_in_bin": 1,
            "monotone_constraints": list(lesson.signs),
            "deterministic": True,
            "force_row_wise": True,
            "num_threads": 1,
            "verbosity": -1,
        }


def _lightgbm() -> Any:
    try:
        import lightgbm
    except ImportError as error:
        raise ModelError(
            "LightGBMBoosting needs LightGBM: pip install 'tradeshock[lightgbm]'"
        ) from error
    return lightgbm
