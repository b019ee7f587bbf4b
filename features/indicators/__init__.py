"""Lagged indicators, one file a block, each as it was known in an origin's state.

Nothing that is fitted on more than one origin knew, and no model.
"""
