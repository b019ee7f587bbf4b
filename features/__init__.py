"""What is known: the panel, its release calendar, working days and indicators."""

from typing import TYPE_CHECKING

from tradeshock.features.lazy import attach

if TYPE_CHECKING:
    from tradeshock.features.calendar import TradeCalendar as TradeCalendar
    from tradeshock.features.catalog import Catalog as Catalog, Series as Series
    from tradeshock.features.panel import Panel as Panel
    from tradeshock.features.pipeline import FeaturePipeline as FeaturePipeline
    from tradeshock.features.quotes import as_quoted as as_quoted
    from tradeshock.features.release import ReleaseRule as ReleaseRule
    from tradeshock.features.snapshot import load_panel as load_panel
else:
    __getattr__, __dir__, __all__ = attach(
        __name__,
        {
            "Catalog": "tradeshock.features.catalog",
            "FeaturePipeline": "tradeshock.features.pipeline",
            "Panel": "tradeshock.features.panel",
            "ReleaseRule": "tradeshock.features.release",
            "Series": "tradeshock.features.catalog",
            "TradeCalendar": "tradeshock.features.calendar",
            "as_quoted": "tradeshock.features.quotes",
            "load_panel": "tradeshock.features.snapshot",
        },
    )
