"""One regression for each step ahead, on what was known.

No future drivers: conditions come from a system (`models.systems`).
"""
