"""What is known: the panel, its release calendar, working days and indicators."""

from tradeshock.features.door import attach

__getattr__, __dir__, __all__ = attach(__name__, __file__)
