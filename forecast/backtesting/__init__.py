"""Replays of past origins, what came of them, and where they are kept.

No scores beyond those taken while paths are there: judging is next door.
"""
