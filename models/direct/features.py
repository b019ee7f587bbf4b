"""What direct models take as features: a pipeline, or blocks that one is made of."""

from __future__ import annotations

from collections.abc import Sequence

from sklearn.base import clone

from tradeshock.features.indicators.pipeline import FeatureBlock, FeaturePipeline
from tradeshock.models.parameters import Rule, having, several

Features = FeaturePipeline | FeatureBlock | Sequence[FeatureBlock | tuple[str, FeatureBlock]]

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
    "a FeaturePipeline, or blocks in a list or tuple, or one block",
    lambda value: _TRANSFORMER.holds(value) or _BLOCKS.holds(value),
)


def pipeline_of(features: Features) -> FeaturePipeline:
    """Pipeline of its own, not fitted, of a pipeline or of blocks."""
    blocks = features if isinstance(features, FeaturePipeline | Sequence) else [features]
    joined = blocks if isinstance(blocks, FeaturePipeline) else FeaturePipeline(blocks)
    pipeline: FeaturePipeline = clone(joined)
    return pipeline
