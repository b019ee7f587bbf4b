from tradeshock.features.indicators.block import Block as Block
from tradeshock.features.indicators.calendar_effects import CalendarEffects as CalendarEffects
from tradeshock.features.indicators.exchange_rates import ExchangeRates as ExchangeRates
from tradeshock.features.indicators.flash import Flash as Flash
from tradeshock.features.indicators.general.described import describe_blocks as describe_blocks
from tradeshock.features.indicators.general.growth import Growth as Growth
from tradeshock.features.indicators.general.interaction import Interaction as Interaction
from tradeshock.features.indicators.general.lagged_values import Lags as Lags
from tradeshock.features.indicators.general.pairs import Ratio as Ratio, Spread as Spread
from tradeshock.features.indicators.general.rolling import (
    RollingMean as RollingMean,
    Volatility as Volatility,
)
from tradeshock.features.indicators.lags import TargetLags as TargetLags
from tradeshock.features.indicators.memory_cycle import MemoryCycle as MemoryCycle
from tradeshock.features.indicators.partner_demand import PartnerDemand as PartnerDemand
from tradeshock.features.indicators.pipeline import (
    FeaturePipeline as FeaturePipeline,
    default_blocks as default_blocks,
)
from tradeshock.features.indicators.prices import Prices as Prices
from tradeshock.features.indicators.semiconductors import SemiconductorCycle as SemiconductorCycle
from tradeshock.features.indicators.share_prices import SharePrices as SharePrices
from tradeshock.features.indicators.uncertainty import Uncertainty as Uncertainty
