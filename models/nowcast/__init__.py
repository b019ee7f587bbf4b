"""The running month from its early counts.

No later months of their own: those come from a carrying model.
"""
