"""Forecasters and regressors of other libraries as models of ours.

No import of any such library: what is passed in is asked by its methods alone.
"""
