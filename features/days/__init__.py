"""Working days and holidays of a nation, as they were known on a day.

No figures: what is published stands in `tradeshock.features.panel`.
"""
