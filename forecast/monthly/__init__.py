"""The monthly forecast: one set of joint paths, and what is read off them.

No backtest, and nothing that writes files.
"""
