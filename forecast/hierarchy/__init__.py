"""Hierarchies: joint paths of parts and their total that add up.

No scenario and no shares of the past: what is forecast, made coherent.
"""

from tradeshock.features.door import attach

__getattr__, __dir__, __all__ = attach(__name__, __file__)
