"""Commands for what is asked after a forecast: why it changed, what it is made of, what to fear.

No computation, as in the room around it.
"""
