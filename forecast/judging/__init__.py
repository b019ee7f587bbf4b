"""Scores and tests of past forecasts: pure functions of the tidy frame.

No model and no panel: only what was forecast and what came.
"""
