"""Conformance: what every model must do, yours included.

No test of a single model.
"""
