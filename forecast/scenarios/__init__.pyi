from tradeshock.forecast.scenarios.ask import (
    compare_scenarios as compare_scenarios,
    scenario as scenario,
)
from tradeshock.forecast.scenarios.carriers import Carriers as Carriers
from tradeshock.forecast.scenarios.comparison import Comparison as Comparison
from tradeshock.forecast.scenarios.library import (
    find_shock as find_shock,
    read_shocks as read_shocks,
)
from tradeshock.forecast.scenarios.move import Move as Move
from tradeshock.forecast.scenarios.result import Scenario as Scenario
from tradeshock.forecast.scenarios.shock import Shock as Shock
