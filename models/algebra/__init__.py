"""Linear algebra of regressions and vector autoregressions, on arrays alone.

No panel, no months, no models: what needs those stands in the rooms that call it.
"""
