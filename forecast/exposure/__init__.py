"""Exposure: what a total is made of, by item and by destination, and what a tariff would hit.

No forecast: shares and contributions of published figures, and arithmetic on them.
"""

from tradeshock.features.door import attach

__getattr__, __dir__, __all__ = attach(__name__, __file__)
