"""Models of one target's own history.

Nothing that reads another series.
"""
