"""Searches over a model's parameters, and what their best is worth with the search allowed for.

No replaying and no test of its own: both stand in rooms next door.
"""
