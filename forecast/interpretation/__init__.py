"""Interpretation: why a model says what it says, and why its interval is this wide.

No forecast of their own, and no comparison of two days, which is news: parts of one forecast.
"""

from tradeshock.features.door import attach

__getattr__, __dir__, __all__ = attach(__name__, __file__)
