"""Other readings of a panel: targets made from series, prices as quoted.

No figures of their own, and nothing that fetches any.
"""
