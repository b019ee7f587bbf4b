"""The front door: what a newcomer needs, imported when it is first used."""

from tradeshock.features.door import attach

__getattr__, __dir__, __all__ = attach(__name__, __file__)
