"""Tests of a fitted linear system: who leads whom, and what its residuals still hold.

No tests of forecasts: those of the past stand in `tradeshock.forecast.judging`.
"""
