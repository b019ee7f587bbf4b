"""Blocks of whatever series they are given, and the table that describes the columns of all blocks.

Nothing that knows what a series is: blocks that do stand beside this room.
"""
