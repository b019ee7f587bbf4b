"""The commands that list figures and bring them up to date: `tradeshock data`.

No computation: commands ask the rooms that read, check and keep figures.
"""
