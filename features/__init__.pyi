from tradeshock.features.days.calendar import TradeCalendar as TradeCalendar
from tradeshock.features.indicators.pipeline import FeaturePipeline as FeaturePipeline
from tradeshock.features.panel.catalog import Catalog as Catalog, Series as Series
from tradeshock.features.panel.panel import Panel as Panel
from tradeshock.features.panel.release import ReleaseRule as ReleaseRule
from tradeshock.features.readings.derived import (
    daily_average as daily_average,
    excluding as excluding,
)
from tradeshock.features.readings.quotes import as_quoted as as_quoted
from tradeshock.features.snapshot import load_panel as load_panel
from tradeshock.features.snapshot.global_drivers import (
    GLOBAL_DRIVERS as GLOBAL_DRIVERS,
    with_global_drivers as with_global_drivers,
)
from tradeshock.features.vintages.live import live_panel as live_panel
