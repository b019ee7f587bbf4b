"""Monthly export forecasts under trade shocks: ``import tradeshock as ts``.

The three floors `tradeshock.features`, `tradeshock.models` and `tradeshock.forecast` stand beside
this file in the installed package, and at the top of the repository in a checkout.
"""

from logging import NullHandler, getLogger

from tradeshock.features.door import attach

# What the modules log goes nowhere until a user says where: logging.basicConfig(level="INFO").
getLogger(__name__).addHandler(NullHandler())

__getattr__, __dir__, __all__ = attach(__name__, __file__)
