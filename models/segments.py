"""Replays of a panel that revises its past: segment by segment, where it does not.

A replay may take what it likes from the uncut panel, as long as no later figure moves an earlier
origin. That holds only where a figure is today what it was then. So origins are split
(`Panel.segments`) before a replay sees them, and each part is replayed on a plain panel.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from itertools import chain
from typing import Any, TypeVar, cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.panel.panel import Panel
from tradeshock.models.parameters import check_parameters
from tradeshock.models.paths import ForecastPaths

Floats = npt.NDArray[np.float64]
Replay = Callable[..., Iterator[ForecastPaths]]
Points = Callable[..., Floats]
Method = TypeVar("Method", bound=Callable[..., Any])


def sees_vintages(replay: Method) -> Method:
    """Mark a replay that copes with a panel which revises its past: it is not split."""
    replay.sees_vintages = True  # type: ignore[attr-defined]
    return replay


def by_segment(replay: Replay) -> Replay:
    """Make a method `Model.replay` check parameters and go over segments."""
    return _over_segments(replay, chain.from_iterable)


def points_by_segment(replay_points: Points) -> Points:
    """Make a method `Model.replay_points` check parameters and go over segments."""
    return _over_segments(replay_points, lambda parts: np.concatenate([*parts]))


def _over_segments(method: Method, joined: Callable[[Iterator[Any]], Any]) -> Method:
    """Method that replays each segment by itself and joins what comes of them."""
    splits = not getattr(method, "sees_vintages", False)

    @wraps(method)
    def segmented(
        self: Any,
        panel: Panel,
        target: str | Sequence[str],
        origins: Sequence[pd.Timestamp],
        steps: int,
    ) -> Any:
        check_parameters(self)
        if not (splits and panel.revises_the_past):
            return method(self, panel, target, origins, steps)
        parts = panel.segments(as_stamps(origins))
        return joined(method(self, plain, target, part, steps) for plain, part in parts)

    return cast(Method, segmented)


def as_stamps(origins: Sequence[pd.Timestamp]) -> list[pd.Timestamp]:
    """Origins as days, in order."""
    return [pd.Timestamp(origin) for origin in origins]
