"""Fitted models as files without pickles: what they may hold, how it is written and read."""
