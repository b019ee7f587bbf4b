"""Pictures of past forecasts: errors, calibration, loss over time.

No scores of their own, as in the room around it.
"""
