"""What learns: one file a model, all with the same few methods."""

from typing import TYPE_CHECKING

from tradeshock.features.lazy import attach

if TYPE_CHECKING:
    from tradeshock.models.autoregression import AutoRegression as AutoRegression
    from tradeshock.models.base import Model as Model
    from tradeshock.models.boosting import GradientBoosting as GradientBoosting
    from tradeshock.models.check import check_model as check_model
    from tradeshock.models.conditions import Conditions as Conditions
    from tradeshock.models.exponential_smoothing import (
        ExponentialSmoothing as ExponentialSmoothing,
    )
    from tradeshock.models.flash_ratio import FlashRatio as FlashRatio
    from tradeshock.models.paths import ForecastPaths as ForecastPaths
    from tradeshock.models.random_walk import RandomWalk as RandomWalk
    from tradeshock.models.record import Record as Record
    from tradeshock.models.registry import find_models as find_models
    from tradeshock.models.seasonal_arima import SeasonalARIMA as SeasonalARIMA
    from tradeshock.models.seasonal_naive import SeasonalNaive as SeasonalNaive
    from tradeshock.models.var import VAR as VAR
else:
    __getattr__, __dir__, __all__ = attach(
        __name__,
        {
            "AutoRegression": "tradeshock.models.autoregression",
            "Conditions": "tradeshock.models.conditions",
            "ExponentialSmoothing": "tradeshock.models.exponential_smoothing",
            "FlashRatio": "tradeshock.models.flash_ratio",
            "ForecastPaths": "tradeshock.models.paths",
            "GradientBoosting": "tradeshock.models.boosting",
            "Model": "tradeshock.models.base",
            "RandomWalk": "tradeshock.models.random_walk",
            "Record": "tradeshock.models.record",
            "SeasonalARIMA": "tradeshock.models.seasonal_arima",
            "SeasonalNaive": "tradeshock.models.seasonal_naive",
            "VAR": "tradeshock.models.var",
            "check_model": "tradeshock.models.check",
            "find_models": "tradeshock.models.registry",
        },
    )
