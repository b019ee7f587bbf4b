from tradeshock import models as models
from tradeshock.features.panel.panel import Panel as Panel
from tradeshock.features.snapshot import load_panel as load_panel
from tradeshock.forecast.backtesting.backtest import backtest as backtest
from tradeshock.forecast.backtesting.many_targets import backtest_many as backtest_many
from tradeshock.forecast.backtesting.screening import screen as screen
from tradeshock.forecast.monthly.forecast import monthly_forecast as monthly_forecast
from tradeshock.forecast.version import __version__ as __version__
