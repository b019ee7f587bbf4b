"""The routine of a release day: what is due, and what is done about it, once.

No forecast of its own: it fetches, keeps, forecasts and archives by the rooms that do so.
"""

from tradeshock.features.door import attach

__getattr__, __dir__, __all__ = attach(__name__, __file__)
