"""The command line.

No computation: commands ask the rooms beside it.
"""
