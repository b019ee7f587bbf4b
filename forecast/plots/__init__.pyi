from tradeshock.forecast.plots import interactive as interactive
from tradeshock.forecast.plots.availability import plot_availability as plot_availability
from tradeshock.forecast.plots.exposure import (
    plot_contributions as plot_contributions,
    plot_exposure as plot_exposure,
)
from tradeshock.forecast.plots.fan import plot_fan as plot_fan
from tradeshock.forecast.plots.history import (
    plot_history as plot_history,
    plot_issued as plot_issued,
)
from tradeshock.forecast.plots.judged.calibration import (
    plot_coverage as plot_coverage,
    plot_pit as plot_pit,
)
from tradeshock.forecast.plots.judged.csed import plot_csed as plot_csed
from tradeshock.forecast.plots.judged.errors import (
    plot_episodes as plot_episodes,
    plot_errors as plot_errors,
)
from tradeshock.forecast.plots.news import plot_news as plot_news
from tradeshock.forecast.plots.responses import (
    plot_historical_decomposition as plot_historical_decomposition,
    plot_responses as plot_responses,
    plot_variance_decomposition as plot_variance_decomposition,
)
from tradeshock.forecast.plots.scenario import (
    plot_comparison as plot_comparison,
    plot_scenario as plot_scenario,
)
from tradeshock.forecast.plots.warning import plot_warning as plot_warning
