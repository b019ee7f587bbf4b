"""Trade shocks: what exports would be if chips fell, tariffs rose, the won slid.

No model of their own: shocks become conditions of systems, or arithmetic of shares.
"""

from tradeshock.features.door import attach

__getattr__, __dir__, __all__ = attach(__name__, __file__)
