"""Answers of publishers as they were fetched or typed, kept append-only, and panels made of them.

Nothing that goes out to fetch figures, and no model: what an answer means is the panel's business.
"""

from tradeshock.features.door import attach

__getattr__, __dir__, __all__ = attach(__name__, __file__)
