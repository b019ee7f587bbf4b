"""Replays of a panel that revises its past: segment by segment, where it does not.

A replay may take what it likes from the uncut panel, as long as no later figure moves an earlier
origin. That holds only where a figure is today what it was then. So origins are split
(`Panel.segments`) before a replay sees them, and each part is replayed on a plain panel.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from itertools import chain
from typing import Any, TypeVar

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
    splits = not getattr(replay, "sees_vintages", False)

    @wraps(replay)
    def segmented(
        self: Any,
        panel: Panel,
        target: str | Sequence[str],
        origins: Sequence[pd.Timestamp],
        steps: int,
    ) -> Iterator[ForecastPaths]:
        check_parameters(self)
        if not (splits and panel.revises_the_past):
            return replay(self, panel, target, origins, steps)
        parts = panel.segments(as_stamps(origins))
        replays = (replay(self, plain, target, part, steps) for plain, part in parts)
        return chain.from_iterable(replays)

    return segmented


def points_by_segment(replay_points: Points) -> Points:
    """Make a method `Model.replay_points` check parameters and go over segments."""
    splits = not getattr(replay_points, "sees_vintages", False)

    @wraps(replay_points)
    def segmented(
        self: Any,
        panel: Panel,
        target: str | Sequence[str],
        origins: Sequence[pd.Timestamp],
        steps: int,
    ) -> Floats:
        check_parameters(self)
        if not (splits and panel.revises_the_past):
            return replay_points(self, panel, target, origins, steps)
        parts = panel.segments(as_stamps(origins))
        return np.concatenate(
            [replay_points(self, plain, target, part, steps) for plain, part in parts]
        )

    return segmented


def as_stamps(origins: Sequence[pd.Timestamp]) -> list[pd.Timestamp]:
    """Origins as days, in order."""
    return [pd.Timestamp(origin) for origin in origins]
