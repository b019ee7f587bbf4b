from tradeshock import features as features, forecast as forecast, models as models
from tradeshock.features.panel.panel import Panel as Panel
from tradeshock.features.snapshot import load_panel as load_panel
from tradeshock.features.vintages.live import live_panel as live_panel
from tradeshock.forecast.backtesting.backtest import backtest as backtest
from tradeshock.forecast.backtesting.screening import screen as screen
from tradeshock.forecast.monthly.forecast import monthly_forecast as monthly_forecast
from tradeshock.forecast.searching.search import search as search
from tradeshock.forecast.version import __version__ as __version__
from tradeshock.models.loading import load_model as load_model
