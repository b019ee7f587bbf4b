"""Models made of other models, by what the record says of them.

Nothing that reads figures: only members' forecasts and the record.
"""
