from tradeshock import features as features, forecast as forecast, models as models
from tradeshock.features.panel.panel import Panel as Panel
from tradeshock.features.snapshot import load_panel as load_panel
from tradeshock.features.vintages.live import live_panel as live_panel
from tradeshock.forecast.backtesting.backtest import backtest as backtest
from tradeshock.forecast.backtesting.screening import screen as screen
from tradeshock.forecast.interpretation.explanation import explain as explain
from tradeshock.forecast.monthly.forecast import monthly_forecast as monthly_forecast
from tradeshock.forecast.scenarios.ask import scenario as scenario
from tradeshock.forecast.searching.search import search as search
from tradeshock.forecast.version import __version__ as __version__
from tradeshock.forecast.warning.question import early_warning as early_warning
from tradeshock.models.conditions import Conditions as Conditions
from tradeshock.models.loading import load_model as load_model
