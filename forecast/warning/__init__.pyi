from tradeshock.forecast.warning.indicators import leading_indicators as leading_indicators
from tradeshock.forecast.warning.question import (
    early_warning as early_warning,
    warning_of as warning_of,
)
from tradeshock.forecast.warning.result import EarlyWarning as EarlyWarning
from tradeshock.forecast.warning.turning import turning_points as turning_points
