"""Fitted models as files without pickles: what they may hold, how they are written and read.

No class by name: whose models a file may hold beside the package's own is passed in.
"""
