"""What direct models take as features: a pipeline, or blocks that one is made of."""

from __future__ import annotations

from collections.abc import Sequence

from sklearn.base import clone

from tradeshock.features.indicators.pipeline import FeatureBlock, FeaturePipeline
from tradeshock.models.parameters import Rule, having, several

Features = FeaturePipeline | Sequence[FeatureBlock | tuple[str, FeatureBlock]]

_TRANSFORMER = having("fit_transform", "transform", words="a FeaturePipeline")
_BLOCKS = several(
    Rule(
        "a block, or a name and a block",
        lambda value: _TRANSFORMER.holds(
            value[1] if isinstance(value, tuple) and len(value) == 2 else value
        ),
    ),
    "blocks in a list or tuple",
)
FEATURES = Rule(
    "a FeaturePipeline, or blocks in a list or tuple",
    lambda value: _TRANSFORMER.holds(value) or _BLOCKS.holds(value),
)


def pipeline_of(features: Features) -> FeaturePipeline:
    """Pipeline of its own, not fitted, of a pipeline or of blocks."""
    blocks = FeaturePipeline(features) if isinstance(features, list | tuple) else features
    pipeline: FeaturePipeline = clone(blocks)
    return pipeline
