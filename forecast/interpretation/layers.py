"""A forecast taken apart: the model that made it, its members, and theirs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from tradeshock.features.errors import ModelError
from tradeshock.forecast.monthly.forecast import MonthlyForecast
from tradeshock.models.assumptions.odd_values import already_checked
from tradeshock.models.base import Model
from tradeshock.models.conditions import Conditions
from tradeshock.models.nowcast.bridge import FlashBridge
from tradeshock.models.paths import ForecastPaths
from tradeshock.models.pools.single import SingleWrapper
from tradeshock.models.pools.wrapper import Wrapper
from tradeshock.models.systems.steering import steered_forecast

Floats = npt.NDArray[np.float64]
Kind = TypeVar("Kind", bound=Model)


@dataclass(frozen=True, eq=False)
class Layer:
    """A fitted model with its forecast, and those that it is made of.

    Parameters
    ----------
    model : Model
    paths : ForecastPaths
        What it forecasts under the conditions that are asked of it.
    inside : tuple of Layer
        Members of a wrapper, the carrying model of a bridge.
    conditions : Conditions, optional
        Those that are asked of it.
    """

    model: Model
    paths: ForecastPaths
    inside: tuple[Layer, ...] = ()
    conditions: Conditions | None = None

    def walk(self) -> Iterator[Layer]:
        """Yield this layer, then those inside, outer ones first."""
        yield self
        for layer in self.inside:
            yield from layer.walk()

    def trunk(self) -> list[Layer]:
        """Return this layer and, of wrappers of one member, that member's, down to one of none."""
        if isinstance(self.model, SingleWrapper):
            return [self, *self.inside[0].trunk()]
        return [self]

    def first(self, kind: type[Kind]) -> tuple[Layer, Kind] | None:
        """Return the trunk's outermost layer of a kind of model, and its model; None without."""
        for layer in self.trunk():
            if isinstance(layer.model, kind):
                return layer, layer.model
        return None

    @property
    def log_points(self) -> Floats:
        """Points by step (see `log_points`)."""
        return log_points(self.paths)

    @property
    def log_widths(self) -> Floats:
        """Distance of the 90 % from the 10 % quantile of the logs, by step."""
        low, high = np.quantile(np.log(self.paths.draws()), [0.1, 0.9], axis=0)
        return np.asarray(high - low)


def log_points(paths: ForecastPaths) -> Floats:
    """Medians of the logs of the target's paths, by step.

    Of quantiles that are averaged in logs these are averaged too, exactly; the log of a median of
    an even number of draws is the log of two draws' mean.
    """
    return np.asarray(np.median(np.log(paths.draws()), axis=0))


def layers_of(asked: Model | MonthlyForecast, steps: int = 12) -> Layer:
    """Take a forecast apart.

    Parameters
    ----------
    asked : Model or MonthlyForecast
        A fitted model, or a forecast; its judgement is left out.
    steps : int
        Months ahead of a model; a forecast has its own.

    Raises
    ------
    ModelError
        If the model is not fitted, or the target has no growth rates.
    """
    model, conditions = asked, None
    if isinstance(asked, MonthlyForecast):
        model, steps, conditions = asked.fitted, len(asked.paths.index), asked.conditions
    if not isinstance(model, Model) or not hasattr(model, "panel_"):
        raise ModelError(
            f"got {model!r}, which is no fitted model; give model.fit(panel) or monthly_forecast()"
        )
    target = model.target_[0]
    entry = model.panel_.entry(target)
    if not entry.is_relative:
        raise ModelError(
            f"{target} is in {entry.unit}, where growth in per cent means nothing; choose a target "
            "such as exports_total"
        )
    with threadpool_limits(limits=1), already_checked():
        return _layers(model, steps, conditions)


def _layers(model: Model, steps: int, conditions: Conditions | None) -> Layer:
    inside: tuple[Layer, ...] = ()
    if isinstance(model, Wrapper):
        passed = model.asked_of_members(steps, conditions)
        inside = tuple(_layers(member, steps, passed) for member in model.members_)
    elif isinstance(model, FlashBridge):
        # What a carrying model says by itself: the nowcast is what the bridge adds.
        inside = (_layers(model.carrier_, steps, None),)
    # Last, as weights and factors are those of a model's last forecast.
    return Layer(model, steered_forecast(model, steps, conditions), inside, conditions)
