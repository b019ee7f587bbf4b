"""Early warning: chances of falls by month and over several, with the record of past chances.

No forecast of their own: everything is read off the monthly forecast and the record.
"""

from tradeshock.features.door import attach

__getattr__, __dir__, __all__ = attach(__name__, __file__)
