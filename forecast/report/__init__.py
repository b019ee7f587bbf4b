"""The report: one page with the forecast, what moved it, and how far to trust it.

No figure that the forecast or its files do not have.
"""

from tradeshock.features.door import attach

__getattr__, __dir__, __all__ = attach(__name__, __file__)
