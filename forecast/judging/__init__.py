"""Scores and tests of past forecasts: pure functions of the tidy frame.

No model and no panel: only what was forecast and what came.
"""

from tradeshock.features.door import attach

__getattr__, __dir__, __all__ = attach(__name__, __file__)
