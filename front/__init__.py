"""Monthly export forecasts under trade shocks: ``import tradeshock as ts``.

The three floors `tradeshock.features`, `tradeshock.models` and `tradeshock.forecast` stand beside
this file in the installed package, and at the top of the repository in a checkout.
"""

from tradeshock.features.door import attach

__getattr__, __dir__, __all__ = attach(__name__, __file__)
