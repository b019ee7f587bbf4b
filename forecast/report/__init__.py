"""The report: one page with the forecast, what moved it, and how far to trust it."""

from typing import TYPE_CHECKING

from tradeshock.features.lazy import attach

if TYPE_CHECKING:
    from tradeshock.forecast.report.page import Report as Report
else:
    __getattr__, __dir__, __all__ = attach(__name__, {"Report": "tradeshock.forecast.report.page"})
