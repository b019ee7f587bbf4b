"""The archive: forecasts as they were issued, reprinted bit for bit, scored once months are out.

No forecast is made here.
"""

from tradeshock.features.door import attach

__getattr__, __dir__, __all__ = attach(__name__, __file__)
