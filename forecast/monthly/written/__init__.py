"""A forecast as it is written: words, cards, printed tables, long tables, sheets.

No figure of its own, as in the room around it.
"""
