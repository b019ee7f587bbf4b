"""The report: one page with the forecast, what moved it, and how far to trust it."""

from tradeshock.features.door import attach

__getattr__, __dir__, __all__ = attach(__name__, __file__)
