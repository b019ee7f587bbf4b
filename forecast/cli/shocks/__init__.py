"""Commands that ask what a trade shock would do, and what exports are exposed to.

No computation, as in the room around it.
"""
