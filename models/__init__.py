"""What learns: one file a model, all with the same few methods."""

from tradeshock.features.door import attach

__getattr__, __dir__, __all__ = attach(__name__, __file__)
