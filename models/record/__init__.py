"""Past forecasts, what came out later, and when that was known.

No model: it holds what models have said, and files to keep it in.
"""
