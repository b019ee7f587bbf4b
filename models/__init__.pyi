from tradeshock.models.base import Model as Model
from tradeshock.models.checks.check import check_model as check_model
from tradeshock.models.conditions import Conditions as Conditions
from tradeshock.models.direct.boosting import GradientBoosting as GradientBoosting
from tradeshock.models.direct.lightgbm_boosting import LightGBMBoosting as LightGBMBoosting
from tradeshock.models.direct.ridge import DirectRidge as DirectRidge
from tradeshock.models.nowcast.bridge import FlashBridge as FlashBridge
from tradeshock.models.nowcast.ratio import FlashRatio as FlashRatio
from tradeshock.models.paths import ForecastPaths as ForecastPaths
from tradeshock.models.pools.bias_correction import BiasCorrection as BiasCorrection
from tradeshock.models.pools.combination import Combination as Combination, LinearPool as LinearPool
from tradeshock.models.pools.recalibration import Recalibration as Recalibration
from tradeshock.models.pools.wrapper import Wrapper as Wrapper
from tradeshock.models.record.record import Record as Record
from tradeshock.models.registry import find_models as find_models, make_model as make_model
from tradeshock.models.systems.bvar import BayesianVAR as BayesianVAR
from tradeshock.models.systems.factor import DynamicFactor as DynamicFactor
from tradeshock.models.systems.presets import TradeBayesianVAR as TradeBayesianVAR
from tradeshock.models.systems.var import VAR as VAR
from tradeshock.models.univariate.autoregression import AutoRegression as AutoRegression
from tradeshock.models.univariate.base import UnivariateModel as UnivariateModel
from tradeshock.models.univariate.exponential_smoothing import (
    ExponentialSmoothing as ExponentialSmoothing,
)
from tradeshock.models.univariate.random_walk import RandomWalk as RandomWalk
from tradeshock.models.univariate.seasonal_arima import SeasonalARIMA as SeasonalARIMA
from tradeshock.models.univariate.seasonal_naive import SeasonalNaive as SeasonalNaive
