"""News: why a forecast changed between two days, by what came out.

No forecast of their own: fitted models are asked again, with figures as expected or as published.
"""

from tradeshock.features.door import attach

__getattr__, __dir__, __all__ = attach(__name__, __file__)
