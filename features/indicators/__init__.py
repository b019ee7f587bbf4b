"""Lagged indicators, one file a block, each as it was known in an origin's state.

Nothing that is fitted on more than one origin knew, and no model.
"""

from tradeshock.features.door import attach

__getattr__, __dir__, __all__ = attach(__name__, __file__)
