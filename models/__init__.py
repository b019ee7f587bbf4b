"""What learns: one file a model, all with the same few methods."""

from typing import TYPE_CHECKING

from tradeshock.features.lazy import attach

if TYPE_CHECKING:
    from tradeshock.models.autoregression import AutoRegression as AutoRegression
    from tradeshock.models.base import Model as Model
    from tradeshock.models.boosting import GradientBoosting as GradientBoosting
    from tradeshock.models.bvar import BayesianVAR as BayesianVAR
    from tradeshock.models.check import check_model as check_model
    from tradeshock.models.combination import Combination as Combination, LinearPool as LinearPool
    from tradeshock.models.conditions import Conditions as Conditions
    from tradeshock.models.direct_ridge import DirectRidge as DirectRidge
    from tradeshock.models.exponential_smoothing import ExponentialSmoothing as ExponentialSmoothing
    from tradeshock.models.factor import DynamicFactor as DynamicFactor
    from tradeshock.models.flash_bridge import FlashBridge as FlashBridge
    from tradeshock.models.flash_ratio import FlashRatio as FlashRatio
    from tradeshock.models.lightgbm_boosting import LightGBMBoosting as LightGBMBoosting
    from tradeshock.models.paths import ForecastPaths as ForecastPaths
    from tradeshock.models.random_walk import RandomWalk as RandomWalk
    from tradeshock.models.recalibration import Recalibration as Recalibration
    from tradeshock.models.record import Record as Record
    from tradeshock.models.registry import find_models as find_models, make_model as make_model
    from tradeshock.models.seasonal_arima import SeasonalARIMA as SeasonalARIMA
    from tradeshock.models.seasonal_naive import SeasonalNaive as SeasonalNaive
    from tradeshock.models.trade_bvar import TradeBayesianVAR as TradeBayesianVAR
    from tradeshock.models.var import VAR as VAR
    from tradeshock.models.wrapper import Wrapper as Wrapper
else:
    __getattr__, __dir__, __all__ = attach(
        __name__,
        {
            "AutoRegression": "tradeshock.models.autoregression",
            "BayesianVAR": "tradeshock.models.bvar",
            "check_model": "tradeshock.models.check",
            "Combination": "tradeshock.models.combination",
            "Conditions": "tradeshock.models.conditions",
            "DirectRidge": "tradeshock.models.direct_ridge",
            "DynamicFactor": "tradeshock.models.factor",
            "ExponentialSmoothing": "tradeshock.models.exponential_smoothing",
            "find_models": "tradeshock.models.registry",
            "FlashBridge": "tradeshock.models.flash_bridge",
            "FlashRatio": "tradeshock.models.flash_ratio",
            "ForecastPaths": "tradeshock.models.paths",
            "GradientBoosting": "tradeshock.models.boosting",
            "LightGBMBoosting": "tradeshock.models.lightgbm_boosting",
            "LinearPool": "tradeshock.models.combination",
            "make_model": "tradeshock.models.registry",
            "Model": "tradeshock.models.base",
            "RandomWalk": "tradeshock.models.random_walk",
            "Recalibration": "tradeshock.models.recalibration",
            "Record": "tradeshock.models.record",
            "SeasonalARIMA": "tradeshock.models.seasonal_arima",
            "SeasonalNaive": "tradeshock.models.seasonal_naive",
            "TradeBayesianVAR": "tradeshock.models.trade_bvar",
            "VAR": "tradeshock.models.var",
            "Wrapper": "tradeshock.models.wrapper",
        },
    )
