"""What runs many tasks: here, in processes, on a cluster.

Nothing that knows what a task is about.
"""

from tradeshock.features.door import attach

__getattr__, __dir__, __all__ = attach(__name__, __file__)
