"""What a check says when a model does not do what every model must."""

from __future__ import annotations

import numpy as np

from tradeshock.features.errors import ModelError


class ConformanceError(ModelError, AssertionError):
    """A model does not do what every model must."""


def demand(kept: bool | np.bool_, complaint: str) -> None:
    """Raise a `ConformanceError` with the complaint unless it was kept."""
    if not kept:
        raise ConformanceError(complaint)
