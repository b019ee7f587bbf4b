"""Conformance of what a model takes as features: rows hold what was known on their day."""

from __future__ import annotations

from tradeshock.models.checks.case import ConformanceCase, origins_through_history
from tradeshock.models.checks.of_blocks import BlockCase, rows_are_those_of_each_day
from tradeshock.models.direct.features import FEATURES, pipeline_of
from tradeshock.models.pools.wrapper import models_within

__all__ = ["features_are_those_of_each_day"]


def features_are_those_of_each_day(case: ConformanceCase) -> None:
    """Old rows of the blocks that a model was given are those of a panel cut on their day.

    A model learns from rows of long ago, and what looks ahead there alone moves no forecast of
    the origins that the other checks try. Asked of models with a parameter `features`, and of
    those inside a model; `check_block` demands more of a block.
    """
    days = tuple(origins_through_history(case.panel, case.first_target))
    for model in models_within(case.model):
        features = model.get_params(deep=False).get("features")
        # Default ones, which are none here, are checked as blocks.
        if FEATURES.holds(features):
            block = BlockCase(pipeline_of(features), case.panel, case.first_target, days)
            rows_are_those_of_each_day(block)
