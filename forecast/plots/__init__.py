"""Pictures of forecasts and how they did: functions that return matplotlib axes."""

from typing import TYPE_CHECKING

from tradeshock.features.lazy import attach

if TYPE_CHECKING:
    from tradeshock.forecast.plots.availability import plot_availability as plot_availability
    from tradeshock.forecast.plots.calibration import (
        plot_coverage as plot_coverage,
        plot_pit as plot_pit,
    )
    from tradeshock.forecast.plots.errors import plot_errors as plot_errors
    from tradeshock.forecast.plots.history import plot_history as plot_history
    from tradeshock.forecast.plots.shocks import (
        plot_csed as plot_csed,
        plot_episodes as plot_episodes,
    )
    from tradeshock.models.fan import plot_fan as plot_fan
else:
    __getattr__, __dir__, __all__ = attach(
        __name__,
        {
            "plot_availability": "tradeshock.forecast.plots.availability",
            "plot_coverage": "tradeshock.forecast.plots.calibration",
            "plot_csed": "tradeshock.forecast.plots.shocks",
            "plot_episodes": "tradeshock.forecast.plots.shocks",
            "plot_errors": "tradeshock.forecast.plots.errors",
            "plot_fan": "tradeshock.models.fan",
            "plot_history": "tradeshock.forecast.plots.history",
            "plot_pit": "tradeshock.forecast.plots.calibration",
        },
    )
