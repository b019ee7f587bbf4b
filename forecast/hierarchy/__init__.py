"""Hierarchies: joint paths of parts and their total that add up.

No scenario and no shares of the past: what is forecast, made coherent.
"""
