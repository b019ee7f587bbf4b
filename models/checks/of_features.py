"""Conformance of what a model takes as features: rows hold what was known on their day."""

from __future__ import annotations

from collections.abc import Iterator

from tradeshock.models.base import Model
from tradeshock.models.checks.case import ConformanceCase, origins_through_history
from tradeshock.models.checks.of_blocks import BlockCase, rows_are_those_of_each_day
from tradeshock.models.direct.features import FEATURES, Features, pipeline_of
from tradeshock.models.pools.wrapper import models_in

__all__ = ["features_are_those_of_each_day"]


def features_are_those_of_each_day(case: ConformanceCase) -> None:
    """Old rows of the blocks that a model was given are those of a panel cut on their day.

    A model learns from rows of long ago, and what looks ahead there alone moves no forecast of
    the origins that the other checks try. Asked of models with a parameter `features`, and of
    those inside a model; `check_block` demands more of a block.
    """
    days = tuple(origins_through_history(case.panel, case.first_target))
    for features in _features_in(case.model):
        block = BlockCase(pipeline_of(features), case.panel, case.first_target, days)
        rows_are_those_of_each_day(block)


def _features_in(model: Model) -> Iterator[Features]:
    """Features that a model and those inside it were given; default ones are checked as blocks."""
    for key, value in model.get_params(deep=False).items():
        if key == "features" and FEATURES.holds(value):
            yield value
        for part in models_in(value):
            yield from _features_in(part)
