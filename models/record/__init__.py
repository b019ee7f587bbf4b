"""Past forecasts, what came out later, when that was known, and by what a forecast is identified.

No model: it holds what models have forecast, and the one format of files to keep it in.
"""
