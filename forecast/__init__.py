"""The front door: what a newcomer needs, imported when it is first used."""

from typing import TYPE_CHECKING

from tradeshock.features.lazy import attach

if TYPE_CHECKING:
    from tradeshock import models as models
    from tradeshock.features.panel import Panel as Panel
    from tradeshock.features.snapshot import load_panel as load_panel
    from tradeshock.forecast.backtesting import backtest as backtest
    from tradeshock.forecast.monthly import monthly_forecast as monthly_forecast
    from tradeshock.forecast.screening import screen as screen
    from tradeshock.forecast.version import __version__ as __version__
else:
    __getattr__, __dir__, __all__ = attach(
        __name__,
        {
            "Panel": "tradeshock.features.panel",
            "__version__": "tradeshock.forecast.version",
            "backtest": "tradeshock.forecast.backtesting",
            "load_panel": "tradeshock.features.snapshot",
            "models": "tradeshock",
            "monthly_forecast": "tradeshock.forecast.monthly",
            "screen": "tradeshock.forecast.screening",
        },
    )
