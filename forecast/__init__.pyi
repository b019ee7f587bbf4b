from tradeshock import models as models
from tradeshock.features.panel.panel import Panel as Panel
from tradeshock.features.snapshot import load_panel as load_panel
from tradeshock.features.vintages.live import live_panel as live_panel
from tradeshock.forecast.backtesting.backtest import backtest as backtest
from tradeshock.forecast.backtesting.many_targets import backtest_many as backtest_many
from tradeshock.forecast.backtesting.screening import screen as screen
from tradeshock.forecast.interpretation.explanation import explain as explain
from tradeshock.forecast.monthly.forecast import monthly_forecast as monthly_forecast
from tradeshock.forecast.routine.own_past import own_past_record as own_past_record
from tradeshock.forecast.scenarios.ask import (
    compare_scenarios as compare_scenarios,
    scenario as scenario,
)
from tradeshock.forecast.scenarios.move import Move as Move
from tradeshock.forecast.scenarios.shock import Shock as Shock
from tradeshock.forecast.searching.search import search as search
from tradeshock.forecast.version import __version__ as __version__
from tradeshock.forecast.warning.question import early_warning as early_warning
