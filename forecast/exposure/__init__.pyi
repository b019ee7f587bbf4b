from tradeshock.forecast.exposure.partition import (
    destination_shares as destination_shares,
    item_shares as item_shares,
)
from tradeshock.forecast.exposure.result import Exposure as Exposure, exposure as exposure
from tradeshock.forecast.exposure.tariff import (
    RESPONSES as RESPONSES,
    TariffHit as TariffHit,
    TariffResponse as TariffResponse,
    parse_tariffs as parse_tariffs,
)
