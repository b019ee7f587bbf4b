"""Pictures of forecasts and how they did: functions that return matplotlib axes.

No scores of their own: pictures of what judging and forecasts hold.
"""

from tradeshock.features.door import attach

__getattr__, __dir__, __all__ = attach(__name__, __file__)
