from tradeshock.models.adapters.regressor import FromRegressor as FromRegressor
from tradeshock.models.adapters.sktime import FromSktime as FromSktime
from tradeshock.models.adapters.statsforecast import FromStatsForecast as FromStatsForecast
from tradeshock.models.adjustment import adjusted_level as adjusted_level
from tradeshock.models.base import Model as Model
from tradeshock.models.checks.check import check_model as check_model
from tradeshock.models.checks.of_blocks import check_block as check_block
from tradeshock.models.conditions import Conditions as Conditions
from tradeshock.models.diagnostics.causality import granger_causality as granger_causality
from tradeshock.models.diagnostics.residuals import residual_tests as residual_tests
from tradeshock.models.diagnostics.summary import var_summary as var_summary
from tradeshock.models.direct.boosting import GradientBoosting as GradientBoosting
from tradeshock.models.direct.lightgbm_boosting import LightGBMBoosting as LightGBMBoosting
from tradeshock.models.direct.ridge import DirectRidge as DirectRidge
from tradeshock.models.loading import load_model as load_model
from tradeshock.models.nowcast.bridge import FlashBridge as FlashBridge
from tradeshock.models.nowcast.ratio import FlashRatio as FlashRatio
from tradeshock.models.paths import ForecastPaths as ForecastPaths
from tradeshock.models.pools.bias_correction import BiasCorrection as BiasCorrection
from tradeshock.models.pools.combination import Combination as Combination, LinearPool as LinearPool
from tradeshock.models.pools.own_history import OwnHistory as OwnHistory
from tradeshock.models.pools.recalibration import Recalibration as Recalibration
from tradeshock.models.pools.wrapper import Wrapper as Wrapper
from tradeshock.models.record.record import Record as Record
from tradeshock.models.registry import find_models as find_models, make_model as make_model
from tradeshock.models.structure.generalised import generalised_shocks as generalised_shocks
from tradeshock.models.structure.history import historical_decomposition as historical_decomposition
from tradeshock.models.structure.projections import local_projections as local_projections
from tradeshock.models.structure.recursive import recursive_shocks as recursive_shocks
from tradeshock.models.structure.responses import impulse_responses as impulse_responses
from tradeshock.models.structure.sign_restrictions import (
    sign_restricted_shocks as sign_restricted_shocks,
)
from tradeshock.models.structure.structural_shocks import StructuralShocks as StructuralShocks
from tradeshock.models.structure.variance import variance_decomposition as variance_decomposition
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
