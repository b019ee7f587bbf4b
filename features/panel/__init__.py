"""Published figures, what each is, and on which day it was out: the door to the past.

Nothing that is learned, and nothing that goes out to fetch figures.
"""
